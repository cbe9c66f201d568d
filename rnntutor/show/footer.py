"""The line at the bottom of the screen."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from rnntutor.show.look import Look
from rnntutor.show.texts import fit, line_of, shorten, words

_INDENT = 2
"""Columns before a notice."""


def footer(hints: Sequence[tuple[str, str]], look: Look, width: int) -> Text:
    """Keys and what they do; the last ones give way where there is no room."""
    line = line_of((" ", look.bar))
    for key, label in hints:
        if line.cell_len + cell_len(key) + cell_len(label) + 3 > width:
            break
        line.append(f" {key}", look.bar + look.accent()).append(f" {label}  ", look.bar)
    line.append(" " * max(0, width - line.cell_len), look.bar)
    return line


def footer_hit(hints: Sequence[tuple[str, str]], x: int, width: int) -> int | None:
    """Which of the hints stands at a column."""
    at = 1
    for k, (key, label) in enumerate(hints):
        size = cell_len(key) + cell_len(label) + 4
        if at + size - 1 > width:
            return None
        if at <= x < at + size - 1:
            return k
        at += size
    return None


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
