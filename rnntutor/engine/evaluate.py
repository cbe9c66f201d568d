"""One timestep of a program, operation by operation: what a closer look shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rnntutor.engine.normal import part_rows
from rnntutor.engine.ops import OPS, Array
from rnntutor.engine.program import Program
from rnntutor.engine.shapes import Shape


def evaluate(program: Program, shapes: Sequence[Shape], known: Mapping[int, Array], place: int) -> Array:
    """The value at a place, (rows, B) or a matrix, from the known ones; those computed on the way are added to `known`
    if it can be written to."""
    values = known if isinstance(known, dict) else dict(known)
    if place not in values:
        node = program.nodes[place]
        args = [evaluate(program, shapes, values, k) for k in node.args]
        values[place] = _compute(program, shapes, place, args)
    return values[place]


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
