"""Where every value lives in memory, and which calls that saves.

A run is one array (time, rows, batch); a value is some of its rows. Calls of one kind that do not wait
for each other become a single call when their operands and results lie side by side in the same order:
four gates in one `tanh`, `f * c_prev` and `i * g` in one product. So the order of the rows is chosen for that.

What crosses from one timestep to the next shares its rows with itself, one slot apart: slot t holds what
enters timestep t. Forward, `h_prev` is read at slot t and `h` written at slot t + 1; backward it is the
other way round.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, permutations
from typing import NamedTuple

from rnntutor.engine.normal import LOOP, ONE, PRE, PREP, Normal, Total, Value, Weight

ELEMENTWISE = frozenset({"add", "sub", "mul", "div", "neg", "tanh", "square", "copy", "exp", "log", "relu", "step"})
_SEARCH = 400
"""How many orders of rows are tried before the best so far is taken."""


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


@dataclass(frozen=True, slots=True)
class Pack:
    """Blocks of parameters put together as one matrix: a row of blocks per result, a column per operand."""

    blocks: tuple[tuple[Weight, ...], ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the whole."""
        return sum(row[0].shape[0] for row in self.blocks), sum(weight.shape[1] for weight in self.blocks[0])


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
    """Gradients of parameters: the sum over time of left rightᵀ; `names` go with consecutive rows of the result."""

    left: Span
    right: Span | None
    names: tuple[tuple[str, int, float], ...]


@dataclass(frozen=True, eq=False)
class Layout:
    """The calls of each phase in order, where values are, and how much memory that takes."""

    calls: tuple[tuple[Call, ...], ...]
    totals: tuple[TotalCall, ...]
    packs: tuple[Pack, ...]
    spans: dict[int, Span]
    rows: dict[str, list[int]]
    """How many rows each part of each buffer has."""
    ones: Span | None = None
    """The row that holds the number one."""


@dataclass
class _Order:
    """Which class of rows stands right after which."""

    after: dict[int, int] = field(default_factory=dict)
    before: dict[int, int] = field(default_factory=dict)

    def join(self, row: Sequence[int]) -> _Order | None:
        """This order with the classes of `row` side by side, or None if that cannot be."""
        order = _Order(dict(self.after), dict(self.before))
        for a, b in zip(row, row[1:], strict=False):
            if order.after.get(a) == b:
                continue
            if a == b or a in order.after or b in order.before or order._tail(b) == a:
                return None
            order.after[a], order.before[b] = b, a
        return order

    def _tail(self, a: int) -> int:
        while a in self.after:
            a = self.after[a]
        return a


class _Planner:
    def __init__(self, normal: Normal, stored: dict[int, Span], *, backward: bool, together: Sequence[Sequence[int]]) -> None:
        self.normal, self.values = normal, normal.values
        self.backward = backward
        self.fixed = {k: stored[v.origin] for k, v in enumerate(self.values) if v.op == "leaf" and v.origin in stored}
        self.wanted = {normal.places[k] for k in normal.wanted}
        self.readers: dict[int, set[int]] = defaultdict(set)
        for value in self.values:
            for arg in value.args:
                self.readers[arg].add(value.phase)
        self.summed = {k for t in normal.totals for k in (t.left, t.right) if k is not None}
        self.sources = {source for _, source in normal.carries}
        self.uses = Counter(arg for value in self.values for arg in value.args)
        self.uses.update(k for t in normal.totals for k in (t.left, t.right) if k is not None)
        self.shift: dict[int, int] = {}
        self.cls = self._classes()
        self.order = _Order()
        self.together = together

    # Classes of values that share rows.

    def _classes(self) -> dict[int, int]:
        """Carried values share rows with themselves; a temporary is overwritten by what is made of it."""
        cls = {k: k for k in range(len(self.values))}
        for leaf, source in self.normal.carries:
            cls[source] = leaf
            self.shift[leaf if self.backward else source] = 1
        for k, value in enumerate(self.values):
            target = self._overwritten(k, value)
            if target is not None and cls[k] == k:
                cls[k] = cls[target]
        return cls

    def _overwritten(self, k: int, value: Value) -> int | None:
        if value.op not in ELEMENTWISE or value.phase == PREP:
            return None
        for arg in value.args:
            operand = self.values[arg]
            own = operand.op in ELEMENTWISE or operand.op == "matmul"
            free = arg not in self.wanted and arg not in self.sources and self.uses[arg] == 1
            if own and free and operand.phase == value.phase and operand.rows == value.rows:
                return arg
        return None

    # Groups of calls that can become one.

    def _levels(self) -> dict[int, int]:
        """How many calls of the same phase must come before each."""
        level: dict[int, int] = {}
        for k, value in enumerate(self.values):
            same = [level[a] for a in value.args if self.values[a].phase == value.phase and a in level]
            if value.op not in ("leaf", "const"):
                level[k] = 1 + max(same, default=0)
        return level

    def groups(self) -> list[list[int]]:
        """Calls of one phase, level and kind, in the order of execution."""
        level = self._levels()
        groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for k in level:
            value = self.values[k]
            alike: tuple[object, ...] = (value.op, len(value.args))
            if value.op not in ELEMENTWISE:
                alike = (k,)
            if value.op == "matmul":
                alike = ("matmul", value.args)
            if value.op == "mul":
                alike = ("mul", value.args[0] if self._shared_first(k, level) else -1)
            groups[value.phase, level[k], *alike].append(k)
        return [groups[key] for key in sorted(groups, key=lambda key: key[:2])]

    def _shared_first(self, k: int, level: dict[int, int]) -> bool:
        """Whether at least three products of this level have their first operand in common."""
        mine = self.values[k]
        same = [
            j for j in level
            if level[j] == level[k] and self.values[j].phase == mine.phase
            and self.values[j].op == "mul" and self.values[j].args[0] == mine.args[0] and self.values[j].rows == mine.rows
        ]  # fmt: skip
        return len(same) >= 3

    # Choosing the order of rows.

    def choose(self) -> dict[int, list[list[int]]]:
        """Fix the order; returns for the first call of each group the runs of calls that became one."""
        groups = self.groups()
        sums = [list(args) for args in {v.args: 0 for v in self.values if v.op == "matmul" and len(v.args) > 1}]
        loop = [g for g in groups if len(g) > 1 and self.values[g[0]].phase == LOOP]
        loop.sort(key=len)
        late = [s for s in sums if any(self.values[k].phase == LOOP for k in s)]
        self._search([("sum", s) for s in late] + [("calls", g) for g in loop])
        for row in self.together:
            self._try_rows([self.normal.places[k] for k in row])
        rest = [g for g in groups if len(g) > 1 and self.values[g[0]].phase != LOOP]
        for group in sorted(rest, key=lambda g: (self.values[g[0]].phase != PRE, len(g))):
            self._take_best(group)
        return {group[0]: self._runs(group) for group in groups}

    def _search(self, demands: list[tuple[str, list[int]]]) -> None:
        """Try orders that satisfy every demand, and keep the one that satisfies most."""
        best = (-1, self.order)
        budget = _SEARCH

        def go(k: int, order: _Order, score: int) -> bool:
            nonlocal best, budget
            if score > best[0]:
                best = (score, order)
            if k == len(demands):
                return score == sum(len(members) for _, members in demands)
            kind, members = demands[k]
            for row in _orders(members):
                budget -= 1
                if budget < 0:
                    return True
                joined = self._join(order, row, calls=kind == "calls")
                if joined is not None and go(k + 1, joined, score + len(members)):
                    return True
            return go(k + 1, order, score)

        go(0, self.order, 0)
        self.order = best[1]

    def _take_best(self, group: list[int]) -> None:
        """Join the whole group, or else as much of it as goes together."""
        for size in range(len(group), 1, -1):
            for some in combinations(group, size) if len(group) <= 5 else [group]:
                for row in _orders(some):
                    joined = self._join(self.order, row, calls=True)
                    if joined is not None:
                        self.order = joined
                        return

    def _try_rows(self, values: list[int]) -> None:
        joined = self._join(self.order, values, calls=False)
        if joined is not None:
            self.order = joined

    def _join(self, order: _Order, row: Sequence[int], *, calls: bool) -> _Order | None:
        """The order with these values side by side; for calls, their operands and results."""
        columns = list(self._columns(row)) if calls else [list(row)]
        for column in columns:
            joined = self._join_column(order, column)
            if joined is None:
                return None
            order = joined
        return order

    def _columns(self, row: Sequence[int]) -> Iterator[list[int]]:
        yield list(row)
        for operands in zip(*(self.values[k].args for k in row), strict=True):
            same = len(set(operands)) == 1
            if same and (self.values[operands[0]].rows == 1 or self.values[operands[0]].op == "const"):
                continue
            if same and (self.values[row[0]].op == "matmul" or len(row) >= 3):
                continue
            yield list(operands)

    def _join_column(self, order: _Order, column: list[int]) -> _Order | None:
        if all(k in self.fixed for k in column):
            spans = [self.fixed[k] for k in column]
            return order if _adjacent(spans) else None
        odd = any(k in self.fixed or self.values[k].op in ("const", "part", "concat") for k in column)
        shifts = {self.shift.get(k, 0) for k in column}
        timeless = {self.values[k].phase == PREP for k in column}
        if odd or len(shifts) > 1 or len(timeless) > 1 or len(set(column)) < len(column):
            return None
        return order.join([self.cls[k] for k in column])

    def _runs(self, group: list[int]) -> list[list[int]]:
        """Which calls of a group really lie side by side now."""
        for row in _orders(group):
            if self._satisfied(row):
                return [list(row)]
        left = sorted(group, key=lambda k: self._rank(self.cls[k]))
        runs = [[left[0]]]
        for k in left[1:]:
            if self._satisfied([*runs[-1], k]):
                runs[-1].append(k)
            else:
                runs.append([k])
        return runs

    def _rank(self, cls: int) -> tuple[int, int]:
        """Where a class stands in its segment."""
        steps = 0
        while cls in self.order.before:
            cls = self.order.before[cls]
            steps += 1
        return cls, steps

    def _satisfied(self, row: Sequence[int]) -> bool:
        if len(row) == 1:
            return True
        for column in self._columns(row):
            if all(k in self.fixed for k in column):
                if not _adjacent([self.fixed[k] for k in column]):
                    return False
            elif len(column) > 1 and self._join_column(self.order, column) is None:
                return False
            elif any(self.order.after.get(self.cls[a]) != self.cls[b] for a, b in zip(column, column[1:], strict=False)
                     if a not in self.fixed):  # fmt: skip
                return False
        return True

    # Rows, and the calls themselves.

    def layout(self) -> Layout:
        runs = self.choose()
        spans, rows = self._spans()
        packs: list[Pack] = []
        calls: tuple[list[Call], ...] = ([], [], [], [])
        for group in runs.values():
            for run in group:
                calls[self.values[run[0]].phase].extend(self._call(run, spans, rows, packs))
        totals = tuple(self._totals(spans))
        named = {place: spans[k] for place, k in self.normal.places.items() if k in spans and self._stays(k)}
        ones = next((spans[k] for k, value in enumerate(self.values) if value.op == "leaf" and value.name == ONE), None)
        return Layout(tuple(tuple(c) for c in calls), totals, tuple(packs), named, rows, ones)

    def _stays(self, k: int) -> bool:
        """Whether a value can still be seen after the run: other temporaries are overwritten by what is made of them."""
        return k in self.wanted or self.values[k].op == "leaf"

    def _spans(self) -> tuple[dict[int, Span], dict[str, list[int]]]:
        """Give every class its rows, segment by segment."""
        spans: dict[int, Span] = dict(self.fixed)
        rows: dict[str, list[int]] = {"kept": [], "scratch": [], "temp": [], "prep": []}
        members: dict[int, list[int]] = defaultdict(list)
        for k in range(len(self.values)):
            if k not in self.fixed and self.values[k].op not in ("const", "part"):
                members[self.cls[k]].append(k)
        for segment in self._segments(members):
            buffer = self._buffer([k for cls in segment for k in members[cls]])
            row, part = 0, len(rows[buffer])
            for cls in segment:
                size = self.values[cls].rows
                for k in members[cls]:
                    spans[k] = Span(buffer, row, size, self.shift.get(k, 0), part)
                row += size
            rows[buffer].append(row)
        for k, value in enumerate(self.values):
            if value.op == "part":
                whole = spans[value.args[0]]
                spans[k] = whole._replace(row=whole.row + int(value.number), rows=value.rows)
            elif value.op == "concat" and k not in self.wanted:
                parts = [spans[a] for a in value.args]
                if _adjacent(parts):
                    spans[k] = parts[0]._replace(rows=value.rows)
        return spans, rows

    def _segments(self, members: Mapping[int, list[int]]) -> list[list[int]]:
        """The classes in the order chosen, as rows of classes that lie side by side."""
        segments = []
        for head in members:
            if head not in self.order.before:
                segment = [head]
                while segment[-1] in self.order.after:
                    segment.append(self.order.after[segment[-1]])
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

    def _call(self, run: list[int], spans: dict[int, Span], rows: dict[str, list[int]],
              packs: list[Pack]) -> list[Call]:  # fmt: skip
        """One run of neighbouring values as a call; nothing for a value that is only a view."""
        first = self.values[run[0]]
        if first.op == "part" or (first.op == "concat" and spans[run[0]][:2] == spans[first.args[0]][:2]
                                  and spans[run[0]].part == spans[first.args[0]].part):  # fmt: skip
            return []
        out = _over([spans[k] for k in run])
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
                if len(run) > 1 and value.rows > 1:
                    spread, copies = len(run), self._room(first, len(run) * value.rows, rows)
                args.append(spans[operands[0]])
            else:
                args.append(_over([spans[k] for k in operands]))
        if first.op == "pow":
            args.append(first.number)
        return [Call(first.op, out, tuple(args), spread=spread, copies=copies, made=made)]

    def _product(self, run: list[int], out: Span, spans: dict[int, Span], rows: dict[str, list[int]],
                 packs: list[Pack]) -> list[Call]:  # fmt: skip
        """A packed product: all results that read the same operands, the operands in the order they lie in."""
        args = self.values[run[0]].args
        order = sorted(range(len(args)), key=lambda k: (spans[args[k]].buffer, spans[args[k]].part, spans[args[k]].row))
        packs.append(Pack(tuple(tuple(self.values[k].weights[j] for j in order) for k in run)))
        parts = [spans[args[k]] for k in order]
        before: list[Call] = []
        joined = _over(parts)
        if not _adjacent(parts):
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
            if pending and not (key(pending[-1])[:2] == key(total)[:2] and _adjacent([spans[pending[-1].left], spans[total.left]])):
                yield self._total(pending, spans)
                pending = []
            pending.append(total)
        if pending:
            yield self._total(pending, spans)

    @staticmethod
    def _total(totals: list[Total], spans: dict[int, Span]) -> TotalCall:
        right = totals[0].right
        names = tuple((t.name, spans[t.left].rows, t.scale) for t in totals)
        return TotalCall(_over([spans[t.left] for t in totals]), None if right is None else spans[right], names)


def _orders(members: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """The orders worth trying: all of a few, the given one of many."""
    return permutations(members) if len(members) <= 5 else iter([tuple(members)])


def _adjacent(spans: Sequence[Span]) -> bool:
    return all(
        a.row + a.rows == b.row and (a.buffer, a.part, a.shift) == (b.buffer, b.part, b.shift) for a, b in zip(spans, spans[1:], strict=False)
    )


def _over(spans: Sequence[Span]) -> Span:
    """The span that covers adjacent ones."""
    return spans[0]._replace(rows=sum(span.rows for span in spans))


def lay_out(normal: Normal, stored: dict[int, Span] | None = None, *, backward: bool = False,
            together: Sequence[Sequence[int]] = ()) -> Layout:  # fmt: skip
    """Give every value its place. `stored` are the spans of an earlier run that a backward pass reads;
    `together` are values of the program that should lie side by side."""
    return _Planner(normal, stored or {}, backward=backward, together=together).layout()
