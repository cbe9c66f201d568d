"""The backward pass of a program, as a program in the same language.

    dh = dh_out + dh_next
    dc = dc_next + dh * o * (1 - tanh(c)**2)
    ...

Reverse-mode differentiation of one timestep. What comes from outside is a seed, `dh_out`; what comes
from the timestep after is `dh_next`; what goes to the timestep before is the line `dh_prev`.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial, reduce

from rnntutor.engine.ops import GRADIENT_FUNCTIONS, LEAVES, OPS
from rnntutor.engine.program import Carry, Line, Node, Program
from rnntutor.engine.shapes import ranks
from rnntutor.engine.syntax import Builder, EquationError, Source

MAX_TERMS = 120
"""Terms of one gradient, as many as operations in a chain: each is a level of the formula."""
_VJP = Source("vector-Jacobian product", 1, "")


class _Simplifier(Builder):
    """A builder that drops factors of one, so that a gradient reads as in a textbook."""

    def is_number(self, place: int, value: float) -> bool:
        """Whether this is the constant `value`, perhaps behind a line's name."""
        node = self.nodes[place]
        return node.op == "const" and node.value == value

    def binary(self, op: str, a: int, b: int) -> int:
        """An infix operation without needless ones, zeros and signs."""
        if op == "mul" and self.is_number(b, 1):
            return a
        if op == "mul" and self.is_number(a, 1):
            return b
        if op == "mul" and self.nodes[a].op == "neg" and not self.nodes[a].name:
            return self.negative(self.binary("mul", self.nodes[a].args[0], b))
        if op == "add" and self.nodes[b].op == "neg" and not self.nodes[b].name:
            return self.add("sub", a, self.nodes[b].args[0])
        return self.add(op, a, b)

    def power(self, base: int, exponent: ast.expr, source: Source) -> int:
        """A power; to the first it is the base itself."""
        first = isinstance(exponent, ast.Constant) and exponent.value == 1
        return base if first else super().power(base, exponent, source)

    def negative(self, a: int) -> int:
        """Minus a; twice minus is nothing."""
        node = self.nodes[a]
        return node.args[0] if node.op == "neg" and not node.name else self.add("neg", a)


@lru_cache(maxsize=64)
def _template(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


class _Reverse:
    """Walks a program from its last value to its first, adding up what arrives at each."""

    def __init__(self, program: Program, seeds: Sequence[str]) -> None:
        self.program, self.seeds = program, set(seeds)
        self.nodes = list(program.nodes)
        self.build = _Simplifier(self.nodes, GRADIENT_FUNCTIONS)
        self.ranks = ranks(program)
        self.arrived: dict[int, list[int]] = defaultdict(list)
        self.lines: list[Line] = []
        self.temporaries = _temporary_names(program)
        self.next: dict[str, int] = {}

    def run(self) -> Program:
        """The backward program."""
        given = len(self.nodes)
        self._start()
        for place in reversed(range(given)):
            if self.program.nodes[place].op not in LEAVES:
                self._through(place)
        carries = [self._leave(place) for place in self._ordered_leaves()]
        return Program(
            tuple(self.nodes), tuple(self.lines), tuple(k for k in carries if k), given, self.program.title
        )

    def _start(self) -> None:
        """Seeds and what the next timestep sends back; the loss counts once unless it is seeded."""
        places = self.program.by_name
        for name in sorted(self.seeds):
            self.arrived[places[name]].append(
                self.build.add("seed", name=f"d{name}_out", part=(places[name], -1))
            )
        if not self.seeds and "loss" in places:
            self.arrived[places["loss"]].append(self.build.add("const", value=1.0))
        for carry in self.program.carries:
            self.next[carry.name] = self.build.add(
                "next", name=f"d{carry.name}_next", part=(carry.source, -1)
            )
            self.arrived[carry.source].append(self.next[carry.name])

    def _through(self, place: int) -> None:
        """Send the gradient of one operation's result on to its operands."""
        gradient = self._collect(place)
        if gradient is None:
            return
        node = self.program.nodes[place]
        for k, arg in enumerate(node.args):
            if self.program.nodes[arg].op != "const" and not self._is_data(arg):
                for piece in self._product(node, place, gradient, k):
                    self.arrived[arg].append(piece)

    def _is_data(self, place: int) -> bool:
        return self.program.nodes[place].name == "target"

    def _collect(self, place: int) -> int | None:
        """The sum of what arrived; a line of its own where it has a name or is read more than once."""
        pieces = self.arrived.get(place)
        if not pieces:
            return None
        gradient = self._sum(place, pieces)
        name = self.program.nodes[place].name
        if not name and not self.nodes[gradient].name:  # what only passes through needs no second name
            name = self.temporaries.get(place, "")
        if not name:
            return gradient
        caption = "" if self.program.nodes[place].name else f"{name} is {self.program.formula(place)}"
        self._line(f"d{name}", gradient, caption)
        # A gradient that is just the number one says nothing in the formulas that read it.
        return gradient if self.build.is_number(gradient, 1) else self.lines[-1].place

    def _sum(self, place: int, pieces: Sequence[int]) -> int:
        """All that arrived at a value. Raises EquationError where its readers are too many."""
        if len(pieces) > MAX_TERMS:
            name = self.program.formula(place, expand=False)
            raise EquationError(
                f"{name} is read {len(pieces)} times; at most {MAX_TERMS} are differentiated", title=self.program.title
            )
        return reduce(partial(self.build.binary, "add"), pieces)

    def _line(self, name: str, place: int, caption: str = "", kind: str = "value") -> None:
        if self.nodes[place].name or place < len(self.program.nodes) or self.nodes[place].op == "const":
            place = self.build.add("copy", place)
        self.nodes[place] = replace(self.nodes[place], name=name)
        section = "readout" if self._of_readout(name[1:]) else "step"
        text = f"{name} = {Program(tuple(self.nodes), ()).formula(place)}"
        self.lines.append(Line(name, place, text, caption, section, kind))

    def _of_readout(self, name: str) -> bool:
        return any(line.name == name and line.section == "readout" for line in self.program.lines)

    def _product(self, node: Node, place: int, gradient: int, which: int) -> Iterator[int]:
        """The vector-Jacobian product of one operand, from the operation's text."""
        if node.op == "concat":
            yield self.build.add("part", gradient, part=(place, which))
            return
        text = OPS[node.op].vjp[which]
        if not text:
            return
        names = dict(zip("abc", node.args, strict=False)) | {"d": gradient, "y": place}
        text = text.format(n=node.value, m=node.value - 1)
        piece = self.build.build(_template(text), lambda leaf: names[leaf.id], _VJP)
        scalar = self.ranks[node.args[which]] == 0 and self.ranks[place] > 0
        yield self.build.add("sum", piece) if scalar else piece

    def _ordered_leaves(self) -> list[int]:
        """States first, then inputs, then parameters in the order of the text."""
        order = {"prev": 0, "input": 1, "param": 2}
        leaves = [k for k, node in enumerate(self.program.nodes) if node.op in order]
        return sorted(leaves, key=lambda k: order[self.program.nodes[k].op])

    def _leave(self, place: int) -> Carry | None:
        """The line of a leaf's gradient; for a state, what goes to the timestep before."""
        node = self.program.nodes[place]
        pieces = self.arrived.get(place)
        if not pieces:
            return None
        gradient = self._sum(place, pieces)
        self._line(f"d{node.name}", gradient, kind="param" if node.op == "param" else "value")
        if node.op != "prev":
            return None
        name = node.name.removesuffix("_prev")
        return Carry(f"d{name}", self.next[name], self.lines[-1].place)


def _temporary_names(program: Program) -> dict[int, str]:
    """Names for unnamed values whose gradient is read more than once.

    `a_g` is what goes into g's function; another temporary is called after the line that computes it.
    """
    names: dict[int, str] = {}
    taken = set(program.by_name)
    letters = "uvwpqst"
    for line in program.lines:
        root = program.nodes[line.place]
        for place in program.operations(line)[:-1]:
            node = program.nodes[place]
            if node.op in ("concat", "const") or not _spreads(program, place):
                continue
            direct = place in root.args and len(root.args) == 1
            options = [f"a_{line.name}"] if direct else []
            options += [f"{letter}_{line.name}" for letter in letters]
            names[place] = next((name for name in options if name not in taken), f"m{place}_{line.name}")
            taken.add(names[place])
    return names


def _spreads(program: Program, place: int) -> bool:
    """Whether the gradient of this value is read by more than one formula."""
    node = program.nodes[place]
    if node.op in ("add", "sub"):
        return sum(program.nodes[k].op != "const" for k in node.args) > 1
    if node.op == "softmax":
        return True
    return node.op in ("matmul", "mul", "div") and all(program.nodes[k].op != "const" for k in node.args)


def differentiate(program: Program, seeds: Sequence[str] = ()) -> Program:
    """The backward pass of `program`; `seeds` are the lines that get a gradient from outside.

    Without seeds the gradient starts at the line `loss`, if there is one.
    """
    for name in seeds:
        program.line(name)
    return _Reverse(program, seeds).run()
