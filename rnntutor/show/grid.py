"""A strip of units: one box per number, with colour, sign and digit."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from rnntutor.engine.ops import Array
from rnntutor.show.look import Look
from rnntutor.show.texts import fit


@dataclass(frozen=True)
class Marks:
    """Which boxes are marked: the selected one, those that edits changed, and those that were set by hand."""

    selected: int = -1
    changed: Collection[int] = ()
    by_hand: Collection[int] = ()


SLACK = 1e-10
"""A value that misses a tenth, or the full scale, by the rounding of its last digits has it."""
_CHANGED = Style(underline=True)


@dataclass(frozen=True)
class Window:
    """Which boxes of a strip are in sight."""

    start: int
    count: int
    size: int
    width: int = 3
    """Columns of a box: "+9 " or "+9"."""

    @property
    def stop(self) -> int:
        """One after the last box in sight."""
        return self.start + self.count


def window(size: int, room: int, unit: int, width: int) -> Window:
    """The boxes that fit into `room` columns, around the selected one where not all of them do."""
    fits = max(1, min(size, room // width))
    start = max(0, min(unit - fits // 2, size - fits))
    return Window(start, fits, size, width)


def box(value: float) -> str:
    """Sign and digit of a value that is 1 at full scale: tenths, rounded towards zero; # for what is beyond it.

    A zero without a sign is nothing but zero.
    """
    if math.isnan(value):
        return " ?"
    if value == 0:
        return " 0"
    size = abs(value) + SLACK
    digit = "#" if size > 1 + 2 * SLACK else str(min(9, int(size * 10)))
    return f"{'+' if value > 0 else '-'}{digit}"


def append_strip(
    line: Text, values: Sequence[float] | None, scale: float, where: Window, look: Look, marks: Marks
) -> None:
    """Add a strip to a line; without values every box is a dot."""
    for k in range(where.start, where.stop):
        if values is None:
            line.append(f" {look.glyphs.dot}".ljust(where.width), look.box)
            continue
        scaled = values[k] / scale
        style, space = _box_style(k, scaled, look, marks), " " * (where.width - 2)
        line.append(box(scaled), style + _CHANGED if k in marks.changed else style)
        line.append("*" * len(space) if k in marks.by_hand else space, style)


def _box_style(k: int, scaled: float, look: Look, marks: Marks) -> Style:
    if k == marks.selected:
        return look.selected
    return look.by_hand if k in marks.by_hand else look.heat(scaled)


def append_numbers(line: Text, labels: Sequence[str], where: Window, look: Look, selected: int = -1) -> None:
    """Add the heading over a strip: every unit's number, or as many as fit."""
    longest = max((cell_len(labels[k]) for k in range(where.start, where.stop)), default=0)
    every = 1 if longest < where.width or where.stop <= 10 else 2  # numbers of two figures would run together
    for k in range(where.start, where.stop):
        shown = labels[k] if k == selected or (k % every == 0 and (selected < 0 or abs(k - selected) >= every)) else ""
        text = fit(shown if cell_len(shown) >= 2 else f" {shown}", where.width)
        line.append(text, look.strong if k == selected else look.faint)


def heat_width(units: int, room: int) -> int:
    """How many columns a heat strip takes: two per unit, one, half of one, or what there is."""
    return next((n for n in (2 * units, units, (units + 1) // 2) if n <= room), room)


def append_heat(line: Text, values: Array | None, scale: float, width: int, look: Look) -> None:
    """Add a heat strip of `width` columns. Where units share a column, the largest of them is shown."""
    units = len(values) if values is not None else 0
    if values is None:
        line.append((f"{look.glyphs.dot} " * width)[:width], look.faint)
    elif width >= 2 * units:
        _wide(line, (values / scale).tolist(), look)
    elif width >= units:
        _single(line, (values / scale).tolist(), look)
    elif look.plain or not look.glyphs.half:
        _single(line, _pooled(values / scale, width).tolist(), look)
    else:
        _halves(line, _pooled(values / scale, 2 * width).tolist(), look)


def _wide(line: Text, values: Sequence[float], look: Look) -> None:
    for value in values:
        line.append(box(value) if look.plain else "  ", look.heat(value))


def _single(line: Text, values: Sequence[float], look: Look) -> None:
    for value in values:
        line.append(_sign(value) if look.plain else " ", look.heat(value))


def _sign(value: float) -> str:
    return "?" if math.isnan(value) else " " if abs(value) < 0.1 else "+" if value > 0 else "-"


def _halves(line: Text, values: Sequence[float], look: Look) -> None:
    """Two units in one column: the sign's own colour is the left one."""
    for k in range(0, len(values) - 1, 2):
        line.append(look.glyphs.half, look.heat_of_two(values[k], values[k + 1]))
    if len(values) % 2:
        line.append(look.glyphs.half, Style(color=look.heat_colour(values[-1]), bgcolor=look.palette.background))


def _pooled(values: Array, count: int) -> Array:
    """At most `count` numbers: of each group the one farthest from zero."""
    if len(values) <= count:
        return values
    groups = _groups(len(values), count)
    sizes = np.abs(np.nan_to_num(values, nan=0.0))[groups]
    farthest: Array = values[groups[np.arange(count), sizes.argmax(axis=1)]]
    return farthest


@lru_cache(maxsize=16)
def _groups(units: int, count: int) -> Array:
    """The units of every group, as even as can be: (count, units of the largest); a smaller one repeats its last."""
    edges = np.arange(count + 1) * (units // count) + np.minimum(np.arange(count + 1), units % count)
    places: Array = np.minimum(edges[:-1, None] + np.arange(-(-units // count)), edges[1:, None] - 1)
    return places
