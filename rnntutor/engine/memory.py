"""The memory of one run, and views into it.

All that lasts lies in one block, so that the count of references to it tells whether anybody still looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from rnntutor.engine.layout import Layout, TotalCall
from rnntutor.engine.ops import Array
from rnntutor.engine.spans import Span

CACHE_LINE = 64
"""Bytes that the processor fetches together; arrays begin at a multiple of it."""

Parts = Sequence[Array]
"""What a run keeps: one array (T + 1, rows, B) for every part that `Span.part` counts."""
Views = dict[tuple[Span, bool], Array]


class Sizes(NamedTuple):
    """How long, how wide a batch, and in which precision; `reverse` for a backward pass."""

    steps: int
    batch: int
    dtype: np.dtype[Any]
    reverse: bool = False
    window: int = 0
    """Gradients do not cross t = window, 2 * window, ...; 0 for no limit."""


class Memory:
    """The arrays of one run. `flat` views leave out the batch axis, for a batch of one."""

    def __init__(self, layout: Layout, sizes: Sizes, block: int, run: Parts | None = None) -> None:
        self.sizes = sizes
        single = sizes.batch == 1
        kept = [(sizes.steps + 1, self._padded(rows), sizes.batch) for rows in layout.rows["kept"]]
        totals = [_total_shape(total) for total in layout.totals]
        self.raw, arrays = _carved([*kept, *totals], sizes.dtype)
        self.kept, self.totals = arrays[: len(kept)], arrays[len(kept) :]
        self.shown, self.sums = ([read_only(array) for array in group] for group in (self.kept, self.totals))
        scratch = [(block, self._padded(rows), sizes.batch) for rows in layout.rows["scratch"]]
        packs = [pack.shape[::-1] if single else pack.shape for pack in layout.packs]
        temp = [(rows, sizes.batch) for rows in layout.rows["temp"]]
        prep = [(rows, 1) for rows in layout.rows["prep"]]
        _, arrays = _carved([*scratch, *packs, *temp, *prep], sizes.dtype)
        rest = iter(arrays)
        self.areas: dict[str, Parts] = {"kept": self.kept, "run": run or ()}
        self.areas["scratch"] = [next(rest) for _ in scratch]
        # For a batch of one, weights are stored by columns: BLAS reads that quicker.
        self.packs = [next(rest).T if single else next(rest) for _ in packs]
        self.areas["temp"], self.areas["prep"] = [next(rest) for _ in temp], [next(rest) for _ in prep]
        self.timeless: Views = {}
        if layout.ones:
            self.kept[layout.ones.part][:, layout.ones.row] = 1

    def _padded(self, rows: int) -> int:
        """Rows of an odd number are padded in a batch of one, so that every timestep begins at a cache line."""
        line = CACHE_LINE // self.sizes.dtype.itemsize if self.sizes.batch == 1 and rows % 8 else 1
        return -(-rows // line) * line

    def hold(self) -> Array:
        """What keeps this memory from being used again as long as it exists."""
        return self.raw.view()

    def inlet(self, span: Span) -> Array:
        """Where a leaf is put in: (T, rows, B), or (rows,) of a parameter."""
        if span.buffer == "prep":
            return self._always(span, flat=True)
        return over_time(self.areas[span.buffer], span, self.sizes.steps)

    def at(self, span: Span, t: int, start: int, *, flat: bool) -> Array:
        """A value at one timestep of the block that begins at `start`: (rows,) if flat, else (rows, B)."""
        if span.buffer in ("prep", "temp"):
            return self._always(span, flat)
        slot = (t - start if span.buffer == "scratch" else t) + span.shift
        rows = self.areas[span.buffer][span.part][slot, span.row : span.row + span.rows]
        return rows[:, 0] if flat else rows

    def during(self, span: Span, start: int, stop: int, *, flat: bool) -> Array:
        """A value during a block: (n, rows) if flat, else (n, rows, B)."""
        if span.buffer == "prep":
            return self._always(span, flat)
        first, last = (0, stop - start) if span.buffer == "scratch" else (start, stop)
        array = self.areas[span.buffer][span.part]
        rows = array[first + span.shift : last + span.shift, span.row : span.row + span.rows]
        return rows[..., 0] if flat else rows

    def _always(self, span: Span, flat: bool) -> Array:
        """A value that has no time: one view for all steps, which keeps the processor's cache small."""
        key = (span, flat)
        if key not in self.timeless:
            rows = self.areas[span.buffer][span.part][span.row : span.row + span.rows]
            self.timeless[key] = rows[:, 0] if flat else rows
        return self.timeless[key]


def over_time(kept: Parts, span: Span, steps: int) -> Array:
    """A kept value at every timestep, (T, rows, B)."""
    return kept[span.part][span.shift : span.shift + steps, span.row : span.row + span.rows]


def at_time(kept: Parts, span: Span, t: int) -> Array:
    """A kept value at one timestep, (rows, B)."""
    return kept[span.part][t + span.shift, span.row : span.row + span.rows]


def kept_at(kept: Parts, spans: Mapping[int, Span], t: int) -> dict[int, Array]:
    """All kept values of one timestep, by their place in the program."""
    return {place: at_time(kept, span, t) for place, span in spans.items() if span.buffer == "kept"}


def read_only(array: Array) -> Array:
    """A view that cannot be written through."""
    shown = array.view()
    shown.setflags(write=False)
    return shown


def _total_shape(total: TotalCall) -> tuple[int, ...]:
    return (total.left.rows,) if total.right is None else (total.left.rows, total.right.rows)


def _carved(shapes: Sequence[tuple[int, ...]], dtype: np.dtype[Any]) -> tuple[Array, list[Array]]:
    """One block of zeros and arrays in it, each beginning at a cache line."""
    line = CACHE_LINE // dtype.itemsize
    sizes = [-(-prod(shape) // line) * line for shape in shapes]
    raw = np.zeros(sum(sizes) + line, dtype)
    start = -raw.ctypes.data % CACHE_LINE // dtype.itemsize
    arrays = []
    for shape, size in zip(shapes, sizes, strict=True):
        arrays.append(raw[start : start + prod(shape)].reshape(shape))
        start += size
    return raw, arrays
