"""An axis with even steps for a plot: where numbers differ by less than a power of ten, as losses do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.show.look import Look
from rnntutor.show.plot import Range, range_of

_TALLEST = 4
"""Rows between two labels, at most."""
_LEAST = 0.1
"""What part of the largest number the axis spans, at least."""
_TINY, _HUGE = 1e-290, 1e290
"""Numbers beyond these count as these: their differences would be no numbers."""


@dataclass(frozen=True)
class Linear:
    """The rows of a plot from above: what is no number or has no end, even steps, zero: see `plot.Rows`."""

    span: Range
    low: int
    """The lowest label, in steps."""
    step: float
    rows: int
    """Rows between two labels."""
    parts: int
    """How often that is."""

    @property
    def height(self) -> int:
        """All rows."""
        return self.lowest + 1 + len(self.span.below)

    @property
    def lowest(self) -> int:
        """The row of the lowest label."""
        return len(self.span.above) + self.parts * self.rows

    def row(self, values: Array) -> Array:
        """The rows of numbers above zero; what is beyond either end stands at it."""
        up = np.rint((np.minimum(values, _HUGE) / self.step - self.low) * self.rows)
        return np.asarray(self.lowest - np.clip(up, 0, self.parts * self.rows), int)

    def labels(self, _: Look, /) -> dict[int, str]:
        """What stands left of which row."""
        named = dict(enumerate(self.span.above))
        for k in range(self.parts + 1):
            named[self.lowest - k * self.rows] = self._label((self.low + k) * self.step)
        return named | {self.lowest + 1 + k: name for k, name in enumerate(self.span.below)}

    def _label(self, value: float) -> str:
        """With as many decimals as the steps need."""
        decimals = max(0, -int(np.floor(np.log10(self.step) + 1e-9)))
        if decimals < 5 and value < 1e5:
            return f"{value:.{decimals}f}"
        mantissa, power = f"{value:.2e}".split("e")
        return f"{mantissa}e{int(power)}"

    def holds(self, value: float) -> bool:
        """Whether a number lies within the axis."""
        return self.low * self.step <= value <= (self.low + self.parts) * self.step


def linear(arrays: Sequence[Array], height: int) -> Linear:
    """The finest axis with even labels around all numbers that `height` rows can hold."""
    span, values = range_of(arrays), np.concatenate([np.ones(0), *arrays])
    finite = np.clip(values[(values > 0) & (values < np.inf)], _TINY, _HUGE)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    middle, apart = low / 2 + high / 2, max(high - low, _LEAST * high)
    low, high = min(low, middle - apart / 2), max(high, middle + apart / 2)
    room = height - len(span.above) - len(span.below) - 1
    options = [_even(span, low, high, step, room) for step in _steps(apart)]
    return next((axis for axis in options if axis.rows > 1), replace(options[-1], rows=max(1, options[-1].rows)))


def _steps(apart: float) -> Iterator[float]:
    """1, 2, 5, 10 and so on, times a power of ten, from a hundredth of a distance to ten times it."""
    power = int(np.floor(np.log10(apart)))
    for exponent in range(power - 1, power + 2):
        yield from (float(f"{size}e{exponent}") for size in (1, 2, 5))


def _even(span: Range, low: float, high: float, step: float, room: int) -> Linear:
    """An axis with a label at every multiple of a step."""
    first = int(np.floor(low / step))
    parts = max(1, int(np.ceil(high / step)) - first)
    return Linear(span, first, step, min(_TALLEST, room // parts), parts)
