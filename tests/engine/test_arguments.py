"""Which arrays a run accepts, in which form, and how it refuses the others."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import rnntutor as rt
from tests.cases import (
    READOUT,
    TEXT,
    Array,
    Problem,
    assert_close,
    normal_params,
    problem,
    program,
)
from tests.engine.runs import SIZE, assert_run_is, cells, everything, figures, run_of

# Kinds of arrays --------------------------------------------------------------------------------------------


LAYOUTS: dict[str, Callable[[Array], Array]] = {
    "column-major": np.asfortranarray,
    "every other": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "reversed": lambda a: np.ascontiguousarray(a[..., ::-1])[..., ::-1],
    "transposed": lambda a: np.ascontiguousarray(a.swapaxes(0, -1)).swapaxes(0, -1),
    "read-only": lambda a: np.lib.stride_tricks.as_strided(a, writeable=False),
    "byte-swapped": lambda a: a.astype(a.dtype.newbyteorder()),
    "nested lists": lambda a: a.tolist(),
}


def changed(case: Problem, change: Callable[[Array], Any]) -> Problem:
    """A problem with every array changed."""
    parts = [{name: change(a) for name, a in d.items()} for d in (case.params, case.init, case.seeds)]
    return Problem(case.cell, parts[0], change(case.x), parts[1], parts[2])


@pytest.mark.parametrize("layout", LAYOUTS)
@cells
def test_layout_does_not_matter(cell: str, layout: str) -> None:
    """The same answer as for contiguous float64, however the array lies in memory."""
    case = problem(cell, SIZE)
    other = changed(case, LAYOUTS[layout])
    run = run_of(other)
    expected = figures(case, *everything(case))
    for name, value in figures(case, run, run.backward(other.seeds)).items():
        assert_close(value, expected[name], name)


@pytest.mark.parametrize("kind", [np.int64, np.int8, np.uint8, np.bool_])
@cells
def test_whole_numbers_are_computed_as_float64(cell: str, kind: Any) -> None:
    """A one-hot x of integers, integer weights in a lesson: rounded nowhere, and never an integer result."""
    case = changed(problem(cell, SIZE), lambda a: (a > 0).astype(kind))
    assert_run_is(run_of(case), changed(case, lambda a: a.astype(np.float64)))


@cells
def test_dtype_follows_the_parameters(cell: str) -> None:
    """float32 weights make a float32 run, whatever the inputs are; anything else makes float64."""
    case = problem(cell, SIZE)
    single = case.astype(np.float32)
    for params, dtype in [(single.params, np.float32), (case.params, np.float64)]:
        for other in (case, single):
            run = rt.run(rt.load_cell(cell), params, other.x, init=other.init)
            grads = run.backward(other.seeds)
            for name, value in figures(case, run, grads).items():
                assert value.dtype == dtype, name


# Bad arguments ----------------------------------------------------------------------------------------------


def refuses(argument: str, *also: type[Exception]) -> Any:
    """A ValueError (or what else is natural) whose message names the argument as a word."""
    return pytest.raises((ValueError, *also), match=rf"(?<!\w){re.escape(argument)}(?!\w)")


BAD_X = {
    "(T, B, 1) would broadcast": (6, 2, 1),
    "too wide": (6, 2, 4),
    "no batch axis": (6, 3),
    "an axis too many": (1, 6, 2, 3),
    "no timesteps": (0, 2, 3),
    "no rows": (6, 0, 3),
    "no features": (6, 2, 0),
    "a number": (),
}


@pytest.mark.parametrize("shape", BAD_X.values(), ids=BAD_X.keys())
def test_bad_x(shape: tuple[int, ...]) -> None:
    case = problem("lstm", SIZE)
    with refuses("x"):
        run_of(case._replace(x=np.ones(shape)))


BAD_STATES = {
    "one row would broadcast": (1, 4),
    "no batch axis": (4,),
    "one unit": (2, 1),
    "timesteps": (6, 2, 4),
    "": (2, 5),
}


@pytest.mark.parametrize("shape", BAD_STATES.values(), ids=BAD_STATES.keys())
@pytest.mark.parametrize("state", ["h", "c"])
def test_bad_init(state: str, shape: tuple[int, ...]) -> None:
    case = problem("lstm", SIZE)
    with refuses(state):
        run_of(case._replace(init=case.init | {state: np.ones(shape)}))


BAD_PARAMS = {
    "a number": ("b_f", ()),
    "one unit would broadcast": ("b_f", (1,)),
    "a column": ("b_f", (4, 1)),
    "one column would broadcast": ("W_f", (4, 1)),
    "transposed": ("W_f", (7, 4)),
    "without the state": ("W_f", (4, 3)),
    "a row too many": ("W_f", (5, 7)),
    "empty": ("W_f", (0, 7)),
    "a stack": ("W_f", (1, 4, 7)),
}


@pytest.mark.parametrize(("name", "shape"), BAD_PARAMS.values(), ids=BAD_PARAMS.keys())
def test_bad_parameter(name: str, shape: tuple[int, ...]) -> None:
    case = problem("lstm", SIZE)
    with refuses(name):
        run_of(case._replace(params=case.params | {name: np.ones(shape)}))


def test_missing_parameter() -> None:
    case = problem("lstm", SIZE)
    del case.params["W_o"]
    with refuses("W_o"):
        run_of(case)


@pytest.mark.parametrize("where", ["params", "init"])
def test_unknown_names(where: str) -> None:
    """A misspelt name must not be passed over in silence."""
    case = problem("lstm", SIZE)
    with refuses("nope"):
        run_of(case._replace(**{where: getattr(case, where) | {"nope": np.ones((2, 4))}}))


BAD_SEEDS = {
    "no timesteps would broadcast": (2, 4),
    "one row would broadcast": (6, 1, 4),
    "one timestep would broadcast": (1, 2, 4),
    "one unit would broadcast": (6, 2, 1),
    "a number": (),
    "empty": (0, 2, 4),
}


@pytest.mark.parametrize("shape", BAD_SEEDS.values(), ids=BAD_SEEDS.keys())
@pytest.mark.parametrize("line", ["h", "f"])
def test_bad_seed(line: str, shape: tuple[int, ...]) -> None:
    with refuses(line):
        run_of(problem("lstm", SIZE)).backward({line: np.ones(shape)})


def test_unknown_seed() -> None:
    with refuses("nope"):
        run_of(problem("lstm", SIZE)).backward({"nope": np.ones((6, 2, 4))})


def test_backward_without_seeds_needs_a_loss() -> None:
    with pytest.raises(ValueError, match="loss"):
        run_of(problem("lstm", SIZE)).backward()


@pytest.mark.parametrize("window", [0, -1])
def test_bad_window(window: int) -> None:
    case = problem("lstm", SIZE)
    with refuses("window"):
        run_of(case).backward(case.seeds, window=window)


@pytest.mark.parametrize("t", [6, -7, 10**9])
def test_timestep_out_of_range(t: int) -> None:
    case = problem("lstm", SIZE)
    run = run_of(case)
    grads = run.backward(case.seeds)
    for ask in (run.at, grads.at, lambda t: run.edit("f", t=t, unit=0, value=0.0)):
        with refuses("t", IndexError):
            ask(t)


BAD_EDITS: dict[str, tuple[str, dict[str, Any]]] = {
    "unit too large": ("unit", {"name": "f", "t": 0, "unit": 4}),
    "unit of x too large": ("unit", {"name": "x", "t": 0, "unit": 3}),
    "column too large": ("unit", {"name": "W_f", "unit": (0, 7)}),
    "row too large": ("unit", {"name": "W_f", "unit": (4, 0)}),
    "a matrix has two": ("unit", {"name": "W_f", "unit": 1}),
    "a line has one": ("unit", {"name": "f", "t": 0, "unit": (0, 1)}),
    "a bias has one": ("unit", {"name": "b_f", "unit": (0, 1)}),
    "batch too large": ("batch", {"name": "f", "t": 0, "unit": 0, "batch": 2}),
    "unknown": ("nope", {"name": "nope", "t": 0, "unit": 0}),
    "no timestep": ("t", {"name": "f", "unit": 0}),
}


@pytest.mark.parametrize(("argument", "edit"), BAD_EDITS.values(), ids=BAD_EDITS.keys())
def test_bad_edit(argument: str, edit: dict[str, Any]) -> None:
    edit = dict(edit)
    with refuses(argument):
        run_of(problem("lstm", SIZE)).edit(edit.pop("name"), value=0.0, **edit)


def test_unknown_line() -> None:
    """Looked up by name, where a KeyError is as good as a ValueError."""
    case = problem("lstm", SIZE)
    run = run_of(case)
    for table in (run, run.at(0), grads := run.backward(case.seeds), grads.at(0), grads.init):
        with refuses("nope", KeyError):
            table["nope"]


BAD_TARGETS = {
    "one class would broadcast": (6, 2, 1),
    "no batch axis": (6, 5),
    "one row": (6, 1, 5),
    "too short": (5, 2, 5),
}


@pytest.mark.parametrize("shape", BAD_TARGETS.values(), ids=BAD_TARGETS.keys())
def test_bad_target(shape: tuple[int, ...]) -> None:
    case = problem("rnn", SIZE)
    params = case.params | normal_params(np.random.default_rng(0), {"W_y": (5, 4), "b_y": (5,)})
    cell = rt.parse_cell(program(step=TEXT["rnn"], readout=READOUT))
    with refuses("target"):
        rt.run(cell, params, case.x, target=np.ones(shape))


@pytest.mark.parametrize(
    "more", [{}, {"target": np.ones((6, 2, 5)), "nope": np.ones((6, 2, 5))}], ids=["missing", "unknown"]
)
def test_missing_and_unknown_sequences(more: dict[str, Any]) -> None:
    case = problem("rnn", SIZE)
    params = case.params | normal_params(np.random.default_rng(0), {"W_y": (5, 4), "b_y": (5,)})
    cell = rt.parse_cell(program(step=TEXT["rnn"], readout=READOUT))
    with refuses("nope" if more else "target", TypeError):
        rt.run(cell, params, case.x, **more)
