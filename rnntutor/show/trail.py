"""The number under the playhead by name, and the path of operands that led there."""

from __future__ import annotations

from rich.text import Text

from rnntutor.show.aside import operand_at
from rnntutor.show.element import elements_of
from rnntutor.show.formula import line_name
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import line_of, shorten


def number_name(scene: Scene, head: Playhead, look: Look) -> str:
    """What the number under the playhead is called: c₂[3], W_f[3,5], or dW_f₁."""
    elements = elements_of(scene, head, look)
    if head.aside is not None:
        return operand_at(elements, head.aside).label
    stop = scene.stop(head)
    if stop.folded:
        return line_name(scene.current_line(head).name, head.t).write(look.glyphs)
    if scene.inside(head):
        place = scene.here(head)
        whole = elements.writer.formula(place)
        bracketed = whole if whole.startswith("[") else f"({whole})"
        return f"{bracketed}[{elements.index(place, scene.unit(head))}]"
    index = elements.index(stop.line.place, min(head.unit, stop.size - 1))
    return line_name(stop.line.name, head.t).write(look.glyphs, index)


def trail(scene: Scene, head: Playhead, look: Look, width: int) -> Text:
    """c₂[3] › f₂[3] › h₁[5]; empty where no operand was followed."""
    if not head.trail:
        return Text("")
    names = [number_name(scene, place, look) for place in (*head.trail, head)]
    sign = f" {look.glyphs.right} "
    room = width - 12
    while len(names) > 2 and len(sign.join(names)) > room:
        names = [look.glyphs.more, *names[2:]]
    path, last = shorten(sign.join(names[:-1]), room, look.glyphs.more), names[-1]
    line = line_of(("       ", look.faint), (f"{path}{sign}", look.soft), (last, look.strong))
    line.truncate(width)
    return line
