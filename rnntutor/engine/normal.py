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

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rnntutor.engine.ops import LEAVES
from rnntutor.engine.program import Program
from rnntutor.engine.shapes import Shape

PREP, PRE, LOOP, POST = range(4)
"""When a value is computed: from parameters alone, before the loop, in it, after it."""
ONE = "1"
"""The name of the row of ones that a bias is multiplied by."""


@dataclass(frozen=True, slots=True)
class Weight:
    """A block of a parameter: `scale` * W[:, start:stop], transposed if asked."""

    name: str
    start: int
    stop: int
    rows: int
    transposed: bool = False
    scale: float = 1.0
    vector: bool = False
    """A vector counts as a matrix of one column, multiplied by one."""

    @property
    def shape(self) -> Shape:
        """Rows and columns as multiplied."""
        width = self.stop - self.start
        return (width, self.rows) if self.transposed else (self.rows, width)


@dataclass(frozen=True, slots=True)
class Value:
    """One value of the rewritten program. A product has one weight per operand and adds them up."""

    op: str
    args: tuple[int, ...]
    phase: int
    rows: int
    weights: tuple[Weight, ...] = ()
    number: float = 0.0
    name: str = ""
    origin: int = -1
    """Of a leaf and of a part: its place in the program it came from."""


@dataclass(frozen=True, slots=True)
class Term:
    """scale * factor ⊙ (weight @ base); without a base it is scale * factor; `factor` may be absent."""

    scale: float
    factor: int | None
    base: int | None
    weight: Weight | None = None
    late: bool = False
    """Computed in the loop although it could be known before."""


@dataclass(frozen=True, slots=True)
class Total:
    """One contribution to a parameter's gradient: the sum over time and batch of left rightᵀ, or of left."""

    name: str
    scale: float
    left: int
    right: int | None


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
    def __init__(self, program: Program, shapes: Sequence[Shape], wanted: Iterable[int], stored: Iterable[int],
                 join: int) -> None:  # fmt: skip
        self.program, self.shapes = program, shapes
        self.wanted, self.stored = tuple(wanted), frozenset(stored)
        self.values: list[Value] = []
        self.index: dict[Value, int] = {}
        self.made: dict[int, int] = {}
        self.expanded: dict[tuple[int, int], list[Term]] = {}
        self.stage = LOOP
        self.owners = {carry.source for carry in program.carries}
        if not program.given:
            self.owners |= {line.place for line in program.lines}
        self.uses = self._uses()
        self.join = self._loop_weights() <= join

    # What the program says.

    def _uses(self) -> Counter[int]:
        """How often each value is read inside the loop, that is on the way to a carried value."""
        seen: set[int] = set()
        uses: Counter[int] = Counter()
        todo = [carry.source for carry in self.program.carries]
        uses.update(todo)
        while todo:
            place = todo.pop()
            if place in seen or place in self.stored:
                continue
            seen.add(place)
            args = self.program.nodes[place].args
            uses.update(args)
            todo.extend(args)
        return uses

    def _loop_weights(self) -> int:
        """How many weights a step of the loop multiplies by."""
        matrices = {k for place in self.uses for k in self.program.nodes[place].args if len(self.shapes[k]) == 2}
        return sum(self.shapes[k][0] * self.shapes[k][1] for k in matrices)

    def _rows(self, place: int) -> int:
        return self.shapes[place][0] if self.shapes[place] else 1

    # Making values.

    def add(self, op: str, *args: int, rows: int, weights: tuple[Weight, ...] = (), number: float = 0.0,
            phase: int | None = None) -> int:  # fmt: skip
        """A value, made once however often it is asked for; by default as early as its operands allow."""
        if phase is None:
            phase = max([PRE if weights else PREP, *(self.values[k].phase for k in args)])
            phase = self.stage if phase >= LOOP else phase
        return self._intern(Value(op, args, phase, rows, weights, number))

    def _intern(self, value: Value) -> int:
        if value not in self.index:
            self.index[value] = len(self.values)
            self.values.append(value)
        return self.index[value]

    def leaf(self, place: int) -> int:
        """A value that is given: a parameter, a constant, an input, a state, or stored by the run before."""
        node = self.program.nodes[place]
        if node.op == "const":
            return self.number(node.value)
        phases = {"param": PREP, "prev": LOOP, "next": LOOP}
        phase = PRE if place in self.stored and node.op != "param" else phases.get(node.op, PRE)
        return self._intern(Value("leaf", (), phase, self._rows(place), name=node.name, origin=place))

    def number(self, number: float) -> int:
        """A constant."""
        return self._intern(Value("const", (), PREP, 1, number=number))

    def value(self, place: int) -> int:
        """The value at a place of the program, computed in the form that suits its phase."""
        if place not in self.made:
            node = self.program.nodes[place]
            if node.op in LEAVES or place in self.stored:
                self.made[place] = self.leaf(place)
            else:
                self.made[place] = self._own(place, self.emit(self.expand(place), self._rows(place)))
        return self.made[place]

    def _own(self, place: int, value: int) -> int:
        """Lines that may be edited and carried values must not share a value with anything else."""
        shared = self.values[value].op in ("leaf", "const") or value in self.made.values()
        if place in self.wanted and self.values[value].phase == PREP:  # the same at every timestep, and shown there
            return self._intern(Value("copy", (value,), PRE, self._rows(place)))
        return self.add("copy", value, rows=self._rows(place)) if place in self.owners and shared else value

    # Sums of terms.

    def terms(self, place: int) -> list[Term]:
        """What a value adds up to; looks through sums and known factors where that saves work in the loop."""
        if self._is_base(place):
            return self._base_terms(self.value(place))
        return self.expand(place)

    def _base_terms(self, value: int) -> list[Term]:
        known = self.values[value].phase < LOOP
        return [Term(1.0, value, None)] if known else [Term(1.0, None, value)]

    def _is_base(self, place: int) -> bool:
        """Whether a value is computed where it stands instead of being looked through."""
        node = self.program.nodes[place]
        if place in self.made or node.op in LEAVES or place in self.stored:
            return True
        if not self.program.given and node.name:
            return True  # a forward line is wanted, and may be edited
        if self.stage == POST:
            return bool(node.name)
        if self.uses[place] < 2:
            return False
        terms = self.expand(place)
        return len(terms) > 1 or any(term.weight for term in terms)

    def expand(self, place: int) -> list[Term]:
        """The terms of one operation, found once per stage."""
        key = (place, self.stage)
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
                return self._gathered(self.terms(args[0]) + _scaled(self.terms(args[1]), -1.0), place)
            case "neg":
                return _scaled(self.terms(args[0]), -1.0)
            case "copy":
                return self.terms(args[0])
            case "mul":
                return self._multiplied(place, *args)
            case "matmul":
                return self._product(place, args[0], args[1])
            case "part":
                return self._part(place, args[0])
            case "sigmoid" if self.stage == LOOP and self._recurrent(self.terms(args[0])):
                half = _scaled(self.terms(args[0]), 0.5)
                rows = self._rows(place)
                bent = self.add("tanh", self.emit(half, rows), rows=rows)
                return [Term(0.5, None, bent), Term(0.5, self.number(1.0), None)]
        return self._base_terms(self._opaque(place))

    def _gathered(self, terms: list[Term], place: int) -> list[Term]:
        """Terms on one base become one term, their factors added up beforehand: dh * h_prev - dh * n."""
        together: dict[tuple[int | None, Weight | None], list[Term]] = defaultdict(list)
        for term in _merge(terms):
            together[term.base, term.weight].append(term)
        gathered = []
        for (base, weight), same in together.items():
            if base is None or len(same) == 1:
                gathered += same
                continue
            factors = [Term(t.scale, self.number(1.0) if t.factor is None else t.factor, None) for t in same]
            gathered.append(Term(1.0, self.emit(factors, self._rows(place)), base, weight))
        return gathered

    def _recurrent(self, terms: list[Term]) -> bool:
        return any(term.base is not None for term in terms)

    def _opaque(self, place: int) -> int:
        """An operation that is not a sum: computed from its operands as it stands."""
        node = self.program.nodes[place]
        args = [self.value(k) for k in node.args]
        if node.op == "pow" and node.value == 2:
            return self.add("square", *args, rows=self._rows(place))
        return self.add(node.op, *args, rows=self._rows(place), number=node.value)

    def _multiplied(self, place: int, a: int, b: int) -> list[Term]:
        """A product: a known operand becomes the factor of every term of the other."""
        for known, other in ((a, b), (b, a)):
            node = self.program.nodes[known]
            if node.op == "const":
                return _scaled(self.terms(other), node.value)
        left, right = self.terms(a), self.terms(b)
        if self._recurrent(left) and self._recurrent(right) or self.stage == POST:
            return self._base_terms(self._opaque(place))
        if not self._recurrent(left) and not self._recurrent(right):
            return self._base_terms(self._opaque(place))
        loop, known = (left, self.value(b)) if self._recurrent(left) else (right, self.value(a))
        if self._rows(place) != max(self._rows(a), self._rows(b)) or self._rows(a) != self._rows(b):
            return self._base_terms(self._opaque(place))
        return [replace(term, factor=self._times(term.factor, known)) for term in loop]

    def _times(self, factor: int | None, known: int) -> int:
        if factor is None:
            return known
        return self.add("mul", factor, known, rows=max(self.values[factor].rows, self.values[known].rows))

    def _weight(self, place: int) -> Weight:
        """The parameter that a product multiplies by, perhaps transposed."""
        node = self.program.nodes[place]
        if node.op == "transpose":
            return replace(self._weight(node.args[0]), transposed=True)
        rows, columns = self.shapes[place]
        return Weight(node.name, 0, columns, rows)

    def _product(self, place: int, matrix: int, vector: int) -> list[Term]:
        """weight @ vector, taken apart where the vector is a concatenation."""
        weight = self._weight(matrix)
        node = self.program.nodes[vector]
        if node.op != "concat" or node.name or weight.transposed:
            return [Term(1.0, None, self.value(vector), weight)]
        terms, start = [], 0
        for arg in node.args:
            stop = start + self._rows(arg)
            terms.append(Term(1.0, None, self.value(arg), replace(weight, start=start, stop=stop)))
            start = stop
        return terms

    def _part(self, place: int, whole: int) -> list[Term]:
        """Some rows of a vector; of a transposed product, the same columns of its weight."""
        start, stop = part_rows(self.program, self.shapes, place)
        node = self.program.nodes[whole]
        if node.op == "matmul" and not node.name:
            weight = replace(self._weight(node.args[0]), start=start, stop=stop)
            return [Term(1.0, None, self.value(node.args[1]), weight)]
        vector = self.value(whole)
        phase = self.values[vector].phase
        rows = Value("part", (vector,), phase, stop - start, number=float(start))
        return self._base_terms(self._intern(rows))

    # From terms back to values.

    def _phase(self, term: Term) -> int:
        if term.late:
            return LOOP
        parts = [self.values[k].phase for k in (term.factor, term.base) if k is not None]
        return min(max([*parts, PRE if term.weight else PREP]), LOOP)

    def emit(self, terms: list[Term], rows: int) -> int:
        """Compute a sum, what is known first in one piece."""
        so_far: int | None = None
        if self.join and any(term.weight and self._phase(term) == LOOP for term in terms):
            terms = [self._late(term, rows) for term in terms]
        phases = sorted({self._phase(term) for term in terms})
        for phase in phases:
            so_far = self._emit_phase([term for term in terms if self._phase(term) == phase], so_far, rows)
        assert so_far is not None
        return so_far

    def _late(self, term: Term, rows: int) -> Term:
        """W @ [h_prev, x] + b as one product with [h_prev, x, 1]: for small weights quicker than adding what was
        known before."""
        if term.weight and term.factor is None and term.base is not None and self.values[term.base].op == "leaf":
            return replace(term, late=True)
        leaf = self.values[term.factor] if term.factor is not None and term.base is None else None
        if leaf and leaf.op == "leaf" and leaf.phase == PREP and leaf.rows == rows:
            return Term(term.scale, None, self.one(), Weight(leaf.name, 0, 1, rows, vector=True), late=True)
        return term

    def one(self) -> int:
        """The number one as a value of every timestep."""
        return self._intern(Value("leaf", (), PRE, 1, name=ONE))

    def _emit_phase(self, terms: list[Term], so_far: int | None, rows: int) -> int:
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
        if so_far is not None:
            pieces.append((1.0, so_far))
        return self._sum(pieces, rows)

    def _scaled_value(self, term: Term, rows: int) -> tuple[float, int]:
        """A term as plus or minus one value."""
        if term.base is None:
            assert term.factor is not None
            return self._signed(term.scale, term.factor, rows)
        base = term.base
        if term.weight:
            base = self.add("matmul", base, rows=rows, weights=(term.weight,))
        if term.factor is None:
            return self._signed(term.scale, base, rows)
        sign, factor = self._signed(term.scale, term.factor, rows)
        if self.values[factor].origin in self.stored and self.values[base].phase == LOOP == self.stage:
            factor = self.add("copy", factor, rows=rows)  # beside the other factors, one call serves them all
        return sign, self.add("mul", base, factor, rows=rows)

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

    # The whole.

    def run(self) -> Normal:
        """Carried values first, in the loop; then everything else that is wanted, after it."""
        carries = [(self.value(carry.leaf), self.value(carry.source)) for carry in self.program.carries]
        if not self.program.given:  # forward lines that the loop does not need still wait for it
            self._loop_lines()
        self.stage = POST
        for place in self.wanted:
            self.value(place)
        totals = [total for line in self.program.lines if line.kind == "param" for total in self._totals(line.name[1:], line.place, 1.0)]
        leaves = {k: self.value(k) for k in self.stored}
        return Normal(tuple(self.values), self.made | leaves, self.wanted, tuple(carries), tuple(totals))

    def _loop_lines(self) -> None:
        for place in self.wanted:
            if self.uses[place]:
                self.value(place)

    def _totals(self, name: str, place: int, scale: float) -> list[Total]:
        """The sums over time that make a parameter's gradient."""
        node = self.program.nodes[place]
        match node.op:
            case "add" | "sub":
                sign = -scale if node.op == "sub" else scale
                return self._totals(name, node.args[0], scale) + self._totals(name, node.args[1], sign)
            case "neg":
                return self._totals(name, node.args[0], -scale)
            case "copy":
                return self._totals(name, node.args[0], scale)
            case "outer":
                return [Total(name, scale, self.value(node.args[0]), self.value(node.args[1]))]
        return [Total(name, scale, self.value(place), None)]


def _scaled(terms: list[Term], scale: float) -> list[Term]:
    return [replace(term, scale=term.scale * scale) for term in terms]


def _merge(terms: list[Term]) -> list[Term]:
    """Terms that are the same but for their scale, added up."""
    scales: dict[tuple[int | None, int | None, Weight | None], float] = defaultdict(float)
    for term in terms:
        scales[term.factor, term.base, term.weight] += term.scale
    return [Term(scale, *key) for key, scale in scales.items()]


def part_rows(program: Program, shapes: Sequence[Shape], place: int) -> tuple[int, int]:
    """First and last-plus-one row of the operand that a `part` takes out of a concatenation."""
    whole, which = program.nodes[place].part
    sizes = [shapes[arg][0] for arg in program.nodes[whole].args]
    start = sum(sizes[:which])
    return start, start + sizes[which]


def normalise(program: Program, shapes: Sequence[Shape], wanted: Iterable[int], stored: Iterable[int] = (),
              join: int = 0) -> Normal:  # fmt: skip
    """Rewrite a program. `wanted` are the places to compute, `stored` those that are given from an earlier run.

    With at most `join` weights in the loop, what they multiply is multiplied there as a whole.
    """
    return _Normaliser(program, shapes, wanted, stored, join).run()
