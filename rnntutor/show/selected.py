"""The number under the playhead, as it is called and as it is."""

from __future__ import annotations

from rnntutor.show.aside import operand_at
from rnntutor.show.element import elements_of
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.trail import number_name


def selected(scene: Scene, head: Playhead, look: Look) -> tuple[str, float]:
    """f₂[3] and its value; of a parameter's gradient the length of what the timestep adds to it."""
    name, stop = number_name(scene, head, look), scene.stop(head)
    if head.aside is not None:
        return name, operand_at(elements_of(scene, head, look), head.aside).value
    if stop.folded:
        length = float(scene.strip(head.direction, stop, head.t)[scene.unit(head)])
        return f"{look.glyphs.norm}{name}{look.glyphs.norm}", length
    value = float(scene.column(head.direction, scene.here(head), head.t)[scene.unit(head)])
    return f"inside {name}" if scene.inside(head) else name, value
