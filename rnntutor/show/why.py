"""Why a number is what it is: as formula, as numbers, as result, and, where there is room, what it was made from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.text import Text

from rnntutor.show.aside import aside, spot_of
from rnntutor.show.beginning import beginning_with
from rnntutor.show.beside import beside
from rnntutor.show.calculation import calculation, joined, with_asides
from rnntutor.show.data import not_counted
from rnntutor.show.element import Elements, Expr, elements_of
from rnntutor.show.look import Look
from rnntutor.show.made import made_from
from rnntutor.show.onward import goes_to
from rnntutor.show.picture import Picture
from rnntutor.show.roads import roads
from rnntutor.show.scene import Scene
from rnntutor.show.share import share
from rnntutor.show.spot import Spot
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import line_of, number, shorten
from rnntutor.show.trail import number_name
from rnntutor.show.weight import weight
from rnntutor.show.working import working

_LABEL = 6
"""Columns of the label at the left."""


def why(
    scene: Scene, head: Playhead, look: Look, width: int, height: int, spot: Spot | None = None
) -> list[Text]:
    """Why the selected number is what it is; at most `height` lines, none wider than `width`.

    With a `spot` it is that number of a parameter, else the one under the playhead.
    """
    return list(explain(scene, head, look, width, height, spot).lines)


def explain(
    scene: Scene, head: Playhead, look: Look, width: int, height: int, spot: Spot | None = None
) -> Picture:
    """The same, and where the operands stand that one can go to, as `show.operands` counts them."""
    spot = spot or spot_of(scene, head)
    room = width - _LABEL - 1
    if spot is not None:
        body = Picture(tuple(weight(scene, head, spot, look, room, height)))
    else:
        body = _body(scene, head, look, room, height).cropped(0, height)
    label = line_of((" why ", look.badge(head.direction)), " ")
    lines = [
        Text.assemble(label if k == 0 else " " * _LABEL, line, no_wrap=True, end="")
        for k, line in enumerate(body.lines)
    ]
    for line in lines:
        line.truncate(width)
    return Picture(tuple(lines), body.moved(0, _LABEL))


def _body(scene: Scene, head: Playhead, look: Look, width: int, height: int) -> Picture:
    if head.aside is not None:
        told = Picture(tuple(aside(scene, head, head.aside, look)))
        return told.above(_from_the_start(scene, head, look, width, height - len(told.lines) - 1), gap=1)
    if scene.stop(head) is scene.loss and not scene.inside(head) and not scene.counted(head.t):
        return Picture((_not_counted(scene, head, look),))
    if scene.stop(head).folded:
        return Picture(tuple(share(scene, head, look, width, height)))
    elements = elements_of(scene, head, look)
    expr = elements.of(scene.here(head), scene.unit(head))
    drawn = Picture(tuple(_worked_out(scene, head, elements, expr, look, width, height)))
    made = made_from(elements, expr, look, width, height - len(drawn.lines) - 1, head.mark)
    drawn = drawn.above(made, gap=1)
    onward = _onward(scene, head, look, width, height - len(drawn.lines))
    return drawn.above(Picture(tuple(onward)), gap=1)


def _from_the_start(scene: Scene, head: Playhead, look: Look, width: int, height: int) -> Picture:
    """The terms of a number of the first state, where that is made of a picture, without operands to go to."""
    node = scene.program(head.direction).nodes[head.aside[0]] if head.aside is not None else None
    made = beginning_with(scene, look, node.name) if node is not None and node.op == "prev" else None
    if made is None or head.aside is None:
        return Picture()
    with np.errstate(all="ignore"):
        return Picture(made_from(made.elements, made.of(head.aside[1]), look, width, height).lines)


def _not_counted(scene: Scene, head: Playhead, look: Look) -> Text:
    """A loss where nothing is wanted."""
    return line_of((f"{number_name(scene, head, look)}   ", look.strong), (not_counted(scene), look.soft))


def _worked_out(
    scene: Scene, head: Playhead, elements: Elements, expr: Expr, look: Look, width: int, height: int
) -> list[Text]:
    """The calculation; of a number that was set by hand, what would have made it."""
    said = beside(scene, head, expr, look)
    name = number_name(scene, head, look)
    by_hand = (expr.place, expr.index) in elements.by_hand and not scene.inside(head)
    if head.direction == "forward" and by_hand:
        return _by_hand(expr, name, said, look, width, height)
    return calculation(expr, name, said, roads(scene, head, expr), look, width, height)


def _by_hand(
    expr: Expr, name: str, asides: Sequence[Text], look: Look, width: int, height: int
) -> list[Text]:
    """A number that was set, and the formula that no longer makes it."""
    line = line_of((f"{name}  =  ", look.strong), (number(expr.value, expr.signed), look.accent()))
    line.append("   set by hand", look.soft)
    work = working(expr, look)
    formula = shorten(f"instead of {joined(work, work.rows[0])}", width - 7, look.glyphs.more)
    lines = with_asides(line, asides, width, 0)
    return [*lines, line_of((" " * min(7, width) + formula, look.faint))][:height]


def _onward(scene: Scene, head: Playhead, look: Look, width: int, height: int) -> list[Text]:
    """Where the number goes next."""
    lines = goes_to(scene, head, look, width)
    return lines if height > len(lines) else []
