"""Running a layout: a flat list of NumPy calls whose arrays are bound beforehand.

Looking up names or slicing arrays at every step would cost several times the arithmetic of a small
network. So each call is bound to its arrays once, and a run is a walk along the list. The tape of a
run is kept and used again once nobody holds the results of the run before; that of a very long one is bound as
it goes. Either way time goes in blocks, so that what a block touches stays in the processor's cache.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from sys import getrefcount
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from rnntutor.engine.layout import ELEMENTWISE, Call, Layout, Pack, Span, TotalCall
from rnntutor.engine.normal import LOOP, POST, PRE, PREP, Weight
from rnntutor.engine.ops import OPS, Array

SMALL_BYTES, SMALL_STEPS = 1 << 26, 1 << 10
"""A run of at most this many bytes and steps keeps its tape, to be used again once nobody holds its results."""
KEPT_TAPES = 4
"""How many tapes of one size are kept."""
BLOCK = 1 << 22
"""About how many bytes a block of a large run touches."""
CACHE_LINE = 64
COLUMNS = 1024
"""How many columns, time and batch together, the products for the parameters' gradients take at once."""

_UFUNCS: dict[str, np.ufunc] = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide,
    "tanh": np.tanh, "exp": np.exp, "log": np.log, "square": np.square, "copy": np.positive, "pow": np.power,
}  # fmt: skip

Bound = Callable[[], object]
Views = dict[tuple[Span, bool], Array]


class Sizes(NamedTuple):
    """How long, how wide a batch, and in which precision; `reverse` for a backward pass."""

    steps: int
    batch: int
    dtype: np.dtype[Any]
    reverse: bool = False
    window: int = 0
    """Gradients do not cross t = window, 2 * window, ...; 0 for no limit."""


@dataclass
class Space:
    """The memory of one run, and the calls bound to it."""

    layout: Layout
    sizes: Sizes
    run: Array | None = None
    """The forward run's kept array, for a backward pass that reads it in place."""
    keep: bool = False
    """Whether to bind the whole tape now, to be used many times."""
    cuts: dict[int, list[Array]] = field(default_factory=dict)
    carried: tuple[Span, ...] = ()
    """What crosses from one timestep to the next."""

    def __post_init__(self) -> None:
        size, rows = self.sizes, self.layout.rows
        per_step = (rows["kept"] + rows["scratch"]) * size.batch * size.dtype.itemsize
        self.block = max(1, min(size.steps, BLOCK // max(per_step, 1)))
        shape = (size.batch,)
        self.buffers: dict[str, Array] = {
            "kept": _aligned((size.steps + 1, self._padded(rows["kept"]), *shape), size.dtype),
            "scratch": _aligned((self.block, self._padded(rows["scratch"]), *shape), size.dtype),
            "temp": _aligned((rows["temp"], *shape), size.dtype),
            "prep": np.empty((rows["prep"], 1), size.dtype),
        }
        if self.run is not None:
            self.buffers["run"] = self.run
        self.packs = [self._pack(pack) for pack in self.layout.packs]
        self.numbers: dict[float, Array] = {}
        self.timeless: Views = {}
        self.ones = np.ones(size.batch, size.dtype)
        self.targets = list(self._weight_targets())
        self.totals = [self._total_array(total) for total in self.layout.totals]
        self.tape: list[Bound] | None = list(self.everything()) if self.keep else None
        self.backs: dict[tuple[Layout, int], list[Space]] = {}
        if self.layout.ones:
            self.buffers["kept"][:, self.layout.ones.row] = 1
        self.lent = False
        self.lock = Lock()
        kept = self.buffers["kept"]
        self.owner = kept if kept.base is None else kept.base
        self.held = self._holders()

    def _holders(self) -> int:
        """How many references there are to the results: views of them hold the array they look into."""
        return sum(getrefcount(array) for array in (self.owner, *self.totals))

    def back(self, layout: Layout, sizes: Sizes, carried: tuple[Span, ...]) -> Space:
        """Memory and tape for a backward pass over what this space holds; lent to the caller."""
        with self.lock:
            spaces = self.backs.setdefault((layout, sizes.window), [])
            space = next((space for space in spaces if space.is_free), None)
            if space is None:
                before = self._holders()
                space = Space(layout, sizes, self.buffers["kept"], keep=len(spaces) < KEPT_TAPES, carried=carried)
                if space.keep:
                    spaces.append(space)
                    self.held += self._holders() - before  # its tape looks into this memory for good
            space.lent = True
            return space

    @property
    def is_free(self) -> bool:
        """Whether nobody can see any more what the last run wrote here."""
        return not self.lent and self._holders() == self.held

    def _pack(self, pack: Pack) -> Array:
        """Room for a packed matrix. For a batch of one it is stored by columns: BLAS reads that quicker."""
        rows, columns = pack.shape
        if self.sizes.batch > 1:
            return np.empty((rows, columns), self.sizes.dtype)
        return _aligned((columns, rows), self.sizes.dtype).T

    def _padded(self, rows: int) -> int:
        """So many rows that, in a batch of one, every timestep begins at a cache line too."""
        line = CACHE_LINE // self.sizes.dtype.itemsize if self.sizes.batch == 1 else 1
        return -(-rows // line) * line

    def _total_array(self, total: TotalCall) -> Array:
        columns = () if total.right is None else (total.right.rows,)
        return np.zeros((total.left.rows, *columns), self.sizes.dtype)

    # What goes in.

    def _weight_targets(self) -> Iterator[tuple[str, slice | None, Array | None, Array]]:
        """Name, columns, scale and target of every block of a parameter. A transposed block has a transposed target,
        a vector one without its single column."""
        for pack, array in zip(self.layout.packs, self.packs, strict=True):
            row = 0
            for blocks in pack.blocks:
                column, rows = 0, slice(row, row + blocks[0].shape[0])
                for weight in _merged(blocks):
                    into = array[rows, column : column + weight.shape[1]]
                    column += weight.shape[1]
                    scale = None if weight.scale == 1.0 else self._number(weight.scale)
                    columns = None if weight.vector else slice(weight.start, weight.stop)
                    into = into[:, 0] if weight.vector else into.T if weight.transposed else into
                    yield weight.name, columns, scale, into
                row = rows.stop

    def fill_weights(self, params: Mapping[str, Array]) -> None:
        """Copy the parameters into the packed matrices, scaled as wanted."""
        for name, columns, scale, into in self.targets:
            block = params[name]
            if columns is not None:
                block = block[:, columns]
            if scale is None:
                into[...] = block
            else:
                np.multiply(block, scale, into)

    def fill(self, span: Span, values: Array) -> None:
        """Put (T, rows, B), or (rows,) of a parameter, where a leaf lives."""
        if span.buffer == "prep":
            self.buffers["prep"][span.row : span.row + span.rows, 0] = values
        else:
            self.over_time(span)[:] = values

    def over_time(self, span: Span) -> Array:
        """A value at every timestep, (T, rows, B); a view."""
        return view(self.buffers[span.buffer], span, self.sizes.steps)

    # Views that calls are bound to.

    def _always(self, span: Span, flat: bool) -> Array:
        """A value that has no time: one view for all steps, which keeps the processor's cache small."""
        key = (span, flat)
        if key not in self.timeless:
            rows = self.buffers[span.buffer][span.row : span.row + span.rows]
            self.timeless[key] = rows[:, 0] if flat else rows
        return self.timeless[key]

    def _at(self, span: Span, t: int, start: int, flat: bool) -> Array:
        """A value at one timestep: (rows,) if flat, else (rows, B)."""
        if span.buffer in ("prep", "temp"):
            return self._always(span, flat)
        array = self.buffers[span.buffer]
        slot = (t - start if span.buffer == "scratch" else t) + span.shift
        rows = array[slot, span.row : span.row + span.rows]
        return rows[:, 0] if flat else rows

    def _during(self, span: Span, start: int, stop: int, flat: bool) -> Array:
        """A value during a block: (n, rows) if flat, else (n, rows, B)."""
        if span.buffer == "prep":
            return self._always(span, flat)
        array = self.buffers[span.buffer]
        first, last = (0, stop - start) if span.buffer == "scratch" else (start, stop)
        rows = array[first + span.shift : last + span.shift, span.row : span.row + span.rows]
        return rows[..., 0] if flat else rows

    def _bind(self, call: Call, start: int, stop: int, t: int | None, views: Views | None = None) -> list[Bound]:
        """A call on one timestep `t`, or on the whole block. `views` are those made for it so far."""
        views = {} if views is None else views
        single = self.sizes.batch == 1
        flat = single and (call.op == "matmul" or (call.op in ELEMENTWISE and call.op in _UFUNCS))

        def look(span: Span) -> Array:
            # NumPy takes its quick way in place only where operand and result are the same object.
            key = (span, flat)
            if key not in views:
                views[key] = self._during(span, start, stop, flat) if t is None else self._at(span, t, start, flat)
            return views[key]

        out = look(call.out)
        if call.op == "matmul":
            [arg] = (look(k) for k in call.args if isinstance(k, Span))
            return [self._bind_product(self.packs[call.pack], arg, out, t is None)]
        args: list[Any] = [self._number(k) if isinstance(k, float) else look(k) for k in call.args]
        before: list[Bound] = []
        if call.spread and call.copies and single and t is not None:
            # Copying one operand next to itself and multiplying plainly takes less than half of broadcasting it.
            copies = look(call.copies)
            before = [partial(copies.reshape(call.spread, -1).__setitem__, ..., args[0])]
            args[0] = copies
        elif call.spread:
            args, out = self._spread(call, args, out, flat)
        if call.op in _UFUNCS:
            return [*before, partial(_UFUNCS[call.op], *args, out)]
        if call.op == "sum":
            return [partial(_copy_result, OPS[call.op].compute, args, out)]
        return [partial(OPS[call.op].compute, *args, out=out)]

    def _number(self, number: float) -> Array:
        """A constant as an array, which a call takes quicker than a Python number."""
        if number not in self.numbers:
            self.numbers[number] = np.asarray(self.sizes.dtype.type(number))
        return self.numbers[number]

    @staticmethod
    def _spread(call: Call, args: list[Any], out: Array, flat: bool) -> tuple[list[Any], Array]:
        """One operand against several that lie side by side: a new axis to broadcast along."""
        axis = out.ndim - (1 if flat else 2)
        rows = call.out.rows // call.spread

        def split(array: Array) -> Array:
            shape = array.shape
            k = array.ndim - (1 if flat else 2)
            return array.reshape(*shape[:k], shape[k] // rows, rows, *shape[k + 1 :])

        assert axis >= 0
        return [a if a.ndim == 0 else split(a) for a in args], split(out)

    def _bind_product(self, pack: Array, arg: Array, out: Array, whole: bool) -> Bound:
        if not whole:  # the method: np.dot costs half as much again for a small matrix
            return partial(arg.dot, pack.T, out) if arg.ndim == 1 else partial(pack.dot, arg, out)
        if self.sizes.batch == 1:
            return partial(np.matmul, arg, pack.T, out)
        return partial(np.matmul, pack, arg, out)

    # The order of everything.

    def everything(self) -> Iterator[Bound]:
        """All calls of a run, bound as they are asked for."""
        yield from self._prepare()
        for start, stop in self._blocks():
            yield from self._block_calls(start, stop)
        long = max(1, COLUMNS // self.sizes.batch)
        for start in range(0, self.sizes.steps, long):
            for total, array in zip(self.layout.totals, self.totals, strict=True):
                yield self._bind_total(total, array, start, min(start + long, self.sizes.steps))

    def _prepare(self) -> Iterator[Bound]:
        """The calls on parameters alone."""
        for call in self.layout.calls[PREP]:
            yield from self._bind(call, 0, 0, None)

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
        slot = self.buffers["kept"][t]
        self.cuts[t] = [slot[span.row : span.row + span.rows].copy() for span in self.carried]
        for span in self.carried:
            slot[span.row : span.row + span.rows] = 0

    def mend_cuts(self) -> tuple[int, ...]:
        """Show what would have flowed on, now that nobody reads it any more; returns where it was cut."""
        for t, pieces in self.cuts.items():
            for span, piece in zip(self.carried, pieces, strict=True):
                self.buffers["kept"][t, span.row : span.row + span.rows] = piece
        cuts = tuple(sorted(self.cuts))
        self.cuts.clear()
        return cuts

    def _bind_total(self, total: TotalCall, array: Array, start: int, stop: int) -> Bound:
        """The parameters' share of some timesteps, added to what the ones before gave."""
        flat = self.sizes.batch == 1
        left = self._during(total.left, start, stop, flat)
        fresh = start == 0
        if total.right is None:
            return partial(_add_sum, left, self.ones, array, fresh)
        right = self._during(total.right, start, stop, flat)
        if flat and fresh:
            return partial(np.dot, left.T, right, array)
        return partial(_add_product, left, right, array, flat, fresh)

    def execute(self) -> None:
        """Run everything."""
        for call in self.everything() if self.tape is None else self.tape:
            call()

    def execute_from(self, first: int, edits: Mapping[int, Sequence[Edit]]) -> None:
        """Run from timestep `first` on, setting edited values (by their place in the layout) once they are made."""
        for call in self._prepare():
            call()
        for start, stop in self._blocks():
            if stop <= first:
                continue
            for call in self.layout.calls[PRE]:
                self._do(call, start, stop, None, edits)
            for t in range(max(start, first), stop):
                for call in self.layout.calls[LOOP]:
                    self._do(call, start, stop, t, edits)
            for call in self.layout.calls[POST]:
                self._do(call, start, stop, None, edits)

    def _do(self, call: Call, start: int, stop: int, t: int | None, edits: Mapping[int, Sequence[Edit]]) -> None:
        """One call, then the edits of what it made."""
        for bound in self._bind(call, start, stop, t):
            bound()
        for value, span in call.made:
            for edit in edits.get(value, ()):
                if (start <= edit.t < stop) if t is None else edit.t == t:
                    slot = (edit.t - start if span.buffer == "scratch" else edit.t) + span.shift
                    self.buffers[span.buffer][slot, span.row + edit.unit, edit.batch] = edit.value


@dataclass(frozen=True, slots=True)
class Edit:
    """A number set by hand: one unit of a value at one timestep."""

    t: int
    unit: int
    batch: int
    value: float


def _aligned(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Zeros that begin at a cache line."""
    count = int(np.prod(shape))
    raw = np.zeros(count + CACHE_LINE // dtype.itemsize, dtype)
    first = -raw.ctypes.data % CACHE_LINE // dtype.itemsize
    return raw[first : first + count].reshape(shape)


def _merged(blocks: Sequence[Weight]) -> Iterator[Weight]:
    """Neighbouring columns of one parameter as one block."""
    last: Weight | None = None
    for weight in blocks:
        if last and not last.transposed and replace(last, start=weight.start, stop=weight.stop) == weight and (
            last.stop == weight.start
        ):
            last = replace(last, stop=weight.stop)
            continue
        if last:
            yield last
        last = weight
    if last:
        yield last


def view(array: Array, span: Span, steps: int) -> Array:
    """The rows of a span at every timestep, (T, rows, B)."""
    return array[span.shift : span.shift + steps, span.row : span.row + span.rows]


def _copy_result(compute: Callable[..., Array], args: Sequence[Array], out: Array) -> None:
    out[...] = compute(*args)


def _add_sum(left: Array, ones: Array, array: Array, fresh: bool) -> None:
    """Sum over time and batch; over the batch as a product with ones, which is quicker."""
    per_step = left if left.ndim == 2 else np.matmul(left, ones)
    if fresh:
        np.add.reduce(per_step, 0, None, array)
    else:
        array += np.add.reduce(per_step, 0)


def _add_product(left: Array, right: Array, array: Array, flat: bool, fresh: bool) -> None:
    """Sum over time and batch of left rightᵀ."""
    product = left.T @ right if flat else np.tensordot(left, right, axes=((0, 2), (0, 2)))
    if fresh:
        array[...] = product
    else:
        array += product


def parameter_gradients(layout: Layout, totals: Sequence[Array]) -> dict[str, Array]:
    """Take the stacked totals apart by name."""
    found: dict[str, list[Array]] = defaultdict(list)
    for call, array in zip(layout.totals, totals, strict=True):
        row = 0
        for name, rows, scale in call.names:
            piece = array[row : row + rows]
            found[name].append(piece if scale == 1.0 else piece * array.dtype.type(scale))
            row += rows
    return {name: pieces[0] if len(pieces) == 1 else sum(pieces[1:], pieces[0]) for name, pieces in found.items()}


def is_small(layout: Layout, sizes: Sizes) -> bool:
    """Whether a run of this size keeps its tape."""
    per_step = layout.rows["kept"] * sizes.batch * sizes.dtype.itemsize
    return sizes.steps <= SMALL_STEPS and per_step * sizes.steps <= SMALL_BYTES
