"""The selected number as an expression that can be watched."""

from __future__ import annotations

from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot, matrices
from rnntutor.show.stops import Playhead
from rnntutor.show.titles import label


def expression(scene: Scene, head: Playhead, spot: Spot | None = None) -> str:
    """c[t,3], dh[t,0], loss[t], W_f[3,5], x[t,2]; empty where no expression is that number.

    With a `spot` it is that number of a parameter, else the one under the playhead.
    """
    if spot is not None:
        return label(scene, spot) if matrices(scene).names else ""
    if head.aside is not None:
        return _aside(scene, head)
    stop = scene.stop(head)
    if stop.folded or scene.inside(head):
        return ""
    name, shapes = scene.current_line(head).name, scene.snapshot(head.direction, head.t).shapes
    return f"{name}[t,{min(head.unit, stop.size - 1)}]" if shapes[stop.line.place] else f"{name}[t]"


def _aside(scene: Scene, head: Playhead) -> str:
    place, row, column = head.aside or (0, 0, 0)
    node = scene.program(head.direction).nodes[place]
    if node.op == "param":
        matrix = scene.run.params[node.name].ndim == 2
        return _indexed(node.name, (row, column) if matrix else (row,))
    return f"{node.name}[t,{row}]" if node.op in ("input", "prev") else ""


def _indexed(name: str, index: tuple[int, ...]) -> str:
    return f"{name}[{','.join(map(str, index))}]"
