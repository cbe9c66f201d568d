"""Running a layout: a flat list of NumPy calls whose arrays are bound beforehand.

Looking up names or slicing arrays at every step would cost several times the arithmetic of a small
network. So each call is bound to its arrays once, and a run is a walk along the list. The tape of a
run is kept and used again once nobody holds the results of the run before; that of a very long one is bound as
it goes. Either way time goes in blocks, so that what a block touches stays in the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from sys import getrefcount
from threading import Lock
from typing import Any

import numpy as np

from rnntutor.engine.kernels import add_product, add_sum, copy_result, spread
from rnntutor.engine.layout import Call, Layout, TotalCall
from rnntutor.engine.memory import Memory, Parts, Sizes, Views
from rnntutor.engine.ops import OPS, Array
from rnntutor.engine.order import ELEMENTWISE
from rnntutor.engine.spans import Span
from rnntutor.engine.terms import LOOP, POST, PRE, PREP

SMALL_BYTES, SMALL_STEPS = 1 << 25, 1 << 10
"""A run of at most this many bytes and steps keeps its tape, to be used again once nobody holds its results."""
KEPT_TAPES = 2
"""How many tapes of one size are kept."""
BLOCK = 1 << 22
"""About how many bytes a block of timesteps touches."""
COLUMNS = 1024
"""How many columns, time and batch together, the products for the parameters' gradients take at once."""

_UFUNCS: dict[str, np.ufunc] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide,
    "tanh": np.tanh, "exp": np.exp, "log": np.log, "square": np.square, "copy": np.positive, "pow": np.power,
}  # fmt: skip

Bound = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Edit:
    """What is set by hand: one unit of a value at one timestep, or with `unit` None every unit."""

    t: int
    unit: int | None
    batch: int
    value: float

    @property
    def rows(self) -> int | slice:
        """The rows of the value that are set."""
        return slice(None) if self.unit is None else self.unit


class Space:
    """The memory of one run and the calls bound to it. With `keep` all are bound at once, to be used many times."""

    def __init__(
        self,
        layout: Layout,
        sizes: Sizes,
        run: Parts | None = None,
        *,
        keep: bool = False,
        carried: tuple[Span, ...] = (),
    ) -> None:
        self.layout, self.sizes, self.keep, self.carried = layout, sizes, keep, carried
        per_step = sum(layout.rows["kept"] + layout.rows["scratch"]) * sizes.batch * sizes.dtype.itemsize
        self.block = max(1, min(sizes.steps, BLOCK // max(per_step, 1)))
        self.memory = Memory(layout, sizes, self.block, run)
        self.numbers: dict[float, Array] = {}
        self.ones = np.ones(sizes.batch, sizes.dtype)
        self.cuts: dict[int, list[Array]] = {}
        self.copies, self.scales = list(self._weight_copies()), list(self._weight_scales())
        self.inlets = {place: self.memory.inlet(span) for place, span in layout.leaves.items()}
        self.tape: list[Bound] | None = list(self._everything()) if keep else None
        self.backs: dict[tuple[Layout, int], list[Space]] = {}
        self.lent, self.lock = False, Lock()
        self.held = self.alone = self._holders()
        """Views of its own tape, with and without those of backward passes."""

    # Using it more than once.

    def _holders(self) -> int:
        """How many views there are of what this space keeps: each holds the block that it looks into."""
        return getrefcount(self.memory.raw)

    @property
    def is_free(self) -> bool:
        """Whether nobody can see any more what the last run wrote here."""
        return not self.lent and self._holders() == self.held

    def back(self, layout: Layout, sizes: Sizes, carried: tuple[Span, ...]) -> Space:
        """Memory and tape for a backward pass over what this space holds; lent to the caller."""
        with self.lock:
            if len(self.backs) > KEPT_TAPES:
                self.backs.clear()
                self.held = self.alone
            spaces = self.backs.setdefault((layout, sizes.window), [])
            space = next((space for space in spaces if space.is_free), None)
            if space is None:
                before = self._holders()
                keep = self.keep and len(spaces) < KEPT_TAPES
                space = Space(layout, sizes, self.memory.kept, keep=keep, carried=carried)
                if keep:
                    spaces.append(space)
                    self.held += self._holders() - before  # its tape looks into this memory for good
            space.lent = True
            return space

    # What goes in.

    def _weight_copies(self) -> Iterator[tuple[int, Any, Array]]:
        """Stack, block of it and target of every copy that fills a packed matrix."""
        for patches, matrix in zip(self.layout.patches, self.memory.packs, strict=True):
            for patch in patches:
                yield patch.bind(matrix)

    def _weight_scales(self) -> Iterator[tuple[Array, Array]]:
        """The packed matrices whose numbers are scaled after that, and by what."""
        for pack, matrix in zip(self.layout.packs, self.memory.packs, strict=True):
            scales = np.empty_like(matrix)
            if pack.put_scales(scales):
                yield matrix, scales

    def fill_weights(self, stacks: Sequence[Array]) -> None:
        """Copy the parameters into the packed matrices, scaled as wanted."""
        for stack, block, into in self.copies:
            into[...] = stacks[stack][block]
        for matrix, scales in self.scales:
            np.multiply(matrix, scales, matrix)

    # Binding calls to arrays.

    def _bind(self, call: Call, start: int, stop: int, t: int | None, views: Views) -> list[Bound]:
        """A call on one timestep `t`, or on the whole block. `views` are those made for it so far."""
        single = self.sizes.batch == 1
        flat = single and (call.op == "matmul" or (call.op in ELEMENTWISE and call.op in _UFUNCS))

        def look(span: Span) -> Array:
            # NumPy takes its quick way in place only where operand and result are the same object.
            key = (span, flat)
            if key not in views and t is None:
                views[key] = self.memory.during(span, start, stop, flat=flat)
            elif key not in views and t is not None:
                views[key] = self.memory.at(span, t, start, flat=flat)
            return views[key]

        out = look(call.out)
        if call.op == "matmul":
            [arg] = (look(k) for k in call.args if isinstance(k, Span))
            return [self._bind_product(self.memory.packs[call.pack], arg, out, t is None)]
        args: list[Any] = [self._number(k) if isinstance(k, float) else look(k) for k in call.args]
        before: list[Bound] = []
        if call.spread and call.copies and single and t is not None:
            # Copying one operand next to itself and multiplying plainly takes less than half of broadcasting it.
            copies = look(call.copies)
            before = [partial(copies.reshape(call.spread, -1).__setitem__, ..., args[0])]
            args[0] = copies
        elif call.spread:
            args, out = spread(call, args, out, 1 if flat else 2)
        if call.op in _UFUNCS:
            return [*before, partial(_UFUNCS[call.op], *args, out)]
        if call.op == "sum":
            return [partial(copy_result, OPS[call.op].compute, args, out)]
        return [partial(OPS[call.op].compute, *args, out=out)]

    def _bind_product(self, pack: Array, arg: Array, out: Array, whole: bool) -> Bound:
        if not whole:  # the method: np.dot costs half as much again for a small matrix
            return partial(arg.dot, pack.T, out) if arg.ndim == 1 else partial(pack.dot, arg, out)
        if self.sizes.batch == 1:
            return partial(np.matmul, arg, pack.T, out)
        return partial(np.matmul, pack, arg, out)

    def _bind_total(self, total: TotalCall, array: Array, start: int, stop: int) -> Bound:
        """The parameters' share of some timesteps, added to what the ones before gave."""
        flat, fresh = self.sizes.batch == 1, start == 0
        left = self.memory.during(total.left, start, stop, flat=flat)
        if total.right is None:
            return partial(add_sum, left, self.ones, array, fresh)
        right = self.memory.during(total.right, start, stop, flat=flat)
        if flat and fresh:
            return partial(left.T.dot, right, array)
        return partial(add_product, left, right, array, flat, fresh)

    def _number(self, number: float) -> Array:
        """A constant as an array, which a call takes quicker than a Python number."""
        if number not in self.numbers:
            self.numbers[number] = np.asarray(self.sizes.dtype.type(number))
        return self.numbers[number]

    # The order of everything.

    def _everything(self) -> Iterator[Bound]:
        """All calls of a run, bound as they are asked for."""
        yield from self._prepare()
        for start, stop in self._blocks():
            yield from self._block_calls(start, stop)
        long = max(1, COLUMNS // self.sizes.batch)
        for start in range(0, self.sizes.steps, long):
            for total, array in zip(self.layout.totals, self.memory.totals, strict=True):
                yield self._bind_total(total, array, start, min(start + long, self.sizes.steps))

    def _prepare(self) -> Iterator[Bound]:
        """The calls on parameters alone."""
        for call in self.layout.calls[PREP]:
            yield from self._bind(call, 0, 0, None, {})

    def _blocks(self) -> Iterator[tuple[int, int]]:
        """First and last-plus-one timestep of each block, in the order of the pass."""
        starts = range(0, self.sizes.steps, self.block)
        for start in reversed(starts) if self.sizes.reverse else starts:
            yield start, min(start + self.block, self.sizes.steps)

    def _block_calls(self, start: int, stop: int) -> Iterator[Bound]:
        """Before the loop, the loop, after the loop."""
        views: Views = {}
        for call in self.layout.calls[PRE]:
            yield from self._bind(call, start, stop, None, views)
        times = range(start, stop)
        for t in reversed(times) if self.sizes.reverse else times:
            yield from self._step_calls(t, start)
        for call in self.layout.calls[POST]:
            yield from self._bind(call, start, stop, None, views)

    def _step_calls(self, t: int, start: int) -> Iterator[Bound]:
        """The calls of one timestep; at the edge of a window what flows back is cut off after it."""
        views: Views = {}
        for call in self.layout.calls[LOOP]:
            yield from self._bind(call, start, start, t, views)
        if self.sizes.window and t and t % self.sizes.window == 0:
            yield partial(self._cut, t)

    def _cut(self, t: int) -> None:
        """Nothing goes back from t to t - 1; what would have gone is kept aside."""
        flowing = [self.memory.at(span, t, 0, flat=False) for span in self.carried]
        self.cuts[t] = [values.copy() for values in flowing]
        for values in flowing:
            values[:] = 0

    def mend_cuts(self) -> tuple[int, ...]:
        """Show what would have flowed on, now that nobody reads it any more; returns where it was cut."""
        for t, pieces in self.cuts.items():
            for span, piece in zip(self.carried, pieces, strict=True):
                self.memory.at(span, t, 0, flat=False)[:] = piece
        cuts = tuple(sorted(self.cuts))
        self.cuts.clear()
        return cuts

    def execute(self) -> None:
        """Run everything."""
        with np.errstate(all="ignore"):  # nan and inf are shown, not warned of
            for call in self._everything() if self.tape is None else self.tape:
                call()

    def execute_from(self, first: int, edits: Mapping[int, Sequence[Edit]]) -> None:
        """Run from the block of timestep `first` on, setting edited values once they are made."""
        for bound in self._prepare():
            bound()
        for start, stop in self._blocks():
            if stop <= first:
                continue
            for call in self.layout.calls[PRE]:
                self._do(call, start, stop, None, edits)
            for t in range(
                start, stop
            ):  # from its beginning, since what comes after the loop reads all of it
                for call in self.layout.calls[LOOP]:
                    self._do(call, start, stop, t, edits)
            for call in self.layout.calls[POST]:
                self._do(call, start, stop, None, edits)

    def _do(
        self, call: Call, start: int, stop: int, t: int | None, edits: Mapping[int, Sequence[Edit]]
    ) -> None:
        """One call, then the edits of what it made."""
        for bound in self._bind(call, start, stop, t, {}):
            bound()
        for value, span in call.made:
            for edit in edits.get(value, ()):
                if (start <= edit.t < stop) if t is None else edit.t == t:
                    self.memory.at(span, edit.t, start, flat=False)[edit.rows, edit.batch] = edit.value


def is_small(layout: Layout, sizes: Sizes) -> bool:
    """Whether a run of this size keeps its tape."""
    per_step = sum(layout.rows["kept"]) * sizes.batch * sizes.dtype.itemsize
    return sizes.steps <= SMALL_STEPS and per_step * sizes.steps <= SMALL_BYTES
