"""The number under the playhead, as it is called and as it is."""

from __future__ import annotations

from rnntutor.show.element import elements_of
from rnntutor.show.formula import line_name
from rnntutor.show.look import Look
from rnntutor.show.scene import Playhead, Scene


def selected(scene: Scene, head: Playhead, look: Look) -> tuple[str, float]:
    """f₂[3] and its value; of a parameter's gradient the length of what the timestep adds to it."""
    stop, unit = scene.stop(head), scene.unit(head)
    value = float(scene.strip(head.direction, stop, head.t)[unit])
    name = line_name(scene.current_line(head).name, head.t)
    if stop.folded:
        return f"{look.glyphs.norm}{name.write(look.glyphs)}{look.glyphs.norm}", value
    index = elements_of(scene, head, look).index(stop.line.place, unit)
    return name.write(look.glyphs, index), value
