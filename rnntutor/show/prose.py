"""What a lesson says at a moment: its title, its words, its question, and what came of the answer."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.text import Text

from rnntutor.show.look import Look
from rnntutor.show.margins import WIDE
from rnntutor.show.texts import cut, line_of, words

Spans = tuple[tuple[str, str], ...]
"""Words with their style each: "", "em", "strong", "code", or "value" for a number of the run."""

_AIRY = ("question", "right", "wrong")
WIDEST = 100
"""Columns of a line of prose; longer ones are hard to read."""
_WRAPPER = Console(file=io.StringIO(), width=WIDEST, color_system=None, markup=False, highlight=False)
"""Knows how words are wrapped; writes nowhere."""


@dataclass(frozen=True)
class Block:
    """A paragraph, or a line of its own."""

    spans: Spans
    kind: str = "text"
    """"text", "item", "formula", "quote", "question", "choice", "hint", "right", "wrong" or "note"."""
    mark: str = ""
    """What stands before it, such as the key of a choice."""


@dataclass(frozen=True)
class Passage:
    """All that is said."""

    place: str
    """Where in the lesson: "4 of 9"."""
    title: str
    blocks: tuple[Block, ...] = ()


def prose(passage: Passage, look: Look, width: int, height: int, more: str = "") -> list[Text]:
    """At most `height` lines. Where there is more to say a line says so, and which key shows it; a question stays."""
    rows = _rows(passage, look, width)
    lines = [row.line for row in rows]
    if len(lines) <= height or height < 1:
        return lines[: max(0, height)]
    asked = next((k for k, row in enumerate(rows) if row.block and row.block.kind == "question"), len(rows))
    tail = lines[asked:] if len(lines) - asked <= height - 2 else []
    kept = lines[: height - 1 - len(tail)]
    rest = f"{len(lines) - len(kept) - len(tail)} more lines" + (f": {more}" if more else "")
    told = line_of((" " * _indent(width) + f"{look.glyphs.more} {rest}", look.soft))
    cut(told, width, look)
    return [*kept, told, *tail]


def full_height(passage: Passage, look: Look, width: int) -> int:
    """The lines that everything takes."""
    return len(_rows(passage, look, width))


def choice_at(passage: Passage, look: Look, width: int, x: int, y: int) -> int:
    """The choice that stands at a column of a line, counted from 1; 0 for none."""
    rows = _rows(passage, look, width)
    if not 0 <= y < len(rows):
        return 0
    return next((int(k.mark) for k, start, stop in rows[y].choices if start <= x < stop), 0)


@dataclass(frozen=True)
class _Row:
    """A line of the panel, and what it belongs to."""

    line: Text
    block: Block | None = None
    choices: tuple[tuple[Block, int, int], ...] = ()
    """Choices that stand on it, with their first and last-plus-one columns."""


def _indent(width: int) -> int:
    return 4 if width >= WIDE else 2


def _room(width: int) -> int:
    """The columns of a line of prose."""
    return min(width, WIDEST) - _indent(width) - 1


def _rows(passage: Passage, look: Look, width: int) -> list[_Row]:
    """Title and paragraphs, with air before questions and answers where there is room."""
    head = line_of((f" {passage.place}   ", look.soft), (words(passage.title, look), look.strong))
    cut(head, width, look)
    rows = [_Row(head)]
    for kind, group in groupby(passage.blocks, key=lambda block: block.kind):
        if len(rows) > 1 and width >= WIDE and kind in _AIRY:
            rows.append(_Row(Text("")))
        same = list(group)
        beside = _beside(same, look, width) if kind == "choice" else None
        rows += [beside] if beside else [row for block in same for row in _block(block, look, width)]
    return rows


def _beside(choices: list[Block], look: Look, width: int) -> _Row | None:
    """All choices on one line; None where they do not fit."""
    line = Text(" " * _indent(width), no_wrap=True, end="")
    placed = []
    for block in choices:
        start = line.cell_len
        line.append(f"{block.mark} ", look.accent()).append(_said(block, look))
        placed.append((block, start, line.cell_len))
        line.append("     ")
    line.rstrip()
    return _Row(line, choices[0], tuple(placed)) if line.cell_len <= _room(width) else None


def _said(block: Block, look: Look) -> Text:
    """The words of a block in their styles."""
    body = Text(no_wrap=block.kind == "formula", end="")
    for said, kind in block.spans:
        told = said if block.kind == "note" else _products(said, look)
        body.append(words(told, look), _style(kind, block.kind, look))
    return body


def _products(said: str, look: Look) -> str:
    """A dot between words of a lesson is a product; in ASCII, where one of ours is a dash, that is a star."""
    return said if look.glyphs.subscripts else said.replace("·", "*")


def _block(block: Block, look: Look, width: int) -> Iterator[_Row]:
    """The lines of a block, its mark before the first."""
    mark, style = _mark(block, look)
    left = " " * _indent(width)
    body = _said(block, look)
    room = max(10, _room(width) - cell_len(mark))
    wrapped = [body] if block.kind == "formula" else list(body.wrap(_WRAPPER, room)) or [Text("")]
    for k, line in enumerate(wrapped):
        line.rstrip()
        whole = Text.assemble(left, (mark if k == 0 else " " * cell_len(mark), style), line, no_wrap=True, end="")
        cut(whole, width, look)
        yield _Row(whole, block, ((block, 0, width),) if block.kind == "choice" else ())


def _mark(block: Block, look: Look) -> tuple[str, Style]:
    """What stands before a block, and how."""
    match block.kind:
        case "choice":
            return f"{block.mark} ", look.accent()
        case "right":
            return f"{look.glyphs.yes} ", look.good
        case "wrong":
            return f"{look.glyphs.no if look.glyphs.subscripts else 'no'} ", look.bad
        case "item":
            return "- ", look.soft
        case "quote":
            return "| ", look.soft
        case "formula":
            return "   ", look.soft
        case "hint":
            return f"{block.mark}  ", look.soft
        case _:
            return block.mark, look.soft


def _style(kind: str, block: str, look: Look) -> Style:
    """How words look, by their own kind and that of their block."""
    match kind:
        case "value":
            return look.accent() + look.strong if not look.plain else look.strong
        case "strong" | "code":
            return look.strong
        case "em":
            return look.text + Style(italic=True)
    if block in ("note", "hint", "quote"):
        return look.soft
    return look.strong if block == "question" else look.text
