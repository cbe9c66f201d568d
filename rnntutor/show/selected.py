"""The number under the playhead, as it is called and as it is."""

from __future__ import annotations

from rnntutor.show.aside import operand_at
from rnntutor.show.element import elements_of
from rnntutor.show.look import Look
from rnntutor.show.matrix import name_of
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot, entry, matrices
from rnntutor.show.stops import Playhead
from rnntutor.show.titles import label
from rnntutor.show.trail import number_name


def selected(scene: Scene, head: Playhead, look: Look, spot: Spot | None = None) -> tuple[str, float]:
    """f₂[3] and its value; of a parameter's gradient the length of what the timestep adds to it.

    With a `spot` it is that number of a parameter, or of its whole gradient.
    """
    if spot is not None and matrices(scene).names:
        values = scene.grads.params if spot.gradient else scene.run.params
        return label(scene, spot), float(values[name_of(scene, spot)][entry(scene, spot)])
    name, stop = number_name(scene, head, look), scene.stop(head)
    if head.aside is not None:
        return name, operand_at(elements_of(scene, head, look), head.aside).value
    if stop.folded:
        length = float(scene.strip(head.direction, stop, head.t)[scene.unit(head)])
        return f"{look.glyphs.norm}{name}{look.glyphs.norm}", length
    value = float(scene.column(head.direction, scene.here(head), head.t)[scene.unit(head)])
    return name, value
