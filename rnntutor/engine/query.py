"""Queries: expressions over a run and its gradients, for watches, conditions, prose and answers.

query = parse_query("h[t,3] < c[t,3]", scene)     # anything with .run, .grads and .symbols, perhaps .facts
query.at(2)                                       # True
query.find(0)                                     # the next timestep after 0 where it holds
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce

import numpy as np

from rnntutor.engine.known import Need, Subject
from rnntutor.engine.norms import lengths
from rnntutor.engine.ops import OPS, Array
from rnntutor.engine.program import Node
from rnntutor.engine.query_index import Read
from rnntutor.engine.query_kinds import Kind
from rnntutor.engine.query_text import Parts, QueryBuilder
from rnntutor.engine.recurrent import sigma_max
from rnntutor.engine.shapes import Shape
from rnntutor.engine.syntax import Source
from rnntutor.engine.written import tree_of

_BLOCK = 1 << 16
"""Numbers that one operation works on at a time."""
_FIRST_LOOK = 256
"""Timesteps that `find` looks at first; each further look takes twice as many."""


@dataclass(frozen=True, eq=False)
class Query:
    """A question that has an answer at every timestep, except where it reads before the first or after the last.

    Where anything that it reads does not exist, or is a loss that does not count, a query has no value: nan, or False
    for a condition.
    """

    text: str
    subject: Subject = field(repr=False)
    nodes: Sequence[Node] = field(repr=False)
    kinds: Sequence[Kind] = field(repr=False)
    reads: Sequence[Read] = field(repr=False)
    wholes: Sequence[Whole] = field(default=(), repr=False)
    """What it asks over all timesteps."""

    @property
    def shape(self) -> Shape:
        """() of a number or a condition, (n,) of a vector."""
        return self.kinds[-1].shape

    @property
    def is_condition(self) -> bool:
        """Whether the answer is yes or no."""
        return self.kinds[-1].condition

    def bind(self, subject: Subject) -> Query:
        """The same question about something else. Raises EquationError where it does not fit."""
        return parse_query(self.text, subject)

    def at(self, t: int) -> float | bool | Array:
        """The answer at timestep `t`: a float, a bool, or (n,)."""
        answer = self.over(t, t + 1)[0]
        return answer if self.shape else answer.item()  # type: ignore[no-any-return]

    def over(self, start: int, stop: int) -> Array:
        """The answers from `start` until before `stop`: (stop - start,) or (stop - start, n)."""
        shape = (max(0, stop - start), *self.shape)
        answers = np.zeros(shape, bool) if self.is_condition else np.full(shape, np.nan)
        first, last = max(start, self.times.start), min(stop, self.times.stop)
        for block in range(first, last, self._longest):
            end = min(block + self._longest, last)
            answers[block - start : end - start] = self._answers(block, end)
        counts = self.counted(first, last)
        if counts is not None and first < last:
            answers[first - start : last - start][~counts] = False if self.is_condition else np.nan
        return answers

    def counted(self, start: int, stop: int) -> Array | None:
        """At which timesteps from `start` until before `stop` everything counts that is read; None for all."""
        masks = [
            read.value.counts[slice(read.time(start), read.time(stop)) if read.relative else read.t]
            for read in self.reads
            if read.value.counts is not None
        ]
        return np.broadcast_to(np.logical_and.reduce(masks), (stop - start,)) if masks else None

    def find(self, t: int, step: int = 1) -> int | None:
        """The next timestep after `t` where the condition holds, or before it for a `step` below 0; None if none.

        Raises ValueError for a query that is no condition.
        """
        if not self.is_condition:
            raise ValueError(f"{self.text}: a condition is wanted, such as loss[t] > 2")
        for start, stop in self._looks(t, step):
            hits = np.flatnonzero(self.over(start, stop))
            if hits.size:
                return start + int(hits[0 if step > 0 else -1])
        return None

    def needs(self, t: int) -> tuple[Need, ...]:
        """The lines that have to be computed before the answer at `t` is known, each with its timestep."""
        return tuple(dict.fromkeys(self._needed(t))) if self.times.start <= t < self.times.stop else ()

    def _needed(self, t: int) -> Iterator[Need]:
        for read in self.reads:
            source = read.value.source
            if source is not None:
                moment = source.t + (read.time(t) if read.value.timed else 0)
                if moment >= 0:  # before lies what the run was given
                    yield source._replace(t=moment)
        for whole in self.wholes:
            yield from whole.needs()

    @cached_property
    def times(self) -> range:
        """The timesteps at which there is an answer: where everything exists that is read."""
        steps = self.subject.run.steps
        shifts = [read.t for read in self.reads if read.value.timed and read.relative]
        return range(max([0, *(-k for k in shifts)]), min([steps, *(steps - k for k in shifts)]))

    @cached_property
    def _longest(self) -> int:
        """Timesteps worked on at a time."""
        return max(1, _BLOCK // max([1, *(kind.size for kind in self.kinds if kind.varies)]))

    def _looks(self, t: int, step: int) -> Iterator[tuple[int, int]]:
        """Stretches of time on one side of `t`, the nearest first."""
        start, stop = (t + 1, self.times.stop) if step > 0 else (self.times.start, t)
        start, stop = max(start, self.times.start), min(stop, self.times.stop)
        size = _FIRST_LOOK
        while start < stop:
            middle = min(start + size, stop) if step > 0 else max(start, stop - size)
            yield (start, middle) if step > 0 else (middle, stop)
            start, stop = (middle, stop) if step > 0 else (start, middle)
            size *= 2

    # Values are arrays (n, rows, columns), as the operations of equations take them; n is 1 for what does not vary.

    def _answers(self, start: int, stop: int) -> Array:
        """The answers of timesteps that all have one."""
        values = list(self._steady)
        for place, node in enumerate(self.nodes):
            if self.kinds[place].varies:
                values[place] = self._compute(node, values, start, stop)
        return values[-1].reshape(-1, *self.shape)

    @cached_property
    def _steady(self) -> list[Array]:
        """What is the same at every timestep, by place."""
        values: list[Array] = []
        for node, kind in zip(self.nodes, self.kinds, strict=True):
            values.append(np.zeros(0) if kind.varies else self._compute(node, values, 0, 1))
        return values

    def _compute(self, node: Node, values: list[Array], start: int, stop: int) -> Array:
        match node.op:
            case "const":
                return np.full((1, 1, 1), node.value)
            case "t":
                return np.arange(start, stop, dtype=np.float64)[:, None, None]
            case "whole":
                return np.full((1, 1, 1), self.wholes[int(node.value)].value())
            case "read":
                return self._read(self.reads[int(node.value)], start, stop)
        args = [values[arg] for arg in node.args]
        if node.op == "pow":
            args.append(np.array(node.value))
        with np.errstate(all="ignore"):
            return _COMPUTE[node.op](*args)

    @staticmethod
    def _read(read: Read, start: int, stop: int) -> Array:
        """Values in double precision, one after the other, so that one timestep is computed as many are."""
        span = slice(read.time(start), read.time(stop) if read.relative else read.t + 1)
        return np.array(
            read.value.array[span] if read.value.timed else read.value.array, np.float64, order="C"
        )


@dataclass(frozen=True, eq=False)
class Whole:
    """One number over all timesteps at which a query has an answer: its sum, its largest or its smallest."""

    function: str
    query: Query

    def value(self) -> float:
        """The number; nan where there is no such timestep, or nan among the answers."""
        times = self.query.times
        counts = self.query.counted(times.start, times.stop)
        if not times or (counts is not None and not counts.any()):
            return np.nan
        answers = self.query.over(times.start, times.stop)
        with np.errstate(all="ignore"):
            return float(_OVER_TIME[self.function](answers if counts is None else answers[counts]))

    def needs(self) -> Iterator[Need]:
        """For every line that is read where it is made last: forward at the end, backward at the beginning."""
        times = self.query.times
        for direction, t in (("forward", times.stop - 1), ("backward", times.start)):
            yield from (need for need in self.query.needs(t) if need.direction == direction)


def parse_query(text: str, subject: Subject) -> Query:
    """Read a query about a run, its gradients and its symbols.

    Raises EquationError, with a caret, for everything that can be wrong with it; asking it raises nothing more.
    """
    if not isinstance(text, str):
        raise ValueError(f"text: a query as text is wanted, not {type(text).__name__}")
    source = Source("query", 0, text.strip())
    builder = QueryBuilder(subject, source)
    place = builder.build(tree_of(source), builder.lookup, source)
    if len(builder.kinds[place].shape) > 1:
        raise source.error(f"this is {builder.kinds[place]}", 0, "take one number, one row or its norm")
    return _query(source.text, subject, builder.parts)


def _query(text: str, subject: Subject, parts: Parts) -> Query:
    """A query of its parts, and so are those inside of it."""
    wholes = tuple(Whole(function, _query(text, subject, inner)) for function, inner in parts.wholes)
    return Query(text, subject, tuple(parts.nodes), tuple(parts.kinds), tuple(parts.reads), wholes)


def _of_all(function: Callable[..., Array]) -> Callable[[Array], Array]:
    """A function of all numbers of a timestep, with a number as its result."""

    def compute(a: Array) -> Array:
        return np.asarray(function(a.reshape(len(a), -1), axis=1), np.float64)[:, None, None]

    return compute


def _norm(a: Array) -> Array:
    """The length of a vector; of a matrix that of all its numbers."""
    return lengths(a.reshape(len(a), -1))[:, None, None]


def _place_of(extreme: Callable[..., Array]) -> Callable[..., Array]:
    """argmax or argmin; nan among nan, as no number is the largest of them."""
    return lambda a, axis: np.where(np.isnan(a).any(axis=axis), np.nan, extreme(a, axis=axis))


def _joined(*parts: Array) -> Array:
    """Vectors one below the other at every timestep."""
    length = max(len(part) for part in parts)
    return OPS["concat"].compute(*(np.broadcast_to(part, (length, *part.shape[1:])) for part in parts))


def _dot(a: Array, b: Array) -> Array:
    """The dot product of two vectors."""
    return OPS["sum"].compute(a * b)


_OVER_TIME: dict[str, Callable[[Array], Array]] = {"total": np.sum, "largest": np.max, "smallest": np.min}

_COMPUTE: dict[str, Callable[..., Array]] = {name: op.compute for name, op in OPS.items()} | {
    "concat": _joined,
    "dot": _dot,
    "norm": _norm,
    "max": _of_all(np.max),
    "min": _of_all(np.min),
    "mean": _of_all(np.mean),
    "sum": _of_all(np.sum),
    "sigma_max": lambda a: np.array([[[sigma_max(matrix)]] for matrix in a]),
    "argmax": _of_all(_place_of(np.argmax)),
    "argmin": _of_all(_place_of(np.argmin)),
    "abs": np.abs,
    "sqrt": np.sqrt,
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "and": lambda *parts: reduce(np.logical_and, parts),
    "or": lambda *parts: reduce(np.logical_or, parts),
    "not": np.logical_not,
}
