"""The few calls of a tape that are more than one NumPy function, and the shapes that calls are given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from rnntutor.engine.layout import Call
from rnntutor.engine.ops import Array


def spread(call: Call, args: list[Any], out: Array, axes: int) -> tuple[list[Any], Array]:
    """One operand against several that lie side by side: a new axis to broadcast along."""
    rows = call.out.rows // call.spread

    def split(array: Array) -> Array:
        shape, k = array.shape, array.ndim - axes
        return array.reshape(*shape[:k], shape[k] // rows, rows, *shape[k + 1 :])

    return [a if a.ndim == 0 else split(a) for a in args], split(out)


def copy_result(compute: Callable[..., Array], args: Sequence[Array], out: Array) -> None:
    """Compute what cannot write where it is told, and put it there."""
    out[...] = compute(*args)


def add_sum(left: Array, ones: Array, array: Array, fresh: bool) -> None:
    """Sum over time and batch; over the batch as a product with ones, which is quicker."""
    per_step = left if left.ndim == 2 else np.matmul(left, ones)
    if fresh:
        np.add.reduce(per_step, 0, out=array)
    else:
        array += np.add.reduce(per_step, 0)


def add_product(left: Array, right: Array, array: Array, flat: bool, fresh: bool) -> None:
    """Sum over time and batch of left rightᵀ."""
    product = left.T @ right if flat else np.tensordot(left, right, axes=((0, 2), (0, 2)))
    if fresh:
        array[...] = product
    else:
        array += product
