"""Two runs side by side under one playhead: every line before and now, and the difference of every unit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from rnntutor.show import overtime
from rnntutor.show.abreast import NUMBER, Sheet, lay_out, scale_note
from rnntutor.show.apart import Pair
from rnntutor.show.data import not_counted
from rnntutor.show.edits import NOTHING, last_edit
from rnntutor.show.element import elements_of
from rnntutor.show.formula import line_name
from rnntutor.show.grid import Marks, append_numbers, append_strip
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import cut, line_of, long_bar, number, pad, shorten, words
from rnntutor.show.upcoming import outcome


def compare(
    scene: Scene, other: Scene | None, head: Playhead, look: Look, width: int, height: int
) -> list[Text]:
    """Both runs and their difference, at most `height` lines, none wider than `width`.

    A difference is the number of `scene` minus that of `other`. The playhead counts stops of `scene`.
    """
    if other is None:
        said = shorten(f" {NOTHING} After an edit both runs stand here.", width, look.glyphs.more)
        return [line_of((said, look.text))][: max(0, height)]
    sheet = lay_out(scene, other, head, look, width, height)
    picture = _Picture(scene, other, head, look, sheet)
    lines = [picture.heading(), picture.titles(), *([picture.numbers()] if sheet.numbered else [])]
    lines += [picture.row(k, row) for k, row in enumerate(sheet.rows)]
    if sheet.over_time:
        lines += [Text("")] * sheet.air + overtime.over_time(scene, other, head, look, sheet.axis)
    for line in lines:
        cut(line, width, look)
    return lines[: max(0, height)]


@dataclass(frozen=True, eq=False)
class _Picture:
    """Draws the lines of a comparison."""

    scene: Scene
    other: Scene
    head: Playhead
    look: Look
    sheet: Sheet

    @property
    def _accent(self) -> Style:
        return self.look.accent(self.head.direction)

    @property
    def _names(self) -> tuple[str, str, str]:
        """What the two runs are called, and what lies between them."""
        if self.other is self.scene.original:
            return "before", "now", "change"
        return words(self.other.title, self.look), words(self.scene.title, self.look), "difference"

    @property
    def _unit(self) -> int:
        """The unit of the line under the playhead; inside an opened line the one that it will have at its end."""
        return min(self.head.unit, self.sheet.current.size - 1)

    def heading(self) -> Text:
        """The number under the playhead in both runs, the difference, and what was edited."""
        look, row, unit = self.look, self.sheet.current, self._unit
        line = line_of((" " * (self.sheet.grid.margin // 2) + self._name() + "  ", look.strong))
        if row.new is None or row.old is None or row.apart is None:
            apart = "nothing to compare it with in the other run"
            line.append(not_counted(self.scene) if row.new is None else apart, look.soft)
            return line
        if row.known:
            line.append(f"{number(row.old[unit])} {look.glyphs.becomes} ", look.text)
            line.append(number(row.new[unit]), self._accent)
            line.append(f"   {self._names[2]} ", look.soft).append(number(row.apart[unit]), look.strong)
        else:
            line.append(look.glyphs.dot, look.faint)
        happened = last_edit(self.scene, look) or outcome(self.scene, look)
        said = f"   {happened}" if self.other is self.scene.original else ""
        if line.cell_len + cell_len(said) <= self.sheet.grid.width:
            line.append(said, look.faint)
        return line

    def _name(self) -> str:
        """c₂[3]; of all parameters ‖dW_f₂‖."""
        scene, head, look = self.scene, self.head, self.look
        name = line_name(scene.current_line(head).name, head.t)
        if scene.stop(head).folded:
            return f"{look.glyphs.norm}{name.write(look.glyphs)}{look.glyphs.norm}"
        index = elements_of(scene, head, look).index(scene.stop(head).line.place, self._unit)
        return name.write(look.glyphs, index)

    def titles(self) -> Text:
        """What the strips are."""
        grid = self.sheet.grid
        line = line_of((" " * (grid.margin // 2) + f"t {self.head.t}", self.look.strong))
        for at, title in zip(grid.strips, self._names, strict=True):
            pad(line, at).append(shorten(f" {title}", grid.strip_room, self.look.glyphs.more), self.look.soft)
        pad(line, grid.norm_at).append(" norm", self.look.soft)
        return line

    def numbers(self) -> Text:
        """The units of the current line, over all three strips."""
        scene, head, look, grid = self.scene, self.head, self.look, self.sheet.grid
        stop, unit = scene.stop(head), self._unit
        size = stop.size if stop.size > 1 else max(row.size for row in self.sheet.rows)
        labels, line = [str(k) for k in range(size)], line_of("")
        if not stop.folded and stop.size > 1:
            elements = elements_of(scene, head, look)
            labels = [elements.symbol(stop.line.place, k) or str(k) for k in range(size)]
        for at in grid.strips:
            append_numbers(pad(line, at), labels, grid.window(size, head.unit), look, unit if stop.size > 1 else -1)
        return line

    def row(self, y: int, row: Pair) -> Text:
        """One line of both runs."""
        look, grid, current = self.look, self.sheet.grid, row.stop == self.head.line
        line = line_of((self._mark(y, current).rjust(grid.pointer), self._accent))
        style = self._accent if current else look.strong if row.known else look.faint
        pad(line, grid.margin).append(row.name, style)
        pad(line, grid.margin + grid.name_width + 1).append(scale_note(row.scale, look, 1.0), look.faint)
        marks = Marks(self._unit if current else -1)
        changed = replace(marks, changed=row.changed, by_hand=row.by_hand)
        before, now, apart = grid.strips
        self._strip(pad(line, before), row, row.old, row.scale, marks)
        self._strip(pad(line, now), row, row.new, row.scale, changed)
        if row.apart is not None:
            self._strip(pad(line, apart), row, row.apart, row.apart_scale or 1.0, marks)
            self._norm(line, row)
        return line

    def _mark(self, y: int, current: bool) -> str:
        glyphs, sheet = self.look.glyphs, self.sheet
        if current:
            return glyphs.play if self.head.direction == "forward" else glyphs.up
        cut_off = (y == 0 and sheet.cut_above) or (y == len(sheet.rows) - 1 and sheet.cut_below)
        return glyphs.more[:1] if cut_off else ""

    def _strip(
        self, line: Text, row: Pair, values: Sequence[float] | None, scale: float, marks: Marks
    ) -> None:
        """A box per unit; a single number as a number, nothing where the run has no such line."""
        if values is None:
            return
        look, grid = self.look, self.sheet.grid
        if row.size > 1:
            where = grid.window(len(values), self.head.unit)
            append_strip(line, values if row.known else None, scale, where, look, marks)
            return
        if not row.known:
            line.append(f" {look.glyphs.dot}", look.box)
            return
        style = look.selected if marks.selected == 0 else look.text
        line.append(number(values[0]), style + Style(underline=True) if 0 in marks.changed else style)

    def _norm(self, line: Text, row: Pair) -> None:
        """How long the difference is, as a number and, where there is room, beside those of the other lines."""
        look, grid = self.look, self.sheet.grid
        if not row.known or row.norm is None:
            pad(line, grid.norm_at).append(f" {look.glyphs.dot}", look.faint)
            return
        pad(line, grid.strips[2] + grid.strip_room + 1)
        line.append(scale_note(row.apart_scale, look), look.faint)
        pad(line, grid.norm_at).append(number(row.norm, signed=False), look.text)
        if grid.bar_width and row.apart_scale:
            drawn = long_bar(row.norm / self._longest, grid.bar_width, look)
            pad(line, grid.norm_at + NUMBER + 1).append(drawn, look.palette.soft)

    @property
    def _longest(self) -> float:
        """The longest difference in sight."""
        lengths = [row.norm for row in self.sheet.rows if row.known and row.norm is not None]
        return max((k for k in lengths if math.isfinite(k)), default=0.0) or 1.0

