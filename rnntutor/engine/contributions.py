"""What some timesteps add to a parameter's gradient, all at once.

A timestep of a finished pass needs nothing of the others, so they can stand side by side as the rows of a
batch do; the sum over the batch that every parameter's gradient is then becomes the sum over time.

    contributed(grads, "W_f", 2, 5)               (H, H+D): the sum of grads.at(t)["W_f"] for t = 2, 3, 4
    contributions(grads, "W_f", (3, 5), 2, 5)     (3,): grads.at(t)["W_f"][3, 5], one by one
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from rnntutor.engine.backward import Gradients
from rnntutor.engine.evaluate import evaluate
from rnntutor.engine.given import standing
from rnntutor.engine.memory import over_time
from rnntutor.engine.ops import OPS, Array


def contributed(grads: Gradients, name: str, start: int, stop: int) -> Array:
    """What the timesteps from `start` up to `stop` - 1 add to a parameter's gradient; it has the parameter's shape."""
    shape, place = grads.run.params[name].shape, _place(grads, name)
    if place is None or stop <= start:
        return np.zeros(shape, grads.run.sizes.dtype)
    with np.errstate(all="ignore"):
        value = _Beside(grads, start, stop).value(place)
        total: Array = value if len(shape) == 2 else value.sum(axis=1)
        return total


def contributions(grads: Gradients, name: str, entry: Sequence[int], start: int, stop: int) -> Array:
    """What each of these timesteps adds to one number of a parameter's gradient: (stop - start,)."""
    place = _place(grads, name)
    if place is None or stop <= start:
        return np.zeros(max(0, stop - start), grads.run.sizes.dtype)
    with np.errstate(all="ignore"):
        row = _Beside(grads, start, stop).row(place, tuple(entry))
        each: Array = row.reshape(stop - start, grads.run.batch).sum(axis=1)
        return each


def _place(grads: Gradients, name: str) -> int | None:
    """The line of a parameter's gradient; None where nothing of a timestep reaches it."""
    lines = grads.program.lines
    return next((k.place for k in lines if k.kind == "param" and k.name == f"d{name}"), None)


@dataclass
class _Beside:
    """The values of the backward pass at some timesteps, (rows, timesteps * B)."""

    grads: Gradients
    start: int
    stop: int
    known: dict[int, Array] = field(default_factory=dict)

    def value(self, place: int) -> Array:
        """The value at a place of the program; of a matrix the sum over the timesteps."""
        self._find(place)
        value = evaluate(self.grads.program, self.grads.plan.shapes, self.known, place)
        if len(self.grads.plan.shapes[place]) == 2:
            return value
        return np.broadcast_to(value, (len(value), (self.stop - self.start) * self.grads.run.batch))

    def row(self, place: int, entry: tuple[int, ...]) -> Array:
        """One number of a value at every timestep; what makes a matrix works number by number, but for `outer`."""
        if len(self.grads.plan.shapes[place]) < 2:
            row: Array = self.value(place)[entry[0]]
            return row
        node = self.grads.program.nodes[place]
        if node.op == "outer":
            left, right = (self.value(k)[index] for k, index in zip(node.args, entry, strict=True))
            product: Array = left * right
            return product
        return OPS[node.op].compute(*(self.row(k, entry) for k in node.args))

    def _find(self, place: int) -> None:
        """Put what a value is made of side by side, as far as it was kept."""
        if place in self.known:
            return
        grads, node = self.grads, self.grads.program.nodes[place]
        forward = place < grads.program.given
        plan, kept = (grads.run.plan, grads.run.kept) if forward else (grads.plan, grads.kept)
        span = plan.layout.spans.get(place)
        if node.op == "param":
            self.known[place] = standing(grads.run.params[node.name])
        elif span is not None and span.buffer == "kept":
            self.known[place] = self._side_by_side(over_time(kept, span, grads.run.steps), node.op)
        else:
            for arg in node.args:
                self._find(arg)

    def _side_by_side(self, kept: Array, op: str) -> Array:
        """(T, rows, B) as (rows, timesteps * B); nothing comes back from beyond a cut."""
        values = kept[self.start : self.stop]
        if op == "next" and self.grads.cuts:
            flows = ~np.isin(np.arange(self.start, self.stop) + 1, self.grads.cuts)
            values = np.where(flows[:, None, None], values, 0)
        return values.swapaxes(0, 1).reshape(values.shape[1], -1)
