"""Where a number goes: the formulas that read it, at this timestep and at the next one of the pass."""

from __future__ import annotations

from rich.text import Text

from rnntutor.engine.program import Line, Program
from rnntutor.show.formula import Writer, line_name, timed
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import line_of, shorten


def goes_to(scene: Scene, head: Playhead, look: Look, width: int) -> list[Text]:
    """One line per reader of the value under the playhead. Values that are not computed yet are not told."""
    program, place = scene.program(head.direction), scene.here(head)
    found = [_reader(scene, head, look, line, head.t) for line in readers(program, place)]
    beyond = head.t + (1 if head.direction == "forward" else -1)
    if 0 <= beyond < scene.steps:
        for carry in program.carries:
            if carry.source == place:
                found += [_reader(scene, head, look, line, beyond) for line in readers(program, carry.leaf)]
    lines = []
    for k, text in enumerate(found):
        lead = "goes to  " if k == 0 else "         "
        lines.append(line_of((lead, look.faint), (shorten(text, width - 9, look.glyphs.more), look.soft)))
    return lines


def readers(program: Program, place: int) -> list[Line]:
    """The lines whose formula reads a place."""
    return [line for line in program.lines if place in program.operands(line.place) and line.place != place]


def _reader(scene: Scene, head: Playhead, look: Look, line: Line, t: int) -> str:
    shapes = scene.snapshot(head.direction, t).shapes
    writer = Writer(scene.program(head.direction), tuple(shapes), look.glyphs, t, timed)
    return f"{line_name(line.name, t).write(look.glyphs)} = {writer.formula(line.place)}"
