"""The yardstick: an LSTM fused by hand in NumPy, forward and backward, that keeps every line and every gradient.

Nothing here is derived; it is what one would write who knows the cell and knows NumPy, so that the price of
running declared equations can be measured. Both passes are flat tapes: lists of (function, arguments) in which
every view is bound beforehand. Three facts shape them:

- sigmoid(x) = tanh(x / 2) / 2 + 1/2. The rows of the three gates are halved once, then one `tanh` serves all four.
- The backward pass is linear in the gradients, so what multiplies them need not wait for them.
- Memory and tapes are bound once per shape, and bound again only while somebody still holds an earlier result.

`python -m benchmarks.check` compares it with PyTorch's autograd.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import DTypeLike

from benchmarks.fused_batched import BatchedForward
from benchmarks.fused_memory import GATES, Array, Backward, Forward, Shape
from benchmarks.fused_single import SingleForward


class Run:
    """A finished forward run. Holding the block keeps its memory from being used again."""

    def __init__(self, work: Forward) -> None:
        self.work, self.store = work, work.store

    def __getitem__(self, line: str) -> Array:
        return self.work.views[line].view()

    def backward(self, dh: Array) -> Grads:
        """The gradients of everything, where dh (T, B, H) is what reaches h from outside."""
        back = self.work.free_back()
        back.sweep(dh)
        return Grads(back)


class Grads:
    """The gradient of a line by its name (`a_f` is f before its activation), of a parameter, of x."""

    def __init__(self, back: Backward) -> None:
        self.back, self.store = back, back.store

    def __getitem__(self, name: str) -> Array:
        return self.back.views[name].view()


_bound: dict[Shape, list[Forward]] = {}


def run(params: Mapping[str, Array], x: Array) -> Run:
    """The forward pass over x (T, B, D), from zero states."""
    steps, batch, inputs = x.shape
    work = _free(Shape(steps, batch, inputs, len(params["b_f"]), x.dtype))
    work.sweep(params, x)
    return Run(work)


def _free(shape: Shape) -> Forward:
    """Memory of this shape to which no result refers."""
    known = _bound.setdefault(shape, [])
    for work in known:
        if work.is_free():
            return work
    known[:] = [*known[-3:], SingleForward(shape) if shape.batch == 1 else BatchedForward(shape)]
    return known[-1]


def random_params(hidden: int, inputs: int, dtype: DTypeLike, seed: int = 0) -> dict[str, Array]:
    """Parameters as the engine names them, uniform as PyTorch draws them."""
    draw, bound = np.random.default_rng(seed), hidden**-0.5
    params = {f"W_{gate}": draw.uniform(-bound, bound, (hidden, hidden + inputs)) for gate in GATES}
    params |= {f"b_{gate}": draw.uniform(-bound, bound, hidden) for gate in GATES}
    return {name: value.astype(dtype) for name, value in params.items()}
