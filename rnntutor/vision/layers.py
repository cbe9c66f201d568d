"""The layers of a convolutional network, each with its way back.

y, pull = convolution(x, W, b)
dx, dW, db = pull(dy)            # the gradients of sum(dy * y): a vector-Jacobian product

Pictures and what becomes of them are (B, rows, columns, channels).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from rnntutor.engine.ops import Array, sigmoid

Pull = Callable[[Array], tuple[Array, ...]]
"""From the gradient of what a layer gives to the gradients of what it is given."""


def convolution(x: Array, W: Array, b: Array) -> tuple[Array, Pull]:  # noqa: N803 - as in every textbook
    """y[b, i, j, o] = sum over m, n, c of x[b, i + m - k, j + n - k, c] W[m, n, c, o] + b[o], outside of x zero.

    W is (2k + 1, 2k + 1, C, O) and b (O,); y is as high and as wide as x. It is the cross-correlation that deep
    learning calls convolution. Raises ValueError for shapes that do not fit.
    """
    side, channels = W.shape[0], W.shape[2]
    if W.shape[:2] != (side, side) or side % 2 == 0 or x.shape[3:] != (channels,) or b.shape != W.shape[3:]:
        raise ValueError(f"W: shape {W.shape} with b {b.shape} does not fit to x of shape {x.shape}")
    edge = side // 2
    padded = np.pad(x, ((0, 0), (edge, edge), (edge, edge), (0, 0)))
    windows = sliding_window_view(padded, (side, side), axis=(1, 2)).transpose(0, 1, 2, 4, 5, 3)
    rows, flat = windows.reshape(-1, side * side * channels), W.reshape(-1, W.shape[3])
    y = (rows @ flat + b).reshape(*x.shape[:3], -1)

    def pull(dy: Array) -> tuple[Array, ...]:
        flat_dy = dy.reshape(-1, dy.shape[3])
        back = (flat_dy @ flat.T).reshape(*x.shape[:3], side, side, channels)
        height, width = x.shape[1:3]
        dx = np.zeros_like(padded)
        for m in range(side):
            for n in range(side):
                dx[:, m : m + height, n : n + width] += back[:, :, :, m, n]
        inner = dx[:, edge : edge + height, edge : edge + width]
        return inner, (rows.T @ flat_dy).reshape(W.shape), flat_dy.sum(axis=0)

    return y, pull


def relu(x: Array) -> tuple[Array, Pull]:
    """max(0, x); its slope at 0 is taken as 0."""
    return np.maximum(x, 0), lambda dy: (np.where(x > 0, dy, 0),)


def max_pool(x: Array) -> tuple[Array, Pull]:
    """The largest of every 2 × 2 pixels, channel by channel; where several are, the gradient goes to the first of them.

    Raises ValueError for an odd number of rows or columns.
    """
    batch, height, width, channels = x.shape
    if height % 2 or width % 2:
        raise ValueError(f"x: an even number of rows and columns is wanted, not {height} by {width}")
    blocks = x.reshape(batch, height // 2, 2, width // 2, 2, channels).transpose(0, 1, 3, 5, 2, 4)
    fours = blocks.reshape(*blocks.shape[:4], 4)
    first = fours.argmax(axis=4)[..., None]

    def pull(dy: Array) -> tuple[Array, ...]:
        back = np.zeros_like(fours)
        np.put_along_axis(back, first, dy[..., None], axis=4)
        return (back.reshape(blocks.shape).transpose(0, 1, 4, 2, 5, 3).reshape(x.shape),)

    return np.take_along_axis(fours, first, axis=4)[..., 0], pull


def logistic(x: Array) -> tuple[Array, Pull]:
    """σ(x), number by number."""
    y = sigmoid(x)
    return y, lambda dy: (dy * y * (1 - y),)


def products(x: Array, lefts: Sequence[int], rights: Sequence[int]) -> tuple[Array, Pull]:
    """y[..., k] = x[..., lefts[k]] x[..., rights[k]]: of some pairs of channels, how far both are there."""
    y = x[..., lefts] * x[..., rights]

    def pull(dy: Array) -> tuple[Array, ...]:
        dx = np.zeros_like(x)
        for k, (left, right) in enumerate(zip(lefts, rights, strict=True)):
            dx[..., left] += dy[..., k] * x[..., right]
            dx[..., right] += dy[..., k] * x[..., left]
        return (dx,)

    return y, pull


def largest(x: Array, axis: int) -> tuple[Array, Pull]:
    """The largest along an axis, which is gone; where several are, the gradient goes to the first of them."""
    first = np.expand_dims(x.argmax(axis=axis), axis)

    def pull(dy: Array) -> tuple[Array, ...]:
        dx = np.zeros_like(x)
        np.put_along_axis(dx, first, np.expand_dims(dy, axis), axis)
        return (dx,)

    return np.take_along_axis(x, first, axis).squeeze(axis), pull
