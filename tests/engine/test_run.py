"""A run can be looked into, and never changes: not by its readers, not by other runs."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rnntutor as rt
from rnntutor.engine.ops import OPS
from tests import oracle
from tests.cases import (
    FEW_CELLS,
    SIZES,
    Problem,
    Size,
    assert_close,
    problem,
    seeds,
    sizes,
)
from tests.engine.runs import (
    SIZE,
    assert_same,
    cells,
    everything,
    figures,
    readout_run,
    run_of,
)

# Looking into a timestep ------------------------------------------------------------------------------------


@cells
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_timestep_is_the_stored_run(cell: str, size: Size) -> None:
    """Bit by bit: the screen cannot show another number than the one that was computed with."""
    case = problem(cell, size)
    run = run_of(case)
    for t in range(size.steps):
        here = run.at(t)
        for name in case.seeds:
            np.testing.assert_array_equal(here[name], run[name][t], err_msg=f"{name} at t={t}")
        for state, start in case.init.items():
            before = run[state][t - 1] if t else start
            np.testing.assert_array_equal(here[f"{state}_prev"], before, err_msg=f"{state}_prev at t={t}")
        np.testing.assert_array_equal(here["x"], case.x[t])


def test_a_timestep_of_a_readout_is_the_stored_run() -> None:
    run = readout_run(problem("lstm", SIZE))
    for t in range(SIZE.steps):
        for name in ("y", "p", "loss"):
            np.testing.assert_array_equal(run.at(t)[name], run[name][t], err_msg=f"{name} at t={t}")


@cells
@given(size=sizes, seed=seeds, window=st.none() | st.integers(1, 6))
def test_timesteps_sum_to_the_total(cell: str, size: Size, seed: int, window: int | None) -> None:
    case = problem(cell, size, seed)
    extra: dict[str, Any] = {} if window is None else {"window": window}
    grads = run_of(case).backward(case.seeds, **extra)
    steps = [grads.at(t) for t in range(size.steps)]
    for name in case.params:
        assert_close(sum(np.array(step[name]) for step in steps), grads[name], name)
    for t, step in enumerate(steps):
        for name in case.seeds:
            assert_close(step[name], grads[name][t], f"{name} at t={t}")


def test_a_parameter_that_no_seed_reaches() -> None:
    """Its gradient is zero, in total and at every timestep: the readout's weights, where only h is seeded."""
    case = problem("lstm", SIZE)
    grads = readout_run(case).backward({"h": case.seeds["h"]})
    for name, shape in [("W_y", (5, SIZE.hidden)), ("b_y", (5,))]:
        np.testing.assert_array_equal(grads[name], np.zeros(shape))
        for t in range(SIZE.steps):
            np.testing.assert_array_equal(grads.at(t)[name], np.zeros(shape), err_msg=f"{name} at t={t}")


@pytest.mark.parametrize("line", ["y", "p", "loss"])
def test_a_line_that_no_seed_reaches(line: str) -> None:
    """Its gradient is zero, or said not to be there; what must not come back is the line's own value."""
    case = problem("lstm", SIZE)
    grads = readout_run(case).backward({"h": case.seeds["h"]})
    for table in (grads, grads.at(0), grads.at(SIZE.steps - 1)):
        with contextlib.suppress(KeyError, ValueError):
            assert not np.asarray(table[line]).any()


def test_timesteps_may_be_looked_at_in_any_order_and_again() -> None:
    """A look must not disturb what another look, or the run, holds."""
    case = problem("lstm", SIZE)
    run = run_of(case)
    grads = run.backward(case.seeds)
    first, first_grads = run.at(3), grads.at(3)
    kept = {name: np.array(first[name]) for name in case.seeds}
    kept_grads = {name: np.array(first_grads[name]) for name in [*case.seeds, *case.params]}
    for t in (5, 0, 3, 1):
        run.at(t), grads.at(t)
    for again, again_grads in [(first, first_grads), (run.at(3), grads.at(3))]:
        assert_same({name: again[name] for name in kept}, kept)
        assert_same({name: again_grads[name] for name in kept_grads}, kept_grads)


# Immutable --------------------------------------------------------------------------------------------------


def scribble(array: Any) -> None:
    """Try to overwrite an array; being refused is as good as having no effect."""
    with contextlib.suppress(ValueError):
        array[...] = 7


def test_returned_arrays_cannot_change_a_run() -> None:
    case = problem("lstm", SIZE)
    run = run_of(case)
    grads = run.backward(case.seeds)
    kept = figures(case, run, grads)
    here, here_grads = run.at(0), grads.at(0)
    for name in [*case.seeds, "x"]:
        scribble(run[name])
        scribble(grads[name])
    for name in [*case.seeds, "x", "h_prev", "c_prev"]:
        scribble(here[name])
    for name in [*case.seeds, *case.params]:
        scribble(here_grads[name])
    for name in case.params:
        scribble(grads[name])
    for name in case.init:
        scribble(grads.init[name])
    assert_same(figures(case, run, grads), kept)
    assert_same(figures(case, run, run.backward(case.seeds)), kept)


def test_arguments_changed_afterwards_cannot_change_a_run() -> None:
    """Training updates weights in place; the runs made before stay as they were, backward too."""
    case = problem("lstm", SIZE)
    run = run_of(case)
    kept = figures(case, run, run.backward(case.seeds))
    seeds_copy = {name: value.copy() for name, value in case.seeds.items()}
    grads = run.backward(seeds_copy)
    for array in [*case.params.values(), case.x, *case.init.values(), *seeds_copy.values()]:
        array[...] = 7
    assert_same(figures(case, run, grads), kept)
    assert_same(figures(case, run, run.backward(case.seeds)), kept)
    edited = run.edit("x", t=5, unit=0, value=float(run["x"][5, 0, 0]))
    assert_same({"h": np.array(edited["h"][:5])}, {"h": kept["h"][:5]})


def test_arguments_are_left_alone() -> None:
    case, untouched = problem("lstm", SIZE), problem("lstm", SIZE)
    run = run_of(case)
    run.backward(case.seeds)
    run.edit("W_f", unit=(0, 0), value=3.0).backward(case.seeds)
    run.edit("x", t=0, unit=0, value=3.0)
    np.testing.assert_array_equal(case.x, untouched.x)
    for ours, theirs in [
        (case.params, untouched.params),
        (case.init, untouched.init),
        (case.seeds, untouched.seeds),
    ]:
        assert_same(ours, theirs)


def test_a_new_run_sees_weights_changed_in_place() -> None:
    """Nothing may be remembered by the identity of an array."""
    case = problem("gru", SIZE)
    cell = rt.load_cell("gru")
    rt.run(cell, case.params, case.x)
    case.params["W_n"][...] *= 2
    zeros = {"h": np.zeros((SIZE.batch, SIZE.hidden))}
    assert_close(
        rt.run(cell, case.params, case.x)["h"], oracle.forward("gru", case.params, case.x, zeros)["h"], "h"
    )


# Many runs at once ------------------------------------------------------------------------------------------


def mixed_problems() -> Iterator[Problem]:
    """Cells, shapes and dtypes mixed, each of them several times with other numbers."""
    for seed in range(4):
        for cell in FEW_CELLS:
            for size in SIZES[1:]:
                yield problem(cell, size, seed)
                yield problem(cell, size, seed + 100).astype(np.float32)


def assert_as_if_alone(cases: list[Problem], kept: list[tuple[Any, Any]]) -> None:
    """What is still held equals what a run made now gives.

    Up to rounding: a vectorised loop may treat an array's ends differently in other memory. One run's
    numbers in another's array would be off by everything.
    """
    for case, (run, grads) in zip(cases, kept, strict=True):
        fresh = figures(case, *everything(case))
        for name, value in figures(case, run, grads).items():
            assert_close(value, fresh[name], name, case.x.dtype)


def test_runs_kept_alive_do_not_share_arrays() -> None:
    cases = list(mixed_problems())
    assert_as_if_alone(cases, [everything(case) for case in cases])


def test_forward_and_backward_may_be_interleaved() -> None:
    """All runs first, then all backward passes in the opposite order, twice."""
    cases = list(mixed_problems())
    runs = [run_of(case) for case in cases]
    for _ in range(2):
        grads = [run.backward(case.seeds) for run, case in reversed(list(zip(runs, cases, strict=True)))]
        assert_as_if_alone(cases, list(zip(runs, reversed(grads), strict=True)))


def test_two_gradients_of_one_run_do_not_share_arrays() -> None:
    case = problem("lstm", SIZE)
    run = run_of(case)
    first = run.backward(case.seeds)
    kept = figures(case, run, first)
    run.backward({"h": 3 * case.seeds["h"]})
    run.backward(case.seeds, window=2)
    assert_same(figures(case, run, first), kept)


def test_threads() -> None:
    """Runs of the same cells at the same time do not get into each other's way."""
    cases = list(mixed_problems())
    with ThreadPoolExecutor(4) as pool:
        assert_as_if_alone(cases, list(pool.map(everything, cases)))


def test_threads_sharing_one_run() -> None:
    case = problem("lstm", SIZE)
    run = run_of(case)
    expected = figures(case, run, run.backward(case.seeds))
    with ThreadPoolExecutor(4) as pool:
        for shown in pool.map(lambda _: figures(case, run, run.backward(case.seeds)), range(40)):
            for name in expected:
                assert_close(shown[name], expected[name], name)


# Many timesteps ---------------------------------------------------------------------------------------------


@settings(max_examples=3)
@given(seed=seeds)
def test_long_runs(seed: int) -> None:
    """Two thousand timesteps: nothing grows with T in a way that shows in the numbers."""
    case = problem("gru", Size(3, 2, 2000, 1), seed)
    values = oracle.forward("gru", case.params, case.x, case.init)
    expected = oracle.backward("gru", case.params, case.x, case.init, values, case.seeds)
    run = run_of(case)
    grads = run.backward(case.seeds)
    assert_close(run["h"], values["h"], "h")
    for name, value in expected.params.items():
        assert_close(grads[name], value, name)


@cells
def test_every_operation_of_a_timestep_follows_from_its_operands(cell: str) -> None:
    """Down to single operations: no temporary shows what was written over it."""
    case = problem(cell, SIZE)
    run = run_of(case)
    here, program = run.at(2), run.cell.step
    for line in program.lines:
        for place in program.operations(line):
            node = program.nodes[place]
            operands = [here.raw(k) for k in node.args]
            expected = OPS[node.op].compute(*operands)
            np.testing.assert_allclose(here.raw(place), expected, rtol=1e-12, atol=1e-15, err_msg=line.text)
