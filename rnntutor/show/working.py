"""A number's calculation as rows of text: formula, numbers, factors, terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rnntutor.engine.ops import OPS
from rnntutor.show.element import Expr, factors, summands
from rnntutor.show.formula import power
from rnntutor.show.look import Look
from rnntutor.show.texts import number

Folds = Callable[[Expr], bool]


@dataclass(frozen=True)
class Printer:
    """Writes an expression; what `folds` says stands as its number."""

    look: Look
    folds: Folds

    def write(self, expr: Expr, rank: int = 0) -> str:
        """The text of an expression, in brackets if it binds more weakly than `rank`."""
        if expr.op == "const":
            return expr.text
        if self.folds(expr):
            return number(expr.value, expr.signed)
        if expr.is_leaf:
            return expr.text
        text, own = self._written(expr)
        return f"({text})" if own < rank else text

    def _written(self, expr: Expr) -> tuple[str, int]:
        args = expr.args
        if expr.op == "neg":
            return f"-{self.write(args[0], 3)}", 3
        if expr.op == "pow":
            return self._power(expr), 4
        rank = OPS[expr.op].rank
        if rank == 9 or expr.op == "outer":
            inner = ", ".join(self.write(k) for k in args)
            return f"{expr.text}({inner})", 9
        sign = (
            (self.look.glyphs.dot if self.look.glyphs.subscripts else "*")
            if expr.op == "mul"
            else OPS[expr.op].symbol
        )
        right = rank if expr.op in ("add", "mul") else rank + 1
        return f"{self.write(args[0], rank)} {sign} {self.write(args[1], right)}", rank

    def _power(self, expr: Expr) -> str:
        base, raised = expr.args[0], power(expr.exponent, self.look.glyphs)
        call = not base.is_leaf and OPS[base.op].rank == 9
        if call and not self.folds(base) and self.look.glyphs.powers:
            return f"{base.text}{raised}({self.write(base.args[0])})"
        text = self.write(base, 5)
        return f"({text}){raised}" if text[:1] in "+-" else f"{text}{raised}"


@dataclass(frozen=True)
class Working:
    """The rows of a calculation, each a list of cells that stand under each other."""

    rows: tuple[tuple[str, ...], ...]
    """Rows of terms; the formula first."""
    signs: tuple[str, ...]
    before: str = ""
    after: str = ""
    """What encloses the sum: "σ( " and " )"."""
    brief: tuple[str, ...] = ()
    """The row that says most where there is room for one: every factor as a number."""


def working(expr: Expr, look: Look) -> Working:
    """A number's calculation: formula, numbers, factors, terms; no row twice."""
    before, after, inner = _wrapper(expr)
    terms = summands(inner)
    rows = [tuple(Printer(look, folds).write(term, 2) for _, term in terms) for folds in (_never, _is_leaf)]
    rows.append(brief := tuple(_factors_folded(term, look) for _, term in terms))
    if len(terms) > 1:
        rows.append(tuple(number(term.value, term.signed) for _, term in terms))
    if before:
        rows.append((number(inner.value, inner.signed), *[""] * (len(terms) - 1)))
    unique = tuple(dict.fromkeys(rows))
    if not before and len(unique) > 1 and unique[-1] == (number(expr.value, expr.signed),):
        unique = unique[:-1]  # the result stands there anyway
    return Working(unique, tuple(sign for sign, _ in terms), before, after, brief)


def _never(_: Expr) -> bool:
    return False


def _is_leaf(expr: Expr) -> bool:
    return expr.is_leaf


def _wrapper(expr: Expr) -> tuple[str, str, Expr]:
    """What encloses the whole expression: a function or a minus sign."""
    if expr.is_leaf:
        return "", "", expr
    if expr.op == "neg":
        before, after, inner = _wrapper(expr.args[0])
        return (
            (f"-{before}", after, inner)
            if before
            else ("-(", ")", inner)
            if inner.op in ("add", "sub")
            else ("-", "", inner)
        )
    if OPS[expr.op].rank == 9 and len(expr.args) == 1:
        return f"{expr.text}( ", " )", expr.args[0]
    return "", "", expr


def _factors_folded(term: Expr, look: Look) -> str:
    """A term with each factor as one number."""
    if term.op == "div":
        parts = tuple(term.args)
        return Printer(look, lambda e: any(e is k for k in parts)).write(term, 2)
    parts = tuple(factors(term))
    return Printer(look, lambda e: any(e is k for k in parts)).write(term, 2)
