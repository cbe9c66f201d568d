"""Words with the numbers of the run in them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from rnntutor.course.words import Paragraph, Piece
from rnntutor.engine.query import Query
from rnntutor.show.look import UNICODE, Glyphs
from rnntutor.show.prose import Block, Spans
from rnntutor.show.scene import Scene
from rnntutor.show.texts import number
from rnntutor.show.watch import query_of

UNKNOWN = "?"
"""What stands for a query that this text, or this edit, leaves without an answer."""
_MOST = 6
"""Numbers of a vector that are written out."""


def blocks(paragraphs: Iterable[Paragraph], scene: Scene, t: int, kind: str = "") -> tuple[Block, ...]:
    """Paragraphs as they stand on the screen; of a `kind` where they are more than text."""
    return tuple(Block(filled(k, scene, t), kind if k.kind == "text" and kind else k.kind) for k in paragraphs)


def filled(paragraph: Paragraph, scene: Scene, t: int) -> Spans:
    """The words of a paragraph, every query answered at `t`."""
    return tuple(_span(piece, scene, t) for piece in paragraph.pieces)


def _span(piece: Piece, scene: Scene, t: int) -> tuple[str, str]:
    if piece.form is None:
        return piece.text, piece.style
    try:
        return written(query_of(scene, piece.text), piece.form, scene, t), "value"
    except ValueError:
        return UNKNOWN, "value"


def written(query: Query, form: str, scene: Scene, t: int, glyphs: Glyphs = UNICODE) -> str:
    """The answer of a query at `t` in one of `words.FORMS`."""
    value = query.at(t)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if form == "symbol":
        return _symbol(value, scene, glyphs)
    if not isinstance(value, float):
        told = ", ".join(number(float(k)) for k in value[:_MOST])
        return f"[{told}{', …' if len(value) > _MOST else ''}]"
    match form:
        case "count":
            return f"{round(value):,}" if np.isfinite(value) else number(value)
        case "percent":
            return f"{100 * value:.{0 if abs(value) >= 0.1 or value == 0 else 1}f} %"
        case "plain":
            return number(value, signed=False)
        case _:
            return number(value)


def _symbol(value: object, scene: Scene, glyphs: Glyphs) -> str:
    """What a unit stands for, in quotes; of a vector its largest one."""
    found = np.asarray(value, np.float64)
    unit = int(found.argmax()) if found.ndim else int(found) if np.isfinite(found) else -1
    return f"{glyphs.quotes[0]}{scene.symbols[unit]}{glyphs.quotes[1]}" if 0 <= unit < len(scene.symbols) else UNKNOWN
