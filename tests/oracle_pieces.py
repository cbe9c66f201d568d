"""The pieces of which the oracle's cells are made, by hand; see `tests.oracle`. Shares no code with the package."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Values = dict[str, Array]


class Step(NamedTuple):
    """Gradients of one timestep."""

    lines: Values
    params: Values
    x: Array
    before: Values


def sigmoid(a: Array) -> Array:
    """1 / (1 + exp(-a)), written so that exp never overflows."""
    small: Array = np.exp(-np.abs(a))
    numerator: Array = np.where(a >= 0, 1.0, small)
    return numerator / (1 + small)


def affine(w: Array, b: Array, left: Array, x: Array) -> Array:
    """W @ [left, x] + b for every row of the batch."""
    w_left, w_x = w[:, : left.shape[1]], w[:, left.shape[1] :]
    return left @ w_left.T + x @ w_x.T + b


def affine_backward(w: Array, da: Array, left: Array, x: Array) -> tuple[Array, Array, Array, Array]:
    """Gradients of W, b, left and x, where da is the gradient of W @ [left, x] + b."""
    w_left, w_x = w[:, : left.shape[1]], w[:, left.shape[1] :]
    dw = np.concatenate([da.T @ left, da.T @ x], axis=1)
    return dw, da.sum(axis=0), da @ w_left, da @ w_x
