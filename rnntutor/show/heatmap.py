"""The boxes of a matrix: what stands in each and in which style, for a whole block of numbers at once.

Numbers become small whole numbers, and those pick ready-made texts and styles from tables; neighbours in one
style become one piece. A style made for every box would take many times as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from rich.style import Style
from rich.text import Span, Text

from rnntutor.engine.ops import Array
from rnntutor.show.grid import SLACK, box
from rnntutor.show.look import LEVELS, Look

_SHADES = 2 * LEVELS + 1
_SELECTED, _BY_HAND, _DOT = _SHADES, _SHADES + 1, _SHADES + 2
_STYLES = _SHADES + 3
"""Styles without an underline; as many with one follow."""
_MOST = 11
"""Texts on each side of zero: less than a tenth, nine digits, and beyond the scale."""
_NAN, _UNKNOWN, _TEXTS = 2 * _MOST + 1, 2 * _MOST + 2, 2 * _MOST + 3
"""Texts beside those; as many with a star follow."""


@dataclass(frozen=True)
class Block:
    """A block of boxes: the numbers of their texts and of their styles, (rows, columns) each."""

    texts: Array
    styles: Array

    def select(self, row: int, column: int) -> None:
        """Mark the box under the cursor."""
        self.styles[row, column] = _SELECTED

    def set_by_hand(self, row: int, column: int) -> None:
        """Mark a box that was set by hand, as in strips: with a star where there is room."""
        self.styles[row, column] = _BY_HAND
        self.texts[row, column] += _TEXTS

    def underline(self, changed: Array) -> None:
        """Mark the boxes that are not what they were; after all other marks."""
        self.styles[changed] += _STYLES


def block(scaled: Array) -> Block:
    """Boxes of numbers that are 1 at full scale."""
    nan = np.isnan(scaled)
    cut = np.where(nan, 0.0, np.clip(scaled, -1.0, 1.0))
    sizes = np.abs(cut) + SLACK
    steps = np.minimum(9, (sizes * 10).astype(np.intp)) + 1
    steps = np.where(np.abs(scaled) + SLACK > 1 + 2 * SLACK, _MOST, np.where(cut == 0, 0, steps))
    texts = np.where(nan, _NAN, _MOST + np.where(cut < 0, -steps, steps))
    return Block(texts, LEVELS + np.rint(cut * LEVELS).astype(np.intp))


def dots(rows: int, columns: int) -> Block:
    """Boxes of numbers that are not known yet."""
    return Block(np.full((rows, columns), _UNKNOWN), np.full((rows, columns), _DOT))


def drawn(boxes: Block, xs: Sequence[int], width: int, prefixes: Sequence[Text], look: Look) -> list[Text]:
    """Rows of boxes behind their labels; `xs` are the columns where boxes begin, the first one right behind those."""
    ends = [*(np.flatnonzero(np.diff(xs) > width).tolist()), len(xs) - 1]
    texts = _written(boxes.texts, xs, width, ends, look)
    pieces = _pieces(boxes.styles, xs, width, ends, prefixes, look)
    return [
        Text(prefix.plain + text, spans=[*prefix.spans, *spans], no_wrap=True, end="")
        for prefix, text, spans in zip(prefixes, texts, pieces, strict=True)
    ]


def _written(texts: Array, xs: Sequence[int], width: int, ends: Sequence[int], look: Look) -> list[str]:
    """What stands in every row, each box in `width` columns, and a rule where a part ends."""
    table = _table_of_texts(width, look.plain, look.glyphs.dot)
    rows: list[str] = np.ascontiguousarray(table[texts]).view(f"U{width * texts.shape[1]}")[:, 0].tolist()
    for end in reversed(ends[:-1]):  # from the right, so that the places further left stay as they are
        at, gap = (end + 1) * width, look.glyphs.rule.center(xs[end + 1] - xs[end] - width)
        rows = [row[:at] + gap + row[at:] for row in rows]
    return rows


def _pieces(
    styles: Array, xs: Sequence[int], width: int, ends: Sequence[int], prefixes: Sequence[Text], look: Look
) -> list[list[Span]]:
    """Every row as pieces in one style each, and the rules between parts."""
    last = np.empty(styles.shape, bool)
    np.not_equal(styles[:, 1:], styles[:, :-1], out=last[:, :-1])
    last[:, ends] = True
    stops = np.flatnonzero(last)
    starts = np.concatenate([[0], stops[:-1] + 1])
    shifts = np.array(
        [len(prefix.plain) - xs[0] for prefix in prefixes]
    )  # a label may be wider than it is long
    rows, columns = np.divmod(stops, styles.shape[1])
    begins = np.asarray(xs)[starts % styles.shape[1]] + shifts[rows]
    finishes = np.asarray(xs)[columns] + width + shifts[rows]
    table = _table_of_styles(look)
    shown = map(table.__getitem__, styles.ravel()[starts].tolist())
    spans = list(map(Span, begins.tolist(), finishes.tolist(), shown))
    bounds = np.searchsorted(rows, np.arange(len(styles) + 1)).tolist()
    found = [spans[a:b] for a, b in pairwise(bounds)]
    for end in ends[:-1]:
        for row, shift in zip(found, shifts.tolist(), strict=True):
            row.append(Span(xs[end] + width + shift, xs[end + 1] + shift, look.faint))
    return [sorted(row) for row in found] if len(ends) > 1 else found


@lru_cache(maxsize=16)
def _table_of_texts(width: int, plain: bool, dot: str) -> Array:
    """What stands in a box: sign and digit where there is room, else a sign for those who cannot see colours."""
    if width == 1:
        signs = f"{'-' * (_MOST - 1)}   {'+' * (_MOST - 1)}" if plain else " " * (2 * _MOST + 1)
        return np.array([*signs, "?", dot] * 2)
    sizes = [0.05, *(k / 10 for k in range(1, 10)), 2.0]
    written = [*(box(-size) for size in reversed(sizes)), box(0.0), *map(box, sizes), " ?", f" {dot}"]
    return np.array([text.ljust(width, fill) for fill in " *" for text in written])


@lru_cache(maxsize=16)
def _table_of_styles(look: Look) -> tuple[Style, ...]:
    """Every style that a box may have."""
    once = [look.heat((k - LEVELS) / LEVELS) for k in range(_SHADES)]
    once += [look.selected, look.by_hand, look.box]
    return (*once, *(style + Style(underline=True) for style in once))
