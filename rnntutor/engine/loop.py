"""What of a program belongs to the loop over time, and what its products multiply by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from rnntutor.engine.program import Program
from rnntutor.engine.shapes import Shape
from rnntutor.engine.terms import Weight


def loop_uses(program: Program, stored: Collection[int]) -> Counter[int]:
    """How often each value is read inside the loop, that is on the way to a carried value."""
    seen: set[int] = set()
    uses: Counter[int] = Counter()
    todo = [carry.source for carry in program.carries]
    uses.update(todo)
    while todo:
        place = todo.pop()
        if place in seen or place in stored:
            continue
        seen.add(place)
        args = program.nodes[place].args
        uses.update(args)
        todo.extend(args)
    return uses


def loop_weights(program: Program, shapes: Sequence[Shape], uses: Collection[int]) -> int:
    """How many weights a step of the loop multiplies by."""
    matrices = {k for place in uses for k in program.nodes[place].args if len(shapes[k]) == 2}
    return sum(shapes[k][0] * shapes[k][1] for k in matrices)


def weight_of(program: Program, shapes: Sequence[Shape], place: int) -> Weight:
    """The parameter that a product multiplies by, perhaps transposed."""
    node = program.nodes[place]
    if node.op == "transpose":
        return replace(weight_of(program, shapes, node.args[0]), transposed=True)
    rows, columns = shapes[place]
    return Weight(node.name, 0, columns, rows)
