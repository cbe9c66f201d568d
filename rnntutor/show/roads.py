"""Along which road the terms of a gradient came: through time, from the timestep after, or directly."""

from __future__ import annotations

from rnntutor.engine.program import Program
from rnntutor.show.element import Expr, leaves, summands
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead

_TIME, _VALUE = "through time,", "through"


def roads(scene: Scene, head: Playhead, expr: Expr) -> list[str]:
    """One short text per term of a gradient's sum: "through time, from t 3", "direct, through h"; none forward.

    Where nothing comes through time, as on the way to the timestep before, only the value is named: "through f".
    """
    if head.direction == "forward":
        return []
    program = scene.program("backward")
    found = [_road(program, term, head.t) for _, term in summands(expr)]
    if not any(road.startswith(_TIME) for road in found):
        return found
    return [road if road.startswith(_TIME) or not road.startswith(_VALUE) else f"direct, {road}" for road in found]


def _road(program: Program, term: Expr, t: int) -> str:
    """The first gradient in a term says where it is from."""
    for leaf in leaves(term):
        for place in [leaf.place] if leaf.op == "leaf" else [k.read.place for k in leaf.terms[:1]]:
            node = program.nodes[place]
            if node.op == "next":
                return f"{_TIME} from t {t + 1}"
            if node.op == "seed":
                return "from outside"
            if place >= program.given and node.name:
                return f"{_VALUE} {consumer(program, node.name)}"
    return ""


def consumer(program: Program, gradient: str) -> str:
    """Which value a gradient belongs to: h for dh, and f for da_f, which is what goes into f."""
    name = gradient.removeprefix("d")
    inner = name.removeprefix("a_")
    return inner if f"d{inner}" in program.by_name else name
