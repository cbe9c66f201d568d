"""Lengths of vectors, however large or small their numbers are."""

from __future__ import annotations

import numpy as np

from rnntutor.engine.ops import Array

_SAFE = (1e-280, 1e280)
"""Sums of squares between these have lost nothing to underflow or overflow."""


def lengths(rows: Array) -> Array:
    """The Euclidean length of every row, (T, N) -> (T,), in float64; nan where a number is nan."""
    with np.errstate(all="ignore"):
        squares = np.square(rows, dtype=np.float64).sum(axis=-1)
        found: Array = np.sqrt(squares)
        rest = np.flatnonzero(~((squares > _SAFE[0]) & (squares < _SAFE[1])))
        if rest.size and rows.shape[-1]:
            found[rest] = _scaled(np.asarray(rows[rest], np.float64))
    return found


def _scaled(rows: Array) -> Array:
    """The same by parts of the largest number: gradients of 1e-200 are no zeros, and those of 1e200 no infinities."""
    largest = np.abs(rows).max(axis=-1, keepdims=True)
    unit = np.where((largest > 0) & (largest < np.inf), largest, 1.0)
    scaled: Array = np.sqrt(np.sum((rows / unit) ** 2, axis=-1)) * unit[:, 0]
    return scaled


def norm(values: Array) -> float:
    """The length of all numbers of an array taken as one vector."""
    return float(lengths(values.reshape(1, -1))[0])
