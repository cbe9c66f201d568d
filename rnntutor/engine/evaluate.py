"""One timestep of a program, operation by operation: what a closer look shows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnntutor.engine.normal import part_rows
from rnntutor.engine.ops import OPS, Array
from rnntutor.engine.program import Program
from rnntutor.engine.shapes import Shape


def evaluate(program: Program, shapes: Sequence[Shape], known: dict[int, Array], place: int) -> Array:
    """The value at a place, (rows, B) or a matrix, from the known ones.

    What is computed on the way is added to `known`.
    """
    if place not in known:
        args = [evaluate(program, shapes, known, k) for k in program.nodes[place].args]
        known[place] = _compute(program, shapes, place, args)
    return known[place]


def _compute(program: Program, shapes: Sequence[Shape], place: int, args: list[Array]) -> Array:
    node = program.nodes[place]
    if node.op == "const":
        return np.array([[node.value]])
    if node.op == "part":
        start, stop = part_rows(program, shapes, place)
        return args[0][start:stop]
    if node.op == "pow":
        power: Array = np.power(args[0], args[0].dtype.type(node.value))
        return power
    return OPS[node.op].compute(*args)
