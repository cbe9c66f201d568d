"""Text to program: a whitelist over Python's own syntax trees. Nothing is ever evaluated.

section headers   init:   step:   readout:      (without any, all lines are the step)
lines             name = expression             # caption
expressions       + - * / @ **, [a, b], numbers, names and the functions in `ops.FUNCTIONS`
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from rnntutor.engine.ops import FUNCTIONS
from rnntutor.engine.program import SECTIONS, Carry, Line, Node, Program

MAX_TEXT = 20_000
MAX_LINE = 400
MAX_LINES = 100
MAX_DEPTH = 30
INPUTS = ("x", "target", "v")
"""Names that are data: the input, what the readout should say, and what `init` starts from."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*$")
_HEADER = re.compile(r"\s*([A-Za-z]+)\s*:\s*$")
_INFIX = {ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.MatMult: "matmul"}


class EquationError(ValueError):
    """A cell's text is wrong: says where, with a caret, and what would be right."""

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

    def error(self, what: str, column: int = 0, hint: str = "") -> EquationError:
        """An error that points at a column of this line; columns count from the line's first letter."""
        return EquationError(
            what,
            title=self.title,
            number=self.number,
            column=column,
            source=self.text.strip()[:MAX_LINE],
            hint=hint,
        )


class Builder:
    """Turns syntax trees into nodes. `lookup` finds the place of a name, or fails."""

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
            raise source.error(
                f"nested more than {MAX_DEPTH} deep", tree.col_offset, "give a part a line of its own"
            )

        def inner(child: ast.expr) -> int:
            return self.build(child, lookup, source, depth + 1)

        match tree:
            case ast.Name():
                return lookup(tree)
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
                    tree.col_offset,
                    f"use + - * / @ **, [a, b], or {', '.join(self.functions)}",
                )

    def binary(self, op: str, a: int, b: int) -> int:
        """One infix operation; a place where gradients are simplified."""
        return self.add(op, a, b)

    def negative(self, a: int) -> int:
        """Minus a."""
        return self.add("neg", a)

    def power(self, base: int, exponent: ast.expr, source: Source) -> int:
        """A power with a whole, constant exponent."""
        if not (
            isinstance(exponent, ast.Constant) and type(exponent.value) is int and 2 <= exponent.value <= 9
        ):
            raise source.error(
                "a power needs a whole number from 2 to 9", exponent.col_offset, "such as h**2"
            )
        return self.add("pow", base, value=float(exponent.value))

    def call(self, function: str, tree: ast.Call, args: list[int], source: Source) -> int:
        """A function of the whitelist with the right number of operands."""
        if function not in self.functions:
            hint = difflib.get_close_matches(function, self.functions, 1) or [", ".join(self.functions)]
            raise source.error(
                f"unknown function {function!r}",
                tree.col_offset,
                f"did you mean {hint[0]}?" if len(hint[0]) < 15 else f"there are {hint[0]}",
            )
        wanted = 2 if function in ("cross_entropy", "outer") else 1
        if len(args) != wanted:
            raise source.error(
                f"{function} takes {wanted} operand{'s' * (wanted > 1)}, not {len(args)}", tree.col_offset
            )
        if function == "cross_entropy":
            if self.nodes[args[0]].op != "softmax":
                raise source.error(
                    "cross_entropy compares a softmax with a target",
                    tree.col_offset,
                    "write p = softmax(y), then cross_entropy(p, target)",
                )
            args = [self.nodes[args[0]].args[0], *args]
        return self.add(function, *args)

    @staticmethod
    def _number(value: float, tree: ast.expr, source: Source) -> float:
        if abs(value) > 1e30:
            raise source.error("a number beyond 1e30", tree.col_offset, "use a smaller one")
        return float(value)

    @staticmethod
    def _plain(args: list[ast.expr], source: Source) -> list[ast.expr]:
        for arg in args:
            if isinstance(arg, ast.Starred):
                raise source.error("* is not part of the language here", arg.col_offset, "name the operands")
        return args


def _kind(tree: ast.expr) -> str:
    """What a learner would call this piece of syntax."""
    names = {
        ast.Attribute: "a dot", ast.Subscript: "an index", ast.Call: "this call", ast.Constant: "a text",
        ast.Compare: "a comparison", ast.IfExp: "if", ast.Lambda: "lambda", ast.List: "a list of fewer than two",
        ast.ListComp: "a comprehension", ast.GeneratorExp: "a comprehension", ast.Tuple: "a comma",
        ast.Dict: "a dictionary", ast.BoolOp: "and/or", ast.BinOp: "this sign", ast.UnaryOp: "this sign",
    }  # fmt: skip
    return names.get(type(tree), "this")


def parse(text: str, title: str = "cell") -> dict[str, Program]:
    """Read a cell's text into its programs: "step" (with the readout's lines) and perhaps "init".

    Raises EquationError, which names the line and points at the place.
    """
    sources = list(_sources(text, title))
    written: dict[str, list[Source]] = {"init": [], "step": []}
    sections: dict[int, str] = {}
    section = "step"
    for source in sources:
        header = _HEADER.match(source.text)
        if header:
            section = header[1]
            if section not in SECTIONS:
                raise source.error(f"unknown section {section!r}", 0, "there are init, step and readout")
            continue
        sections[source.number] = section
        written["init" if section == "init" else "step"].append(source)
    if not written["step"]:
        raise EquationError(
            "no equations", title=title, hint="write at least one, such as h = tanh(W @ [h_prev, x] + b)"
        )
    return {
        part: _Reader(title, lines, sections, recurrent=part == "step").program()
        for part, lines in written.items()
        if lines
    }


def _sources(text: str, title: str) -> Iterator[Source]:
    """The lines that say something, checked for size before anything reads them."""
    if len(text) > MAX_TEXT:
        raise EquationError(f"{len(text):,} characters; at most {MAX_TEXT:,} are read", title=title)
    lines = text.splitlines()
    said = [(k, line) for k, line in enumerate(lines, 1) if line.split("#")[0].strip()]
    if len(said) > MAX_LINES:
        raise EquationError(f"{len(said)} lines; at most {MAX_LINES} are read", title=title)
    for number, line in said:
        source = Source(title, number, line)
        if len(line) > MAX_LINE:
            raise source.error(f"{len(line)} characters in one line; at most {MAX_LINE} are read")
        yield source if "#" in line else replace(source, text=line)


class _Reader:
    """Reads the lines of one program, giving every name its role."""

    def __init__(
        self, title: str, sources: list[Source], sections: dict[int, str], *, recurrent: bool
    ) -> None:
        self.title, self.sections, self.recurrent = title, sections, recurrent
        self.nodes: list[Node] = []
        self.builder = Builder(self.nodes, FUNCTIONS)
        self.places: dict[str, int] = {}
        self.lines: list[Line] = []
        self.split = [(source, *_assignment(source)) for source in sources]
        self.assigned = {name: source.number for source, name, *_ in self.split}

    def program(self) -> Program:
        """Read every line in order."""
        for source, name, expression, caption in self.split:
            self._read(source, name, expression, caption)
        carries = tuple(
            Carry(name, self.places[f"{name}_prev"], self.places[name])
            for name in (line.name for line in self.lines)
            if f"{name}_prev" in self.places
        )
        return Program(tuple(self.nodes), tuple(self.lines), carries, title=self.title)

    def _read(self, source: Source, name: str, expression: str, caption: str) -> None:
        if name in self.places:
            known = self.assigned[name] != source.number or any(line.name == name for line in self.lines)
            raise source.error(
                f"{name} is assigned twice" if known else f"{name} is used before its line",
                0,
                "every name is assigned once",
            )
        stripped = source.text.strip()
        column = stripped.index(expression, stripped.index("=") + 1)
        tree = _tree(expression, source, column)
        place = self.builder.build(tree, lambda node: self._lookup(node, source), source)
        if (
            self.nodes[place].name or self.nodes[place].op == "const"
        ):  # `a = b`: the line gets a place of its own
            place = self.builder.add("copy", place)
        self.nodes[place] = replace(self.nodes[place], name=name)
        self.places[name] = place
        self.lines.append(
            Line(
                name,
                place,
                f"{name} = {expression}",
                caption,
                self.sections[source.number],
                number=source.number,
            )
        )

    def _lookup(self, node: ast.Name, source: Source) -> int:
        name = node.id
        if name in self.places:
            return self.places[name]
        state = name.removesuffix("_prev")
        if name in self.assigned:
            raise source.error(
                f"{name} is used before its line",
                node.col_offset,
                f"move its line up, or read {name}_prev, the value of the timestep before"
                if self.recurrent
                else "move its line up",
            )
        if state != name and (state not in self.assigned or not self.recurrent):
            raise source.error(
                f"{name} is read, but no line assigns {state}", node.col_offset, f"add a line {state} = ..."
            )
        if name in FUNCTIONS:
            raise source.error(f"{name} is a function", node.col_offset, f"write {name}(...)")
        kind = "prev" if state != name else "input" if name in INPUTS else "param"
        self.places[name] = self.builder.add(kind, name=name)
        return self.places[name]


def _assignment(source: Source) -> tuple[str, str, str]:
    """Name, expression and caption of a line."""
    code, _, caption = source.text.partition("#")
    name, sign, expression = code.partition("=")
    name, expression = name.strip(), expression.strip()
    if not code.isascii():
        column = next(k for k, letter in enumerate(source.text.strip()) if ord(letter) > 127)
        raise source.error("only plain ASCII is read before the #", column)
    if not sign or not expression:
        raise source.error("this is not an equation", 0, "write name = expression")
    if not _NAME.match(name):
        raise source.error(f"{name or 'nothing'!r} is not a name", 0, "use letters, digits and _")
    if name in FUNCTIONS or name in INPUTS or name.endswith("_prev"):
        raise source.error(
            f"{name} has a meaning of its own and cannot be assigned", 0, "choose another name"
        )
    return name, expression, caption.strip()


def _tree(expression: str, source: Source, column: int) -> ast.expr:
    """The syntax tree of an expression, its columns counted within the line."""
    depth = 0
    for k, letter in enumerate(expression):
        depth += (letter in "([{") - (letter in ")]}")
        if depth > MAX_DEPTH:
            raise source.error(
                f"nested more than {MAX_DEPTH} deep", column + k, "give a part a line of its own"
            )
    try:
        tree = ast.parse(expression, mode="eval").body
    except SyntaxError as error:
        raise source.error(
            "this is not complete",
            column + max(min((error.offset or 1) - 1, len(expression)), 0),
            "look at the brackets and signs here",
        )
    except (ValueError, RecursionError, MemoryError):
        raise source.error("this cannot be read", column)
    for node in ast.walk(tree):
        if hasattr(node, "col_offset"):
            node.col_offset += column
    return tree
