"""The help page: sections of names and what is said about them, in one column or two."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import zip_longest

from rich.cells import cell_len
from rich.text import Text

from rnntutor.show.look import Look
from rnntutor.show.texts import fit, line_of, pad, shorten, words

Section = tuple[str, Sequence[tuple[str, str]]]
"""A heading, and rows of a name and its words."""
TWO_COLUMNS = 83
"""Columns of a page from which on two stand side by side: what a terminal of 100 leaves."""
_GAP = 4
_NAME = 11


def guide(left: Sequence[Section], right: Sequence[Section], look: Look, width: int) -> list[Text]:
    """Both side by side where there is room, else one below the other; no line is wider than `width`."""
    if width < TWO_COLUMNS or not right:
        return column([*left, *right], look, width)
    half = (width - _GAP) // 2
    empty = Text("")
    sides = (column(left, look, half), column(right, look, half))
    return [
        Text.assemble(pad(one.copy(), half + _GAP), other, no_wrap=True, end="")
        for one, other in zip_longest(*sides, fillvalue=empty)
    ]


def column(sections: Sequence[Section], look: Look, width: int) -> list[Text]:
    """Headings and rows, an empty line between sections."""
    lines: list[Text] = []
    for heading, rows in sections:
        lines += [Text("")] if lines else []
        lines.append(line_of((fit(words(heading, look), min(width, cell_len(heading))), look.strong)))
        for name, said in rows:
            lines += _row(words(name, look), words(said, look), look, width)
    return lines


def _row(name: str, said: str, look: Look, width: int) -> list[Text]:
    """A name and what is said about it, the second line under the first; a long name has a line of its own."""
    room = max(1, width - _NAME - 2)
    wrapped = textwrap.wrap(said, room) or [""]  # by characters: of wide ones a line may hold too many
    first, *others = (shorten(text, room, look.glyphs.more) for text in wrapped)
    named = line_of((fit(f"  {name}", min(width, max(_NAME + 2, cell_len(name) + 2))), look.accent()))
    if cell_len(name) >= _NAME:
        rows, others = [named], [first, *others]
    else:
        rows = [named.append(first, look.text)]
    return rows + [line_of((" " * (_NAME + 2) + text, look.text)) for text in others]
