"""The engine against the hand-written cells: every line and gradient, in total and timestep by timestep."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnntutor as rt
from tests import oracle
from tests.cases import (
    CELL_NAMES,
    FEW_CELLS,
    PICTURE,
    READOUT,
    SIZES,
    TEXT,
    Array,
    Problem,
    Size,
    Values,
    assert_close,
    normal_params,
    one_hot,
    problem,
    program,
    seeds,
    sizes,
)

DTYPES = [np.float64, np.float32]
cells = pytest.mark.parametrize("cell", CELL_NAMES)
few_cells = pytest.mark.parametrize("cell", FEW_CELLS)
dtypes = pytest.mark.parametrize("dtype", DTYPES, ids=["float64", "float32"])


def as_float64(case: Problem) -> Problem:
    """What the oracle computes with: the very numbers that the engine was given, in float64."""
    return case.astype(np.float64)


def assert_run_matches(run: Any, values: Values, dtype: Any) -> None:
    """Every line of a run."""
    for name, value in values.items():
        assert_close(run[name], value, name, dtype)


def assert_gradients_match(grads: Any, expected: oracle.Gradients, dtype: Any) -> None:
    """Every line, input, parameter and initial state; then what each timestep contributed."""
    for name, value in expected.lines.items():
        assert_close(grads[name], value, f"gradient of {name}", dtype)
    assert_close(grads["x"], expected.x, "gradient of x", dtype)
    for name, value in expected.params.items():
        assert_close(grads[name], value, f"gradient of {name}", dtype)
    for name, value in expected.init.items():
        assert_close(grads.init[name], value, f"gradient of {name} before t=0", dtype)
    for t, params in enumerate(expected.params_at):
        here = grads.at(t)
        for name, value in params.items():
            assert_close(here[name], value, f"gradient of {name} at t={t}", dtype)
        for name, value in expected.lines.items():
            assert_close(here[name], value[t], f"gradient of {name} at t={t}", dtype)


def assert_engine_matches(case: Problem, dtype: Any = np.float64, window: int | None = None) -> None:
    """Engine and oracle on one problem."""
    case = case.astype(dtype)
    exact = as_float64(case)
    zeros = np.zeros_like(next(iter(exact.seeds.values()))[0])
    init = {state: exact.init.get(state, zeros) for state in oracle.CELLS[case.cell].states}
    values = oracle.forward(case.cell, exact.params, exact.x, init)
    expected = oracle.backward(case.cell, exact.params, exact.x, init, values, exact.seeds, window=window)
    run = rt.run(rt.load_cell(case.cell), case.params, case.x, init=case.init)
    grads = run.backward(case.seeds) if window is None else run.backward(case.seeds, window=window)
    assert_run_matches(run, values, dtype)
    assert_gradients_match(grads, expected, dtype)


@cells
def test_names_and_shapes(cell: str) -> None:
    """States in the order assigned, lines in the order written, and the shape of every parameter."""
    shipped = rt.load_cell(cell)
    assert tuple(shipped.states) == oracle.CELLS[cell].states
    assert tuple(line.name for line in shipped.lines) == oracle.CELLS[cell].lines
    assert shipped.param_shapes(hidden=8, input=4) == oracle.param_shapes(cell, 8, 4)


@cells
def test_shipped_text_and_the_same_text_parsed_agree(cell: str) -> None:
    """A cell that a learner types in is the shipped cell, to the last bit."""
    case = problem(cell, Size(3, 2, 4, 2))
    shipped, typed = rt.load_cell(cell), rt.parse_cell("\n".join(TEXT[cell]))
    runs = [rt.run(c, case.params, case.x, init=case.init) for c in (shipped, typed)]
    for name in case.seeds:
        np.testing.assert_array_equal(runs[0][name], runs[1][name])


@dtypes
@pytest.mark.parametrize("size", SIZES, ids=str)
@cells
def test_fixed_sizes(cell: str, size: Size, dtype: Any) -> None:
    assert_engine_matches(problem(cell, size), dtype)


@dtypes
@cells
@given(size=sizes, seed=seeds)
def test_random_sizes(cell: str, dtype: Any, size: Size, seed: int) -> None:
    assert_engine_matches(problem(cell, size, seed), dtype)


@cells
@given(data=st.data(), size=sizes, seed=seeds)
def test_any_choice_of_lines_may_be_seeded(cell: str, data: st.DataObject, size: Size, seed: int) -> None:
    """The rest of the lines start from zero."""
    case = problem(cell, size, seed)
    chosen = data.draw(st.sets(st.sampled_from(sorted(case.seeds)), min_size=1))
    assert_engine_matches(case._replace(seeds={name: case.seeds[name] for name in sorted(chosen)}))


@cells
@given(data=st.data(), size=sizes, seed=seeds)
def test_states_start_at_zero_where_not_given(cell: str, data: st.DataObject, size: Size, seed: int) -> None:
    case = problem(cell, size, seed)
    given_states = data.draw(st.sets(st.sampled_from(sorted(case.init))))
    assert_engine_matches(case._replace(init={name: case.init[name] for name in given_states}))


@cells
def test_init_may_be_left_out(cell: str) -> None:
    case = problem(cell, Size(3, 2, 4, 2))
    zeros = {name: np.zeros_like(value) for name, value in case.init.items()}
    run = rt.run(rt.load_cell(cell), case.params, case.x)
    assert_run_matches(run, oracle.forward(cell, case.params, case.x, zeros), np.float64)


@dtypes
@cells
@given(size=sizes, seed=seeds, window=st.integers(1, 7))
def test_windows(cell: str, dtype: Any, size: Size, seed: int, window: int) -> None:
    """Nothing flows back over the edges of chunks; a window as long as the run changes nothing."""
    assert_engine_matches(problem(cell, size, seed), dtype, window)


@cells
def test_linear_in_the_seeds(cell: str) -> None:
    """One backward pass for several lines at once is the sum of one for each."""
    case = problem(cell, Size(4, 3, 5, 2))
    run = rt.run(rt.load_cell(cell), case.params, case.x, init=case.init)
    parts = [run.backward({name: seed}) for name, seed in case.seeds.items()]
    whole = run.backward(case.seeds)
    for name in [*case.params, *case.seeds, "x"]:
        assert_close(whole[name], sum(part[name] for part in parts), name)


# With a readout, and a start from a picture -----------------------------------------------------------------

CLASSES, FEATURES = 4, 5


def with_readout(cell: str, size: Size, seed: int) -> tuple[Problem, Array]:
    """A problem whose program ends in the softmax readout, and its targets."""
    rng = np.random.default_rng(seed + 1)
    case = problem(cell, size, seed)
    case.params.update(normal_params(rng, {"W_y": (CLASSES, size.hidden), "b_y": (CLASSES,)}))
    case.seeds.update({name: rng.standard_normal((size.steps, size.batch, CLASSES)) for name in ("y", "p")})
    case.seeds.update({"loss": rng.standard_normal((size.steps, size.batch))})
    return case, one_hot(rng, size.steps, size.batch, CLASSES)


@dtypes
@few_cells
@given(size=sizes, seed=seeds, window=st.none() | st.integers(1, 5))
def test_readout(cell: str, dtype: Any, size: Size, seed: int, window: int | None) -> None:
    """The loss alone (what training does), and then seeds on every line at once."""
    case, target = with_readout(cell, size, seed)
    case, target = case.astype(dtype), target.astype(dtype)
    exact, sections = as_float64(case), program(step=TEXT[cell], readout=READOUT)
    values = oracle.forward(cell, exact.params, exact.x, exact.init, target)
    run = rt.run(rt.parse_cell(sections), case.params, case.x, init=case.init, target=target)
    assert_run_matches(run, values, dtype)
    extra: dict[str, Any] = {} if window is None else {"window": window}
    ones = {"loss": np.ones((size.steps, size.batch))}
    for grads, start in [(run.backward(**extra), ones), (run.backward(case.seeds, **extra), exact.seeds)]:
        expected = oracle.backward(cell, exact.params, exact.x, exact.init, values, start, target, window)
        del expected.lines["p"]  # softmax and cross_entropy may go back as one: only what reaches y is fixed
        assert_gradients_match(grads, expected, dtype)


@cells
def test_sizes_of_a_readout(cell: str) -> None:
    """The size of the target decides that of y."""
    shapes = rt.parse_cell(program(step=TEXT[cell], readout=READOUT)).param_shapes(
        hidden=8, input=3, target=6
    )
    assert shapes == oracle.param_shapes(cell, 8, 3) | {"W_y": (6, 8), "b_y": (6,)}


@few_cells
@given(size=sizes, seed=seeds)
def test_start_from_a_picture(cell: str, size: Size, seed: int) -> None:
    """h0 = W_v @ v + b_v, and its gradients; the LSTM's c starts at zero."""
    rng = np.random.default_rng(seed)
    case = problem(cell, size, seed)
    case.params.update(normal_params(rng, {"W_v": (size.hidden, FEATURES), "b_v": (size.hidden,)}))
    v = rng.standard_normal((size.batch, FEATURES))
    h0 = oracle.picture_forward(case.params, v)
    init = {state: h0 if state == "h" else np.zeros_like(h0) for state in oracle.CELLS[cell].states}
    values = oracle.forward(cell, case.params, case.x, init)
    expected = oracle.backward(cell, case.params, case.x, init, values, case.seeds)
    run = rt.run(rt.parse_cell(program(init=PICTURE, step=TEXT[cell])), case.params, case.x, v=v)
    grads = run.backward(case.seeds)
    assert_run_matches(run, values, np.float64)
    assert_gradients_match(grads, expected, np.float64)
    for name, value in oracle.picture_backward(case.params, v, expected.init["h"]).items():
        assert_close(grads[name], value, f"gradient of {name}")


# The engine's own check and its random weights --------------------------------------------------------------


@cells
def test_gradcheck_finds_nothing(cell: str) -> None:
    """Central differences in float64 leave about 1e-8; a wrong formula leaves far more."""
    assert 0 <= rt.gradcheck(rt.load_cell(cell), hidden=4, input=3, steps=5, batch=2, seed=0) < 1e-5


@dtypes
@cells
def test_random_weights(cell: str, dtype: Any) -> None:
    """Right shapes and dtype, the same for the same seed, others for another."""
    shipped = rt.load_cell(cell)
    first, again, other = (rt.init_params(shipped, hidden=8, input=4, seed=s, dtype=dtype) for s in (3, 3, 4))
    assert {name: value.shape for name, value in first.items()} == oracle.param_shapes(cell, 8, 4)
    assert {value.dtype for value in first.values()} == {np.dtype(dtype)}
    for name in first:
        np.testing.assert_array_equal(first[name], again[name])
    matrices = [name for name in first if first[name].ndim == 2]
    assert all((first[name] != other[name]).any() for name in matrices)
