"""Equations as people write them: σ, ·, ⊙ and ′ instead of the text that is parsed.

Everything comes from the program's operations, so a cell that somebody else wrote is shown just as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rnntutor.engine.ops import LEAVES, OPS
from rnntutor.engine.program import Node, Program
from rnntutor.engine.shapes import Shape
from rnntutor.show.look import Glyphs
from rnntutor.show.texts import subscript


@dataclass(frozen=True)
class Name:
    """A name apart: what it is called, whether it comes from or goes to a neighbour, and its timestep."""

    base: str
    prime: bool = False
    t: int | None = None

    def write(self, glyphs: Glyphs, index: str = "") -> str:
        """c₂[3], dh₂′; in ASCII c[2,3] and dh'[2]. Before the start h₋₁[3]; in ASCII, where -1 is the last, h'[0,3]."""
        if self.t == -1 and not glyphs.subscripts:
            return Name(self.base, prime=True, t=0).write(glyphs, index)
        prime = glyphs.prime if self.prime else ""
        if glyphs.subscripts:
            small = "" if self.t is None else subscript(self.t)
            return f"{self.base}{small}{prime}" + (f"[{index}]" if index else "")
        places = [str(self.t)] if self.t is not None else []
        places += [index] if index else []
        return f"{self.base}{prime}" + (f"[{','.join(places)}]" if places else "")


def plain_name(name: str) -> Name:
    """How a line or leaf is called where the timestep goes without saying: h′ for h_prev."""
    base = name.removesuffix("_prev")
    return Name(base, base != name)


def general(node: Node, t: int) -> Name:
    """In the list of equations: only what comes back from the next timestep says from where."""
    if node.op == "next":
        return Name(node.name.removesuffix("_next"), True, t + 1)
    return plain_name(node.name)


def timed(node: Node, t: int) -> Name:
    """In an explanation every value says its timestep."""
    if node.op == "param":
        return Name(node.name)
    if node.op == "prev":
        return Name(node.name.removesuffix("_prev"), False, t - 1)
    if node.op == "next":
        return Name(node.name.removesuffix("_next"), True, t + 1)
    return line_name(node.name, t)


def line_name(name: str, t: int) -> Name:
    """What a line is called at `t`."""
    plain = plain_name(name)
    return Name(plain.base, plain.prime, t)


Naming = Callable[[Node, int], Name]


@dataclass(frozen=True)
class Writer:
    """Writes the formula of whole vectors at one timestep."""

    program: Program
    shapes: tuple[Shape, ...]
    glyphs: Glyphs
    t: int = 0
    naming: Naming = general

    def formula(self, place: int, rank: int = 0, *, expand: bool = True) -> str:
        """The formula at a place; a named operand stands as its name."""
        node = self.program.nodes[place]
        if node.op == "const":
            return f"{node.value:g}"
        if node.op in LEAVES or (node.name and not expand):
            return self.naming(node, self.t).write(self.glyphs)
        text, own = self._written(node)
        return f"({text})" if own < rank else text

    def _operand(self, place: int, rank: int = 0) -> str:
        return self.formula(place, rank, expand=False)

    def _written(self, node: Node) -> tuple[str, int]:
        """The text of an operation and how strongly it binds."""
        args = self.program.visible_args(node)
        match node.op:
            case "concat":
                return f"[{','.join(self._operand(k) for k in args)}]", 9
            case "copy" | "neg" | "transpose" | "part":
                return self._unary(node)
            case "pow":
                return self._power(node), 4
            case "outer":
                return f"{self._operand(args[0], 3)} {self.glyphs.outer} {self._operand(args[1], 3)}", 2
            case "matmul":
                return f"{self._operand(args[0], 3)}{self.glyphs.dot}{self._operand(args[1], 3)}", 2
        return self._infix(node, args) if OPS[node.op].rank < 9 else self._call(node, args)

    def _unary(self, node: Node) -> tuple[str, int]:
        """A sign before, or a mark behind, one operand."""
        arg = node.args[0]
        if node.op == "copy":
            return self._operand(arg), OPS[node.op].rank
        if node.op == "neg":
            return f"-{self._operand(arg, 3)}", 3
        if node.op == "transpose":
            return f"{self._operand(arg, 9)}{self.glyphs.transposed}", 9
        whole, which = node.part
        return f"({self._operand(arg)})[{self._operand(self.program.nodes[whole].args[which])}]", 9

    def _infix(self, node: Node, args: tuple[int, ...]) -> tuple[str, int]:
        rank = OPS[node.op].rank
        right = rank if node.op in ("add", "mul") else rank + 1
        left, other = self._operand(args[0], rank), self._operand(args[1], right)
        return f"{left} {self._sign(node, args)} {other}", rank

    def _sign(self, node: Node, args: tuple[int, ...]) -> str:
        if node.op != "mul":
            return OPS[node.op].symbol
        vectors = all(self.shapes[k] for k in args)
        return self.glyphs.times if vectors else self.glyphs.dot if self.glyphs.subscripts else "*"

    def _call(self, node: Node, args: tuple[int, ...]) -> tuple[str, int]:
        return f"{function(node.op, self.glyphs)}({', '.join(self._operand(k) for k in args)})", 9

    def _power(self, node: Node) -> str:
        base = self.program.nodes[node.args[0]]
        raised = power(node.value, self.glyphs)
        if self.glyphs.powers and not base.name and _is_call(base):  # tanh²(c), as in a textbook
            return f"{function(base.op, self.glyphs)}{raised}({self._operand(base.args[0])})"
        return f"{self._operand(node.args[0], 5)}{raised}"


def _is_call(node: Node) -> bool:
    """Whether an operation is written as a function of one operand."""
    return len(node.args) == 1 and bool(OPS[node.op].symbol) and OPS[node.op].rank == 9


def function(op: str, glyphs: Glyphs) -> str:
    """What a function is called."""
    return glyphs.sigma if op == "sigmoid" else glyphs.total if op == "sum" else OPS[op].symbol


def power(exponent: float, glyphs: Glyphs) -> str:
    """An exponent, small where there is a sign for it."""
    k = int(exponent)
    if k == exponent and 2 <= k <= 9 and glyphs.powers:
        return glyphs.powers[k - 2]
    return f"{'^' if glyphs.powers else '**'}{exponent:g}"
