"""From sums of terms to values, each made once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from rnntutor.engine.terms import LOOP, ONE, PRE, PREP, Term, Value, Weight


class Maker:
    """The values of a rewritten program.

    With `join`, products of the loop take in what could be known before it; with at most `twins` weights they are
    made once for every factor that multiplies them.
    """

    def __init__(self, *, join: bool, twins: int) -> None:
        self.join, self.twins = join, twins
        self.taken: Counter[int] = Counter()
        """How many factors multiply a product."""
        self.values: list[Value] = []
        self.index: dict[Value, int] = {}
        self.stage = LOOP
        """What is made of the loop's values now belongs to the loop, or comes after it."""

    def add(
        self,
        op: str,
        *args: int,
        rows: int,
        weights: tuple[Weight, ...] = (),
        number: float = 0.0,
        phase: int | None = None,
    ) -> int:
        """A value, made once however often it is asked for; by default as early as its operands allow."""
        if phase is None:
            phase = max([PRE if weights else PREP, *(self.values[k].phase for k in args)])
            phase = self.stage if phase >= LOOP else phase
        return self.intern(Value(op, args, phase, rows, weights, number))

    def intern(self, value: Value) -> int:
        """The number of a value; equal ones are one."""
        if value not in self.index:
            self.index[value] = len(self.values)
            self.values.append(value)
        return self.index[value]

    def claim(self, value: int, origin: int) -> None:
        """Keep a value for one place of the program: an equal one, asked for later, is made anew."""
        made = self.values[value]
        del self.index[made]
        self.values[value] = replace(made, origin=origin)
        self.index[self.values[value]] = value

    def number(self, number: float) -> int:
        """A constant."""
        return self.intern(Value("const", (), PREP, 1, number=number))

    def one(self) -> int:
        """The number one as a value of every timestep."""
        return self.intern(Value("leaf", (), PRE, 1, name=ONE))

    def emit(self, terms: list[Term], rows: int) -> int:
        """Compute a sum, what is known first in one piece."""
        so_far = -1
        if self.join and any(term.weight and self._phase(term) == LOOP for term in terms):
            terms = [self._late(term, rows) for term in terms]
        phases = sorted({self._phase(term) for term in terms})
        for phase in phases:
            so_far = self._emit_phase([term for term in terms if self._phase(term) == phase], so_far, rows)
        return so_far

    def _late(self, term: Term, rows: int) -> Term:
        """A term moved into the loop: W @ [h_prev, x] + b becomes one product with [h_prev, x, 1].

        For small weights that is quicker than adding what was known before.
        """
        if (
            term.weight
            and term.factor is None
            and term.base is not None
            and self.values[term.base].op == "leaf"
        ):
            return replace(term, late=True)
        leaf = self.values[term.factor] if term.factor is not None and term.base is None else None
        if leaf and leaf.op == "leaf" and leaf.phase == PREP and leaf.rows == rows:
            return Term(term.scale, None, self.one(), Weight(leaf.name, 0, 1, rows, vector=True), late=True)
        return term

    def _emit_phase(self, terms: list[Term], so_far: int, rows: int) -> int:
        """Add the terms of one phase to what is known before it."""
        products = [t for t in terms if t.weight and t.factor is None]
        others = [t for t in terms if not (t.weight and t.factor is None)]
        pieces: list[tuple[float, int]] = []
        if products:
            weights = tuple(replace(t.weight, scale=t.weight.scale * t.scale) for t in products if t.weight)
            args = tuple(t.base for t in products if t.base is not None)
            phase = self.stage if any(term.late for term in products) else None
            pieces.append((1.0, self.add("matmul", *args, rows=rows, weights=weights, phase=phase)))
        pieces += [self._scaled_value(term, rows) for term in sorted(others, key=lambda t: t.factor is None)]
        if so_far >= 0:
            pieces.append((1.0, so_far))
        return self._sum(pieces, rows)

    def _phase(self, term: Term) -> int:
        if term.late:
            return LOOP
        parts = [self.values[k].phase for k in (term.factor, term.base) if k is not None]
        return min(max([*parts, PRE if term.weight else PREP]), LOOP)

    def _scaled_value(self, term: Term, rows: int) -> tuple[float, int]:
        """A term as plus or minus one value."""
        base = term.base
        if base is None:
            return self._signed(term.scale, self.number(1.0) if term.factor is None else term.factor, rows)
        if term.weight:
            base = self.add("matmul", base, rows=rows, weights=(term.weight,))
        if term.factor is None:
            return self._signed(term.scale, base, rows)
        sign, factor = self._signed(term.scale, term.factor, rows)
        known = self.values[factor]
        if known.op == "leaf" and known.phase == PRE and self.values[base].phase == LOOP == self.stage:
            factor = self.add("copy", factor, rows=rows)  # beside the other factors, one call serves them all
        return sign, self.add("mul", self._twin(base), factor, rows=rows)

    def _twin(self, base: int) -> int:
        """What a factor multiplies: of a small product one of its own, so that one call multiplies them all."""
        made = self.values[base]
        size = sum(weight.rows * (weight.stop - weight.start) for weight in made.weights)
        if made.op != "matmul" or not made.phase == LOOP == self.stage or size > self.twins:
            return base
        self.taken[base] += 1
        return base if self.taken[base] == 1 else self.intern(replace(made, origin=-self.taken[base]))

    def _signed(self, scale: float, value: int, rows: int) -> tuple[float, int]:
        if abs(scale) == 1:
            return scale, value
        if self.values[value].op == "const":
            return 1.0, self.number(self.values[value].number * scale)
        return 1.0, self.add("mul", value, self.number(scale), rows=rows)

    def _sum(self, pieces: list[tuple[float, int]], rows: int) -> int:
        """Plus and minus, starting with something positive."""
        pieces = sorted(pieces, key=lambda piece: piece[0] < 0)
        sign, total = pieces[0]
        if sign < 0:
            total = self.add("neg", total, rows=rows)
        for sign, piece in pieces[1:]:
            total = self.add("add" if sign > 0 else "sub", total, piece, rows=rows)
        return total
