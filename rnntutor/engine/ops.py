"""The operations of the equation language: how each is computed, written and differentiated.

An operation works on arrays whose last two axes are (features, batch); any axes in front, such as time,
are carried along. A scalar of the language is an array with one feature.

The vector-Jacobian products are text in the language itself, one per operand: `d` is the gradient that
arrives, `y` the result, `a`, `b` and so on the operands; {n} is a power's exponent and {m} one less.
`differentiate` turns them into lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def sigmoid(a: Array, out: Array | None = None) -> Array:
    """1 / (1 + exp(-a)), through tanh, which cannot overflow: σ(a) = ½ tanh(½a) + ½."""
    half = a.dtype.type(0.5)
    y: Array = np.multiply(a, half, out=out)
    np.tanh(y, out=y)
    y *= half
    y += half
    return y


def softmax(a: Array, out: Array | None = None) -> Array:
    """exp(a) / sum(exp(a)) over the features; shifted by the largest, so that exp cannot overflow."""
    y: Array = np.subtract(a, a.max(axis=-2, keepdims=True), out=out)
    np.exp(y, out=y)
    y /= y.sum(axis=-2, keepdims=True)
    return y


def cross_entropy(logits: Array, _p: Array, target: Array, out: Array | None = None) -> Array:
    """-sum(target * log p) for p = softmax(logits), taken from the logits so that log 0 never happens.

    `target` is a distribution over the features, such as a one-hot column.
    """
    where = logits.argmax(axis=-2, keepdims=True)
    below = logits - np.take_along_axis(logits, where, axis=-2)
    rest = np.exp(below)
    np.put_along_axis(rest, where, 0, axis=-2)  # log1p of the others keeps the digits of a small loss
    log_total = np.log1p(rest.sum(axis=-2, keepdims=True))
    below = np.where(target == 0, 0, below)  # so that 0 times minus infinity is 0
    loss: Array = np.sum(target * (log_total - below), axis=-2, keepdims=True, out=out)
    return loss


def negative(a: Array, out: Array | None = None) -> Array:
    """-a; as a product, since np.negative of NumPy 2.4 errs on float64 values that lie 64 bytes apart (AVX-512)."""
    result: Array = np.multiply(a, a.dtype.type(-1), out=out)
    return result


def relu(a: Array, out: Array | None = None) -> Array:
    """max(a, 0)."""
    result: Array = np.maximum(a, a.dtype.type(0), out=out)
    return result


def step(a: Array, out: Array | None = None) -> Array:
    """1 where a > 0, else 0: the slope of relu."""
    result: Array = np.greater(a, 0, out=np.empty_like(a) if out is None else out, casting="unsafe")
    return result


def outer(a: Array, b: Array) -> Array:
    """a bᵀ of one timestep, summed over the batch."""
    batch = max(
        a.shape[-1], b.shape[-1]
    )  # what does not depend on the data counts for every row of the batch
    a, b = (np.broadcast_to(k, (*k.shape[:-1], batch)) for k in (a, b))
    result: Array = np.matmul(a, np.swapaxes(b, -1, -2))
    return result


def total(a: Array) -> Array:
    """The sum over the features, kept as one feature."""
    result: Array = a.sum(axis=-2, keepdims=True)
    return result


def concat(*parts: Array, out: Array | None = None) -> Array:
    """The parts one below the other."""
    return np.concatenate(parts, axis=-2, out=out)


@dataclass(frozen=True)
class Op:
    """One operation: its function, its vector-Jacobian products and how it is written.

    `symbol` is an infix sign or a function name, `rank` its binding strength (9 binds tightest).
    """

    compute: Callable[..., Array]
    vjp: tuple[str, ...] = ()
    symbol: str = ""
    rank: int = 9


OPS: dict[str, Op] = {
    "add": Op(np.add, ("d", "d"), "+", 1),
    "sub": Op(np.subtract, ("d", "-d"), "-", 1),
    "mul": Op(np.multiply, ("d * b", "d * a"), "*", 2),
    "div": Op(np.divide, ("d / b", "-d * y / b"), "/", 2),
    "matmul": Op(np.matmul, ("outer(d, b)", "a.T @ d"), "@", 2),
    "neg": Op(negative, ("-d",), "-", 3),
    "pow": Op(np.power, ("d * {n:g} * a ** {m:g}",), "**", 4),
    "concat": Op(concat),
    "sigmoid": Op(sigmoid, ("d * y * (1 - y)",), "sigmoid"),
    "tanh": Op(np.tanh, ("d * (1 - y**2)",), "tanh"),
    "relu": Op(relu, ("d * step(a)",), "relu"),
    "exp": Op(np.exp, ("d * y",), "exp"),
    "log": Op(np.log, ("d / a",), "log"),
    "softmax": Op(softmax, ("y * (d - sum(d * y))",), "softmax"),
    # The logits stand first: they take the whole gradient, as the textbook's p - target.
    "cross_entropy": Op(cross_entropy, ("d * (b - c)", "", ""), "cross_entropy"),
    "copy": Op(np.positive, ("d",)),
    # Only gradients need these.
    "transpose": Op(lambda a: np.swapaxes(a, -1, -2)),
    "outer": Op(outer, symbol="outer"),
    "sum": Op(total, symbol="sum"),
    "step": Op(step, symbol="step"),
    "part": Op(lambda a: a),
}

FUNCTIONS = ("sigmoid", "tanh", "relu", "exp", "log", "softmax", "cross_entropy")
"""What a cell's text may call."""

GRADIENT_FUNCTIONS = (*FUNCTIONS, "outer", "sum", "step")
"""What the text of a vector-Jacobian product may call."""

LEAVES = frozenset({"input", "param", "prev", "const", "seed", "next"})
"""Kinds of nodes that are given from outside and not computed."""
