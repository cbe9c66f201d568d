"""Where everything stands when two runs are compared: rows, columns, and what a click means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len

from rnntutor.show import overtime
from rnntutor.show.apart import Pair, pairs
from rnntutor.show.grid import Window, window
from rnntutor.show.look import Look
from rnntutor.show.margins import margin_of, pointer_of
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead

NUMBER = 8
"""Columns of a number such as +0.00123."""
_LONGEST_BAR = 16
_LEAST_BAR = 4
_LEAST_ROWS = 5
"""Lines that should be in sight before those over time are."""


@dataclass(frozen=True)
class Grid:
    """The columns of the comparison."""

    width: int
    margin: int
    name_width: int
    note_width: int
    """For the scale of the values, left of them."""
    apart_width: int
    """For the scale of the difference, right of it."""
    strip_room: int
    box_width: int
    bar_width: int

    @property
    def pointer(self) -> int:
        """Where the pointer ends, as in the score."""
        return pointer_of(self.width)

    @property
    def strips(self) -> tuple[int, int, int]:
        """Where the three strips begin: before, now, difference."""
        first = self.margin + self.name_width + 1 + self.note_width
        return first, first + self.strip_room + 2, first + 2 * self.strip_room + 4

    @property
    def norm_at(self) -> int:
        """Where the length of the difference stands."""
        return self.strips[2] + self.strip_room + 1 + self.apart_width

    def window(self, size: int, unit: int) -> Window:
        """The boxes of a strip that are in sight."""
        return window(size, self.strip_room, min(unit, size - 1), self.box_width)


@dataclass(frozen=True)
class Sheet:
    """The comparison laid out: what stands where."""

    rows: tuple[Pair, ...]
    current: Pair
    """The line under the playhead."""
    grid: Grid
    axis: overtime.Axis
    numbered: bool
    """Whether the units have numbers over them."""
    air: bool
    """Whether there is an empty line above the rows over time."""
    over_time: int
    """How many lines those are."""
    cut_above: bool = False
    cut_below: bool = False

    @property
    def top(self) -> int:
        """The line of the first row."""
        return 2 + self.numbered

    def hit(self, x: int, y: int, unit: int) -> tuple[int, int] | None:
        """The stop and unit at a place of the picture; the unit is -1 beside the strips."""
        k = y - self.top
        if not 0 <= k < len(self.rows) or self.rows[k].stop < 0:
            return None
        where = self.grid.window(self.rows[k].size, unit)
        for at in self.grid.strips:
            box = (x - at) // self.grid.box_width
            if 0 <= box < where.count:
                return self.rows[k].stop, where.start + box
        return self.rows[k].stop, -1

    def timestep(self, x: int, y: int) -> int | None:
        """The timestep at a place of the rows over time."""
        first = self.top + len(self.rows) + self.air
        return self.axis.timestep(x) if first <= y < first + self.over_time else None


def full_height(scene: Scene, direction: str) -> int:
    """The lines that the comparison would like to have, its headings included."""
    return 4 + len(scene.stops(direction)) + overtime.height(scene, direction)


def lay_out(scene: Scene, other: Scene, head: Playhead, look: Look, width: int, height: int) -> Sheet:
    """Fit the lines into a width and a height."""
    every = pairs(scene, other, head, look)
    if head.direction == "backward":
        every.reverse()
    grid = _grid(every, width, look)
    current = next(row for row in every if row.stop == head.line)
    axis = overtime.axis(scene, other, grid.margin, grid.name_width, width)
    over = overtime.height(scene, head.direction)
    sheet = Sheet(tuple(every), current, grid, axis, numbered=False, air=False, over_time=over)
    for numbered, air in ((True, True), (False, True), (False, False)):
        if 2 + numbered + len(every) + air + over <= height:
            return replace(sheet, numbered=numbered, air=air)
    over = over if height >= 2 + _LEAST_ROWS + over else 0
    kept, above, below = _around(every, head.line, height - 2 - over)
    return replace(sheet, rows=kept, over_time=over, cut_above=above, cut_below=below)


def _grid(every: Sequence[Pair], width: int, look: Look) -> Grid:
    margin = margin_of(width)
    name = max(cell_len(row.name) for row in every)
    note = max(map(len, [scale_note(row.scale, look, 1.0) for row in every]))
    apart = len(f"{look.glyphs.plus_minus}0.0005") + 1
    fixed = margin + name + 1 + (note + 1 if note else 0) + 5 + apart + NUMBER
    room = max(NUMBER, (width - fixed) // 3)
    units = max(row.size for row in every)
    box = 3 if 3 * units <= room else 2
    strip = max(NUMBER, min(room, units * box))
    bar = min(_LONGEST_BAR, width - fixed - 3 * strip - 2)
    return Grid(width, margin, name, note + 1 if note else 0, apart, strip, box,
                bar if bar >= _LEAST_BAR else 0)  # fmt: skip


def scale_note(scale: float, look: Look, usual: float = 0.0) -> str:
    """A scale beside a strip; the usual one goes without saying."""
    return "" if scale == usual else f"{look.glyphs.plus_minus}{scale:g}"


def _around(every: Sequence[Pair], line: int, room: int) -> tuple[tuple[Pair, ...], bool, bool]:
    """The rows around the current one, where not all of them fit."""
    room = max(0, min(room, len(every)))
    current = next(k for k, row in enumerate(every) if row.stop == line)
    start = max(0, min(current - room // 2, len(every) - room))
    return tuple(every[start : start + room]), start > 0, start + room < len(every)
