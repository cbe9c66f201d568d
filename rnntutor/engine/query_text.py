"""From a query's text to nodes: the language of equations, with indices, comparisons and more functions.

values        c, c[t], c[t-1], c[2], c[-1] at a timestep; c[t,3], p[t,"l"] one unit; c[t,:] all; W_f[3,5], W_f[3]
matrices      norm(W), sigma_max(W), its largest singular value; sigma_max(W[h_prev]), of its recurrent columns
expressions   what equations have, and < <= == != >= >, and, or, not; t is always the timestep
over time     total(loss), largest(norm(dh[t])), smallest(c[t,3]): one number over all timesteps
"""

from __future__ import annotations

import ast
from typing import NamedTuple

from rnntutor.engine.known import Subject, facts, names
from rnntutor.engine.program import Node
from rnntutor.engine.query_index import Leaves, Read
from rnntutor.engine.query_kinds import OVER_TIME, Inner, Kind, KindBuilder
from rnntutor.engine.syntax import Source

_COMPARISONS = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


class Parts(NamedTuple):
    """What a query is made of; `wholes` are the queries inside of it that go over all timesteps."""

    nodes: list[Node]
    kinds: list[Kind]
    reads: list[Read]
    wholes: list[tuple[str, Parts]]


class QueryBuilder(KindBuilder):
    """Turns the syntax tree of a query into nodes; all that can be wrong with it is found here."""

    signs = "+ - * / @ **, == != < <= > >=, and or not, c[t,3]"
    powers = range(2, 1001)

    def __init__(self, subject: Subject, source: Source) -> None:
        super().__init__(source)
        self.leaves = Leaves(subject, source, facts(subject))
        self.reads: list[Read] = []
        self.wholes: list[tuple[str, Parts]] = []

    @property
    def parts(self) -> Parts:
        """All that was built."""
        return Parts(self.nodes, self.kinds, self.reads, self.wholes)

    def read(self, tree: ast.expr, inner: Inner, source: Source) -> int:
        """What queries have beyond equations; all else as there."""
        match tree:
            case ast.Subscript():
                return self.leaf(self.leaves.indexed(tree))
            case ast.Call(func=ast.Name(id=function), args=[part], keywords=[]) if function in OVER_TIME:
                return self.over_time(function, part, inner)
            case ast.Compare():
                return self.compared(tree, inner)
            case ast.BoolOp(op=sign, values=parts):
                return self.joined("and" if isinstance(sign, ast.And) else "or", parts, inner)
            case ast.UnaryOp(op=ast.Not(), operand=part):
                return self.joined("not", [part], inner)
            case ast.Constant(value=str()):
                raise self.source.error("a text stands beside == or !=", tree, 'as in x[t] == "l"')
            case _:
                return super().read(tree, inner, source)

    def lookup(self, name: ast.Name) -> int:
        """A name alone: the timestep, or a value at it."""
        if name.id == "t":
            return self.put(Kind(varies=True), "t")
        if name.id not in names(self.leaves.subject):
            self.not_alone(name, self.source)
        return self.leaf(Read(self.leaves.value(name)))

    def leaf(self, read: Read) -> int:
        """The node of a value at a timestep."""
        known = read.value
        self.reads.append(read)
        kind = Kind(known.shape, varies=known.timed and read.relative, symbols=known.symbols)
        return self.put(kind, "read", value=len(self.reads) - 1)

    def over_time(self, function: str, tree: ast.expr, inner: Inner) -> int:
        """One number over all timesteps; what stands inside is a query of its own, with timesteps of its own."""
        outer = self.parts
        self.nodes, self.kinds, self.reads, self.wholes = [], [], [], []
        place, found = inner(tree), self.parts
        kind = found.kinds[place]
        self.nodes, self.kinds, self.reads, self.wholes = outer
        if kind.condition or kind.shape:
            hint = "" if kind.condition else "take one unit, its norm or sum"
            raise self.source.error(f"{function} takes a number; this is {kind}", tree, hint)
        if not kind.varies:
            hint = f"{function} goes over what is read at t, such as loss[t]"
            raise self.source.error("this is the same at every timestep", tree, hint)
        self.wholes.append((function, found))
        return self.put(Kind(), "whole", value=len(self.wholes) - 1)

    def compared(self, tree: ast.Compare, inner: Inner) -> int:
        """Comparisons of neighbours; all of a chain have to hold."""
        sides = [tree.left, *tree.comparators]
        places = [None if _is_text(side) else inner(side) for side in sides]
        pairs = [
            self.pair(sign, sides[k : k + 2], places[k : k + 2], inner) for k, sign in enumerate(tree.ops)
        ]
        return pairs[0] if len(pairs) == 1 else self.condition("and", *pairs)

    def pair(self, sign: ast.cmpop, sides: list[ast.expr], places: list[int | None], inner: Inner) -> int:
        """One comparison, of two numbers or of a symbol with a text."""
        op = _COMPARISONS.get(type(sign))
        if op is None:
            raise self.source.error(
                "this comparison is not part of the language", sides[1], "use == != < <= > >="
            )
        match places:
            case [int() as a, int() as b]:
                for side, place in zip(sides, (a, b), strict=True):
                    self.check_number(side, place)
                return self.condition(op, a, b)
            case [int() as a, _]:
                return self.said(op, (sides[0], a), sides[1])
            case [_, int() as b]:
                return self.said(op, (sides[1], b), sides[0])
            case _:
                return inner(sides[0])  # two texts: refused there

    def said(self, op: str, value: tuple[ast.expr, int], text: ast.expr) -> int:
        """Whether the largest unit of a vector, or a unit's number, is that of a symbol."""
        side, place = value
        kind = self.kinds[place]
        if not kind.symbols:
            raise self.source.error(
                "this does not stand for symbols", side, 'a text fits x, target or p: x[t] == "l"'
            )
        if op not in ("==", "!="):
            raise self.source.error("symbols have no order", text, "use == or !=")
        unit = self.leaves.symbol(text.value, text)  # type: ignore[attr-defined]
        if kind.shape:
            place = self.put(Kind(varies=kind.varies), "argmax", place)
        return self.condition(op, place, self.put(Kind(), "const", value=unit))

    def check_number(self, tree: ast.expr, place: int) -> None:
        """Raise EquationError unless this can be compared."""
        kind = self.kinds[place]
        if kind.condition or kind.shape:
            hint = "join conditions with and, or" if kind.condition else "take one unit, its norm or max"
            raise self.source.error(f"a comparison takes numbers; this is {kind}", tree, hint)

    def joined(self, op: str, parts: list[ast.expr], inner: Inner) -> int:
        """Conditions joined by and, or, or turned by not."""
        places = [inner(part) for part in parts]
        for part, place in zip(parts, places, strict=True):
            if not self.kinds[place].condition:
                hint = "compare it with something"
                raise self.source.error(f"{op} takes conditions; this is {self.kinds[place]}", part, hint)
        return self.condition(op, *places)

    def condition(self, op: str, *args: int) -> int:
        """A node that holds or does not."""
        return self.put(Kind(varies=self.varies(args), condition=True), op, *args)


def _is_text(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Constant) and isinstance(tree.value, str)
