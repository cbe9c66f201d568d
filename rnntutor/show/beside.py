"""What stands beside a result: what it was before all edits, and what really happens when a number is moved."""

from __future__ import annotations

from rich.text import Text

from rnntutor.show.check import Check, check
from rnntutor.show.element import Expr
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import line_of, number


def beside(scene: Scene, head: Playhead, expr: Expr, look: Look) -> list[Text]:
    """Up to two short texts: the value before all edits, and the finite difference of a gradient."""
    said, unit = [], scene.unit(head)
    if scene.original is not None:
        old = float(scene.original.column(head.direction, scene.here(head), head.t)[unit])
        said = [text for text in [was(expr.value, old, look, signed=expr.signed)] if text]
    line = scene.stop(head).line
    wanted = head.direction == "backward" and not scene.inside(head)
    found = check(scene, line, head.t, unit) if wanted else None
    return [*said, checked(found, look)] if found else said


def was(new: float, old: float, look: Look, *, signed: bool = True) -> Text:
    """The value before all edits, where it was another."""
    if number(old, signed) == number(new, signed):
        return Text("")
    return line_of((f"was {number(old, signed)}", look.soft))


def checked(found: Check, look: Look) -> Text:
    """A finite difference, and whether the gradient agrees with it."""
    mark = look.glyphs.yes if found.agrees else look.glyphs.no
    return line_of(
        (f"finite difference {number(found.difference)} {mark}", look.good if found.agrees else look.bad)
    )
