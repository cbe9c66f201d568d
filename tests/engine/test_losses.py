"""The losses against their definitions, written out anew."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import rnntutor as rt
from tests.cases import Array, one_hot

scores = hnp.arrays(
    np.float64, hnp.array_shapes(min_dims=1, max_dims=3, max_side=6), elements=st.floats(-50, 50)
)
vectors = hnp.arrays(np.float64, st.integers(1, 6), elements=st.floats(-50, 50))


def plain_softmax(y: Array, temperature: float = 1.0) -> list[float]:
    """exp(y) / sum(exp(y)), one number at a time."""
    powers = [math.exp(score / temperature) for score in y]
    return [power / math.fsum(powers) for power in powers]


@given(y=scores)
def test_softmax_is_a_distribution(y: Array) -> None:
    p = rt.softmax(y)
    assert p.shape == y.shape
    assert (p >= 0).all()
    np.testing.assert_allclose(p.sum(axis=-1), 1, rtol=1e-14)


@given(y=vectors, temperature=st.floats(0.5, 5))
def test_softmax_as_defined(y: Array, temperature: float) -> None:
    np.testing.assert_allclose(
        rt.softmax(y, temperature), plain_softmax(y, temperature), rtol=1e-12, atol=1e-300
    )


@given(y=vectors, shift=st.floats(-1000, 1000))
def test_softmax_knows_only_differences(y: Array, shift: float) -> None:
    np.testing.assert_allclose(rt.softmax(y + shift), rt.softmax(y), rtol=1e-11, atol=1e-30)


@given(y=vectors, seed=st.integers(0, 1000))
def test_cross_entropy_as_defined(y: Array, seed: int) -> None:
    """For any distribution as target, not only for one-hot rows."""
    target = np.random.default_rng(seed).dirichlet(np.ones(y.size))
    expected = -math.fsum(t * math.log(p) for t, p in zip(target, plain_softmax(y), strict=True))
    np.testing.assert_allclose(rt.cross_entropy(y, target), expected, rtol=1e-12, atol=1e-12)


def test_an_untrained_model_costs_ln_v() -> None:
    """Equal scores for V symbols: a loss of ln V a step."""
    target = one_hot(np.random.default_rng(0), 5, 2, 65)
    np.testing.assert_allclose(rt.cross_entropy(np.zeros((5, 2, 65)), target), np.log(65), rtol=1e-15)
    assert rt.sequence_loss(np.zeros((5, 2, 65)), target) == pytest.approx(10 * np.log(65), rel=1e-14)


def test_nothing_overflows() -> None:
    y = np.array([1e308, -1e308, 0.0])
    np.testing.assert_array_equal(rt.softmax(y / 1e4), [1, 0, 0])
    assert rt.cross_entropy(np.array([2e4, 0.0]), np.array([0.0, 1.0])) == 2e4


def test_scores_further_apart_than_numbers_go() -> None:
    """What is not wanted costs nothing, without a warning; what is wanted costs more than any number."""
    for y in (np.array([1e308, -1e308]), np.array([0, -np.inf]), np.array([3e38, -3e38], np.float32)):
        assert rt.cross_entropy(y, np.array([1.0, 0.0])) == 0
        np.testing.assert_array_equal(rt.softmax(y), [1, 0])
    assert rt.cross_entropy(np.array([1e308, -1e308]), np.array([0.0, 1.0])) == np.inf
    np.testing.assert_array_equal(rt.softmax(np.array([1.0, 0.0]), 1e-320), [1, 0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_stays(dtype: type[np.floating]) -> None:
    y = np.zeros((2, 3), dtype)
    assert rt.softmax(y).dtype == dtype
    assert rt.cross_entropy(y, np.eye(3, dtype=dtype)[:2]).dtype == dtype


def test_whole_numbers_are_scores_too() -> None:
    np.testing.assert_allclose(rt.softmax(np.array([0, 0])), [0.5, 0.5])


@pytest.mark.parametrize("y", [np.zeros(0), np.zeros((3, 0)), np.float64(1)])
def test_nothing_to_choose_from(y: Array) -> None:
    with pytest.raises(ValueError, match="y has shape"):
        rt.softmax(y)


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan, math.inf, "a", None, True, 10**400])
def test_temperature_is_above_zero(temperature: Any) -> None:
    with pytest.raises(ValueError, match="temperature"):
        rt.softmax(np.zeros(2), temperature)


def test_shapes_that_would_broadcast_are_refused() -> None:
    with pytest.raises(ValueError, match="target has shape"):
        rt.cross_entropy(np.zeros((4, 3)), np.zeros((1, 3)))
