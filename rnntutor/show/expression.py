"""The number under the playhead as an expression that can be watched."""

from __future__ import annotations

from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead


def expression(scene: Scene, head: Playhead) -> str:
    """c[t,3], dh[t,0], loss[t], W_f[3,5], norm(dW_f), x[t,2]."""
    program = scene.program(head.direction)
    if head.aside is not None:
        place, row, column = head.aside
        node, shapes = program.nodes[place], scene.snapshot(head.direction, head.t).shapes
        if node.op == "param":
            return f"{node.name}[{row},{column}]" if len(shapes[place]) == 2 else f"{node.name}[{row}]"
        return f"{node.name}[t,{row}]"
    stop = scene.stop(head)
    name = scene.current_line(head).name
    if stop.folded:
        return f"norm({name})"
    scalar = not scene.snapshot(head.direction, head.t).shapes[stop.line.place]
    return f"{name}[t]" if scalar else f"{name}[t,{min(head.unit, stop.size - 1)}]"
