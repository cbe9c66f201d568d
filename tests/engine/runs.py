"""Runs of random problems, all that they show, and ways of comparing it."""

from typing import Any

import numpy as np
import pytest

import rnntutor as rt
from tests.cases import (
    FEW_CELLS,
    READOUT,
    TEXT,
    Array,
    Problem,
    Size,
    assert_close,
    normal_params,
    one_hot,
    program,
)

cells = pytest.mark.parametrize("cell", FEW_CELLS)
SIZE = Size(hidden=4, input=3, steps=6, batch=2)


def run_of(case: Problem) -> Any:
    """The run of a problem."""
    return rt.run(rt.load_cell(case.cell), case.params, case.x, init=case.init)


def readout_run(case: Problem, seed: int = 0) -> Any:
    """A run of a problem's cell with a readout of five classes, on random weights and targets."""
    rng = np.random.default_rng(seed)
    params = case.params | normal_params(rng, {"W_y": (5, SIZE.hidden), "b_y": (5,)})
    target = one_hot(rng, len(case.x), case.x.shape[1], 5)
    cell = rt.parse_cell(program(step=TEXT[case.cell], readout=READOUT))
    return rt.run(cell, params, case.x, init=case.init, target=target)


def figures(case: Problem, run: Any, grads: Any) -> dict[str, Array]:
    """All numbers that a run and its gradients show, copied."""
    shown = {name: run[name] for name in case.seeds}
    shown |= {f"d{name}": grads[name] for name in [*case.seeds, *case.params, "x"]}
    shown |= {f"d{name}0": grads.init[name] for name in case.init}
    for t in {0, len(case.x) - 1}:
        shown |= {f"{name} at {t}": run.at(t)[name] for name in case.seeds}
        shown |= {f"d{name} at {t}": grads.at(t)[name] for name in [*case.seeds, *case.params]}
    return {name: np.array(value) for name, value in shown.items()}


def assert_same(actual: dict[str, Array], expected: dict[str, Array]) -> None:
    """Equal bit by bit: nothing was computed in between."""
    assert actual.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_array_equal(actual[name], value, err_msg=name)


def everything(case: Problem) -> tuple[Any, Any]:
    """A run and its gradients, both kept alive."""
    run = run_of(case)
    return run, run.backward(case.seeds)


def assert_run_is(run: Any, case: Problem) -> None:
    """A run and the run of `case` show the same, forward and backward."""
    expected = figures(case, fresh := run_of(case), fresh.backward(case.seeds))
    for name, value in figures(case, run, run.backward(case.seeds)).items():
        assert_close(value, expected[name], name)
