"""Where a value lives."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple


class Span(NamedTuple):
    """Rows of a part of a buffer. `shift` is the slot relative to the timestep.

    "kept" holds values for all of time, "scratch" for a block of it, "temp" for one step of the loop, "prep" what
    comes of parameters alone; "run" is the forward run's "kept". What lies side by side is a part of its own.
    """

    buffer: str
    row: int
    rows: int
    shift: int = 0
    part: int = 0


def adjacent(spans: Sequence[Span]) -> bool:
    """Whether each begins where the one before ends."""
    return all(
        a.row + a.rows == b.row and (a.buffer, a.part, a.shift) == (b.buffer, b.part, b.shift)
        for a, b in pairwise(spans)
    )


def over(spans: Sequence[Span]) -> Span:
    """The span that covers adjacent ones."""
    return spans[0]._replace(rows=sum(span.rows for span in spans))
