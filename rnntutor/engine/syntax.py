"""From an expression's text to nodes: a whitelist over Python's own syntax trees. Nothing is ever evaluated."""

from __future__ import annotations

import ast
import difflib
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rnntutor.engine.program import Node

MAX_LINE = 400
MAX_DEPTH = 60

_CLOSED = {"(": ")", "[": "]", "{": "}"}
_INFIX = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.MatMult: "matmul"}


class EquationError(ValueError):
    """A cell's text, or a query, is wrong: says where, with a caret, and what would be right."""

    def __init__(
        self,
        what: str,
        *,
        title: str = "cell",
        number: int = 0,
        column: int = 0,
        source: str = "",
        hint: str = "",
    ) -> None:
        self.what, self.title, self.number, self.column = what, title, number, column
        self.source, self.hint = source, hint
        source = "".join(c if c.isprintable() else "�" for c in source)
        place = f"{title}, line {number}: " if number else f"{title}: "
        caret = f"\n    {source}\n    {' ' * column}^" if source else ""
        tail = f" {hint}" if hint and caret else f" ({hint})" if hint else ""
        super().__init__(f"{place}{what}{caret}{tail}")


@dataclass(frozen=True)
class Source:
    """One line of text, with what an error needs to point at it."""

    title: str
    number: int
    text: str

    def error(self, what: str, at: int | ast.expr = 0, hint: str = "") -> EquationError:
        """An error that points at a column of this line, counted from its first letter, or at a piece of it."""
        return EquationError(
            what,
            title=self.title,
            number=self.number,
            column=at if isinstance(at, int) else at.col_offset,
            source=self.text.strip()[:MAX_LINE],
            hint=hint,
        )

    def check_length(self) -> None:
        """Raise EquationError if this is too long to be read."""
        if len(self.text) > MAX_LINE:
            raise self.error(f"{len(self.text)} characters in one line; at most {MAX_LINE} are read")


def did_you_mean(word: str, known: Iterable[str], listed: Iterable[str] = ()) -> str:
    """A hint: the known word that comes closest, else all of them, or those that are to be listed."""
    known = tuple(known)
    close = difflib.get_close_matches(word, known, 1)
    return f"did you mean {close[0]}?" if close else f"there are {', '.join(listed or known)}"


class Builder:
    """Turns syntax trees into nodes. `lookup` finds the place of a name, or fails."""

    signs = "+ - * / @ **, [a, b]"
    """What the language has besides functions, for a hint."""

    powers = range(2, 10)
    """The exponents that there may be; a cell's power has a gradient to be written."""

    def __init__(self, nodes: list[Node], functions: tuple[str, ...]) -> None:
        self.nodes = nodes
        self.functions = functions

    def add(
        self, op: str, *args: int, name: str = "", value: float = 0.0, part: tuple[int, int] = (-1, -1)
    ) -> int:
        """Append a node and return its place."""
        self.nodes.append(Node(op, args, name, value, part))
        return len(self.nodes) - 1

    def build(self, tree: ast.expr, lookup: Callable[[ast.Name], int], source: Source, depth: int = 0) -> int:
        """Append what `tree` computes and return the place of its result."""
        if depth > MAX_DEPTH:
            raise source.error(f"nested more than {MAX_DEPTH} deep", tree, "take it apart")
        if isinstance(tree, ast.Name):
            return lookup(tree)
        return self.read(tree, lambda child: self.build(child, lookup, source, depth + 1), source)

    def read(self, tree: ast.expr, inner: Callable[[ast.expr], int], source: Source) -> int:
        """Append what one piece of syntax computes; `inner` does so for the pieces in it."""
        match tree:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return self.add("const", value=self._number(value, tree, source))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.negative(inner(operand))
            case ast.BinOp(op=ast.Pow(), left=left, right=right):
                return self.power(inner(left), right, source)
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _INFIX:
                return self.binary(_INFIX[type(sign)], inner(left), inner(right))
            case ast.List(elts=[_, _, *_] as parts):
                return self.add("concat", *(inner(part) for part in parts))
            case ast.Call(func=ast.Name(id=function), args=args, keywords=[]):
                return self.call(function, tree, [inner(arg) for arg in self._plain(args, source)], source)
            case ast.Attribute(attr="T", value=value) if "outer" in self.functions:
                return self.add("transpose", inner(value))
            case _:
                raise source.error(
                    f"{_kind(tree)} is not part of the language",
                    tree,
                    f"use {self.signs}, or {', '.join(self.functions)}",
                )

    def binary(self, op: str, a: int, b: int) -> int:
        """One infix operation; a place where gradients are simplified."""
        return self.add(op, a, b)

    def negative(self, a: int) -> int:
        """Minus a."""
        return self.add("neg", a)

    def power(self, base: int, exponent: ast.expr, source: Source) -> int:
        """A power with a whole, constant exponent."""
        found = exponent.value if isinstance(exponent, ast.Constant) else None
        if type(found) is not int or found not in self.powers:
            most = self.powers[-1]
            raise source.error(f"a power needs a whole number from 2 to {most}", exponent, "such as h**2")
        return self.add("pow", base, value=float(found))

    def call(self, function: str, tree: ast.Call, args: list[int], source: Source) -> int:
        """A function of the whitelist with the right number of operands."""
        if function not in self.functions:
            raise source.error(f"unknown function {function!r}", tree, did_you_mean(function, self.functions))
        wanted = 2 if function in ("cross_entropy", "outer") else 1
        if len(args) != wanted:
            raise source.error(
                f"{function} takes {wanted} operand{'s' * (wanted > 1)}, not {len(args)}", tree.col_offset
            )
        if function == "cross_entropy":
            if self.nodes[args[0]].op != "softmax":
                raise source.error(
                    "cross_entropy compares a softmax with a target",
                    tree,
                    "write p = softmax(y), then cross_entropy(p, target)",
                )
            if self.nodes[args[1]].name != "target":
                raise source.error(
                    "cross_entropy compares with target, the input of that name",
                    tree,
                    "write cross_entropy(p, target)",
                )
            args = [self.nodes[args[0]].args[0], *args]
        return self.add(function, *args)

    def not_alone(self, name: ast.Name, source: Source) -> None:
        """Raise EquationError if a function stands where a value should."""
        if name.id in self.functions:
            raise source.error(f"{name.id} is a function", name, f"write {name.id}(...)")

    @staticmethod
    def _number(value: float, tree: ast.expr, source: Source) -> float:
        if abs(value) > 1e30:
            raise source.error("a number beyond 1e30", tree, "use a smaller one")
        return float(value)

    @staticmethod
    def _plain(args: list[ast.expr], source: Source) -> list[ast.expr]:
        for arg in args:
            if isinstance(arg, ast.Starred):
                raise source.error("* is not part of the language here", arg, "name the operands")
        return args


def _kind(tree: ast.expr) -> str:
    """What a learner would call this piece of syntax."""
    names = {
        ast.Attribute: "a dot", ast.Subscript: "an index", ast.Call: "this call", ast.Constant: "this value",
        ast.Compare: "a comparison", ast.IfExp: "if", ast.Lambda: "lambda", ast.List: "a list of fewer than two",
        ast.ListComp: "a comprehension", ast.GeneratorExp: "a comprehension", ast.Tuple: "a comma",
        ast.Dict: "a dictionary", ast.BoolOp: "and/or", ast.BinOp: "this sign", ast.UnaryOp: "this sign",
    }  # fmt: skip
    return names.get(type(tree), "this")


def _unreadable(said: str, sign: str) -> tuple[str, str]:
    """What Python says of an expression that it cannot read, in a learner's words, and a hint."""
    if said.startswith("unmatched"):
        return f"this {sign} closes nothing", "take it away, or open a bracket before it"
    if said.endswith("was never closed"):
        return f"this {sign} is never closed", f"close it with {_CLOSED.get(sign, 'its other half')}"
    if said.startswith("closing parenthesis"):
        opened = said.split("'")[3]
        return f"this {sign} does not close the {opened} before it", f"close that with {_CLOSED[opened]} first"
    if "forgot a comma" in said:
        return "a sign is missing here", "such as @ or *, or a comma between two vectors in [a, b]"
    return "this is not complete", "look at the brackets and signs here"


def syntax_tree(expression: str, source: Source, column: int) -> ast.expr:
    """The syntax tree of an expression, its columns counted within the line."""
    depth = 0
    for k, letter in enumerate(expression):
        depth += (letter in "([{") - (letter in ")]}")
        if depth > MAX_DEPTH:
            raise source.error(f"nested more than {MAX_DEPTH} deep", column + k, "take it apart")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd literals, which are refused below
            tree = ast.parse(expression, mode="eval").body
    except SyntaxError as error:
        at = error.offset - 1 if error.offset else len(expression)  # no offset: it ends too early
        what, hint = _unreadable(error.msg, expression[at : at + 1])
        raise source.error(what, column + at, hint) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise source.error("this cannot be read", column) from error
    letters = expression.encode()
    for node in ast.walk(tree):
        if hasattr(node, "col_offset"):  # counts bytes
            node.col_offset = column + len(letters[: node.col_offset].decode())
    return tree
