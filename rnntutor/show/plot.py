"""Curves over time on an axis, most often a logarithmic one, as lines of text.

    10¹ │              ┊
    10⁰ │              ◆     ◆      ●
        │              ●     ●      ◆
        └    ·      ·──┴────────────┴──
             0      1  2            4
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from rich.style import Style
from rich.text import Text

from rnntutor.engine.ops import Array
from rnntutor.show.look import Look
from rnntutor.show.texts import line_of, power_of_ten

FOOT = 2
"""Rows below the plot: the axis and its numbers."""
_LABEL = 8
"""Columns of a label, which ends where the axis stands."""
_WIDEST = 20
"""Columns of a timestep, at most."""
_TALLEST = 8
"""Rows between two labels, at most."""
_BETWEEN = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 150, 200, 300, 500, 700)
"""Decades between two labels."""


@dataclass(frozen=True)
class Curve:
    """Numbers over time, none below zero, (T,); they are known from timestep `first` on."""

    values: Array
    first: int = 0
    faint: bool = False
    """Whether it is a line behind the others, with no sign of its own."""


@dataclass(frozen=True)
class Columns:
    """Which timesteps stand where: `each` columns for a timestep, or a column for a group of them."""

    steps: int
    each: int
    group: int
    left: int = _LABEL + 2

    @property
    def count(self) -> int:
        """How many timesteps or groups there are."""
        return -(-self.steps // self.group)

    @property
    def right(self) -> int:
        """One after the last column."""
        return self.left + self.count * self.each

    def begin(self, t: int) -> int:
        """The first column of a timestep."""
        return self.left + t // self.group * self.each

    def x(self, t: int) -> int:
        """The column where a timestep's points stand."""
        return self.begin(t) + self.each // 2

    def timestep(self, x: int) -> int | None:
        """The timestep at a column of the screen, the first of a group; None beside the plot."""
        return (x - self.left) // self.each * self.group if self.left <= x < self.right else None


def columns(steps: int, width: int) -> Columns:
    """All timesteps within a width."""
    room = max(1, width - _LABEL - 3)
    return Columns(steps, max(1, min(_WIDEST, room // steps)), -(-steps // room))


@dataclass(frozen=True)
class Range:
    """What an axis has to hold: powers of ten from `low` to `high`, and what lies on none of them."""

    low: int
    high: int
    above: tuple[str, ...] = ()
    """"nan" and "inf" if they occur."""
    below: tuple[str, ...] = ()
    """"0" if it occurs."""


def range_of(arrays: Sequence[Array]) -> Range:
    """The powers of ten around all numbers that have one."""
    values = np.concatenate([np.zeros(0), *arrays])
    sizes = np.log10(values[(values > 0) & (values < np.inf)])
    low, high = (int(np.floor(sizes.min())), int(np.ceil(sizes.max()))) if sizes.size else (0, 1)
    above = [name for name, found in (("nan", np.isnan(values)), ("inf", np.isinf(values))) if found.any()]
    return Range(low, max(high, low + 1), tuple(above), ("0",) if (values == 0).any() else ())


class Rows(Protocol):
    """The rows of a plot from above: what is no number or has no end, the numbers, zero."""

    @property
    def span(self) -> Range:
        """What it has to hold."""
        ...

    @property
    def height(self) -> int:
        """All rows."""
        ...

    @property
    def lowest(self) -> int:
        """The row of the lowest label."""
        ...

    def row(self, values: Array) -> Array:
        """The rows of numbers above zero."""
        ...

    def labels(self, look: Look, /) -> dict[int, str]:
        """What stands left of which row."""
        ...


@dataclass(frozen=True)
class Axis:
    """Rows by decades."""

    span: Range
    low: int
    """The exponent of the lowest decade."""
    between: int
    """Decades between two labels."""
    rows: int
    """Rows between two labels."""
    parts: int
    """How often that is."""

    @property
    def height(self) -> int:
        """All rows."""
        return len(self.span.above) + self.parts * self.rows + 1 + len(self.span.below)

    @property
    def fineness(self) -> float:
        """Rows per decade."""
        return self.rows / self.between

    @property
    def lowest(self) -> int:
        """The row of the lowest decade."""
        return len(self.span.above) + self.parts * self.rows

    def row(self, values: Array) -> Array:
        """The rows of numbers above zero."""
        up = np.rint((np.log10(values) - self.low) * self.rows / self.between)
        return np.asarray(self.lowest - up, int)

    def labels(self, look: Look) -> dict[int, str]:
        """What stands left of which row."""
        named = dict(enumerate(self.span.above))
        for k in range(self.parts + 1):
            named[self.lowest - k * self.rows] = power_of_ten(self.low + k * self.between, look)
        return named | {self.lowest + 1 + k: name for k, name in enumerate(self.span.below)}


def axis(span: Range, height: int) -> Axis:
    """The finest axis with even labels that `height` rows can hold; of equally fine ones one with labels apart."""
    room = height - len(span.above) - len(span.below) - 1
    every = [axis for between in _BETWEEN for axis in _even(span, between, room)]
    options = [axis for axis in every if axis.parts > 1 and axis.rows] or every  # three labels, if that is possible
    finest = max(options, key=lambda axis: (axis.fineness, axis.rows > 1))
    return finest if finest.rows else replace(options[-1], rows=1)


def _even(span: Range, between: int, room: int) -> Iterator[Axis]:
    """Labels every so many decades: at their multiples, and from the highest one down, which may waste half as much."""
    low, hung = span.low // between, -(-(span.high - span.low) // between)
    for first, parts in (
        (low * between, -(-span.high // between) - low),
        (span.high - hung * between, hung),
    ):
        yield Axis(span, first, between, min(_TALLEST, room // parts), parts)


Row = dict[int, tuple[str, Style]]
"""What stands in which columns; each sign is one column wide."""


def plot(
    curves: Sequence[Curve], where: Columns, rows: Rows, look: Look, now: tuple[int, Style],
    walls: Sequence[int] = (), level: float | None = None,
) -> list[Text]:  # fmt: skip
    """The curves, an axis below them and its timesteps; `now` is a timestep to mark, and how.

    A wall stands before each timestep of `walls`, a faint line at the height of `level`. Where columns stand for
    groups of timesteps, the largest number of each is shown. What is nan, inf or zero has a row of its own.
    """
    behind = {where.begin(t): (look.glyphs.wall, look.soft) for t in walls}
    behind[where.x(now[0])] = (look.glyphs.playhead, now[1])
    cells: list[Row] = [{} for _ in range(rows.height)]
    rules: dict[int, Row] = {}
    if level is not None:
        across = dict.fromkeys(range(where.left, where.right), (look.glyphs.axes[1], look.faint))
        rules = {int(rows.row(np.array(level))): across}
    for curve in curves:
        if curve.faint:
            for y, x in _points(curve, where, rows):
                rules.setdefault(y, {})[x] = look.glyphs.rail, look.faint
    for k, curve in enumerate(curve for curve in curves if not curve.faint):
        for y, x in _points(curve, where, rows):
            cells[y][x] = (look.glyphs.together, look.strong) if x in cells[y] else mark(k, look)
    known = min((curve.first for curve in curves), default=where.steps)
    labels = rows.labels(look) if known < where.steps else {}
    upright = look.glyphs.axes[0]
    lines = [
        _drawn(line_of((f"{labels.get(y, ''):>{_LABEL}} {upright}", look.faint)), rules.get(y, {}) | behind | row)
        for y, row in enumerate(cells)
    ]
    return [*lines, *_timesteps(where, known, look, now)]


def mark(k: int, look: Look) -> tuple[str, Style]:
    """The sign of the k-th curve."""
    return look.glyphs.marks[k % len(look.glyphs.marks)], look.curve(k)


def _points(curve: Curve, where: Columns, rows: Rows) -> Iterator[tuple[int, int]]:
    """Row and column of every point."""
    padded = np.full(where.count * where.group, -1.0)
    padded[curve.first : where.steps] = curve.values[curve.first :]
    groups = padded.reshape(where.count, where.group)
    finite = np.where(groups < np.inf, groups, 0.0).max(axis=1)
    numbers = np.flatnonzero(finite > 0)
    found = [(rows.row(finite[numbers]), numbers)]
    special = {"nan": np.isnan(groups), "inf": groups == np.inf, "0": groups == 0}
    for name, y in zip((*rows.span.above, *rows.span.below), _special_rows(rows), strict=True):
        at = np.flatnonzero(special[name].any(axis=1))
        found.append((np.full(at.size, y), at))
    for ys, ks in found:
        yield from zip(ys.tolist(), (where.x(0) + ks * where.each).tolist(), strict=True)


def _special_rows(rows: Rows) -> Iterator[int]:
    yield from range(len(rows.span.above))
    yield from range(rows.lowest + 1, rows.height)


def _drawn(line: Text, row: Row) -> Text:
    """Add the cells of a row to a line."""
    at = len(line.plain)
    for x, (sign, style) in sorted(row.items(), key=lambda cell: cell[0]):
        line.append(" " * (x - at)).append(sign, style)
        at = x + 1
    return line


def _timesteps(where: Columns, known: int, look: Look, now: tuple[int, Style]) -> list[Text]:
    """The axis, with dots where nothing is known yet, and numbers below it."""
    axes = look.glyphs.axes
    begun = where.begin(known) if known < where.steps else where.right
    across: Row = {where.x(t): (look.glyphs.dot, look.faint) for t in range(0, where.steps, where.group)}
    across |= dict.fromkeys(range(begun, where.right), (axes[1], look.faint))
    numbers: Row = {}
    for t, begin in _labelled(where, now[0]).items():
        style = now[1] if t == now[0] else look.faint
        numbers |= {begin + k: (figure, style) for k, figure in enumerate(str(t))}
        if t >= known:
            across[where.x(t)] = (axes[2], style)
    axis_line = line_of((f"{'':{_LABEL + 1}}{axes[3]}", look.faint))
    return [_drawn(axis_line, across), _drawn(line_of(), numbers)]


def _labelled(where: Columns, now: int) -> dict[int, int]:
    """The timesteps that have room for their number, and where it begins: first `now`, then the last, then others."""
    widest = len(str(where.steps - 1))
    every = next(
        size * 10**power
        for power in range(12)
        for size in (1, 2, 5)
        if size * 10**power * where.each >= (widest + 3) * where.group
    )
    taken: set[int] = set()
    found = {}
    for t in (now, where.steps - 1, *range(0, where.steps, every)):
        size = len(str(t))
        begin = min(where.x(t) - (size - 1) // 2, where.right + 1 - size)
        room = range(begin - 1, begin + size + 1)
        if not taken.intersection(room):
            found[t] = begin
            taken.update(range(begin, begin + size))
    return found
