"""The line at the bottom of the screen."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from rnntutor.show.look import Look
from rnntutor.show.texts import fit, line_of, shorten, words

_INDENT = 2
"""Columns before a notice."""
_AROUND = 4
"""Blanks of a hint: one before its key, one behind it, two behind its label."""


def footer(hints: Sequence[tuple[str, str]], look: Look, width: int) -> Text:
    """Keys and what they do; where there is no room those before the last give way."""
    line = line_of((" ", look.bar))
    for k, _, _ in _placed(hints, width):
        key, label = hints[k]
        line.append(f" {key}", look.bar + look.accent()).append(f" {label}  ", look.bar)
    line.append(" " * max(0, width - line.cell_len), look.bar)
    line.truncate(width)
    return line


def footer_hit(hints: Sequence[tuple[str, str]], x: int, width: int) -> int | None:
    """Which of the hints stands at a column."""
    return next((k for k, start, stop in _placed(hints, width) if start <= x < stop), None)


def _placed(hints: Sequence[tuple[str, str]], width: int) -> list[tuple[int, int, int]]:
    """The hints that fit, with their first and last-plus-one columns: the first ones, and always the last."""
    sizes = [cell_len(key) + cell_len(label) + _AROUND for key, label in hints]
    room = width - 1 + _AROUND - 2  # blanks at the end may be cut
    kept = list(range(len(hints)))
    while len(kept) > 1 and sum(sizes[k] for k in kept) > room:
        del kept[-2]
    placed, at = [], 1
    for k in kept:
        placed.append((k, at, at + sizes[k] - 1))
        at += sizes[k]
    return placed


def notice(text: str, look: Look, width: int) -> Text:
    """Something said where the keys stand otherwise."""
    said = shorten(f"{' ' * _INDENT}{words(text, look)}", width, look.glyphs.more)
    return line_of((fit(said, width), look.bar + look.strong))


def under(column: int, what: str, hint: str, width: int) -> str:
    """A text for `notice` with a caret under a column of the line above, the words behind it or before it.

    The hint goes where there is no room for it.
    """
    told = [f"{what}; {hint}", what] if hint else [what]
    for text in told:
        if column + cell_len(text) + 2 <= width:
            return f"{' ' * max(0, column - _INDENT)}^ {text}"
        if cell_len(text) + 1 + _INDENT <= column:
            return f"{text} ^".rjust(column - _INDENT + 1)
    return f"{' ' * max(0, column - _INDENT)}^ {what}" if column < width // 2 else f"^ {what}"
