"""What timesteps add to a parameter's gradient, all at once, against what they add one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.engine.backward import Gradients
from rnntutor.engine.cell import parse_cell
from rnntutor.engine.contributions import contributed, contributions
from rnntutor.engine.run import run
from tests.cases import PICTURE, READOUT, TEXT, assert_close, normal_params, one_hot, program

TWICE = ["h = tanh(W @ h_prev + U @ x + W @ (k * h_prev))", "spare = V @ x"]
"""A matrix that is read twice, a vector that is multiplied, and a matrix that reaches no loss."""
CELLS = {name: program(step=lines, readout=READOUT) for name, lines in TEXT.items()} | {
    "twice": program(step=TWICE, readout=READOUT),
    "picture": program(init=PICTURE, step=TEXT["rnn"], readout=READOUT),
}
SIZES = {"picture": {"v": 3}, "twice": {"spare": 2}}


def gradients(name: str, steps: int = 5, batch: int = 1, window: int | None = None) -> Gradients:
    """The gradients of a cell over random data."""
    cell, rng = parse_cell(CELLS[name]), np.random.default_rng(7)
    data = {"target": one_hot(rng, steps, batch, 3), "v": rng.standard_normal((batch, 3))}
    params = normal_params(rng, cell.param_shapes(4, 3, **{"target": 3} | SIZES.get(name, {})))
    x = rng.standard_normal((steps, batch, 3))
    ran = run(cell, params, x, None, **{key: data[key] for key in cell.data if key != "x"})
    return ran.backward(window=window)


@given(
    st.sampled_from(sorted(CELLS)),
    st.tuples(st.integers(0, 5), st.integers(0, 5)),
    st.integers(1, 3),
    st.sampled_from((None, 2)),
)
def test_all_at_once_is_one_by_one(
    name: str, between: tuple[int, int], batch: int, window: int | None
) -> None:
    grads = gradients(name, 5, batch, window)
    start, stop = sorted(between)
    for param, whole in grads.run.params.items():
        step = param in grads.run.cell.step.leaves("param")
        parts = [grads.at(t)[param] if step else np.zeros(whole.shape) for t in range(start, stop)]
        wanted = np.sum([np.zeros(whole.shape), *parts], axis=0)
        assert_close(contributed(grads, param, start, stop), wanted, param)
        for entry in np.ndindex(whole.shape):
            found = contributions(grads, param, entry, start, stop)
            assert found.shape == (stop - start,)
            if parts:
                assert_close(found, np.array([part[entry] for part in parts]), f"{param}{entry}")


@pytest.mark.parametrize("name", sorted(CELLS))
def test_all_timesteps_and_the_start_make_the_gradient(name: str) -> None:
    grads = gradients(name)
    for param in grads.run.params:
        start = grads.beginnings.get(param, 0.0)
        assert_close(contributed(grads, param, 0, 5) + start, grads[param], param)


def test_numbers_that_are_not_finite_pass_through() -> None:
    grads = gradients("lstm").run.edit("c", t=2, unit=1, value=float("nan")).backward()
    assert np.isnan(contributed(grads, "W_f", 0, 5)).any()
    assert np.isnan(contributions(grads, "W_y", (0, 1), 0, 5)[2])
