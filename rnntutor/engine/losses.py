"""Losses as plain functions over arrays whose last axis is the vocabulary."""

from __future__ import annotations

import numpy as np

from rnntutor.engine import ops
from rnntutor.engine.arguments import above_zero
from rnntutor.engine.ops import Array


def softmax(y: Array, temperature: float = 1.0) -> Array:
    """exp(y / temperature) / sum(exp(y / temperature)) over the last axis; never overflows.

    Raises ValueError if y is empty or the temperature is not above zero.
    """
    y = _floats("y", y)
    temperature = above_zero("temperature", temperature)
    with np.errstate(over="ignore"):
        shifted = _below(y) / temperature
    return ops.softmax(shifted[..., None])[..., 0]


def log_softmax(y: Array) -> Array:
    """The logarithm of softmax(y) over the last axis, exact where the probability itself would be zero.

    Raises ValueError if y is empty.
    """
    below = _below(_floats("y", y))
    logs: Array = below - np.log(np.exp(below).sum(axis=-1, keepdims=True))
    return logs


def cross_entropy(y: Array, target: Array) -> Array:
    """-sum(target * log softmax(y)) over the last axis: the loss of each step, (...,).

    y (..., V) are scores before the softmax, `target` (..., V) distributions such as one-hot rows.
    Raises ValueError if the shapes differ.
    """
    y, target = _floats("y", y), _floats("target", target)
    if y.shape != target.shape:
        raise ValueError(f"target has shape {target.shape}; y has {y.shape}")
    below = _below(y)
    # Where nothing is wanted, nothing is lost, however far below: 0 * inf would not be a number.
    below = np.where(target == 0, np.maximum(below, np.finfo(y.dtype).min), below)[..., None]
    return ops.cross_entropy(below, below, target[..., None])[..., 0, 0]


def sequence_loss(y: Array, target: Array) -> float:
    """The losses of all steps, added up."""
    return float(cross_entropy(y, target).sum())


def _below(y: Array) -> Array:
    """How far each score is below the largest; -inf where that is further than numbers go."""
    with np.errstate(over="ignore"):
        below: Array = y - y.max(axis=-1, keepdims=True)
    return below


def _floats(what: str, values: Array) -> Array:
    array = np.asarray(values)
    if array.ndim == 0 or array.size == 0:
        raise ValueError(f"{what} has shape {array.shape}; at least one value along the last axis is wanted")
    return array if array.dtype in (np.float32, np.float64) else array.astype(np.float64)
