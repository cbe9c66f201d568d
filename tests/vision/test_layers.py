"""The layers of the convolutional network, against sums written out, finite differences and PyTorch."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnntutor.vision.layers import Pull, convolution, largest, logistic, max_pool, products, relu
from tests.cases import Array

CLOSE = 1e-6
"""Of a finite difference: its own error is about 1e-9, the rest is for sums of a thousand terms."""


def draw(seed: int, *shape: int) -> Array:
    """Normal numbers."""
    return np.random.default_rng(seed).normal(size=shape)


def assert_pulls(layer: Callable[..., tuple[Array, Pull]], *given: Array) -> None:
    """The way back gives the slopes of sum(dy * y), by every number that goes in."""
    y, pull = layer(*given)
    dy = draw(9, *y.shape)
    for k, (array, found) in enumerate(zip(given, pull(dy), strict=True)):
        assert found.shape == array.shape
        for place in np.ndindex(array.shape):
            ends = []
            for step in (1e-6, -1e-6):
                moved = [np.array(a) for a in given]
                moved[k][place] += step
                ends.append((dy * layer(*moved)[0]).sum())
            assert found[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=CLOSE, rel=CLOSE)


shapes = st.tuples(st.integers(1, 2), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))


@settings(deadline=None, max_examples=20)
@given(shape=shapes, outputs=st.integers(1, 3), side=st.sampled_from([1, 3, 5]), seed=st.integers(0, 9))
def test_convolution_is_the_sum_and_its_slopes(shape: tuple[int, ...], outputs: int, side: int, seed: int) -> None:
    x, W, b = draw(seed, *shape), draw(seed + 1, side, side, shape[3], outputs), draw(seed + 2, outputs)  # noqa: N806
    y, _ = convolution(x, W, b)
    k = side // 2
    for n, i, j, o in np.ndindex(y.shape):
        total = b[o]
        for m in range(side):
            for w in range(side):
                row, column = i + m - k, j + w - k
                if 0 <= row < shape[1] and 0 <= column < shape[2]:
                    total += x[n, row, column] @ W[m, w, :, o]
        assert y[n, i, j, o] == pytest.approx(total)
    assert_pulls(convolution, x, W, b)


@settings(deadline=None)
@given(batch=st.integers(1, 2), rows=st.integers(1, 2), columns=st.integers(1, 2), seed=st.integers(0, 9))
def test_pooling_takes_the_largest_of_four(batch: int, rows: int, columns: int, seed: int) -> None:
    x = draw(seed, batch, 2 * rows, 2 * columns, 2)
    y, _ = max_pool(x)
    for n, i, j, c in np.ndindex(y.shape):
        assert y[n, i, j, c] == x[n, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2, c].max()
    assert_pulls(max_pool, x)


def test_of_equal_pixels_the_first_gets_the_gradient() -> None:
    _, pull = max_pool(np.zeros((1, 2, 2, 1)))
    assert pull(np.ones((1, 1, 1, 1)))[0].ravel().tolist() == [1, 0, 0, 0]


@given(seed=st.integers(0, 9))
def test_relu_and_the_others_have_the_slopes_they_say(seed: int) -> None:
    assert_pulls(relu, draw(seed, 2, 3, 1, 2) + 0.01)
    assert_pulls(lambda x: largest(x, 1), draw(seed, 2, 3, 4, 2))
    assert_pulls(lambda x: largest(x, 2), draw(seed, 2, 3, 4, 2))
    assert_pulls(logistic, draw(seed, 1, 2, 2, 2))
    assert_pulls(lambda x: products(x, (0, 0, 2), (1, 2, 2)), draw(seed, 1, 2, 2, 3))


@pytest.mark.parametrize(
    ("layer", "given", "wanted"),
    [
        (convolution, ((1, 4, 4, 3), (3, 3, 2, 5), (5,)), "does not fit to x of shape"),
        (convolution, ((1, 4, 4, 3), (2, 2, 3, 5), (5,)), "does not fit"),
        (max_pool, ((1, 3, 4, 1),), "an even number of rows and columns is wanted, not 3 by 4"),
    ],
)
def test_shapes_that_do_not_fit_are_told(layer: Any, given: tuple[tuple[int, ...], ...], wanted: str) -> None:
    with pytest.raises(ValueError, match=wanted):
        layer(*(np.zeros(shape) for shape in given))
