"""The score: the equations of a timestep as a program, a pointer at the current line, every value as a strip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from rnntutor.show.element import elements_of
from rnntutor.show.grid import Marks, Window, append_numbers, append_strip, window
from rnntutor.show.look import Look
from rnntutor.show.margins import WIDE, margin_of, pointer_of
from rnntutor.show.rows import Row, rows, scale_of
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import line_of, pad, shorten

_LEAST_CAPTION = 9
"""Columns below which a caption says nothing."""


@dataclass(frozen=True)
class Grid:
    """The columns of the score."""

    width: int
    margin: int
    name_width: int
    formula_width: int
    caption_width: int
    box_width: int
    strip_room: int
    gap: int
    """Columns between strips and captions; the scale of a line stands there."""

    @property
    def strip_at(self) -> int:
        """The column where strips begin."""
        return self.margin + self.name_width + 3 + self.formula_width + 2

    def window(self, size: int, unit: int) -> Window:
        """The boxes of a strip that are in sight."""
        return window(size, self.strip_room, unit, self.box_width)


@dataclass(frozen=True)
class Sheet:
    """The score laid out: what stands where."""

    rows: tuple[Row, ...]
    titled: bool
    cut_above: bool
    cut_below: bool
    grid: Grid

    def hit(self, x: int, y: int, unit: int) -> tuple[Row, int] | None:
        """The row and unit at a place of the picture; the unit is -1 beside the strip."""
        k = y - self.titled
        if not 0 <= k < len(self.rows):
            return None
        where = self.grid.window(self.rows[k].size, unit)
        box = (x - self.grid.strip_at) // self.grid.box_width
        return self.rows[k], where.start + box if 0 <= box < where.count else -1


def lay_out(scene: Scene, head: Playhead, look: Look, width: int, height: int) -> Sheet:
    """Fit the rows into a width and a height."""
    every = rows(scene, head, look)
    kept, titled = _that_fit(every, height, width)
    kept, above, below = _around(kept, current_row(scene, head), height - titled)
    margin = margin_of(width)
    name_width = max(cell_len(row.name) for row in every)
    room = width - margin - name_width - 5
    sizes = max(row.size for row in every)
    box_width = _box_width(sizes, room)
    strip = min(sizes * box_width, max(room - 30, room // 2, box_width))
    gap = max(3, 2 + max(cell_len(row.note) for row in every))
    longest = max(cell_len(row.formula) for row in every)
    formula = min(longest, max(8, room - strip - _caption_share(every, room - strip, gap)))
    caption = max(0, room - strip - formula - gap)
    grid = Grid(width, margin, name_width, formula, caption, box_width, strip, gap)
    return Sheet(tuple(kept), titled, above, below, grid)


def _box_width(units: int, room: int) -> int:
    """Three columns a box where all of them fit beside a formula, or none would; else two."""
    if 3 * units + 26 <= room:
        return 3
    return 2 if 2 * units + 20 <= room or 3 * min(units, 9) + 20 > room else 3


def _caption_share(every: Sequence[Row], room: int, gap: int) -> int:
    """How much of the room beside the strip captions may have."""
    wanted = max((cell_len(row.caption) for row in every), default=0) + gap
    return min(wanted, max(0, room - 30), 48) if room >= 40 else 0


def _that_fit(every: list[Row], height: int, width: int) -> tuple[list[Row], bool]:
    """Leave out what is needed least; the heading stays longer than what is given."""
    kept = list(every)
    for needed in (1, 2, 3):
        if len(kept) + 1 > height:
            kept = [row for row in kept if row.needed > needed]
    titled = len(kept) != height or width >= WIDE  # where rows are cut anyway, the heading stays
    if len(kept) + titled > height:
        kept = [row for row in kept if row.needed > 4]
    return kept, titled


def current_row(scene: Scene, head: Playhead) -> tuple[int, int | None]:
    """Stop and operation of the row under the playhead; the last operation is the line itself."""
    return head.line, head.op if scene.inside(head) else None


def _around(kept: list[Row], at: tuple[int, int | None], height: int) -> tuple[list[Row], bool, bool]:
    """The rows around the current one, where not all of them fit."""
    if len(kept) <= height:
        return kept, False, False
    current = next(k for k, row in enumerate(kept) if (row.stop, row.op) == at)
    start = max(0, min(current - height // 2, len(kept) - height))
    return kept[start : start + max(1, height)], start > 0, start + height < len(kept)


# Drawing.


def score(scene: Scene, head: Playhead, look: Look, width: int, height: int) -> list[Text]:
    """The score as lines of text, none wider than `width`."""
    sheet = lay_out(scene, head, look, width, height)
    unit, size, at = scene.unit(head), scene.size(head), current_row(scene, head)
    lines = [_heading(scene, head, look, sheet)] if sheet.titled else []
    for k, row in enumerate(sheet.rows):
        cut = (k == 0 and sheet.cut_above) or (k == len(sheet.rows) - 1 and sheet.cut_below)
        current = (row.stop, row.op) == at
        where = sheet.grid.window(row.size, unit if row.size == size else min(head.unit, row.size - 1))
        beyond = look.glyphs.beyond[k > 0] if cut else ""
        mark = _pointer(head, look) if current else beyond
        lines.append(_drawn(row, sheet.grid, where, unit if current else -1, mark, head.direction, look))
    return lines


def _heading(scene: Scene, head: Playhead, look: Look, sheet: Sheet) -> Text:
    """What this is, the numbers of the units, and the scale."""
    grid = sheet.grid
    bare, side = _scale_said(scene, head, look)
    beside = len(side) <= grid.caption_width
    upwards = ", read upwards" if head.direction == "backward" else ""
    left, short = " " * (grid.margin // 2), f"t {head.t}{upwards}"
    title = f"{left}the cell at {short}"
    # Without room for the scale at the right it stands at the left, in fewer words.
    room = grid.strip_at - 5
    fits = beside and cell_len(title) < room
    line = line_of((title if fits else left + short, look.strong))
    if not beside:
        said = (f"   {side}", f"   {bare}", f" {bare}")
        line.append(next((k for k in said if line.cell_len + len(k) < room), ""), look.faint)
    pad(line, grid.strip_at - 5)
    line.truncate(max(0, grid.strip_at - 5))
    line.append("unit ", look.faint)
    _unit_numbers(line, scene, head, look, sheet)
    if side and beside:
        pad(line, grid.strip_at + grid.strip_room + grid.gap).append(side, look.faint)
    line.truncate(grid.width)
    return line


def _unit_numbers(line: Text, scene: Scene, head: Playhead, look: Look, sheet: Sheet) -> None:
    """The heading over the boxes, with a mark at each side where there are more of them."""
    size, unit = scene.size(head), scene.unit(head)
    where = sheet.grid.window(max(row.size for row in sheet.rows) if size == 1 else size, unit)
    if where.start > 0:
        line.right_crop(1)
        line.append(look.glyphs.left, look.accent(head.direction))
    append_numbers(line, _unit_labels(scene, head, look, where.size), where, look, unit)
    if where.stop < where.size:
        line.append(look.glyphs.right, look.accent(head.direction))


def _scale_said(scene: Scene, head: Playhead, look: Look) -> tuple[str, str]:
    """The scale of gradients, alone and in words; a forward line says its own where it is not one."""
    if head.direction == "forward":
        return "", ""
    scale = f"{look.glyphs.plus_minus}{scale_of(scene, head, look, scene.stop(head)):g}"
    return scale, f"{scale} at t {head.t}" if look.near else f"scale {scale}"


def _unit_labels(scene: Scene, head: Playhead, look: Look, size: int) -> list[str]:
    """What stands over the boxes: the characters of the data where the units are characters, else numbers."""
    if scene.stop(head).folded or scene.size(head) != size:
        return [str(k) for k in range(size)]
    elements = elements_of(scene, head, look)
    return [elements.symbol(scene.here(head), k) or str(k) for k in range(size)]


@lru_cache(maxsize=256)
def _drawn(row: Row, grid: Grid, where: Window, selected: int, mark: str, direction: str, look: Look) -> Text:
    """One row, kept for the next picture, where most rows say the same; so nobody may change it."""
    name, formula, caption = _styles(direction, look, row, selected >= 0)
    line = line_of((mark.rjust(pointer_of(grid.width)), look.accent(direction)))
    pad(line, grid.margin).append(row.name, name)
    pad(line, grid.margin + grid.name_width)
    line.append(" = " if row.op is None else "   ", formula)
    cutter = shorten if row.op is None else _tail  # what an operation adds stands at the end
    line.append(cutter(row.formula, grid.formula_width, look.glyphs.more), formula)
    pad(line, grid.strip_at)
    if row.values != ():
        append_strip(line, row.values, row.scale, where, look, Marks(selected, row.changed, row.by_hand))
    if row.note and row.values != ():
        pad(line, grid.strip_at + grid.strip_room + 1).append(row.note, caption)
    if row.caption and grid.caption_width >= _LEAST_CAPTION:
        pad(line, grid.strip_at + grid.strip_room + grid.gap)
        line.append(_brief(row.caption, grid.caption_width, look), caption)
    line.truncate(grid.width)
    return line


def _tail(formula: str, width: int, more: str) -> str:
    """The end of a formula."""
    return formula if cell_len(formula) <= width else more + formula[len(formula) - max(0, width - len(more)) :]


def _brief(caption: str, width: int, look: Look) -> str:
    """A caption, or its first words if those say something by themselves, or as much of it as fits."""
    for end in ("", ": ", ", ", " · "):
        part = caption.split(end, 1)[0] if end else caption
        if cell_len(part) <= width:
            return part
    return shorten(caption, width, look.glyphs.more)


def _pointer(head: Playhead, look: Look) -> str:
    return look.glyphs.play if head.direction == "forward" else look.glyphs.up


def _styles(direction: str, look: Look, row: Row, current: bool) -> tuple[Style, Style, Style]:
    """The styles of a row's name, formula and caption."""
    if row.stop < 0:
        return look.soft, look.soft, look.faint
    if row.values is None:
        return look.faint + Style(bold=True), look.faint, look.faint
    if current:
        return look.accent(), Style(color=look.palette.accent), look.soft
    name = look.strong if direction == "forward" else look.accent("backward")
    return name, look.text, look.soft
