"""Symbols as rows: a name, its probability as a bar, and numbers in columns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from rnntutor.engine.ops import Array
from rnntutor.show.data import MEASURED
from rnntutor.show.formula import plain_name
from rnntutor.show.look import Look
from rnntutor.show.margins import margin_of, pointer_of
from rnntutor.show.said import Said
from rnntutor.show.texts import aligned, fit, line_of, long_bar, number, pad, shorten, words

_LONGEST_BAR = 60
_LEAST_BAR = 10
"""Columns below which a bar says little; the numbers that are needed least give way."""
_SEEN = 0.25
"""Columns that a bar has to grow or shrink by before a tick says how long it was."""
_LONGEST_NAME = 16
_WANTED, _TAKEN, _BEST = "wanted", "taken", "most probable"
_REMARKS = len(f"{_WANTED}, {_BEST}")
_NARROW = 60
"""Columns below which only what is wanted, or taken, is remarked."""
_GAP = "  "


@dataclass(frozen=True)
class Column:
    """Numbers of one kind, a cell for every row."""

    title: str
    cells: tuple[str, ...]
    style: Style
    least: int
    current: bool = False
    """Whether the playhead stands on this line."""
    by_hand: Collection[int] = ()
    """The symbols whose number was set by hand."""

    @property
    def width(self) -> int:
        """Columns of the screen."""
        return max([self.least, len(self.title) + 1, *map(len, self.cells)])


@dataclass(frozen=True, eq=False)
class Table:
    """Some symbols of what is said, from top to bottom."""

    spoken: Said
    rows: tuple[int, ...]
    selected: int | None
    look: Look
    width: int

    def titles(self) -> Text:
        """The ends of the bars, and what the numbers are."""
        line = pad(Text(no_wrap=True, end=""), margin_of(self.width) + self._name_width + 2)
        line.append("0".ljust(self._bar_width - 1) + "1", self.look.faint)
        for column in self._columns:
            style = self.look.accent(self.spoken.head.direction) if column.current else self.look.faint
            line.append(f"{_GAP} {column.title}".ljust(len(_GAP) + column.width), style)
        return line

    def lines(self) -> list[Text]:
        """A line per symbol."""
        return [self._line(y, k) for y, k in enumerate(self.rows)]

    # Columns.

    @cached_property
    def _name_width(self) -> int:
        widths = [cell_len(words(k, self.look)) for k in self.spoken.scene.symbols[:MEASURED]]
        return min(max(widths), _LONGEST_NAME, max(4, self.width // 5))

    @cached_property
    def _bar_width(self) -> int:
        return max(4, min(self._room(self._columns), _LONGEST_BAR))

    def _room(self, columns: list[Column]) -> int:
        """What is left for a bar beside some columns."""
        remarks = _REMARKS if self.width >= _NARROW else len(_WANTED)
        fixed = margin_of(self.width) + self._name_width + 2 + len(_GAP) + remarks
        return self.width - fixed - sum(len(_GAP) + column.width for column in columns)

    @cached_property
    def _columns(self) -> list[Column]:
        """The columns that leave room for a bar."""
        every = [*self._probabilities(), self._scores()]
        if self.spoken.head.direction == "backward" and self.spoken.gradient_stop is not None:
            every.append(self._gradients())
        given_up = ["T 1", self._scores().title]
        while given_up and self._room(every) < _LEAST_BAR:
            title = given_up.pop(0)
            every = [column for column in every if column.title != title]
        return every

    def _probabilities(self) -> list[Column]:
        """At the temperature, before all edits, and at temperature 1."""
        spoken, look, name = self.spoken, self.look, self.spoken.stop.line.name
        title = plain_name(name).write(look.glyphs) if spoken.temperature == 1 else f"T {spoken.temperature:g}"
        made = [Column(title, self._cells(spoken.p), look.text, 7, self._is_current(name))]
        if spoken.scene.original is not None:
            made.append(Column("", self._was(), look.soft, len("was 0.00000")))
        if spoken.temperature != 1:
            made.append(Column("T 1", self._cells(spoken.usual), look.faint, 7))
        return made

    def _scores(self) -> Column:
        spoken, name = self.spoken, self.spoken.score_name
        title = plain_name(name or "score").write(self.look.glyphs)
        by_hand = spoken.scene.set_by_hand(name, spoken.head.t)
        cells = self._cells(spoken.scores, signed=True)
        return Column(title, cells, self.look.soft, 9, self._is_current(name), by_hand)

    def _gradients(self) -> Column:
        name = f"d{self.spoken.score_name}"
        cells = self._cells(self.spoken.gradient, signed=True)
        title = plain_name(name).write(self.look.glyphs)
        return Column(title, cells, self.look.gradient, 8, self._is_current(name))

    def _is_current(self, name: str) -> bool:
        return self.selected is not None and self.spoken.scene.current_line(self.spoken.head).name == name

    def _cells(self, values: Array | None, *, signed: bool = False) -> tuple[str, ...]:
        if values is None:
            return tuple(f" {self.look.glyphs.dot}" for _ in self.rows)
        return tuple(aligned([number(float(values[k]), signed) for k in self.rows]))

    def _was(self) -> tuple[str, ...]:
        """What a probability was before all edits, where it is written differently."""
        new, old = self.spoken.p, self.spoken.before
        if new is None or old is None:
            return ("",) * len(self.rows)
        pairs = [[number(float(p[k]), signed=False) for p in (new, old)] for k in self.rows]
        return tuple("" if now == before else f"was {before}" for now, before in pairs)

    # Rows.

    def _line(self, y: int, k: int) -> Text:
        look, wanted, selected = self.look, k == self.spoken.wanted, k == self.selected
        name = shorten(words(self.spoken.scene.symbols[k], look), self._name_width, look.glyphs.more)
        mark = look.glyphs.play if selected else ""
        line = line_of((mark.rjust(pointer_of(self.width)), look.accent(self.spoken.head.direction)))
        pad(line, margin_of(self.width) - 1)
        style = look.selected if selected else look.strong if wanted else look.text
        line.append(f" {fit(name, self._name_width)} ", style).append(" ")
        self._bar(line, k)
        for column in self._columns:
            line.append(_GAP)
            self._cell(line, column, y, k)
        remarks = [_TAKEN if self.spoken.scene.took else _WANTED] * wanted
        remarks += [_BEST] * (k == self.spoken.best and self.width >= _NARROW)
        if remarks:
            line.append(_GAP).append(", ".join(remarks), look.strong if wanted else look.soft)
        return line

    def _cell(self, line: Text, column: Column, y: int, k: int) -> None:
        """A number; one that was set by hand has a star."""
        look, by_hand = self.look, k in column.by_hand
        selected = column.current and k == self.selected
        style = look.selected if selected else look.by_hand if by_hand else column.style
        cell = column.cells[y].rstrip()
        text = cell.lstrip() + ("*" if by_hand else "")
        line.append(" " * (len(cell) - len(cell.lstrip()))).append(text, style)
        line.append(" " * (column.width - len(cell) - by_hand))

    def _bar(self, line: Text, k: int) -> None:
        """A probability on its track; a tick where it would end at temperature 1."""
        spoken, look, size = self.spoken, self.look, self._bar_width
        if spoken.p is None or spoken.usual is None:
            line.append((f" {look.glyphs.dot}" * size)[:size], look.box)
            return
        colour = look.palette.positive if k == spoken.best else look.palette.soft
        style = Style(color=colour, bgcolor=look.palette.zero)
        drawn, usual = fit(long_bar(float(spoken.p[k]), size, look), size), float(spoken.usual[k])
        if not abs(float(spoken.p[k]) - usual) * size >= _SEEN:  # which is so for nan as well
            line.append(drawn, style)
            return
        at = min(size - 1, int(max(0.0, min(1.0, usual)) * size))
        on_bar = Style(color=look.palette.zero, bgcolor=colour)
        line.append(drawn[:at], style)
        line.append(look.glyphs.tick, on_bar if drawn[at] == look.glyphs.full else look.box)
        line.append(drawn[at + 1 :], style)
