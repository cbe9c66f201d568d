"""Where every value lives in memory, and which calls that saves.

A run is one array (time, rows, batch); a value is some of its rows. Calls of one kind that do not wait
for each other become a single call when their operands and results lie side by side in the same order:
four gates in one `tanh`, `f * c_prev` and `i * g` in one product. So the order of the rows is chosen for that.

What crosses from one timestep to the next shares its rows with itself, one slot apart: slot t holds what
enters timestep t. Forward, `h_prev` is read at slot t and `h` written at slot t + 1; backward it is the
other way round.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rnntutor.engine.normal import Normal
from rnntutor.engine.order import Ordering
from rnntutor.engine.spans import Span, adjacent, over
from rnntutor.engine.terms import LOOP, ONE, PREP, Value
from rnntutor.engine.totals import Total
from rnntutor.engine.weights import Pack, Patch, Stacks


@dataclass(frozen=True, slots=True)
class Call:
    """One NumPy call: an operation from spans (or numbers, or a packed matrix) to a span."""

    op: str
    out: Span
    args: tuple[Span | float, ...]
    pack: int = -1
    spread: int = 0
    """How many results share the first operand; 0 if none do."""
    copies: Span | None = None
    """Room for that operand once for each result."""
    made: tuple[tuple[int, Span], ...] = ()
    """The values that this call finishes, and where each is."""


@dataclass(frozen=True, slots=True)
class TotalCall:
    """Gradients of parameters: the sum over time of left rightᵀ; `names` go with consecutive rows of the result.

    Where `right` ends with the row of ones, the last column is the sum of left: `sums` go with its rows.
    """

    left: Span
    right: Span | None
    names: tuple[tuple[str, int, float], ...]
    sums: tuple[tuple[str, int, float], ...] = ()


@dataclass(frozen=True, eq=False)
class Layout:
    """The calls of each phase in order, where values are, and how much memory that takes."""

    calls: tuple[tuple[Call, ...], ...]
    totals: tuple[TotalCall, ...]
    packs: tuple[Pack, ...]
    spans: dict[int, Span]
    rows: dict[str, list[int]]
    """How many rows each part of each buffer has."""
    leaves: dict[int, Span]
    """Where a run puts what it is given, by place: parameters read as they stand, inputs, first states, seeds."""
    ones: Span | None = None
    """The row that holds the number one."""
    patches: tuple[tuple[Patch, ...], ...] = ()
    """How each packed matrix is filled."""

    def fed_by(self, stacks: Stacks) -> Layout:
        """The same with its packed matrices filled from these stacks of parameters."""
        return replace(self, patches=tuple(stacks.patches(pack) for pack in self.packs))


class _Planner:
    """Gives every value its rows and turns groups of values into calls."""

    def __init__(self, normal: Normal, ordering: Ordering, ones: Span | None) -> None:
        self.normal, self.values, self.ordering = normal, normal.values, ordering
        self.wanted, self.ones = ordering.wanted, ones
        self.readers: dict[int, set[int]] = defaultdict(set)
        for value in self.values:
            for arg in value.args:
                self.readers[arg].add(value.phase)
        self.summed = {k for t in normal.totals for k in (t.left, t.right) if k is not None}

    def layout(self) -> Layout:
        runs = self.ordering.choose()
        spans, rows = self._spans()
        packs: list[Pack] = []
        calls: tuple[list[Call], ...] = ([], [], [], [])
        for group in runs.values():
            for run in group:
                calls[self.values[run[0]].phase].extend(self._call(run, spans, rows, packs))
        totals = tuple(self._joined(list(self._totals(spans))))
        named = {place: spans[k] for place, k in self.normal.places.items() if k in spans and self._stays(k)}
        ones = next(
            (spans[k] for k, value in enumerate(self.values) if value.op == "leaf" and value.name == ONE),
            None,
        )
        leaves = {
            value.origin: spans[k]
            for k, value in enumerate(self.values)
            if value.op == "leaf" and value.name != ONE and k in spans and k not in self.ordering.fixed
        }
        return Layout(tuple(tuple(c) for c in calls), totals, tuple(packs), named, rows, leaves, ones)

    def _stays(self, k: int) -> bool:
        """Whether a value can still be seen after the run: temporaries are overwritten by what is made of them."""
        return k in self.wanted or self.values[k].op == "leaf"

    def _spans(self) -> tuple[dict[int, Span], dict[str, list[int]]]:
        """Give every class its rows, segment by segment."""
        spans: dict[int, Span] = dict(self.ordering.fixed)
        rows: dict[str, list[int]] = {"kept": [], "scratch": [], "temp": [], "prep": []}
        members: dict[int, list[int]] = defaultdict(list)
        for k in range(len(self.values)):
            if k not in self.ordering.fixed and self._has_rows(k):
                members[self.ordering.cls[k]].append(k)
        for segment in self._segments(members):
            buffer = self._buffer([k for cls in segment for k in members[cls]])
            row, part = 0, len(rows[buffer])
            for cls in segment:
                size = self.values[cls].rows
                for k in members[cls]:
                    spans[k] = Span(buffer, row, size, self.ordering.shift.get(k, 0), part)
                row += size
            rows[buffer].append(row)
        for k, value in enumerate(self.values):
            if value.op == "part":
                whole = spans[value.args[0]]
                spans[k] = whole._replace(row=whole.row + int(value.number), rows=value.rows)
            elif value.op == "concat" and k not in self.wanted:
                parts = [spans[a] for a in value.args]
                if adjacent(parts):
                    spans[k] = parts[0]._replace(rows=value.rows)
        return spans, rows

    def _has_rows(self, k: int) -> bool:
        """Whether a value needs memory; a parameter that is only multiplied by has a place in a packed matrix."""
        value = self.values[k]
        idle = value.op == "leaf" and value.phase == PREP and not self.readers[k] and k not in self.summed
        return value.op not in ("const", "part") and not idle

    def _segments(self, members: Mapping[int, list[int]]) -> list[list[int]]:
        """The classes in the order chosen, as rows of classes that lie side by side."""
        segments = []
        for head in members:
            if head not in self.ordering.order.before:
                segment = [head]
                while segment[-1] in self.ordering.order.after:
                    segment.append(self.ordering.order.after[segment[-1]])
                segments.append(segment)
        return segments

    def _buffer(self, values: list[int]) -> str:
        if all(self.values[k].phase == PREP for k in values):
            return "prep"
        leaf = any(self.values[k].op == "leaf" for k in values)
        if leaf or any(k in self.wanted or k in self.summed for k in values):
            return "kept"
        passing = all(self.values[k].phase == LOOP and self.readers[k] <= {LOOP} for k in values)
        return "temp" if passing else "scratch"

    @staticmethod
    def _room(value: Value, size: int, rows: dict[str, list[int]]) -> Span:
        """Rows for an operand that has to be put together first."""
        buffer = "temp" if value.phase == LOOP else "scratch"
        rows[buffer].append(size)
        return Span(buffer, 0, size, part=len(rows[buffer]) - 1)

    def _call(
        self, run: list[int], spans: dict[int, Span], rows: dict[str, list[int]], packs: list[Pack]
    ) -> list[Call]:
        """One run of neighbouring values as a call; nothing for a value that is only a view."""
        first = self.values[run[0]]
        if first.op == "part" or (
            first.op == "concat"
            and spans[run[0]][:2] == spans[first.args[0]][:2]
            and spans[run[0]].part == spans[first.args[0]].part
        ):
            return []
        out = over([spans[k] for k in run])
        if first.op == "matmul":
            return self._product(run, out, spans, rows, packs)
        made = tuple((k, spans[k]) for k in run)
        args: list[Span | float] = []
        spread, copies = 0, None
        for operands in zip(*(self.values[k].args for k in run), strict=True):
            value = self.values[operands[0]]
            if value.op == "const":
                args.append(value.number)
            elif len(set(operands)) == 1:
                shared = len(run) > 1 and value.rows > 1
                if shared:
                    spread, copies = len(run), self._room(first, len(run) * value.rows, rows)
                args.insert(
                    0 if shared else len(args), spans[operands[0]]
                )  # a sum or product: any order will do
            else:
                args.append(over([spans[k] for k in operands]))
        if first.op == "pow":
            args.append(first.number)
        return [Call(first.op, out, tuple(args), spread=spread, copies=copies, made=made)]

    def _product(
        self, run: list[int], out: Span, spans: dict[int, Span], rows: dict[str, list[int]], packs: list[Pack]
    ) -> list[Call]:
        """A packed product: all results that read the same operands, the operands in the order they lie in."""
        args = self.values[run[0]].args
        order = sorted(
            range(len(args)), key=lambda k: (spans[args[k]].buffer, spans[args[k]].part, spans[args[k]].row)
        )
        packs.append(Pack(tuple(tuple(self.values[k].weights[j] for j in order) for k in run)))
        parts = [spans[args[k]] for k in order]
        before: list[Call] = []
        joined = over(parts)
        if not adjacent(parts):
            joined = self._room(self.values[run[0]], joined.rows, rows)
            before = [Call("concat", joined, tuple(parts))]
        made = tuple((k, spans[k]) for k in run)
        return [*before, Call("matmul", out, (joined,), len(packs) - 1, made=made)]

    def _totals(self, spans: dict[int, Span]) -> Iterator[TotalCall]:
        """Neighbouring gradients of parameters in one call."""

        def key(total: Total) -> tuple[object, ...]:
            right = spans[total.right] if total.right is not None else None
            left = spans[total.left]
            return (right is not None, str(right), left.buffer, left.part, left.shift, left.row)

        pending: list[Total] = []
        for total in sorted(self.normal.totals, key=key):
            if pending and not (
                key(pending[-1])[:2] == key(total)[:2]
                and adjacent([spans[pending[-1].left], spans[total.left]])
            ):
                yield self._total(pending, spans)
                pending = []
            pending.append(total)
        if pending:
            yield self._total(pending, spans)

    def _joined(self, totals: list[TotalCall]) -> Iterator[TotalCall]:
        """A sum of what a product multiplies becomes a column of it, where the row of ones is at hand."""
        sums = [call for call in totals if call.right is None]
        for call in totals:
            if call.right is None:
                continue
            mine = next((k for k in sums if k.left == call.left), None)
            if mine and self.ones and adjacent([call.right, self.ones]):
                sums.remove(mine)
                yield replace(call, right=over([call.right, self.ones]), sums=mine.names)
            else:
                yield call
        yield from sums

    @staticmethod
    def _total(totals: list[Total], spans: dict[int, Span]) -> TotalCall:
        right = totals[0].right
        names = tuple((t.name, spans[t.left].rows, t.scale) for t in totals)
        return TotalCall(
            over([spans[t.left] for t in totals]), None if right is None else spans[right], names
        )


def lay_out(
    normal: Normal,
    stored: dict[int, Span] | None = None,
    *,
    backward: bool = False,
    together: Sequence[Sequence[int]] = (),
    ones: Span | None = None,
) -> Layout:
    """Give every value its place.

    `stored` are the spans of an earlier run that a backward pass reads, `ones` its row of ones; `together` are
    values of the program that should lie side by side.
    """
    ordering = Ordering(normal, stored or {}, backward=backward, together=together)
    return _Planner(normal, ordering, ones).layout()
