"""The ways of a gradient back to the timestep before: which of them lead through a matrix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rnntutor.engine.program import Line, Program
from rnntutor.show.scene import Scene


def way_back(scene: Scene, line: Line) -> str:
    """through a matrix, no matrix, or where there are several ways, how many of them: 3 of 4 terms through a matrix."""
    program, values = scene.grads.program, scene.run.cell.step.assigned
    found = [_multiplied(program, term, values) for term in _terms(program, line.place)]
    if not any(found):
        return "no matrix"
    return "through a matrix" if all(found) else f"{sum(found)} of {len(found)} terms through a matrix"


def _terms(program: Program, place: int, root: bool = True) -> Iterator[int]:
    """The terms of a line's sum; what has a line of its own is one."""
    node = program.nodes[place]
    if node.op == "add" and (root or not node.name):
        for arg in node.args:
            yield from _terms(program, arg, root=False)
    else:
        yield place


def _multiplied(program: Program, place: int, values: Mapping[str, int]) -> bool:
    """Whether a matrix multiplies on the way from the gradients of the cell's own lines to a term."""
    node = program.nodes[place]
    if place < program.given or node.name.removeprefix("d") in values:
        return False
    return node.op == "matmul" or any(_multiplied(program, k, values) for k in node.args)
