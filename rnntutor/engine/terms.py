"""The pieces of a rewritten program: values, and the sums of terms that they are made of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from rnntutor.engine.shapes import Shape

PREP, PRE, LOOP, POST = range(4)
"""When a value is computed: from parameters alone, before the loop, in it, after it."""
ONE = "1"
"""The name of the row of ones that a bias is multiplied by."""


@dataclass(frozen=True, slots=True)
class Weight:
    """A block of a parameter: `scale` * W[:, start:stop], transposed if asked."""

    name: str
    start: int
    stop: int
    rows: int
    transposed: bool = False
    scale: float = 1.0
    vector: bool = False
    """A vector counts as a matrix of one column, multiplied by one."""

    @property
    def shape(self) -> Shape:
        """Rows and columns as multiplied."""
        width = self.stop - self.start
        return (width, self.rows) if self.transposed else (self.rows, width)


@dataclass(frozen=True, slots=True)
class Value:
    """One value of the rewritten program. A product has one weight per operand and adds them up."""

    op: str
    args: tuple[int, ...]
    phase: int
    rows: int
    weights: tuple[Weight, ...] = ()
    number: float = 0.0
    name: str = ""
    origin: int = -1
    """Of a leaf its place in the program; of others the place that keeps it for itself. Below -1: of a twin."""


@dataclass(frozen=True, slots=True)
class Term:
    """scale * factor ⊙ (weight @ base); without a base it is scale * factor; `factor` may be absent."""

    scale: float
    factor: int | None
    base: int | None
    weight: Weight | None = None
    late: bool = False
    """Computed in the loop although it could be known before."""


def scaled(terms: list[Term], scale: float) -> list[Term]:
    """Terms times a number."""
    return [replace(term, scale=term.scale * scale) for term in terms]


def merged(terms: list[Term]) -> list[Term]:
    """Terms that are the same but for their scale, added up."""
    scales: dict[tuple[int | None, int | None, Weight | None], float] = defaultdict(float)
    for term in terms:
        scales[term.factor, term.base, term.weight] += term.scale
    return [Term(scale, *key) for key, scale in scales.items()]
