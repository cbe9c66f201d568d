"""Shapes: found out from the equations before anything runs.

A value is a scalar (rank 0), a vector (rank 1) or a matrix (rank 2). Its sizes are unknowns that the
equations tie together; naming the sizes of states and inputs settles the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from rnntutor.engine.program import Line, Node, Program
from rnntutor.engine.syntax import EquationError

Shape = tuple[int, ...]

_ELEMENTWISE = "* goes element by element; a matrix multiplies with @: {} @ ..."


def ranks(program: Program) -> list[int]:
    """The rank of every node's value."""
    return [len(shape) for shape in _Unifier(program).dims]


def infer(program: Program, known: Mapping[str, Shape]) -> list[Shape]:
    """The shape of every node's value, given those of some names ({"h": (8,), "x": (4,)}).

    Raises ValueError naming what has the wrong shape, or EquationError naming the equation that disagrees
    or the name whose size is still unknown.
    """
    unifier = _Unifier(program)
    given = {node.name: k for k, node in enumerate(program.nodes[: program.given or None]) if node.name}
    for name, shape in known.items():
        if name in given:
            unifier.bind(name, given[name], shape)
    unifier.settle()
    return unifier.shapes()


@dataclass
class _Unifier:
    """Union-find over sizes, with sums for concatenations."""

    program: Program
    parent: list[int] = field(default_factory=list)
    size: dict[int, int] = field(default_factory=dict)
    sums: list[tuple[int, tuple[int, ...], int]] = field(default_factory=list)
    dims: list[tuple[int, ...]] = field(default_factory=list)
    owner: list[Line | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        lines: dict[int, Line] = {}
        for line in self.program.lines:
            for place in self.program.operations(line):
                lines.setdefault(place, line)
        self.owner = [lines.get(k) for k in range(len(self.program.nodes))]
        self.dims = []
        wants = self._matrix_params()
        for place, node in enumerate(self.program.nodes):
            self.dims.append(self._dims(place, node, place in wants))
        for carry in self.program.carries:
            self._same_shape(
                self.dims[carry.leaf],
                self.dims[carry.source],
                carry.source,
                partial("{0}_prev and {0}".format, carry.name),
            )

    def _matrix_params(self) -> set[int]:
        """The parameters that stand left of an @."""
        return {
            node.args[0]
            for node in self.program.nodes
            if node.op == "matmul" and self.program.nodes[node.args[0]].op == "param"
        }

    def _fresh(self) -> int:
        self.parent.append(len(self.parent))
        return len(self.parent) - 1

    def _find(self, d: int) -> int:
        while self.parent[d] != d:
            self.parent[d] = self.parent[self.parent[d]]
            d = self.parent[d]
        return d

    def _error(self, place: int, what: str, hint: str = "") -> EquationError:
        """An error that names the equation of a value, and points at a * that may be meant as an @."""
        line, scaled = self.owner[place], self._scaled(place)
        source = line.text if line else ""
        found = re.search(rf"\b{scaled}\s*\*", source) if scaled else None
        return EquationError(
            what,
            title=self.program.title,
            number=line.number if line else 0,
            column=found.end() - 1 if found else 0,
            source=source,
            hint=hint or (_ELEMENTWISE.format(scaled) if scaled else ""),
        )

    def _scaled(self, place: int) -> str:
        """The parameter that a value is multiplied with element by element; empty for none."""
        nodes = self.program.nodes
        pairs = [node.args for node in nodes if node.op == "mul" and place in node.args]
        return next((nodes[k].name for pair in pairs for k in pair if nodes[k].op == "param"), "")

    def _unify(self, a: int, b: int, place: int, what: Callable[[], str]) -> None:
        a, b = self._find(a), self._find(b)
        if a == b:
            return
        left, right = self.size.get(a), self.size.get(b)
        if left is not None and right is not None and left != right:
            raise self._error(place, f"sizes disagree: {what()} have {left} and {right}")
        self.parent[a] = b
        if left is not None:
            self.size[b] = left

    def _same_shape(self, a: tuple[int, ...], b: tuple[int, ...], place: int, what: Callable[[], str]) -> None:
        if len(a) != len(b):
            kinds = ("a number", "a vector", "a matrix")
            raise self._error(place, f"shapes disagree: {what()} are {kinds[len(a)]} and {kinds[len(b)]}")
        for p, q in zip(a, b, strict=True):
            self._unify(p, q, place, what)

    def _dims(self, place: int, node: Node, matrix: bool) -> tuple[int, ...]:
        """The sizes of one node's value, tied to those of its operands."""
        args = [self.dims[k] for k in node.args]
        match node.op:
            case "const":
                return ()
            case "seed" | "next":
                return self.dims[node.part[0]]
            case "transpose":
                return args[0][::-1]
            case "outer":
                return (args[0][0], args[1][0])
            case "sum":
                return ()
            case "part":
                whole, which = node.part
                return self.dims[self.program.nodes[whole].args[which]]
            case "input" | "prev" | "param":
                return (self._fresh(), self._fresh()) if matrix else (self._fresh(),)
            case "matmul":
                return self._matmul(place, args)
            case "concat":
                return self._concat(place, args)
            case "cross_entropy":
                self._same_shape(args[0], args[2], place, lambda: self._both(place, 1))
                return ()
            case "add" | "sub" | "mul" | "div":
                return self._elementwise(place, args)
            case "softmax":
                if len(args[0]) != 1:
                    raise self._error(place, f"softmax takes a vector; {self._name(place, 0)} is not one")
        return args[0]

    def _name(self, place: int, which: int) -> str:
        """An operand as an error names it. Only then is it written, for that takes longer than all the rest."""
        return self.program.formula(self.program.nodes[place].args[which], expand=False)

    def _both(self, place: int, first: int = 0) -> str:
        return f"{self._name(place, first)} and {self._name(place, first + 1)}"

    def _matmul(self, place: int, args: list[tuple[int, ...]]) -> tuple[int, ...]:
        matrix = self.program.nodes[self.program.nodes[place].args[0]].op
        if len(args[0]) != 2 or len(args[1]) != 1 or matrix not in ("param", "transpose"):
            raise self._error(
                place,
                f"@ multiplies a matrix by a vector; {self._name(place, 0)} @ {self._name(place, 1)} does not",
                "left of @ stands the name of a matrix; write -(W @ x) for minus the product",
            )
        self._unify(args[0][1], args[1][0], place, lambda: f"the columns of {self._both(place)}")
        return (args[0][0],)

    def _concat(self, place: int, args: list[tuple[int, ...]]) -> tuple[int, ...]:
        for k, shape in enumerate(args):
            if len(shape) != 1:
                raise self._error(place, f"[ ] joins vectors; {self._name(place, k)} is not one")
        whole = self._fresh()
        self.sums.append((whole, tuple(shape[0] for shape in args), place))
        return (whole,)

    def _elementwise(self, place: int, args: list[tuple[int, ...]]) -> tuple[int, ...]:
        a, b = args
        if not a or not b:
            return a or b
        self._same_shape(a, b, place, lambda: self._both(place))
        return a

    def bind(self, name: str, place: int, shape: Shape) -> None:
        """Settle the shape of a named value."""
        self.settle()
        wanted = [self.size.get(self._find(d)) for d in self.dims[place]]
        fits = len(shape) == len(wanted) and all(w in (None, s) for w, s in zip(wanted, shape, strict=True))
        if not fits:
            asked = ", ".join("any" if size is None else str(size) for size in wanted)
            raise ValueError(
                f"{name} has shape {shape}; the equations want ({asked}{',' * (len(wanted) == 1)})"
                f"{self._first_reader(place)}{self._meant(place)}"
            )
        for d, size in zip(self.dims[place], shape, strict=True):
            self.size[self._find(d)] = size

    def _first_reader(self, place: int) -> str:
        """The first equation that reads or assigns a value, for an error."""
        for k, node in enumerate(self.program.nodes):
            line = self.owner[k]
            if line is not None and (place in node.args or k == place):
                return f" (line {line.number}: {line.text})"
        return ""

    def _meant(self, place: int) -> str:
        """The hint that a * may be meant as an @."""
        scaled = self._scaled(place)
        return f"; {_ELEMENTWISE.format(scaled)}" if scaled else ""

    def settle(self) -> None:
        """Add up concatenations until nothing new is learned, then hold every sum to its word."""
        changed = True
        while changed:
            changed = False
            for whole, parts, place in self.sums:
                changed |= self._settle_sum(whole, parts, place)

    def _settle_sum(self, whole: int, parts: tuple[int, ...], place: int) -> bool:
        total = self.size.get(self._find(whole))
        known = [self.size.get(self._find(part)) for part in parts]
        missing = [k for k, size in enumerate(known) if size is None]
        rest = sum(size for size in known if size is not None)
        if not missing and total is None:
            self.size[self._find(whole)] = rest
            return True
        if not missing and total != rest:
            raise self._error(
                place, f"sizes disagree: the joined vector has {rest}, what reads it wants {total}"
            )
        if len(missing) == 1 and total is not None:
            if total <= rest:
                raise self._error(
                    place,
                    f"sizes disagree: the joined vector has more than {rest}, what reads it wants {total}",
                )
            self.size[self._find(parts[missing[0]])] = total - rest
            return True
        return False

    def shapes(self) -> list[Shape]:
        """Every shape as numbers."""
        return [tuple(self._sizes(place)) for place in range(len(self.dims))]

    def _sizes(self, place: int) -> Iterator[int]:
        for d in self.dims[place]:
            size = self.size.get(self._find(d))
            if size is None:
                name = self.program.formula(place, expand=False)
                raise self._error(
                    place, f"the size of {name} does not follow from the equations", "name it when you ask"
                )
            yield size
