"""Text to program.

section headers   init:   step:   readout:      (without any, all lines are the step)
lines             name = expression             # caption
expressions       + - * / @ **, [a, b], numbers, names and the functions in `ops.FUNCTIONS`
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator
from dataclasses import replace

from rnntutor.engine.ops import FUNCTIONS
from rnntutor.engine.program import SECTIONS, Carry, Line, Node, Program
from rnntutor.engine.syntax import Builder, EquationError, Source, syntax_tree

MAX_TEXT = 20_000
MAX_LINES = 100
MAX_CHAIN = 120
FEATURE = "v"
"""What the `init` section reads."""
INPUTS = ("x", "target", FEATURE)
"""Names that are data: the input, what the readout should say, and what `init` starts from."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*$")
_HEADER = re.compile(r"\s*([A-Za-z]+)\s*:\s*(#.*)?$")


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
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    said = [(k, line) for k, line in enumerate(lines, 1) if line.split("#")[0].strip()]
    if len(said) > MAX_LINES:
        raise EquationError(f"{len(said)} lines; at most {MAX_LINES} are read", title=title)
    for number, line in said:
        source = Source(title, number, line)
        source.check_length()
        yield source


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
        self._check_depth()
        carries = tuple(
            Carry(name, self.places[f"{name}_prev"], self.places[name])
            for name in (line.name for line in self.lines)
            if f"{name}_prev" in self.places
        )
        return Program(tuple(self.nodes), tuple(self.lines), carries, title=self.title)

    def _check_depth(self) -> None:
        """No value may be the end of too long a chain of operations."""
        depth: list[int] = []
        for node in self.nodes:
            depth.append(1 + max((depth[k] for k in node.args), default=0))
        for source, name, *_ in self.split:
            if depth[self.places[name]] > MAX_CHAIN:
                raise source.error(f"a chain of more than {MAX_CHAIN} operations ends here")

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
        tree = syntax_tree(expression, source, column)
        place = self.builder.build(tree, lambda node: self._lookup(node, source), source)
        made = self.nodes[place]
        if made.name or made.op == "const":  # `a = b`: the line gets a place of its own
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
        if name in INPUTS and (name == FEATURE) == self.recurrent:
            only = "the init section" if name == FEATURE else "every timestep"
            raise source.error(f"{name} is read in {only} only", node.col_offset, "use another name")
        self.builder.not_alone(node, source)
        kind = "prev" if state != name else "input" if name in INPUTS else "param"
        self.places[name] = self.builder.add(kind, name=name)
        return self.places[name]


def _assignment(source: Source) -> tuple[str, str, str]:
    """Name, expression and caption of a line."""
    code, _, caption = source.text.partition("#")
    name, sign, expression = code.partition("=")
    name, expression = name.strip(), expression.strip()
    if not code.isascii():
        column = next((k for k, letter in enumerate(source.text.strip()) if ord(letter) > 127), 0)
        raise source.error("only plain ASCII is read before the #", column)
    if not sign or not expression:
        raise source.error("this is not an equation", 0, "write name = expression")
    if not _NAME.match(name) or keyword.iskeyword(name):
        raise source.error(f"{name or 'nothing'!r} is not a name", 0, "use letters, digits and _")
    if name in FUNCTIONS or name in INPUTS or name.endswith("_prev"):
        raise source.error(
            f"{name} has a meaning of its own and cannot be assigned", 0, "choose another name"
        )
    return name, expression, caption.strip()
