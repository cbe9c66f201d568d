"""A program rewritten for speed: what can be done for all timesteps at once leaves the loop.

Every value inside the loop is brought into the form

    sum over terms of  scale * factor ⊙ (weight @ base)

where `scale` is a number, `factor` is known before the loop starts, `weight` is a parameter's block and
`base` is a value of the loop. Three things follow from that form alone:

- forward, `W @ [h_prev, x] + b` becomes `W[h] @ h_prev` plus a value known beforehand;
- backward, which is linear in the gradients, `dc * g * i * (1 - i)` becomes dc times one known factor;
- sums of products, such as the four that make dh_prev, become one product of stacked weights.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rnntutor.engine.loop import loop_uses, loop_weights, weight_of
from rnntutor.engine.maker import Maker
from rnntutor.engine.ops import LEAVES
from rnntutor.engine.program import Program
from rnntutor.engine.shapes import Shape
from rnntutor.engine.terms import LOOP, POST, PRE, PREP, Term, Value, Weight, merged, scaled
from rnntutor.engine.totals import Total, parameter_totals


@dataclass(frozen=True)
class Normal:
    """The rewritten program: values, where the wanted ones are, and the parameters' gradients."""

    values: tuple[Value, ...]
    places: dict[int, int]
    """Place in the program to value here, for everything that is wanted or stored."""
    wanted: tuple[int, ...]
    carries: tuple[tuple[int, int], ...]
    """(leaf, source) of each value that goes from one timestep to the next."""
    totals: tuple[Total, ...]


class _Normaliser:
    """Reads a program and says what each of its values adds up to; a `Maker` turns that into values."""

    def __init__(
        self,
        program: Program,
        shapes: Sequence[Shape],
        wanted: Iterable[int],
        stored: Iterable[int],
        join: int,
        twins: int,
    ) -> None:
        self.program, self.shapes = program, shapes
        self.wanted, self.stored = tuple(wanted), frozenset(stored)
        self.made: dict[int, int] = {}
        self.expanded: dict[tuple[int, int], list[Term]] = {}
        self.lines = {line.place for line in program.lines}
        self.sources = {carry.source for carry in program.carries}
        self.uses = loop_uses(program, self.stored)
        self.make = Maker(join=loop_weights(program, shapes, self.uses) <= join, twins=twins)

    def _rows(self, place: int) -> int:
        return self.shapes[place][0] if self.shapes[place] else 1

    def leaf(self, place: int) -> int:
        """A value that is given: a parameter, a constant, an input, a state, or stored by the run before."""
        node = self.program.nodes[place]
        if node.op == "const":
            return self.make.number(node.value)
        phases = {"param": PREP, "prev": LOOP, "next": LOOP}
        phase = PRE if place in self.stored and node.op != "param" else phases.get(node.op, PRE)
        return self.make.intern(Value("leaf", (), phase, self._rows(place), name=node.name, origin=place))

    def value(self, place: int) -> int:
        """The value at a place of the program, computed in the form that suits its phase."""
        if place not in self.made:
            node = self.program.nodes[place]
            if node.op in LEAVES or place in self.stored:
                self.made[place] = self.leaf(place)
            else:
                before = len(self.make.values)
                value = self.make.emit(self.expand(place), self._rows(place))
                self.made[place] = self._own(place, value, fresh=value >= before)
        return self.made[place]

    def _own(self, place: int, value: int, *, fresh: bool) -> int:
        """A value for this place alone where it needs one, even if it equals another: identity is not the label."""
        made = self.make.values[value]
        if place in self.lines and made.phase == PREP:  # the same at every timestep, and shown there
            return self._timed(value, place)
        if not self._stands_alone(place, made):
            return value
        if fresh and made.op not in ("leaf", "const", "part"):
            self.make.claim(value, place)
            return value
        phase = made.phase if made.phase < LOOP else self.make.stage
        return self.make.intern(Value("copy", (value,), phase, made.rows, origin=place))

    def _stands_alone(self, place: int, made: Value) -> bool:
        """Whether the value at a place needs rows of its own.

        Forward lines may be edited; carried values are read a timestep later; and what a line passes on from the
        next timestep may be cut there.
        """
        passes_on = made.op == "leaf" and made.phase == LOOP
        forward_line = place in self.lines and not self.program.given
        return place in self.sources or forward_line or (place in self.lines and passes_on)

    def _timed(self, value: int, origin: int = -1) -> int:
        """A value of parameters alone, repeated at every timestep."""
        made = self.make.values[value]
        if made.phase > PREP:
            return value
        return self.make.intern(Value("copy", (value,), PRE, made.rows, origin=origin))

    # Sums of terms.

    def terms(self, place: int) -> list[Term]:
        """What a value adds up to; looks through sums and known factors where that saves work in the loop."""
        if self._is_base(place):
            return self._base_terms(self.value(place))
        return self.expand(place)

    def _base_terms(self, value: int) -> list[Term]:
        known = self.make.values[value].phase < LOOP
        return [Term(1.0, value, None)] if known else [Term(1.0, None, value)]

    def _is_base(self, place: int) -> bool:
        """Whether a value is computed where it stands instead of being looked through."""
        node = self.program.nodes[place]
        if place in self.made or node.op in LEAVES or place in self.stored:
            return True
        if not self.program.given and node.name:
            return True  # a forward line is wanted, and may be edited
        if self.make.stage == POST:
            return bool(node.name)
        if self.uses[place] < 2:
            return False
        terms = self.expand(place)
        return len(terms) > 1 or any(term.weight for term in terms)

    def expand(self, place: int) -> list[Term]:
        """The terms of one operation, found once per stage."""
        key = (place, self.make.stage)
        if key not in self.expanded:
            self.expanded[key] = self._expand(place)
        return self.expanded[key]

    def _expand(self, place: int) -> list[Term]:
        node = self.program.nodes[place]
        args = node.args
        match node.op:
            case "add":
                return self._gathered(self.terms(args[0]) + self.terms(args[1]), place)
            case "sub":
                return self._gathered(self.terms(args[0]) + scaled(self.terms(args[1]), -1.0), place)
            case "neg":
                return scaled(self.terms(args[0]), -1.0)
            case "copy":
                return self.terms(args[0])
            case "mul":
                return self._multiplied(place, *args)
            case "matmul":
                return self._product(args[0], args[1])
            case "part":
                return self._part(place, args[0])
            case "sigmoid" if self.make.stage == LOOP and self._recurrent(self.terms(args[0])):
                half = scaled(self.terms(args[0]), 0.5)
                rows = self._rows(place)
                bent = self.make.add("tanh", self.make.emit(half, rows), rows=rows)
                return [Term(0.5, None, bent), Term(0.5, self.make.number(1.0), None)]
        return self._base_terms(self._opaque(place))

    def _gathered(self, terms: list[Term], place: int) -> list[Term]:
        """Terms on one base become one term, their factors added up beforehand: dh * h_prev - dh * n."""
        together: dict[tuple[int | None, Weight | None], list[Term]] = defaultdict(list)
        for term in merged(terms):
            together[term.base, term.weight].append(term)
        gathered = []
        for (base, weight), same in together.items():
            if base is None or len(same) == 1:
                gathered += same
                continue
            factors = [
                Term(t.scale, self.make.number(1.0) if t.factor is None else t.factor, None) for t in same
            ]
            gathered.append(Term(1.0, self.make.emit(factors, self._rows(place)), base, weight))
        return gathered

    def _recurrent(self, terms: list[Term]) -> bool:
        return any(term.base is not None for term in terms)

    def _opaque(self, place: int) -> int:
        """An operation that is not a sum: computed from its operands as it stands."""
        node = self.program.nodes[place]
        args = [self.value(k) for k in node.args]
        if node.op == "concat":
            args = [self._timed(k) for k in args]
        if node.op == "pow" and node.value == 2:
            return self.make.add("square", *args, rows=self._rows(place))
        return self.make.add(node.op, *args, rows=self._rows(place), number=node.value)

    def _multiplied(self, place: int, a: int, b: int) -> list[Term]:
        """A product: a known operand becomes the factor of every term of the other."""
        for known, other in ((a, b), (b, a)):
            node = self.program.nodes[known]
            if node.op == "const":
                return scaled(self.terms(other), node.value)
        left, right = self.terms(a), self.terms(b)
        in_loop = self._recurrent(left), self._recurrent(right)
        if self.make.stage == POST or in_loop[0] == in_loop[1] or self._rows(a) != self._rows(b):
            return self._base_terms(self._opaque(place))
        terms, known = (left, b) if in_loop[0] else (right, a)
        factor = self.value(known)
        return [replace(term, factor=self._times(term.factor, factor, self._rows(place))) for term in terms]

    def _times(self, factor: int | None, known: int, rows: int) -> int:
        return known if factor is None else self.make.add("mul", factor, known, rows=rows)

    def _product(self, matrix: int, vector: int) -> list[Term]:
        """weight @ vector, taken apart where the vector is a concatenation."""
        weight = weight_of(self.program, self.shapes, matrix)
        node = self.program.nodes[vector]
        if node.op != "concat" or node.name or weight.transposed:
            return [Term(1.0, None, self._timed(self.value(vector)), weight)]
        terms, start = [], 0
        for arg in node.args:
            stop = start + self._rows(arg)
            base = self._timed(self.value(arg))
            terms.append(Term(1.0, None, base, replace(weight, start=start, stop=stop)))
            start = stop
        return terms

    def _part(self, place: int, whole: int) -> list[Term]:
        """Some rows of a vector; of a transposed product, the same columns of its weight."""
        start, stop = part_rows(self.program, self.shapes, place)
        node = self.program.nodes[whole]
        if node.op == "matmul" and not node.name:
            weight = replace(weight_of(self.program, self.shapes, node.args[0]), start=start, stop=stop)
            return [Term(1.0, None, self.value(node.args[1]), weight)]
        vector = self.value(whole)
        phase = self.make.values[vector].phase
        rows = Value("part", (vector,), phase, stop - start, number=float(start))
        return self._base_terms(self.make.intern(rows))

    # The whole.

    def run(self) -> Normal:
        """Carried values first, in the loop; then everything else that is wanted, after it."""
        carries = [(self.value(carry.leaf), self.value(carry.source)) for carry in self.program.carries]
        if not self.program.given:  # forward lines that the loop does not need still wait for it
            self._loop_lines()
        self.make.stage = POST
        for place in self.wanted:
            self.value(place)
        totals = parameter_totals(self.program, lambda place: self._timed(self.value(place)))
        leaves = {k: self.value(k) for k in self.stored}
        return Normal(tuple(self.make.values), self.made | leaves, self.wanted, tuple(carries), totals)

    def _loop_lines(self) -> None:
        for place in self.wanted:
            if self.uses[place]:
                self.value(place)

def part_rows(program: Program, shapes: Sequence[Shape], place: int) -> tuple[int, int]:
    """First and last-plus-one row of the operand that a `part` takes out of a concatenation."""
    whole, which = program.nodes[place].part
    sizes = [shapes[arg][0] for arg in program.nodes[whole].args]
    start = sum(sizes[:which])
    return start, start + sizes[which]


def normalise(
    program: Program,
    shapes: Sequence[Shape],
    wanted: Iterable[int],
    stored: Iterable[int] = (),
    join: int = 0,
    twins: int = 0,
) -> Normal:
    """Rewrite a program. `wanted` are the places to compute, `stored` those that are given from an earlier run.

    With at most `join` weights in the loop, what they multiply is multiplied there as a whole; a product of at
    most `twins` weights is made once for every factor that multiplies it.
    """
    return _Normaliser(program, shapes, wanted, stored, join, twins).run()
