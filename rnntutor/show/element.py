"""One number of a run as an expression: the same element of every operand, down to named values.

    c₂[3]  ->  add(mul(f₂[3], c₁[3]), mul(i₂[3], g₂[3])), each with its value

An elementwise operation needs the same element of its operands; a matrix product stays whole, with its terms.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnntutor.engine.normal import part_rows
from rnntutor.engine.ops import LEAVES, Array
from rnntutor.engine.program import Program
from rnntutor.engine.snapshot import Snapshot
from rnntutor.show.formula import Naming, Writer, function, timed
from rnntutor.show.look import Glyphs, Look
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import words

_NEVER_NEGATIVE = ("sigmoid", "softmax", "exp")
"""Operations whose results need no sign."""


@dataclass(frozen=True)
class Operand:
    """A number that another one is made of, and where it is: a place of the program, and unit or row and column."""

    label: str
    value: float
    place: int
    index: tuple[int, ...]


@dataclass(frozen=True)
class Product:
    """One term of a matrix product: a weight times what it reads."""

    weight: Operand
    read: Operand

    @property
    def value(self) -> float:
        """What the term adds."""
        return self.weight.value * self.read.value


@dataclass(frozen=True)
class Expr:
    """A number and how it comes about. `op` is "leaf", "const", "dot", or an operation of the language."""

    op: str
    value: float
    text: str = ""
    """Of a leaf or a matrix product its label, of a function its name."""
    args: tuple[Expr, ...] = ()
    exponent: float = 0.0
    place: int = -1
    index: int = 0
    signed: bool = True
    """Whether it could be negative, so that its sign is worth a column."""
    terms: tuple[Product, ...] = ()

    @property
    def is_leaf(self) -> bool:
        """Whether there is nothing inside."""
        return not self.args


@dataclass(frozen=True)
class Values:
    """The values of one timestep, and what their units are called."""

    snapshot: Snapshot
    glyphs: Glyphs
    symbols: tuple[str, ...] = ()
    naming: Naming = timed
    """How values are called: with their timesteps, if nothing else is wanted."""
    coded: bool = True
    """Whether the units of x may stand for symbols."""

    @property
    def program(self) -> Program:
        """The program that the values belong to."""
        return self.snapshot.program

    @cached_property
    def writer(self) -> Writer:
        """Writes vectors with their timesteps."""
        return Writer(self.program, tuple(self.snapshot.shapes), self.glyphs, self.snapshot.t, self.naming)

    def raw(self, place: int) -> Array:
        """A value, without complaints about numbers that overflow."""
        with np.errstate(all="ignore"):
            return self.snapshot.raw(place)

    def number(self, place: int, index: int) -> float:
        """One number of a value; a scalar has only one."""
        rows = self.raw(place)
        return float(rows[min(index, len(rows) - 1), 0])

    def index(self, place: int, index: int) -> str:
        """How a unit is called: by its number, or by the character that it stands for."""
        if not self.snapshot.shapes[place]:
            return ""
        symbol = self.symbol(place, index)
        return f"{self.glyphs.quotes[0]}{symbol}{self.glyphs.quotes[1]}" if symbol else str(index)

    def symbol(self, place: int, index: int) -> str:
        """The character that a unit stands for; empty if it stands for none.

        That is so for inputs, for what the readout makes, and for their gradients, if the numbers agree.
        """
        node = self.program.nodes[place]
        as_many = self.snapshot.shapes[place] == (len(self.symbols),)
        return self.symbols[index] if as_many and (node.op == "softmax" or node.name in self._of_data) else ""

    @cached_property
    def _of_data(self) -> frozenset[str]:
        """The names whose units may stand for symbols."""
        readout = {line.name for line in self.program.lines if line.section == "readout"}
        inputs = {node.name for node in self.program.nodes if node.op == "input" and (self.coded or node.name != "x")}
        forward = {name[1:] for name in readout} if self.program.given else set()
        return frozenset(readout | inputs | forward | {f"d{name}" for name in inputs})

    def label(self, place: int, index: int) -> str:
        """A named value's element: c₂[3]."""
        node = self.program.nodes[place]
        return self.naming(node, self.snapshot.t).write(self.glyphs, self.index(place, index))


@dataclass(frozen=True)
class Elements(Values):
    """Takes the values of one timestep apart."""

    by_hand: frozenset[tuple[int, int]] = frozenset()
    """Place and unit of what was set by hand."""

    def of(self, place: int, index: int, *, expand: bool = True) -> Expr:
        """The expression of one element; named operands stay as they are."""
        node = self.program.nodes[place]
        if not self.snapshot.shapes[place]:
            index = 0
        if node.op == "const":
            return Expr("const", node.value, f"{node.value:g}")
        if node.op in LEAVES or (node.name and not expand):
            signed = node.op not in _NEVER_NEGATIVE
            return Expr(
                "leaf", self.number(place, index), self.label(place, index), (), 0.0, place, index, signed
            )
        return self._operation(place, index)

    def _operation(self, place: int, index: int) -> Expr:
        node = self.program.nodes[place]
        match node.op:
            case "copy":
                return self.of(node.args[0], index, expand=False)
            case "part":
                start, _ = part_rows(self.program, self.snapshot.shapes, place)
                return self.of(node.args[0], start + index, expand=False)
            case "concat":
                return self._joined(place, index)
            case "matmul":
                return self._dot(place, index)
            case "softmax":
                return self._softmax(place, index)
            case "cross_entropy":
                return self._cross_entropy(place)
            case "sum":
                inside = self.writer.formula(node.args[0], 2, expand=False)
                return Expr(
                    "leaf", self.number(place, 0), f"{function('sum', self.glyphs)} {inside}", place=place
                )
        args = tuple(self.of(k, index, expand=False) for k in node.args)
        value, signed = self.number(place, index), node.op not in _NEVER_NEGATIVE
        return Expr(node.op, value, self._function(node.op), args, node.value, place, index, signed)

    def _function(self, op: str) -> str:
        return function(op, self.glyphs) if op not in ("add", "sub", "mul", "div", "neg", "pow") else ""

    def _joined(self, place: int, index: int) -> Expr:
        for arg in self.program.nodes[place].args:
            size = self.snapshot.shapes[arg][0]
            if index < size:
                return self.of(arg, index, expand=False)
            index -= size
        raise ValueError("no such element")

    def _dot(self, place: int, index: int) -> Expr:
        """A row of a matrix (or a column, for a transposed one) times a vector."""
        matrix, vector = self.program.nodes[place].args
        param, flipped = self._param(matrix)
        row = f"{self.program.nodes[param].name}{self.glyphs.transposed if flipped else ''}[{index}]"
        label = f"{row}{self.glyphs.dot}{self.writer.formula(vector, 3, expand=False)}"
        terms = tuple(self.products(place, index, range(len(self.raw(vector)))))
        return Expr("dot", self.number(place, index), label, (), 0.0, place, index, True, terms)

    def _param(self, matrix: int) -> tuple[int, bool]:
        """The place of the parameter that a product multiplies by, and whether it is transposed."""
        node = self.program.nodes[matrix]
        return (node.args[0], True) if node.op == "transpose" else (matrix, False)

    def products(self, place: int, row: int, columns: Iterable[int]) -> list[Product]:
        """Terms of one row of a matrix product: each weight times what it reads."""
        matrix, vector = self.program.nodes[place].args
        (param, flipped), weights, read = self._param(matrix), self.raw(matrix)[row], self.raw(vector)[:, 0]
        name = self.program.nodes[param].name
        terms = []
        for k in columns:
            index = (k, row) if flipped else (row, k)
            weight = Operand(f"{name}[{index[0]},{index[1]}]", float(weights[k]), param, index)
            terms.append(Product(weight, self.reader(vector, k, float(read[k]))))
        return terms

    def entry(self, param: int, index: tuple[int, ...]) -> Operand:
        """One number of a parameter: W_f[3,5], b_f[3]."""
        value = self.raw(param)[index if len(index) > 1 else (*index, 0)]
        return Operand(f"{self.program.nodes[param].name}[{','.join(map(str, index))}]", float(value), param, index)

    def reader(self, vector: int, k: int, value: float) -> Operand:
        """What the k-th weight of a row multiplies, and which number that is."""
        for arg in self.parts(vector):
            size = self.snapshot.shapes[arg][0]
            if k < size:
                unnamed = f"({self.writer.formula(arg, expand=False)})[{k}]"
                return Operand(self.label(arg, k) if self.program.nodes[arg].name else unnamed, value, arg, (k,))
            k -= size
        raise ValueError("no such column")

    def parts(self, vector: int) -> list[int]:
        """The places of what a vector is joined from, from top to bottom; its own where it is not joined."""
        node = self.program.nodes[vector]
        return [part for k in node.args for part in self.parts(k)] if node.op == "concat" else [vector]

    def _softmax(self, place: int, index: int) -> Expr:
        """A share: exp of one score over the sum of all."""
        arg = self.program.nodes[place].args[0]
        score = self.of(arg, index, expand=False)
        scores = self.raw(arg)[:, 0]
        with np.errstate(all="ignore"):
            top, total = float(np.exp(score.value)), float(np.exp(scores).sum())
        every = f"{self.glyphs.total} exp({self.writer.formula(arg, expand=False)})"
        parts = (Expr("exp", top, "exp", (score,), signed=False), Expr("leaf", total, every, signed=False))
        return Expr("div", self.number(place, index), "", parts, 0.0, place, index, False)

    def _cross_entropy(self, place: int) -> Expr:
        """Minus the log of the probability of what was wanted, where exactly one thing was."""
        _, p, target = self.program.nodes[place].args
        wanted = self.raw(target)[:, 0]
        value = self.number(place, 0)
        if np.count_nonzero(wanted) == 1 and wanted.max() == 1:
            share = self.of(p, int(wanted.argmax()), expand=False)
            inner = Expr("log", -value, "log", (share,))
            return Expr("neg", value, "", (inner,), 0.0, place)
        what, of = self.writer.formula(target, expand=False), self.writer.formula(p, expand=False)
        return Expr("leaf", value, f"-{self.glyphs.total} {what}{self.glyphs.dot}log {of}", place=place)


def elements_of(scene: Scene, head: Playhead, look: Look) -> Elements:
    """The values under the playhead."""
    symbols = tuple(words(symbol, look) for symbol in scene.symbols)
    places = scene.run.cell.step.assigned  # a backward program begins with the values of the forward one
    by_hand = {(places[name], k) for name in places for k in scene.set_by_hand(name, head.t)}
    here = scene.snapshot(head.direction, head.t)
    return Elements(here, look.glyphs, symbols, coded=scene.coded, by_hand=frozenset(by_hand))


# Taking expressions apart.


def summands(expr: Expr, sign: str = "+") -> list[tuple[str, Expr]]:
    """The terms of a sum, each with its sign."""
    if expr.op == "add":
        return summands(expr.args[0], sign) + summands(expr.args[1], sign)
    if expr.op == "sub":
        return summands(expr.args[0], sign) + summands(expr.args[1], "-" if sign == "+" else "+")
    return [(sign, expr)]


def factors(expr: Expr) -> list[Expr]:
    """The factors of a product."""
    if expr.op != "mul":
        return [expr]
    return [factor for arg in expr.args for factor in factors(arg)]


def leaves(expr: Expr) -> list[Expr]:
    """The named values and matrix products of an expression, from left to right."""
    if expr.is_leaf:
        return [expr] if expr.op in ("leaf", "dot") else []
    return [leaf for arg in expr.args for leaf in leaves(arg)]
