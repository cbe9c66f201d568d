"""What the nodes of a query compute: numbers, vectors, matrices and conditions, and what fits together."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from math import prod

from rnntutor.engine.ops import FUNCTIONS
from rnntutor.engine.program import Node
from rnntutor.engine.shapes import Shape
from rnntutor.engine.syntax import Builder, Source

REDUCTIONS = ("norm", "max", "min", "mean", "sum", "argmax", "argmin", "sigma_max")
"""Functions from a vector or a matrix to a number."""
OVER_TIME = ("total", "largest", "smallest")
"""Functions from a number at every timestep to one number."""
QUERY_FUNCTIONS = (*REDUCTIONS, *OVER_TIME, "abs", "sqrt", *(name for name in FUNCTIONS if name != "cross_entropy"))
"""What a query may call."""

Inner = Callable[[ast.expr], int]
"""Builds a piece of syntax and returns its place."""


@dataclass(frozen=True)
class Kind:
    """What a node computes: a number, a vector or a matrix by its shape, or a condition."""

    shape: Shape = ()
    varies: bool = False
    """Whether it depends on t."""
    symbols: bool = False
    """Whether its units stand for symbols; a number: whether it is the number of such a unit."""
    condition: bool = False

    @property
    def size(self) -> int:
        """How many numbers it has."""
        return prod(self.shape)

    def __str__(self) -> str:
        if self.condition:
            return "a condition"
        sizes = " by ".join(str(size) for size in self.shape)
        return ("a number", f"a vector of {sizes}", f"a matrix of {sizes}")[len(self.shape)]


class KindBuilder(Builder):
    """A builder that knows the kind of every node, and refuses what does not fit."""

    def __init__(self, source: Source) -> None:
        super().__init__([], QUERY_FUNCTIONS)
        self.source = source
        self.kinds: list[Kind] = []

    def put(self, kind: Kind, op: str, *args: int, value: float = 0.0) -> int:
        """Append a node whose kind is known."""
        self.kinds.append(kind)
        return self.add(op, *args, value=value)

    def read(self, tree: ast.expr, inner: Inner, source: Source) -> int:
        """One piece of syntax of the equation language."""
        place = super().read(tree, inner, source)
        self.kinds.append(self.kind(self.nodes[place], tree))
        return place

    def binary(self, op: str, a: int, b: int) -> int:
        """One infix operation; @ of two vectors is their dot product."""
        vectors = op == "matmul" and len(self.kinds[a].shape) == len(self.kinds[b].shape) == 1
        return self.add("dot" if vectors else op, a, b)

    def varies(self, args: tuple[int, ...]) -> bool:
        """Whether something computed from these depends on t."""
        return any(self.kinds[arg].varies for arg in args)

    def kind(self, node: Node, tree: ast.expr) -> Kind:
        """The kind of what an operation of the equation language computes."""
        pieces = _operands(tree)
        kinds = [self.kinds[arg] for arg in node.args]
        for kind, piece in zip(kinds, pieces, strict=False):
            if kind.condition:
                raise self.source.error("a number is wanted here, not a condition", piece)
        varies = self.varies(node.args)
        if node.op in ("softmax", "argmax", "argmin") and len(kinds[0].shape) != 1:
            raise self.source.error(f"{node.op} takes a vector; this is {kinds[0]}", pieces[0])
        if node.op == "sigma_max" and len(kinds[0].shape) != 2:
            hint = "such as W, or W[h_prev], its recurrent columns"
            raise self.source.error(f"sigma_max takes a matrix; this is {kinds[0]}", pieces[0], hint)
        if node.op == "const" or node.op in REDUCTIONS:
            return Kind((), varies, symbols=node.op in ("argmax", "argmin") and kinds[0].symbols)
        if node.op == "concat":
            return Kind((self.joined_size(kinds, pieces),), varies)
        if node.op in ("matmul", "dot"):
            return Kind(self.product(kinds, pieces), varies)
        return Kind(self.common(kinds, pieces), varies, any(kind.symbols and kind.shape for kind in kinds))

    def joined_size(self, kinds: list[Kind], pieces: list[ast.expr]) -> int:
        """The size of vectors put one below the other."""
        for kind, piece in zip(kinds, pieces, strict=True):
            if len(kind.shape) != 1:
                raise self.source.error(f"[a, b] joins vectors; this is {kind}", piece)
        return sum(kind.size for kind in kinds)

    def product(self, kinds: list[Kind], pieces: list[ast.expr]) -> Shape:
        """The shape of a @ b."""
        a, b = (kind.shape for kind in kinds)
        if len(b) != 1 or not a or a[-1] != b[0]:
            hint = "a row of the matrix has to be as long as the vector"
            raise self.source.error(f"@ cannot multiply {kinds[0]} and {kinds[1]}", pieces[1], hint)
        return a[:-1]

    def common(self, kinds: list[Kind], pieces: list[ast.expr]) -> Shape:
        """The shape of what works unit by unit; a number goes with everything."""
        shapes = {kind.shape for kind in kinds if kind.shape}
        if len(shapes) > 1:
            raise self.source.error(
                f"{kinds[0]} and {kinds[1]} do not fit", pieces[1], "take units of them, or @"
            )
        return shapes.pop() if shapes else ()


def _operands(tree: ast.expr) -> list[ast.expr]:
    """The pieces of syntax that a node's operands come from."""
    match tree:
        case ast.UnaryOp(operand=operand):
            return [operand]
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.List(elts=parts) | ast.Call(args=parts):
            return parts
        case _:
            return []
