"""What stands beside a result: what it was before all edits, and what really happens when a number is moved."""

from __future__ import annotations

from rich.text import Text

from rnntutor.show.check import Check, check
from rnntutor.show.element import Expr
from rnntutor.show.look import Look
from rnntutor.show.scene import Playhead, Scene
from rnntutor.show.texts import line_of, number


def beside(scene: Scene, head: Playhead, expr: Expr, look: Look) -> list[Text]:
    """Up to two short texts: the value before all edits, and the finite difference of a gradient."""
    said, stop, unit = [], scene.stop(head), scene.unit(head)
    if scene.original is not None:
        old = number(float(scene.original.column(head.direction, stop.line.place, head.t)[unit]), expr.signed)
        if old != number(expr.value, expr.signed):
            said.append(line_of((f"was {old}", look.soft)))
    found = check(scene, stop.line, head.t, unit) if head.direction == "backward" else None
    return [*said, checked(found, look)] if found else said


def checked(found: Check, look: Look) -> Text:
    """A finite difference, and whether the gradient agrees with it."""
    mark = look.glyphs.yes if found.agrees else look.glyphs.no
    return line_of(
        (f"finite difference {number(found.difference)} {mark}", look.good if found.agrees else look.bad)
    )
