"""The weights: a parameter, or its gradient as far as the backward pass has come, as a map that scrolls."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len
from rich.text import Text

from rnntutor.show.change import differs
from rnntutor.show.grid import Window, window
from rnntutor.show.heatmap import Block, block, dots, drawn
from rnntutor.show.look import Look
from rnntutor.show.margins import WIDE
from rnntutor.show.matrix import by_hand, name_of, numbers, scale_of
from rnntutor.show.reading import Names, Part, names
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot, matrices
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import fit, line_of, pad
from rnntutor.show.titles import about_all, about_one, heading, listed

_LONGEST_LABEL = 12
_LINES = (
    ("labels", 1),
    ("one", 1),
    ("parts", 2),
    ("all", 3),
    ("list", 4),
    ("air below", 12),
    ("air above", 12),
)
"""What stands around the boxes, what is needed most first, and how many rows of boxes should come before it."""
_ABOVE, _BELOW = ("heading", "list", "air above", "parts", "labels"), ("air below", "one", "all")


@dataclass(frozen=True)
class Sheet:
    """The map laid out: what stands where."""

    width: int
    lines: frozenset[str]
    """What there is room for around the boxes."""
    rows: Window
    columns: Window
    left: int
    label: int
    """Columns of the rows' names."""
    xs: tuple[int, ...]
    """Where the boxes of the columns in sight begin."""

    @property
    def top(self) -> int:
        """The line of the first row of boxes."""
        return len(self.lines.intersection(_ABOVE))

    def hit(self, x: int, y: int) -> tuple[int, int] | None:
        """The row and column at a place of the picture; None beside the boxes."""
        row, k = y - self.top, bisect_right(self.xs, x) - 1
        if not 0 <= row < self.rows.count or k < 0 or x >= self.xs[k] + self.columns.width:
            return None
        return self.rows.start + row, self.columns.start + k


def lay_out(scene: Scene, spot: Spot, look: Look, width: int, height: int) -> Sheet:
    """Fit the map around the selected number into a width and a height."""
    known = matrices(scene)
    if not known.shapes:
        return Sheet(width, frozenset(), Window(0, 0, 0), Window(0, 0, 0), 0, 0, ())
    named = names(scene, name_of(scene, spot), look)
    (rows, columns), (row, column) = known.size(spot), known.place(spot)
    lines = _that_fit(rows, height)
    left = 3 if width >= WIDE else 1
    label = min(_LONGEST_LABEL, named.widest_row)
    at = left + label + 1
    room = max(1, width - at - 1)
    box_width, gap = _box_width(columns, len(named.parts), room)
    shown = window(columns, max(1, room - gap * (len(named.parts) - 1)), column, box_width)
    down = window(rows, max(1, height - len(lines)), row, 1)
    return Sheet(width, lines, down, shown, left, label, _places(named, shown, at, gap))


def full_height(scene: Scene, spot: Spot) -> int:
    """The rows that the view would like to have."""
    rows = matrices(scene).size(spot)[0] if matrices(scene).shapes else 0
    return rows + len(_ABOVE) + len(_BELOW)


def _that_fit(rows: int, height: int) -> frozenset[str]:
    """The lines around the boxes that there is room for."""
    kept = {"heading"} if height > 1 else set()
    for name, least in _LINES:
        if len(kept) + 1 + min(rows, least) <= height:
            kept.add(name)
    return frozenset(kept)


def _box_width(columns: int, parts: int, room: int) -> tuple[int, int]:
    """The widest box with which all columns fit, one column if none is; and the gap between parts."""
    for width, gap in ((3, 3), (2, 1), (1, 1)):
        if columns * width + (parts - 1) * gap <= room:
            return width, gap
    return 1, 1 if parts - 1 <= room // 4 else 0


def _places(named: Names, shown: Window, at: int, gap: int) -> tuple[int, ...]:
    """Where the boxes in sight begin: one behind the other, with a gap before every part but the first in sight."""
    starts = [part.start for part in named.parts if shown.start < part.start < shown.stop]
    columns = np.arange(shown.start, shown.stop)
    gaps = np.searchsorted(starts, columns, side="right") * gap
    return tuple((at + (columns - shown.start) * shown.width + gaps).tolist())


# Drawing.


def weights(scene: Scene, head: Playhead, spot: Spot, look: Look, width: int, height: int) -> list[Text]:
    """The map with its heading, the names of rows and columns, and what its numbers amount to.

    At most `height` lines, none wider than `width`. Raises ValueError if `spot` names no parameter.
    """
    if not matrices(scene).shapes:
        return [line_of(("This cell has no parameters.", look.soft))][: max(0, height)]
    sheet = lay_out(scene, spot, look, width, height)
    named = names(scene, name_of(scene, spot), look)
    column, room = matrices(scene).place(spot)[1], width - sheet.left
    make: dict[str, Callable[[], Text]] = {
        "heading": lambda: _shifted(heading(scene, head, spot, look, room), sheet),
        "list": lambda: _shifted(listed(scene, spot, look, room), sheet),
        "parts": lambda: _part_names(named, sheet, column, look),
        "labels": lambda: _column_names(named, sheet, column, look),
        "one": lambda: _shifted(about_one(scene, head, spot, look, room), sheet),
        "all": lambda: _shifted(about_all(scene, head, spot, look, room), sheet),
    }
    above, below = ([make.get(k, line_of)() for k in part if k in sheet.lines] for part in (_ABOVE, _BELOW))
    lines = [*above, *_rows(scene, head, spot, look, sheet, named), *below]
    for line in lines:
        line.truncate(width)
    return lines[: max(0, height)]


def _shifted(line: Text, sheet: Sheet) -> Text:
    return Text.assemble(" " * sheet.left, line, no_wrap=True, end="")


def _part_names(named: Names, sheet: Sheet, column: int, look: Look) -> Text:
    """Over every part what it multiplies."""
    line, where = line_of(), sheet.columns
    for part in named.parts:
        first, last = max(part.start, where.start), min(part.stop, where.stop) - 1
        if first > last:
            continue
        at, end = sheet.xs[first - where.start], sheet.xs[last - where.start] + where.width
        pad(line, at + (where.width > 1))
        room = max(end - line.cell_len, 0) if part is not named.parts[-1] else sheet.width - line.cell_len
        style = look.text if part.start <= column < part.stop else look.soft
        line.append(fit(part.name, min(room, cell_len(part.name))), style)
    return line


def _column_names(named: Names, sheet: Sheet, column: int, look: Look) -> Text:
    """Over the columns their numbers or characters, as many as fit; that of the selected one always."""
    where, line = sheet.columns, line_of()
    if where.start:
        pad(line, sheet.xs[0] - 1).append(look.glyphs.left, look.accent())
    chosen = _label(named, sheet, column)
    for part in named.parts:
        for k in _columns_named(part, where, column):
            label = _label(named, sheet, k)
            if k == column:
                pad(line, label.start).append(label.text, look.strong)
            elif not label.meets(chosen, part.symbols) and label.stop <= _end(part, sheet):
                pad(line, label.start).append(label.text, look.faint)
    if where.stop < where.size:
        end = sheet.xs[-1] + where.width
        line.truncate(end)
        pad(line, end).append(look.glyphs.right, look.accent())
    return line


@dataclass(frozen=True)
class _Label:
    """The name of a column and where it stands."""

    start: int
    text: str

    @property
    def stop(self) -> int:
        """The column behind it."""
        return self.start + cell_len(self.text)

    def meets(self, other: _Label, close: bool) -> bool:
        """Whether it comes too close to another one; characters may stand side by side."""
        gap = 0 if close else 1
        return self.start < other.stop + gap and other.start < self.stop + gap


def _label(named: Names, sheet: Sheet, column: int) -> _Label:
    """Over the digit of its box; what is longer than a box begins with it, and a character fits into it."""
    x, text, width = sheet.xs[column - sheet.columns.start], named.columns[column], sheet.columns.width
    if named.part(column).symbols:
        text = fit(text, min(width, cell_len(text)))
    return _Label(x + (width > 1 and cell_len(text) == 1), text)


def _columns_named(part: Part, where: Window, column: int) -> list[int]:
    """The columns of a part in sight that get a name: all if they are characters, else as many as fit, and one more."""
    digits = len(str(part.stop - part.start - 1))
    steps = [m * ten for ten in (1, 10, 100, 1000, 10000) for m in (1, 2, 5)]
    step = (
        1
        if part.symbols
        else next(k for k in steps if k * where.width > digits and (where.width > 1 or k > 2))
    )
    first, stop = max(part.start, where.start), min(part.stop, where.stop)
    return [k for k in range(first, stop) if (k - part.start) % step == 0 or k == column]


def _end(part: Part, sheet: Sheet) -> int:
    """Where a part in sight ends; the last one may go on to the edge."""
    last = sheet.columns.stop - 1
    return (
        sheet.width
        if part.stop > last
        else sheet.xs[part.stop - 1 - sheet.columns.start] + sheet.columns.width
    )


def _rows(scene: Scene, head: Playhead, spot: Spot, look: Look, sheet: Sheet, named: Names) -> list[Text]:
    """The boxes in sight, each row behind its name."""
    boxes = _boxes(scene, head, spot, look, sheet)
    row, where = matrices(scene).place(spot)[0], sheet.rows
    prefixes = [_row_name(named.rows[k], k == row, sheet, look) for k in range(where.start, where.stop)]
    if where.start > 0:
        _mark(prefixes, 0, look.glyphs.arrows[2], sheet, look)
    if where.stop < where.size:
        _mark(prefixes, -1, look.glyphs.arrows[3], sheet, look)
    return drawn(boxes, sheet.xs, sheet.columns.width, prefixes, look)


def _row_name(name: str, chosen: bool, sheet: Sheet, look: Look) -> Text:
    shown = fit(name, min(sheet.label, cell_len(name)))
    style = look.strong if chosen else look.faint
    return line_of(" " * (sheet.left + sheet.label - cell_len(shown)), (shown, style), " ")


def _mark(prefixes: list[Text], k: int, sign: str, sheet: Sheet, look: Look) -> None:
    """Say at the left that there is more above or below."""
    at = max(0, sheet.left - 2)
    rest = prefixes[k][at + 1 :]
    prefixes[k] = Text.assemble(" " * at, (sign, look.accent()), rest, no_wrap=True, end="")


def _boxes(scene: Scene, head: Playhead, spot: Spot, look: Look, sheet: Sheet) -> Block:
    """The boxes in sight with their marks; dots where nothing is known yet."""
    rows, columns = sheet.rows, sheet.columns
    seen = np.s_[rows.start : rows.stop, columns.start : columns.stop]
    shown, (row, column) = numbers(scene, head, spot), matrices(scene).place(spot)
    if shown is None:
        boxes = dots(rows.count, columns.count)
    else:
        scale = scale_of(scene, head, spot, look)
        with np.errstate(all="ignore"):
            boxes = block(shown[seen] / scale)
        if not spot.gradient and scene.changes:
            for k in np.argwhere(by_hand(scene, name_of(scene, spot))[seen]).tolist():
                boxes.set_by_hand(*k)
    boxes.select(row - rows.start, column - columns.start)
    old = numbers(scene.original, head, spot) if scene.original and shown is not None else None
    if shown is not None and old is not None:
        boxes.underline(differs(shown[seen], old[seen], scale_of(scene, head, spot, look)))
    return boxes
