"""What both shapes of the fused LSTM share: tapes, and memory that is bound once and knows when it is free."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Tape = list[tuple[Callable[..., Any], tuple[Any, ...]]]

LINE = 64  # bytes of a cache line
GATES = "oifg"  # o, i, f adjacent for one affine map; i, f before g, c_prev so that one product serves both


class Shape(NamedTuple):
    """All that a workspace depends on."""

    steps: int
    batch: int
    inputs: int
    hidden: int
    dtype: np.dtype[Any]


def play(tape: Tape) -> None:
    """Run a tape."""
    for function, arguments in tape:
        function(*arguments)


class Memory:
    """One block, views of it, and whether anybody outside refers to it.

    One block because NumPy asks for huge pages above 4 MB, which saves thousands of page faults, and because
    every view of it holds the block itself: its reference count tells whether a result is still alive.
    """

    def __init__(self, shape: Shape, size: int) -> None:
        self.shape = shape
        self.store = np.zeros(size + 4096, shape.dtype)
        self.used = -self.store.ctypes.data % LINE // self.store.itemsize
        self.views: dict[str, Array] = {}
        self.bind()
        self.references = sys.getrefcount(self.store)

    def new(self, *shape: int) -> Array:
        """A fresh piece, from the start of a cache line."""
        count, line = int(np.prod(shape)), LINE // self.store.itemsize
        start, self.used = self.used, self.used + -(-count // line) * line
        return self.store[start : start + count].reshape(shape)

    def new_rows(self, count: int, width: int) -> Array:
        """Rows that each start a cache line."""
        line = LINE // self.store.itemsize
        return self.new(count, -(-width // line) * line)[:, :width]

    def is_free(self) -> bool:
        return sys.getrefcount(self.store) == self.references

    def gate_scale(self) -> Array:
        """Rows of the sigmoids count half, in the order of GATES."""
        return np.repeat(np.array([0.5, 0.5, 0.5, 1.0], self.shape.dtype), self.shape.hidden)

    def bind(self) -> None:
        raise NotImplementedError


class Forward(Memory):
    """The memory of a forward run, and those of the backward runs bound to it."""

    backs: list[Backward]

    def sweep(self, params: Mapping[str, Array], x: Array) -> None:
        raise NotImplementedError

    def make_back(self) -> Backward:
        raise NotImplementedError

    def free_back(self) -> Backward:
        """Memory for gradients to which no result refers."""
        for back in self.backs:
            if back.is_free():
                return back
        before = sys.getrefcount(self.store)
        self.backs.append(self.make_back())
        self.references += sys.getrefcount(self.store) - before
        return self.backs[-1]


class Backward(Memory):
    """The memory of the gradients."""

    def sweep(self, dh: Array) -> None:
        raise NotImplementedError


def by_gate(rows: Array, n: int) -> dict[str, Array]:
    """The parameters' gradients from their stack; the last column met the row of ones: it is the bias's."""
    parts = {gate: rows[k * n : (k + 1) * n] for k, gate in enumerate(GATES)}
    weights = {f"W_{gate}": part[:, :-1] for gate, part in parts.items()}
    return weights | {f"b_{gate}": part[:, -1] for gate, part in parts.items()}
