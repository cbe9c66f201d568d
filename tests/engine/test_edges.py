"""Numbers at the edge of what a float holds: exact answers, and no RuntimeWarning."""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import rnntutor as rt
from tests import oracle
from tests.cases import (
    READOUT,
    Array,
    assert_close,
    one_hot,
    problem,
    program,
)
from tests.engine.runs import SIZE, cells, figures, run_of


@pytest.fixture
def no_warnings() -> Iterator[None]:
    """A RuntimeWarning fails the test."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.usefixtures("no_warnings")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("function", "expected"),
    [("sigmoid", [1, 0, 0.5, 1, 0]), ("tanh", [1, -1, 0, 1, -1]), ("relu", [1e4, 0, 0, 1e30, 0])],
)
def test_saturated_functions_are_exact(function: str, expected: list[float], dtype: Any) -> None:
    x = np.array([1e4, -1e4, 0, 1e30, -1e30], dtype).reshape(5, 1, 1)
    cell = rt.parse_cell(f"h = {function}(W @ x + U @ h_prev)")
    run = rt.run(cell, {"W": np.ones((1, 1), dtype), "U": np.zeros((1, 1), dtype)}, x)
    np.testing.assert_array_equal(run["h"].ravel(), np.array(expected, dtype))
    grads = run.backward({"h": np.ones((5, 1, 1))})
    slopes = {
        "sigmoid": [0, 0, 0.25, 0, 0],
        "tanh": [0, 0, 1, 0, 0],
        "relu": [1, 0, grads["x"][2, 0, 0], 1, 0],
    }
    np.testing.assert_array_equal(grads["x"].ravel(), np.array(slopes[function], dtype))


@pytest.mark.usefixtures("no_warnings")
@cells
def test_saturated_cells(cell: str) -> None:
    """Inputs of ±1e4 through every gate: finite values, finite gradients, no warning."""
    case = problem(cell, SIZE)
    case.x[...] = np.where(case.x > 0, 1e4, -1e4)
    run = run_of(case)
    grads = run.backward(case.seeds)
    for name, value in figures(case, run, grads).items():
        assert np.isfinite(value).all(), name
    assert_close(run["h"], oracle.forward(cell, case.params, case.x, case.init)["h"], "h")


def logits_run(logits: Array, target: Array, dtype: Any) -> Any:
    """A run whose logits y are the given ones (B, V), for one timestep."""
    size = logits.shape[1]
    cell = rt.parse_cell(program(step=["h = W @ x + b"], readout=READOUT))
    params = {"W": np.eye(size), "b": np.zeros(size), "W_y": np.eye(size), "b_y": np.zeros(size)}
    cast = {name: value.astype(dtype) for name, value in params.items()}
    return rt.run(cell, cast, logits[None].astype(dtype), target=target[None].astype(dtype))


@pytest.mark.usefixtures("no_warnings")
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_softmax_and_loss_are_exact_at_the_edge(dtype: Any) -> None:
    """A loss of 20000 is 20000 and not infinite; a certain and right answer costs nothing."""
    y = np.array([[1e4, -1e4], [1e4, -1e4], [-1e4, -1e4], [1e4, 1e4]])
    target = np.array([[1.0, 0], [0, 1], [1, 0], [0, 1]])
    run = logits_run(y, target, dtype)
    p = np.array([[1, 0], [1, 0], [0.5, 0.5], [0.5, 0.5]])
    np.testing.assert_array_equal(run["p"][0], p)
    loss = np.array([0, 20000, np.log(2), np.log(2)])
    # log 2 has to survive beside logits of 1e4: relative to the loss, not to the logits
    np.testing.assert_allclose(run["loss"][0], loss, rtol=2 * np.finfo(dtype).eps, atol=0)
    np.testing.assert_array_equal(run.backward()["y"][0], p - target)


def test_small_losses_keep_their_digits() -> None:
    """A confident right answer: log(1 + exp(-30)), about 1e-13, is neither 0 nor lost in rounding."""
    run = logits_run(np.array([[30.0, 0.0]]), np.array([[1.0, 0.0]]), np.float64)
    np.testing.assert_allclose(run["loss"][0, 0], np.log1p(np.exp(-30.0)), rtol=0, atol=5e-16)


@pytest.mark.parametrize("scale", [0.0, 0.5, 2.0])
def test_a_target_adds_up_to_one(scale: float) -> None:
    """The gradient p - target is that of the loss only then; a timestep is left out by a seed of 0."""
    target = scale * one_hot(np.random.default_rng(6), 1, 3, 4)[0]
    with pytest.raises(ValueError, match="target"):
        logits_run(np.zeros((3, 4)), target, np.float64)


@pytest.mark.usefixtures("no_warnings")
@pytest.mark.parametrize("power", [2, 3, 9])
def test_powers_of_zero(power: int) -> None:
    """The slope of a**n at a = 0 is 0, and never 0 times infinity."""
    cell = rt.parse_cell(f"h = x ** {power} + 0 * h_prev")
    run = rt.run(cell, {}, np.zeros((1, 1, 1)))
    assert run["h"].item() == 0
    assert run.backward({"h": np.ones((1, 1, 1))})["x"].item() == 0


@cells
def test_nan_stays_where_it_is(cell: str) -> None:
    """NaN is let in, and reaches neither the timesteps before it nor the other rows of the batch."""
    case = problem(cell, SIZE)
    clean = run_of(case)
    case.x[2, 1, 0] = np.nan
    run = run_of(case)
    for name in case.seeds:
        assert np.isnan(run[name][2:, 1]).all(), name
        np.testing.assert_allclose(run[name][:2], clean[name][:2], rtol=1e-13)
        np.testing.assert_allclose(run[name][:, 0], clean[name][:, 0], rtol=1e-13)


def test_an_edit_may_set_nan() -> None:
    run = run_of(problem("lstm", SIZE)).edit("f", t=3, unit=1, value=np.nan)
    assert np.isfinite(run["h"][:3]).all()
    assert np.isnan(run["c"][3, 0, 1])
    assert np.isfinite(run["c"][3, 1]).all()
