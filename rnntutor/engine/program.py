"""A program in single-assignment form: what the text of a cell becomes, and its backward pass too.

A value is known by its place in `nodes`; a name is only what is shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from rnntutor.engine.ops import LEAVES, OPS

SECTIONS = ("init", "step", "readout")


@dataclass(frozen=True, slots=True)
class Node:
    """One value: a leaf or one operation on the values at the places `args`."""

    op: str
    args: tuple[int, ...] = ()
    name: str = ""
    """Of a leaf and of a line's last operation; empty for the temporaries between."""
    value: float = 0.0
    """Of a constant, and the exponent of a power."""
    part: tuple[int, int] = (-1, -1)
    """Of a `part`: the place of the concatenation and which of its operands.
    Of a gradient from outside or from the next timestep: the place of what it is the gradient of."""


@dataclass(frozen=True, slots=True)
class Line:
    """One named equation. `kind` is "value", or "param" for the gradient of a parameter."""

    name: str
    place: int
    text: str
    caption: str = ""
    section: str = "step"
    kind: str = "value"
    number: int = 0
    """Where it stands in the source text, from 1; 0 if it was derived."""


@dataclass(frozen=True, slots=True)
class Carry:
    """A value that goes from one timestep to the next: computed at `source`, read there at `leaf`."""

    name: str
    leaf: int
    source: int


@dataclass(frozen=True, eq=False)
class Program:
    """Lines over nodes. The first `given` nodes are known beforehand: a backward program's forward part."""

    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]
    carries: tuple[Carry, ...] = ()
    given: int = 0
    title: str = "cell"

    @cached_property
    def by_name(self) -> dict[str, int]:
        """The place of everything that has a name; this program's own lines come before what it was given."""
        named = {node.name: k for k, node in enumerate(self.nodes) if node.name}
        return named | {line.name: line.place for line in self.lines}

    @cached_property
    def assigned(self) -> dict[str, int]:
        """The place of every line."""
        return {line.name: line.place for line in self.lines}

    def feeds_loss(self, place: int) -> bool:
        """Whether a cross_entropy compares this value, which it computes anew from the scores behind it."""
        return any(node.op == "cross_entropy" and place in node.args[1:] for node in self.nodes)

    def line(self, name: str) -> Line:
        """The line that assigns `name`."""
        for line in self.lines:
            if line.name == name:
                return line
        raise ValueError(f"no line is called {name!r}; there are {', '.join(k.name for k in self.lines)}")

    def leaves(self, kind: str) -> dict[str, int]:
        """Name to place of the leaves of one kind: "input", "param", "prev", "seed" or "next"."""
        return {node.name: k for k, node in enumerate(self.nodes) if node.op == kind}

    def operations(self, line: Line) -> tuple[int, ...]:
        """The places that a line computes, operands before results; the last is the line itself."""
        return tuple(dict.fromkeys(self._walk(line.place, line.place)))

    def _walk(self, place: int, root: int) -> Iterator[int]:
        node = self.nodes[place]
        if node.op in LEAVES or (place != root and (node.name or place < self.given)):
            return
        for arg in node.args:
            yield from self._walk(arg, root)
        yield place

    def operands(self, place: int) -> tuple[int, ...]:
        """The named values that the formula at `place` reads, in order, each once."""
        return tuple(dict.fromkeys(self._named(place, place)))

    def _named(self, place: int, root: int) -> Iterator[int]:
        node = self.nodes[place]
        if place != root and node.name:
            yield place
            return
        for arg in self.visible_args(node):
            yield from self._named(arg, root)

    @staticmethod
    def visible_args(node: Node) -> tuple[int, ...]:
        """The operands that the text shows: cross_entropy reads the logits behind its first one."""
        return node.args[1:] if node.op == "cross_entropy" else node.args

    def formula(self, place: int, rank: int = 0, *, expand: bool = True) -> str:
        """The text of the value at `place`; a named operand stands as its name."""
        node = self.nodes[place]
        if node.name and not expand:
            return node.name
        text, own = self._written(node)
        return f"({text})" if own < rank else text

    def _written(self, node: Node) -> tuple[str, int]:
        """A node's text and how strongly it binds."""
        if node.op == "const":
            return f"{node.value:g}", 9 if node.value >= 0 else 3
        if node.op in LEAVES:
            return node.name, 9
        op = OPS[node.op]
        if node.op in ("concat", "copy", "transpose", "part", "pow", "neg"):
            return self._special(node), 9 if node.op == "concat" else op.rank
        args = self.visible_args(node)
        if op.rank == 9:
            return f"{op.symbol}({', '.join(self.formula(k, expand=False) for k in args)})", 9
        left = self.formula(args[0], op.rank, expand=False)
        # What stands right of - or / or beside @ needs brackets at equal strength.
        tighter = op.rank if node.op == "add" else op.rank + 1
        if node.op == "mul" and self.nodes[args[1]].op == "mul":
            tighter = op.rank
        return f"{left} {op.symbol} {self.formula(args[1], tighter, expand=False)}", op.rank

    def _special(self, node: Node) -> str:
        """The few that are not plain infix signs or calls."""
        if node.op == "concat":
            return f"[{', '.join(self.formula(k, expand=False) for k in node.args)}]"
        if node.op == "copy":
            return self.formula(node.args[0], expand=False)
        if node.op == "neg":
            return f"-{self.formula(node.args[0], 3, expand=False)}"
        if node.op == "pow":
            return f"{self.formula(node.args[0], 5, expand=False)}**{node.value:g}"
        inner = self.formula(node.args[0], 9, expand=False)
        if node.op == "transpose":
            return f"{inner}.T"
        whole, which = node.part
        return f"{inner}[{self.formula(self.nodes[whole].args[which], expand=False)}]"
