"""The order of rows: calls of one kind become a single call where their operands and results lie side by side.

Four gates take one `tanh`, `f * c_prev` and `i * g` one product. So the order is searched for that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise, permutations

from rnntutor.engine.normal import Normal
from rnntutor.engine.spans import Span, adjacent
from rnntutor.engine.terms import LOOP, PRE, PREP, Value

ELEMENTWISE = frozenset(
    {"add", "sub", "mul", "div", "neg", "tanh", "square", "copy", "exp", "log", "relu", "step"}
)
_SEARCH = 400
"""How many orders of rows are tried before the best so far is taken."""


@dataclass
class _Order:
    """Which class of rows stands right after which."""

    after: dict[int, int] = field(default_factory=dict)
    before: dict[int, int] = field(default_factory=dict)

    def join(self, row: Sequence[int]) -> _Order | None:
        """This order with the classes of `row` side by side, or None if that cannot be."""
        order = _Order(dict(self.after), dict(self.before))
        for a, b in pairwise(row):
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


class Ordering:
    """Which values share rows, which calls become one, and which rows stand next to which."""

    def __init__(
        self, normal: Normal, stored: dict[int, Span], *, backward: bool, together: Sequence[Sequence[int]]
    ) -> None:
        self.normal, self.values = normal, normal.values
        self.backward = backward
        self.fixed = {
            k: stored[v.origin] for k, v in enumerate(self.values) if v.op == "leaf" and v.origin in stored
        }
        self.wanted = {normal.places[k] for k in normal.wanted}
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
            target = self._overwritten(value)
            if target is not None and cls[k] == k:
                cls[k] = cls[target]
        return cls

    def _overwritten(self, value: Value) -> int | None:
        """The operand whose memory a value can take over, because nobody else reads it.

        Not of the factors that wait for a backward loop: where those lie is for the loop to say, and what they are
        made of had better lie beside its like.
        """
        if value.op not in ELEMENTWISE or value.phase == PREP or (self.backward and value.phase == PRE):
            return None
        for arg in value.args:
            operand = self.values[arg]
            twin = operand.origin < -1  # beside the first, as what is made of it stands beside what is made of that
            own = operand.op in ELEMENTWISE or (operand.op == "matmul" and not twin)
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
        self._postpone(level)
        return level

    def _postpone(self, level: dict[int, int]) -> None:
        """Let a call of the loop that nothing joins wait for one that it can join: z * h_prev for (1 - z) * n."""
        loop = [k for k in level if self.values[k].phase == LOOP]
        for k in loop:
            readers = [level[j] for j in loop if k in self.values[j].args]
            partners = [level[j] for j in loop if self._pair(j, k) and not self._shared_first(j, level)]
            later = [at for at in partners if level[k] < at < min(readers, default=0)]
            if later and level[k] not in partners and not self._shared_first(k, level):
                level[k] = min(later)

    def _pair(self, j: int, k: int) -> bool:
        """Whether two calls could be one as far as their operands go: none in common but a number."""
        a, b = self.values[j], self.values[k]
        alike = (a.op, a.rows, len(a.args)) == (b.op, b.rows, len(b.args)) and a.op in ELEMENTWISE
        common = any(self.values[arg].op != "const" for arg in set(a.args) & set(b.args))
        return j != k and alike and not common and not self._stretches(a) and not self._stretches(b)

    def groups(self) -> list[list[int]]:
        """Calls of one phase, level and kind, in the order of execution."""
        level = self._levels()
        groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for k in level:
            value = self.values[k]
            alike: tuple[object, ...] = (value.op, len(value.args))
            if value.op not in ELEMENTWISE or self._stretches(value):
                alike = (k,)
            if value.op == "matmul":
                alike = ("matmul", value.args)
            elif value.op == "mul" and alike != (k,):
                alike = ("mul", value.args[0] if self._shared_first(k, level) else -1)
            groups[value.phase, level[k], *alike].append(k)
        return [groups[key] for key in sorted(groups, key=lambda key: key[:2])]

    def _stretches(self, value: Value) -> bool:
        """Whether a scalar meets a vector: such a call stays by itself."""
        return any(self.values[a].rows != value.rows for a in value.args if self.values[a].op != "const")

    def _shared_first(self, k: int, level: dict[int, int]) -> bool:
        """Whether at least three products of this level have their first operand in common."""
        mine = self.values[k]

        def alike(j: int) -> bool:
            other = self.values[j]
            same = (other.op, other.phase, other.rows, level[j]) == ("mul", mine.phase, mine.rows, level[k])
            return same and other.args[0] == mine.args[0]

        return sum(alike(j) for j in level) >= 3

    # Choosing the order of rows.

    def choose(self) -> dict[int, list[list[int]]]:
        """Fix the order; returns for the first call of each group the runs of calls that became one."""
        groups = self.groups()
        sums = [
            list(args) for args in {v.args: 0 for v in self.values if v.op == "matmul" and len(v.args) > 1}
        ]
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
            if same and self.values[operands[0]].op == "const":
                continue
            same = same and self.values[row[0]].op in ("add", "mul", "matmul")
            if same and self.values[operands[0]].rows == 1:
                continue
            if same and (self.values[row[0]].op == "matmul" or len(row) >= 3):
                continue
            yield list(operands)

    def _join_column(self, order: _Order, column: list[int]) -> _Order | None:
        if all(k in self.fixed for k in column):
            spans = [self.fixed[k] for k in column]
            return order if adjacent(spans) else None
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
                if not adjacent([self.fixed[k] for k in column]):
                    return False
            elif (len(column) > 1 and self._join_column(self.order, column) is None) or any(
                self.order.after.get(self.cls[a]) != self.cls[b]
                for a, b in pairwise(column)
                if a not in self.fixed
            ):
                return False
        return True


def _orders(members: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """The orders worth trying: all of a few, the given one of many."""
    return permutations(members) if len(members) <= 5 else iter([tuple(members)])
