"""Gradients of parameters as sums over time, one for each product or vector that contributes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rnntutor.engine.program import Program


@dataclass(frozen=True, slots=True)
class Total:
    """One contribution to a parameter's gradient: the sum over time and batch of left rightᵀ, or of left."""

    name: str
    scale: float
    left: int
    right: int | None


def parameter_totals(program: Program, value: Callable[[int], int]) -> tuple[Total, ...]:
    """The sums that make the gradients of all parameters; `value` gives what stands at a place at every timestep."""
    lines = (line for line in program.lines if line.kind == "param")
    return tuple(total for line in lines for total in _totals(program, value, line.name[1:], line.place, 1.0))


def _totals(
    program: Program, value: Callable[[int], int], name: str, place: int, scale: float
) -> Iterator[Total]:
    node = program.nodes[place]
    match node.op:
        case "add" | "sub":
            yield from _totals(program, value, name, node.args[0], scale)
            yield from _totals(program, value, name, node.args[1], -scale if node.op == "sub" else scale)
        case "copy" | "neg":
            yield from _totals(program, value, name, node.args[0], -scale if node.op == "neg" else scale)
        case "outer":
            left, right = (value(k) for k in node.args)
            yield Total(name, scale, left, right)
        case _:
            yield Total(name, scale, value(place), None)
