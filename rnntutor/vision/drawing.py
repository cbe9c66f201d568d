"""Drawings: a few coloured shapes on a white ground, 24 × 24 pixels.

drawing = parse_drawing("small red circle 6 6, large blue square 17 17")
drawing.pixels                   # (24, 24, 3), red, green and blue from 0 to 1
drawing.moved(0, 5, 0)           # the circle 5 pixels further down
random_drawing(rng)              # one to learn from; with unseen=True one that shows what was never learned
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, product

import numpy as np

from rnntutor.engine.ops import Array

SIZE = 24
"""Pixels of a side."""
COLOURS = {
    "red": (0.86, 0.20, 0.18), "green": (0.20, 0.63, 0.28), "blue": (0.20, 0.36, 0.85),
    "yellow": (0.95, 0.82, 0.20), "black": (0.12, 0.12, 0.12),
}  # fmt: skip
"""By name, red, green and blue from 0 to 1."""
GROUND = (1.0, 1.0, 1.0)
KINDS = ("circle", "square", "triangle", "cross", "diamond")
REACH = {"small": 2, "large": 4}
"""Pixels from the centre to the edge, by size."""
UNSEEN = (
    ("red", "triangle"), ("green", "cross"), ("blue", "circle"), ("yellow", "square"), ("black", "diamond"),
)  # fmt: skip
"""Pairs of colour and kind that no network here is trained on."""
MOST = 3
"""Shapes of a drawing."""
CELL = 4
"""Pixels of a side of the cells that the network parts a picture into, a power of two.

Centres of random shapes lie within the middle two of one, so that it is clear in which.
"""
APART = 3
"""Pixels by which two shapes differ in height, or sideways, where one is said to be above, or left of, the other."""
PLACES = {
    "at the top": (slice(0, 8), slice(None)), "at the bottom": (slice(16, SIZE), slice(None)),
    "at the left": (slice(None), slice(0, 8)), "at the right": (slice(None), slice(16, SIZE)),
    "in the middle": (slice(8, 16), slice(8, 16)),
}  # fmt: skip
"""Where a shape can be said to be: the rows and the columns among which its centre is."""


@dataclass(frozen=True)
class Shape:
    """A coloured shape and where its centre is. Raises ValueError for one that there is not."""

    size: str
    colour: str
    kind: str
    row: int
    column: int

    def __post_init__(self) -> None:
        for what, value, known in (
            ("size", self.size, REACH), ("colour", self.colour, COLOURS), ("kind", self.kind, KINDS)
        ):  # fmt: skip
            if value not in known:
                raise ValueError(f"{what}: one of {', '.join(known)} is wanted, not {value!r}")
        least, most = self.reach, SIZE - 1 - self.reach
        for what, k in (("row", self.row), ("column", self.column)):
            if not least <= k <= most:
                raise ValueError(f"{what}: the centre of a {self.size} shape is from {least} to {most}, not {k}")

    def __str__(self) -> str:
        return f"{self.size} {self.colour} {self.kind} {self.row} {self.column}"

    @property
    def reach(self) -> int:
        """Pixels from its centre to its edge."""
        return REACH[self.size]

    @property
    def unseen(self) -> bool:
        """Whether no network here was trained on its colour and kind together."""
        return (self.colour, self.kind) in UNSEEN

    @cached_property
    def mask(self) -> Array:
        """Which pixels it covers, (24, 24)."""
        down, right = np.mgrid[:SIZE, :SIZE] - np.array([self.row, self.column])[:, None, None]
        r = self.reach
        inside: Array = (np.abs(down) <= r) & (np.abs(right) <= r)
        match self.kind:
            case "circle":
                inside &= down**2 + right**2 <= (r + 0.3) ** 2
            case "triangle":
                inside &= 2 * np.abs(right) <= down + r
            case "diamond":
                inside &= np.abs(down) + np.abs(right) <= r
            case "cross":
                inside &= (np.abs(down) <= r // 3) | (np.abs(right) <= r // 3)
        return inside

    def is_apart(self, other: Shape) -> bool:
        """Whether at least one pixel lies between the frames of both."""
        room = self.reach + other.reach + 1
        return max(abs(self.row - other.row), abs(self.column - other.column)) > room

    @property
    def places(self) -> tuple[str, ...]:
        """Where it can be said to be."""
        every = range(SIZE)
        return tuple(
            place for place, (rows, columns) in PLACES.items()
            if self.row in every[rows] and self.column in every[columns]
        )  # fmt: skip

    def relations(self, other: Shape) -> Iterator[str]:
        """How it lies to another: above or below it, left or right of it; by `APART` pixels or more."""
        down, right = self.row - other.row, self.column - other.column
        if abs(down) >= APART:
            yield "above" if down < 0 else "below"
        if abs(right) >= APART:
            yield "left of" if right < 0 else "right of"


@dataclass(frozen=True)
class Drawing:
    """Shapes on the ground, none over another. Raises ValueError where there are none, too many, or two overlap."""

    shapes: tuple[Shape, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.shapes) <= MOST:
            raise ValueError(f"drawing: one to {MOST} shapes are wanted, not {len(self.shapes)}")
        for one, other in combinations(self.shapes, 2):
            if not one.is_apart(other):
                raise ValueError(f"drawing: {one} and {other} touch; leave a pixel between them")

    @property
    def text(self) -> str:
        """What `parse_drawing` reads."""
        return ", ".join(map(str, self.shapes))

    @property
    def unseen(self) -> bool:
        """Whether it shows a colour and kind together that no network here was trained on."""
        return any(shape.unseen for shape in self.shapes)

    @cached_property
    def pixels(self) -> Array:
        """(24, 24, 3)."""
        found = np.tile(np.array(GROUND), (SIZE, SIZE, 1))
        for shape in self.shapes:
            found[shape.mask] = COLOURS[shape.colour]
        found.setflags(write=False)
        return found

    def moved(self, k: int, down: int, right: int) -> Drawing:
        """With a shape elsewhere; where it would leave the picture or touch another one, it stays."""
        shape = self.shapes[k]
        try:
            there = replace(shape, row=shape.row + down, column=shape.column + right)
            return replace(self, shapes=(*self.shapes[:k], there, *self.shapes[k + 1 :]))
        except ValueError:
            return self


def parse_drawing(text: str) -> Drawing:
    """The drawing of words such as "small red circle 6 6, large blue square 17 17": row and column of each centre.

    Raises ValueError for what is none.
    """
    if not isinstance(text, str):
        raise ValueError(f"drawing: a text is wanted, not {text!r}")
    return Drawing(tuple(_shape(part) for part in text.split(",")))


def _shape(text: str) -> Shape:
    words = text.split()
    if len(words) != 5 or not all(word.isdecimal() and len(word) < 4 for word in words[3:]):
        raise ValueError(f"drawing: {text.strip()[:60]!r} should be as in: small red circle 6 7, a row and a column")
    return Shape(words[0], words[1], words[2], int(words[3]), int(words[4]))


SEEN = tuple(pair for pair in product(COLOURS, KINDS) if pair not in UNSEEN)
"""Pairs of colour and kind that training shows."""


def random_drawing(rng: np.random.Generator, *, unseen: bool = False) -> Drawing:
    """Two or three shapes, each of another colour; with `unseen` one of them was never shown in training.

    Any two of them lie clearly above or left of each other.
    """
    count = int(rng.integers(2, MOST + 1))
    while True:
        pairs = [SEEN[k] for k in rng.choice(len(SEEN), count, replace=False)]
        if unseen:
            pairs[int(rng.integers(count))] = UNSEEN[int(rng.integers(len(UNSEEN)))]
        if len({colour for colour, _ in pairs}) < count:
            continue
        try:
            drawing = Drawing(tuple(_placed(colour, kind, rng) for colour, kind in pairs))
        except ValueError:  # two of them touch
            continue
        if all(any(one.relations(other)) for one, other in combinations(drawing.shapes, 2)):
            return drawing


def _placed(colour: str, kind: str, rng: np.random.Generator) -> Shape:
    """A shape of a random size, somewhere."""
    size = tuple(REACH)[int(rng.integers(len(REACH)))]
    middles = [k for k in range(REACH[size], SIZE - REACH[size]) if k % CELL in (CELL // 2 - 1, CELL // 2)]
    row, column = (int(k) for k in rng.choice(middles, 2))
    return Shape(size, colour, kind, row, column)
