"""Parameters: how a run keeps them, and how they come into the matrices that its products multiply by.

A copy of a small array costs as much as a step of the loop. So the parameters of equal width stand in one stack,
one below the other in the order in which the products read them: then a whole matrix is filled by a copy or two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.engine.shapes import Shape
from rnntutor.engine.terms import Weight


@dataclass(frozen=True, slots=True)
class Pack:
    """Blocks of parameters put together as one matrix: a row of blocks per result, a column per operand."""

    blocks: tuple[tuple[Weight, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the whole."""
        return sum(row[0].shape[0] for row in self.blocks), sum(weight.shape[1] for weight in self.blocks[0])

    def put_scales(self, into: Array) -> bool:
        """Write what each number is multiplied by; returns whether any is changed by that."""
        blocks = [[np.full(weight.shape, weight.scale) for weight in row] for row in self.blocks]
        into[...] = np.block(blocks)
        return bool((into != 1).any())


class Params(Mapping[str, Array]):
    """A run's own parameters by name, each some rows of a stack. Read-only."""

    __slots__ = ("places", "stacks")

    def __init__(self, places: Mapping[str, tuple[int, slice]], stacks: Sequence[Array]) -> None:
        self.places, self.stacks = places, stacks

    def __getitem__(self, name: str) -> Array:
        stack, rows = self.places[name]
        return self.stacks[stack][rows]

    def __contains__(self, name: object) -> bool:
        return name in self.places

    def __iter__(self) -> Iterator[str]:
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)


class Patch(NamedTuple):
    """A block of a stack, and where in a packed matrix it goes: `down` and `across` count along its own axes."""

    stack: int
    rows: slice
    columns: slice | None
    transposed: bool
    down: slice
    across: slice

    def joined(self, other: Patch) -> Patch | None:
        """Both as one, if the other goes on where this one ends, here and there."""
        follows = self.rows.stop == other.rows.start and self.down.stop == other.down.start
        rows, down = slice(self.rows.start, other.rows.stop), slice(self.down.start, other.down.stop)
        whole = self._replace(rows=rows, down=down)
        return whole if follows and whole == other._replace(rows=rows, down=down) else None

    def bind(self, matrix: Array) -> tuple[int, Any, Array]:
        """The stack, the block of it, and the place to copy that to."""
        across = self.across.start if self.columns is None else self.across
        into = (matrix.T if self.transposed else matrix)[self.down, across]
        return self.stack, self.rows if self.columns is None else (self.rows, self.columns), into


@dataclass(frozen=True)
class Stacks:
    """Which parameters stand in one stack, and which rows of it each has."""

    groups: tuple[tuple[tuple[str, ...], Shape], ...]
    """The names from top to bottom, and the shape of the whole."""
    places: Mapping[str, tuple[int, slice]]

    def copy(self, params: Mapping[str, Array], dtype: np.dtype[Any]) -> Params:
        """Copies that nobody else can change."""
        stacks = []
        for names, shape in self.groups:
            stack = np.concatenate([params[name] for name in names], 0, np.empty(shape, dtype))
            stack.setflags(write=False)
            stacks.append(stack)
        return Params(self.places, stacks)

    def patches(self, pack: Pack) -> tuple[Patch, ...]:
        """The copies that fill a packed matrix, as few as can be."""
        patches: list[Patch] = []
        row = 0
        for blocks in pack.blocks:
            down, column = slice(row, row + blocks[0].shape[0]), 0
            for weight in _merged(blocks):
                across = slice(column, column + weight.shape[1])
                _add(patches, self._patch(weight, down, across))
                column = across.stop
            row = down.stop
        return tuple(patches)

    def _patch(self, weight: Weight, down: slice, across: slice) -> Patch:
        columns = None if weight.vector else slice(weight.start, weight.stop)
        places = (across, down) if weight.transposed else (down, across)
        return Patch(*self.places[weight.name], columns, weight.transposed, *places)


def _add(patches: list[Patch], patch: Patch) -> None:
    """Take a patch in, as part of an earlier one if that goes."""
    for k, earlier in enumerate(patches):
        if whole := earlier.joined(patch):
            patches[k] = whole
            return
    patches.append(patch)


def _merged(blocks: Sequence[Weight]) -> Iterator[Weight]:
    """Neighbouring columns of one parameter as one block."""
    last = blocks[0]
    for weight in blocks[1:]:
        same = replace(last, start=weight.start, stop=weight.stop) == weight
        if same and last.stop == weight.start and not last.transposed:
            last = replace(last, stop=weight.stop)
        else:
            yield last
            last = weight
    yield last


def stacked(packs: Sequence[Pack], shapes: Mapping[str, Shape]) -> Stacks:
    """The stacks of parameters of these shapes, for these packed matrices."""
    read = [weight.name for pack in packs for blocks in pack.blocks for weight in blocks]
    groups: dict[Shape, list[str]] = defaultdict(list)
    for name in dict.fromkeys([*read, *shapes]):
        groups[shapes[name][1:]].append(name)
    places: dict[str, tuple[int, slice]] = {}
    for k, names in enumerate(groups.values()):
        ends = [0, *accumulate(shapes[name][0] for name in names)]
        places |= {name: (k, slice(*rows)) for name, rows in zip(names, pairwise(ends), strict=True)}
    wholes = [(sum(shapes[name][0] for name in names), *width) for width, names in groups.items()]
    named = zip(map(tuple, groups.values()), wholes, strict=True)
    return Stacks(tuple(named), {name: places[name] for name in shapes})
