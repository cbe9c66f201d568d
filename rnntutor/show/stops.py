"""Where the playhead can stand: the lines of a pass and, inside a line, its operations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from rnntutor.engine.program import Line, Program
from rnntutor.engine.shapes import Shape

Aside = tuple[int, int, int]
"""A number that no line makes, such as a weight: its place in the program, row and column (0 for a vector)."""


class Playhead(Protocol):
    """Where one looks: a pass, a timestep, a stop and a unit."""

    @property
    def direction(self) -> str:
        """The pass: "forward" or "backward"."""

    @property
    def t(self) -> int:
        """The timestep."""

    @property
    def line(self) -> int:
        """The number of the stop, in the order of the pass."""

    @property
    def unit(self) -> int:
        """The unit that is wanted."""

    @property
    def op(self) -> int | None:
        """Which operation of the line, counted from 0; None where the line is closed."""

    @property
    def mark(self) -> int:
        """Which operand is marked, counted from 0; -1 for none."""

    @property
    def aside(self) -> Aside | None:
        """The number looked at instead, where no line makes it."""

    @property
    def trail(self) -> tuple[Playhead, ...]:
        """Where one came from, operand by operand."""


def begun(head: Playhead) -> Playhead:
    """Where a way along operands began: what was computed there stays computed on the way."""
    return head.trail[0] if head.trail else head


@dataclass(frozen=True)
class Stop:
    """One line with its operations, or several lines folded into one whose units are the lines."""

    lines: tuple[Line, ...]
    operations: tuple[int, ...]
    """The places of its operations, operands before results; the last is the line's own."""
    sizes: tuple[int, ...]
    """How many units each of them has."""
    folded: bool = False

    @property
    def line(self) -> Line:
        """The line; of a folded stop the first."""
        return self.lines[0]

    @property
    def size(self) -> int:
        """The units of the line."""
        return self.sizes[-1]


def rows_of(shape: Shape) -> int:
    """How many units a value has; a scalar counts as one."""
    return shape[0] if shape else 1


def stops_of(program: Program, shapes: Sequence[Shape]) -> tuple[Stop, ...]:
    """The stops of a pass: its values in order, then the gradients of all parameters as one."""
    values = [_stop(program, shapes, line) for line in program.lines if line.kind == "value"]
    params = tuple(line for line in program.lines if line.kind == "param")
    folded = [Stop(params, (params[0].place,), (len(params),), folded=True)] if params else []
    return (*values, *folded)


def _stop(program: Program, shapes: Sequence[Shape], line: Line) -> Stop:
    """A line; matrices on the way, such as a transposed weight, are nothing to stand on."""
    inner = [k for k in program.operations(line) if k != line.place and len(shapes[k]) < 2]
    places = (*inner, line.place)
    return Stop((line,), places, tuple(rows_of(shapes[k]) for k in places))
