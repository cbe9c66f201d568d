"""All values of one timestep, and how values are shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from rnntutor.engine.evaluate import evaluate
from rnntutor.engine.ops import Array
from rnntutor.engine.program import Program
from rnntutor.engine.shapes import Shape


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All values of one timestep. A name gives (B, H), or a parameter's contribution as it is shaped."""

    program: Program
    shapes: Sequence[Shape]
    known: dict[int, Array] = field(repr=False)
    t: int = 0

    def __getitem__(self, name: str) -> Array:
        by_name, given = self.program.by_name, self.program.given
        names = (f"d{name}", name) if given else (name,)
        place = next((by_name[k] for k in names if by_name.get(k, -1) >= given), None)
        if place is None and given and name in self.program.leaves("param"):
            return np.zeros(self.shapes[by_name[name]])  # nothing reaches it
        if place is None:
            shown = ", ".join(k for k, at in by_name.items() if at >= given)
            raise ValueError(f"no {'gradient' if given else 'value'} of {name!r} here; there are {shown}")
        return self.value(place)

    def __iter__(self) -> Iterator[str]:
        return iter(self.program.by_name)

    def raw(self, place: int) -> Array:
        """The value at a place of the program as the operations see it: (rows, B), or a matrix."""
        return evaluate(self.program, self.shapes, self.known, place)

    def value(self, place: int) -> Array:
        """The value at a place of the program: (B, rows), (B,) for a scalar, (rows, columns) for a matrix."""
        array, shape = self.raw(place), self.shapes[place]
        if len(shape) == 2:
            return array
        param = self.program.nodes[place].op == "param" or self._is_param_gradient(place)
        if param:
            return array.sum(axis=-1) if array.shape[-1] > 1 else array[:, 0]
        return shown(array, shape)

    def _is_param_gradient(self, place: int) -> bool:
        return any(line.place == place and line.kind == "param" for line in self.program.lines)


def shown(array: Array, shape: Shape) -> Array:
    """(..., rows, B) as (..., B, rows); a scalar without its one row. Read-only."""
    array = array[..., 0, :] if not shape else array.swapaxes(-1, -2)
    array.setflags(write=False)
    return array
