"""Optimisers against their papers' formulas, written anew and one number at a time; clipping by its properties."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import rnntutor as rt
from rnntutor.engine.optim import OPTIMISERS, Optimiser, global_norm
from tests.cases import Array, Values, normal_params

STEPS = 30
SHAPES: dict[str, tuple[int, ...]] = {"W": (3, 4), "b": (3,)}
Formula = Callable[[float, Iterator[float]], float]


def sgd(p: float, gradients: Iterator[float]) -> float:
    """One number under stochastic gradient descent."""
    for g in gradients:
        p -= 0.05 * g
    return p


def adagrad(p: float, gradients: Iterator[float]) -> float:
    """One number under Adagrad, as min-char-rnn writes it."""
    memory = 0.0
    for g in gradients:
        memory += g * g
        p += -0.05 * g / math.sqrt(memory + 1e-8)
    return p


def adam(p: float, gradients: Iterator[float]) -> float:
    """One number under Adam, algorithm 1 of the paper."""
    m = v = 0.0
    for t, g in enumerate(gradients, 1):
        m = 0.9 * m + (1 - 0.9) * g
        v = 0.999 * v + (1 - 0.999) * g**2
        p -= 0.05 * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return p


FORMULAS: dict[str, Formula] = {"sgd": sgd, "adagrad": adagrad, "adam": adam}


def a_problem(dtype: type[np.floating] = np.float64) -> tuple[Values, list[Values]]:
    """Parameters, and the gradients of STEPS steps."""
    rng = np.random.default_rng(5)
    drawn = [{k: p.astype(dtype) for k, p in normal_params(rng, SHAPES).items()} for _ in range(STEPS + 1)]
    return drawn[0], drawn[1:]


def descend(optimiser: Optimiser, params: Values, gradients: list[Values]) -> Values:
    """The parameters after all steps."""
    for grads in gradients:
        params = optimiser.update(params, grads)
    return params


@pytest.mark.parametrize("name", OPTIMISERS)
def test_against_the_formula(name: str) -> None:
    params, gradients = a_problem()
    after = descend(OPTIMISERS[name](rate=0.05), params, gradients)
    for key, start in params.items():
        for place in np.ndindex(start.shape):
            expected = FORMULAS[name](float(start[place]), (float(grads[key][place]) for grads in gradients))
            assert after[key][place] == pytest.approx(expected, rel=1e-11, abs=1e-12)


@pytest.mark.parametrize(("name", "theirs"), [("sgd", "SGD"), ("adam", "Adam")])
def test_against_torch(name: str, theirs: str) -> None:
    """Not Adagrad: there the epsilon stands outside of the root."""
    torch = pytest.importorskip("torch")
    params, gradients = a_problem()
    tensors = {key: torch.tensor(p, requires_grad=True) for key, p in params.items()}
    optimiser = getattr(torch.optim, theirs)(tensors.values(), lr=0.05)
    for grads in gradients:
        for key, tensor in tensors.items():
            tensor.grad = torch.tensor(grads[key])
        optimiser.step()
    after = descend(OPTIMISERS[name](rate=0.05), params, gradients)
    for key, tensor in tensors.items():
        np.testing.assert_allclose(after[key], tensor.detach().numpy(), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", OPTIMISERS)
def test_old_parameters_and_gradients_stay(name: str, dtype: type[np.floating]) -> None:
    params, gradients = a_problem(dtype)
    kept = [{key: array.copy() for key, array in values.items()} for values in (params, *gradients)]
    after = descend(OPTIMISERS[name](rate=0.05), params, gradients)
    for values, before in zip((params, *gradients), kept, strict=True):
        for key, array in values.items():
            np.testing.assert_array_equal(array, before[key])
    assert {array.dtype for array in after.values()} == {np.dtype(dtype)}


# Numbers whose squares overflow or vanish are among them.
numbers = st.floats(-1e300, 1e300) | st.floats(-1e-300, 1e-300) | st.floats(-10, 10)
arrays = hnp.arrays(np.float64, hnp.array_shapes(max_dims=2, max_side=4), elements=numbers)
gradients_of_any_size = st.dictionaries(st.sampled_from("abc"), arrays, max_size=3)
limits = st.floats(1e-3, 1e3)


def exact_norm(grads: Values) -> float:
    """The norm by a function of the standard library that cannot overflow on the way."""
    return math.hypot(*(float(number) for g in grads.values() for number in g.ravel()))


@given(grads=gradients_of_any_size)
def test_norm(grads: Values) -> None:
    assert global_norm(grads) == pytest.approx(exact_norm(grads), rel=1e-12)


@given(grads=gradients_of_any_size, limit=limits)
def test_clipping_by_norm(grads: Values, limit: float) -> None:
    """Never longer than the limit, the same direction, and unchanged where short enough."""
    norm, clipped = exact_norm(grads), rt.clip_by_norm(grads, limit)
    assert exact_norm(clipped) == pytest.approx(min(norm, limit), rel=1e-12)
    for name, g in grads.items():
        if norm <= limit * (1 - 1e-12):
            np.testing.assert_array_equal(clipped[name], g)
        elif norm > limit * (1 + 1e-12):
            np.testing.assert_allclose(clipped[name], g / norm * limit, rtol=1e-12, atol=1e-300)


@given(grads=gradients_of_any_size, limit=limits)
def test_clipping_by_value(grads: Values, limit: float) -> None:
    clipped = rt.clip_by_value(grads, limit)
    for name, g in grads.items():
        expected = [min(max(float(number), -limit), limit) for number in g.ravel()]
        np.testing.assert_array_equal(clipped[name].ravel(), expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_clipping_at_the_edge_of_a_float(dtype: type[np.floating]) -> None:
    """The norm of the largest numbers there are is beyond them; what is clipped is exact all the same."""
    grads = {"W": np.full((2, 2), np.finfo(dtype).max, dtype)}
    np.testing.assert_allclose(rt.clip_by_norm(grads, 5.0)["W"], np.full((2, 2), 2.5, dtype), rtol=1e-6)


def test_clipping_changes_nothing_in_place() -> None:
    g = np.array([30.0, 40.0])
    assert rt.clip_by_norm({"g": g}, 5.0)["g"].tolist() == [3.0, 4.0]
    assert rt.clip_by_norm({"g": g}, 50.0)["g"] is not g
    assert rt.clip_by_value({"g": g}, 35.0)["g"].tolist() == [30.0, 35.0]
    assert g.tolist() == [30.0, 40.0]


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_what_is_no_number_stays_one(number: float) -> None:
    grads = {"a": np.array([1.0, number]), "b": np.array([2.0])}
    assert not math.isfinite(global_norm(grads))
    np.testing.assert_array_equal(rt.clip_by_norm(grads, 1.0)["a"], grads["a"])


@pytest.mark.parametrize("clip", [rt.clip_by_norm, rt.clip_by_value])
@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan, math.inf])
def test_limits_are_above_zero(clip: Callable[[Values, float], Values], limit: float) -> None:
    grads: dict[str, Array] = {"g": np.ones(2)}
    with pytest.raises(ValueError, match="limit"):
        clip(grads, limit)


@pytest.mark.parametrize("name", OPTIMISERS)
@pytest.mark.parametrize("rate", [0.0, -1.0, math.nan, math.inf, "fast", None])
def test_rates_are_above_zero(name: str, rate: Any) -> None:
    with pytest.raises(ValueError, match="rate: "):
        OPTIMISERS[name](rate=rate)


@pytest.mark.parametrize("wrong", [{"beta1": 1.0}, {"beta2": -0.1}, {"beta2": math.nan}, {"epsilon": 0.0}])
def test_wrong_numbers_of_adam(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}: "):
        rt.Adam(**wrong)


@pytest.mark.parametrize("name", OPTIMISERS)
@pytest.mark.parametrize("grads", [{"W": np.ones((3, 4))}, {"W": np.ones((3, 4)), "b": np.ones((1, 3))}, {}])
def test_gradients_that_do_not_fit(name: str, grads: Values) -> None:
    """Nothing broadcasts, and nothing is remembered of a step that was refused."""
    params, (first, *_) = a_problem()
    optimiser, other = OPTIMISERS[name](), OPTIMISERS[name]()
    with pytest.raises(ValueError, match=r"grads: (W|b) "):
        optimiser.update(params, grads)
    for key, p in optimiser.update(params, first).items():
        np.testing.assert_array_equal(p, other.update(params, first)[key])


@pytest.mark.parametrize("name", ["adagrad", "adam"])
def test_parameters_of_another_model(name: str) -> None:
    optimiser = OPTIMISERS[name]()
    optimiser.update({"b": np.ones(3)}, {"b": np.ones(3)})
    with pytest.raises(ValueError, match="params: b "):
        optimiser.update({"b": np.ones(1)}, {"b": np.ones(1)})


@pytest.mark.parametrize("name", OPTIMISERS)
def test_whole_numbers_are_parameters_too(name: str) -> None:
    optimiser = OPTIMISERS[name](rate=0.5)
    after = optimiser.update({"b": np.array([1, 2])}, {"b": np.array([1, -1])})["b"]
    np.testing.assert_allclose(after, [0.5, 2.5], rtol=1e-6)


@pytest.mark.parametrize("name", OPTIMISERS)
def test_the_parameters_give_the_precision(name: str) -> None:
    after = OPTIMISERS[name]().update({"b": np.ones(2, np.float32)}, {"b": np.array([0.5, 1.0])})["b"]
    assert after.dtype == np.float32


def test_clipping_whole_numbers() -> None:
    grads = {"g": np.array([30, -40]), "small": np.array([-128], np.int8)}
    norm = math.hypot(30, 40, 128)
    clipped = rt.clip_by_norm(grads, 0.5)
    np.testing.assert_allclose(clipped["g"], [15 / norm, -20 / norm], rtol=1e-14)
    np.testing.assert_allclose(clipped["small"], [-64 / norm], rtol=1e-14)
    assert rt.clip_by_value(grads, 0.5)["g"].tolist() == [0.5, -0.5]


def test_clipping_of_mixed_precision() -> None:
    """Every array keeps its own; a number beyond float32 is no trouble to the float32 beside it."""
    grads = {"single": np.array([3.0, 4.0], np.float32), "double": np.array([1e300])}
    for clip in (rt.clip_by_norm, rt.clip_by_value):
        clipped = clip(grads, 1e40)
        assert [g.dtype for g in clipped.values()] == [np.float32, np.float64]
        assert clipped["double"] == pytest.approx(1e40, rel=1e-12)
    assert global_norm(grads) == pytest.approx(1e300, rel=1e-12)
