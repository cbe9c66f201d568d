"""Which number of which parameter is looked at, and how that place moves. Pure; no screen.

Matrices(shapes)                the parameters, each with its rows and columns; a vector is one row
matrices.right(spot)            a new Spot; every move ends inside its matrix
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from rnntutor.show.scene import Scene


@dataclass(frozen=True, slots=True)
class Spot:
    """One number of one parameter, or of its gradient."""

    param: str = ""
    """The parameter's name; empty for the first one."""
    row: int = 0
    column: int = 0
    """What is wanted: a smaller matrix shows its last row or column, and the wish is kept."""
    gradient: bool = False
    """Whether dW is looked at, not W."""


@dataclass(frozen=True)
class Matrices:
    """The parameters of a cell: name, rows and columns of each, in the order of its text."""

    shapes: tuple[tuple[str, int, int], ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the parameters are called."""
        return tuple(name for name, _, _ in self.shapes)

    def index(self, spot: Spot) -> int:
        """Which parameter it is. Raises ValueError if there is none of that name."""
        if not spot.param and self.names:
            return 0
        if spot.param not in self.names:
            raise ValueError(
                f"param: no parameter is called {spot.param!r}; there are {', '.join(self.names) or 'none'}"
            )
        return self.names.index(spot.param)

    def size(self, spot: Spot) -> tuple[int, int]:
        """Rows and columns of the parameter."""
        return self.shapes[self.index(spot)][1:]

    def place(self, spot: Spot) -> tuple[int, int]:
        """The row and column that are shown."""
        rows, columns = self.size(spot)
        return max(0, min(spot.row, rows - 1)), max(0, min(spot.column, columns - 1))

    def to(self, spot: Spot, row: int, column: int) -> Spot:
        """A row and a column of the same parameter, or the nearest there is."""
        if not self.shapes:
            return spot
        name = self.names[self.index(spot)]
        row, column = self.place(replace(spot, row=row, column=column))
        return replace(spot, param=name, row=row, column=column)

    def by(self, spot: Spot, rows: int, columns: int) -> Spot:
        """So many rows down and columns to the right: pages, and single steps."""
        if not self.shapes:
            return spot
        row, column = self.place(spot)
        return self.to(spot, row + rows, column + columns)

    def left(self, spot: Spot) -> Spot:
        """The column before; the first one stays."""
        return self.by(spot, 0, -1)

    def right(self, spot: Spot) -> Spot:
        """The next column; the last one stays."""
        return self.by(spot, 0, 1)

    def up(self, spot: Spot) -> Spot:
        """The row above; the first one stays."""
        return self.by(spot, -1, 0)

    def down(self, spot: Spot) -> Spot:
        """The row below; the last one stays."""
        return self.by(spot, 1, 0)

    def row_start(self, spot: Spot) -> Spot:
        """The first column of the row."""
        return self.by(spot, 0, -self._far)

    def row_end(self, spot: Spot) -> Spot:
        """The last column of the row."""
        return self.by(spot, 0, self._far)

    @cached_property
    def _far(self) -> int:
        return max((max(size) for _, *size in self.shapes), default=0)

    def next_param(self, spot: Spot) -> Spot:
        """The next parameter; the last one stays."""
        return self._along(spot, 1)

    def previous_param(self, spot: Spot) -> Spot:
        """The parameter before; the first one stays."""
        return self._along(spot, -1)

    def _along(self, spot: Spot, by: int) -> Spot:
        """Another parameter; the row and column that are wanted stay, for the next one that is large enough."""
        if not self.shapes:
            return spot
        k = max(0, min(self.index(spot) + by, len(self.names) - 1))
        return replace(spot, param=self.names[k])

    @staticmethod
    def toggle(spot: Spot) -> Spot:
        """From W to dW, and back."""
        return replace(spot, gradient=not spot.gradient)


def matrices(scene: Scene) -> Matrices:
    """The parameters of a scene."""
    params = scene.run.params
    return scene.remembered(
        "matrices",
        lambda: Matrices(tuple((name, *_size(array.shape)) for name, array in params.items())),
    )


def _size(shape: tuple[int, ...]) -> tuple[int, int]:
    rows, columns = np.atleast_2d(np.broadcast_to(0, shape)).shape
    return rows, columns


def entry(scene: Scene, spot: Spot) -> tuple[int, ...]:
    """Where the number stands in the parameter's array: (row, column), or (column,) of a vector."""
    shown = matrices(scene)
    row, column = shown.place(spot)
    name = shown.names[shown.index(spot)]
    return (row, column) if scene.run.params[name].ndim == 2 else (column,)
