"""What the network says where the playhead is: a row per symbol, with its probability as a bar.

Where all symbols fit they stand in the order of the vocabulary, so that rows stay while stepping; of more, the most
probable ones are shown, and always what is wanted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from rnntutor.show.bars import Table
from rnntutor.show.data import MEASURED, quoted, says_words, stands_for
from rnntutor.show.formula import line_name
from rnntutor.show.grid import Marks, append_strip, window
from rnntutor.show.look import Look
from rnntutor.show.margins import margin_of
from rnntutor.show.said import Said, said
from rnntutor.show.scales import full_box
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import cut, line_of, number, words


@dataclass(frozen=True)
class Sheet:
    """The output laid out: which symbols stand where."""

    heading: tuple[Text, ...]
    air: int
    """Empty lines below the heading."""
    titled: bool
    """Whether the columns have titles."""
    rows: tuple[int, ...]
    """Numbers of the symbols, from top to bottom."""
    rest: int = 0
    """How many more there are."""
    selected: int | None = None
    """The symbol under the playhead, where it is on a line whose units are symbols."""

    @property
    def top(self) -> int:
        """The line of the first row."""
        return len(self.heading) + self.air + self.titled

    def symbol(self, y: int) -> int | None:
        """The symbol at a line of the picture."""
        return self.rows[y - self.top] if 0 <= y - self.top < len(self.rows) else None


def full_height(scene: Scene) -> int:
    """The lines that the output would like to have, its heading included."""
    return 4 + (len(scene.symbols) if scene.probabilities else len(scene.run.cell.states))


def lay_out(
    scene: Scene, head: Playhead, look: Look, width: int, height: int, temperature: float = 1.0
) -> Sheet:
    """Fit the symbols into a width and a height. Raises ValueError for a temperature that is not above zero."""
    spoken = said(scene, head, temperature)
    return _laid_out(spoken, look, width, height) if spoken else Sheet((), 0, False, ())


def _laid_out(spoken: Said, look: Look, width: int, height: int) -> Sheet:
    count, selected = len(spoken.scene.symbols), spoken.selected(look)
    for lines, air, titled in ((2, 1, True), (2, 0, True), (1, 0, True), (1, 0, False)):
        heading = _heading(spoken, look, width, lines)
        if len(heading) + air + titled + count <= height:
            return Sheet(heading, air, titled, tuple(range(count)), 0, selected)
    titled = height >= 4
    heading = _heading(spoken, look, width, 2 if height >= 10 else 1)
    room = height - len(heading) - titled
    shown = max(0, room - 1) or max(0, min(room, 1))  # the last line says what the others are together
    return Sheet(heading, 0, titled, _chosen(spoken, selected, shown), count - shown, selected)


def _chosen(spoken: Said, selected: int | None, room: int) -> tuple[int, ...]:
    """The most probable symbols, but in any case those that must not be missing."""
    order = spoken.ordered().tolist()
    needed = [k for k in (spoken.wanted, selected) if k is not None]
    return tuple(sorted(list(dict.fromkeys([*needed, *order]))[:room], key=order.index))


# Drawing.


def output(
    scene: Scene, head: Playhead, look: Look, width: int, height: int, temperature: float = 1.0
) -> list[Text]:
    """What the network says, at most `height` lines, none wider than `width`.

    With another temperature than 1 the bars are those of softmax(y / temperature), with a tick where they end at 1.
    Raises ValueError for a temperature that is not above zero.
    """
    spoken = said(scene, head, temperature)
    if spoken is None:
        return _states(scene, head, look, width)[: max(0, height)]
    sheet = _laid_out(spoken, look, width, height)
    lines = [*sheet.heading, *[Text("")] * sheet.air, *_table(spoken, sheet, look, width)]
    if sheet.rest and len(lines) < height:
        lines.append(_rest(spoken, sheet, look, width))
    for line in lines:
        cut(line, width, look)
    return lines[: max(0, height)]


def _table(spoken: Said, sheet: Sheet, look: Look, width: int) -> list[Text]:
    table = Table(spoken, sheet.rows, sheet.selected, look, width)
    return [*([table.titles()] if sheet.titled else []), *table.lines()]


# The heading.


def _heading(spoken: Said, look: Look, width: int, lines: int) -> tuple[Text, ...]:
    """As much as fits into some lines, what matters most first."""
    made = [line_of(" " * (margin_of(width) // 2))]
    first, second = _pieces(spoken, look), _spread(spoken, look)
    whole = sum(cell_len(text) + 3 for text, _ in first + second) <= width - made[0].cell_len
    for k, (text, style) in enumerate(first + second):
        gap = "   " if made[-1].plain.strip() else ""
        full = made[-1].cell_len + len(gap) + cell_len(text) > width - 1
        if (full or (k == len(first) and not whole)) and len(made) < lines:
            made.append(line_of(" " * margin_of(width)))
            gap = ""
        if made[-1].cell_len + len(gap) + cell_len(text) <= width - 1:
            made[-1].append(gap).append(text, style)
    return tuple(made)


def _pieces(spoken: Said, look: Look) -> list[tuple[str, Style]]:
    """What it is about: the line, the temperature, what is read and wanted, and the loss."""
    scene, t = spoken.scene, spoken.head.t
    name = line_name(spoken.stop.line.name, t).write(look.glyphs)
    short = all(cell_len(words(k, look)) == 1 for k in scene.symbols[:MEASURED])
    kind = "character" if short else "word" if says_words(scene) else "symbol"
    heat = look.faint if spoken.temperature == 1 else look.accent(spoken.head.direction)
    pieces = [(f"{name}  next {kind}", look.strong), (f"T {spoken.temperature:g}", heat)]
    if t < len(scene.reads):
        pieces.append((f"reads {stands_for(scene, 'x', t, look)}", look.soft))
    if spoken.wanted is not None:
        verb = "took" if scene.took else "wants"
        pieces.append((f"{verb} {quoted(scene.symbols[spoken.wanted], look)}", look.text))
    return [*pieces, *([(_loss(spoken, look), look.text)] if scene.loss and scene.counted(t) else [])]


def _loss(spoken: Said, look: Look) -> str:
    """The loss as a number, and whose logarithm it is."""
    value = spoken.loss(spoken.scene)
    if value is None:
        return f"loss {look.glyphs.dot}"
    text = f"loss {number(value, signed=False)}"
    if spoken.wanted is not None and spoken.usual is not None:
        share = float(spoken.usual[spoken.wanted])
        said_so = number(share, signed=False)
        # Not where the loss was set by hand, nor where three decimals would say that it is zero.
        if share > 0 and np.isclose(-np.log(share), value) and said_so != "1.000":
            text += f" = -log {said_so}"
    old = spoken.loss(spoken.scene.original) if spoken.scene.original is not None else None
    was = "" if old is None else number(old, signed=False)
    return text if was in ("", number(value, signed=False)) else f"{text}, was {was}"


def _spread(spoken: Said, look: Look) -> list[tuple[str, Style]]:
    """How far the probabilities are spread."""
    if spoken.entropy is None:
        return [(f"entropy {look.glyphs.dot}", look.soft)]
    with np.errstate(all="ignore"):
        likely = float(np.exp(spoken.entropy))
    entropy = f"entropy {number(spoken.entropy, signed=False)} nats"
    return [(entropy, look.soft), (f"perplexity {number(likely, signed=False)}", look.soft)]


def _rest(spoken: Said, sheet: Sheet, look: Look, width: int) -> Text:
    """How many symbols are not listed, and what they come to."""
    text = f"{look.glyphs.more} {sheet.rest} more"
    if spoken.p is not None:
        left = np.delete(spoken.p, sheet.rows)
        text += f", together {number(float(left.sum()), signed=False)}"
    return line_of((" " * margin_of(width) + text, look.faint))


# Programs that say nothing.


def _states(scene: Scene, head: Playhead, look: Look, width: int) -> list[Text]:
    """That there are no probabilities, and the states instead."""
    margin, states = margin_of(width), scene.run.cell.states
    lines = [line_of((" " * (margin // 2) + "No softmax over symbols", look.strong))]
    lines[0].append(f"   so here are the states at t {head.t}", look.soft)
    size = max(map(len, states), default=0)
    for stop in (next(k for k in scene.forward if k.line.name == name) for name in states):
        values = scene.column("forward", stop.line.place, head.t).tolist()
        known = scene.knows(head, stop.line.name, head.t)
        unit = min(head.unit, stop.size - 1)
        where = window(stop.size, width - margin - size - 3, unit, 3)
        line = line_of((" " * margin + stop.line.name.ljust(size), look.strong), (" = ", look.text))
        marks = Marks(unit if scene.stop(head) is stop else -1)
        append_strip(line, values if known else None, full_box(scene, "forward", stop), where, look, marks)
        lines.append(line)
    for line in lines:
        cut(line, width, look)
    return lines
