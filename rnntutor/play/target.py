"""Where the playhead goes for an operand. Pure; no screen."""

from __future__ import annotations

from dataclasses import replace

from rnntutor.play.cursor import Cursor
from rnntutor.show.element import Operand
from rnntutor.show.operands import aside_of, source
from rnntutor.show.scene import Scene


def target_of(scene: Scene, cursor: Cursor, found: Operand) -> Cursor:
    """The cursor on the line that made an operand; beside the present one where no line did."""
    made = source(scene, cursor, found.place)
    if made is None:
        return replace(cursor, aside=aside_of(found))
    direction, t, line, op = made
    if direction == cursor.direction:
        return replace(cursor, t=t, line=line, unit=found.index[0], op=op, aside=None)
    # The forward pass seen from the backward one: b leads back to where one came from.
    return Cursor("forward", t, line, found.index[0], left=(cursor.t, cursor.line), op=op)
