"""A run as a program of its own: NumPy alone, forward and backward, line by line as the textbook writes it.

script_of(run, seeds=("h",))        the text of a Python file; `forward` and `backward` do what the engine does

Both come from the single-assignment programs of the cell. Arrays are (features, batch), vectors are columns.
"""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from rnntutor.engine.cell import Cell
from rnntutor.engine.differentiate import differentiate
from rnntutor.engine.ops import LEAVES, OPS, Array
from rnntutor.engine.program import Node, Program
from rnntutor.engine.run import Run
from rnntutor.engine.script_parts import FORWARD_AND_BACKWARD, FUNCTIONS, HEAD, MAIN
from rnntutor.engine.shapes import ranks

CALLS = ("sigmoid", "tanh", "relu", "exp", "log", "softmax", "cross_entropy", "outer", "sum", "step")
"""Operations that are written as calls of a function; those of NumPy and those of the script."""
_OF_NUMPY = {"tanh": "np.tanh", "exp": "np.exp", "log": "np.log", "sum": "total", "step": "slope"}
_TAKEN = frozenset(
    {*keyword.kwlist, *dir(builtins), *FUNCTIONS, "np", "params", "values", "coming", "step_forward", "step_backward"}
)


@dataclass
class _Writer:
    """Writes the lines of one program as Python; a value is known by its place, so that no two share a name."""

    program: Program
    names: dict[int, str] = field(default_factory=dict)
    used: dict[int, None] = field(default_factory=dict)
    """Named values that were read, in order."""

    def __post_init__(self) -> None:
        taken = set(_TAKEN)
        for place, node in enumerate(self.program.nodes):
            if node.name:
                name = node.name
                while name in taken:
                    name += "_"
                taken.add(name)
                self.names[place] = name

    def lines(self) -> list[str]:
        """Every line with its caption."""
        return [self._line(line.place, line.caption) for line in self.program.lines]

    def _line(self, place: int, caption: str) -> str:
        formula = self.expression(place, root=True)
        if self._is_number(place):  # a number alone is an array, too
            formula = f"np.array([[{formula}]])"
        text = f"    {self.names[place]} = {formula}"
        comment = " ".join(caption.split())
        return f"{text}  # {comment}" if comment else text

    def _is_number(self, place: int) -> bool:
        """Whether nothing but constants is in a formula."""
        node = self.program.nodes[place]
        return node.op == "const" or (node.op not in LEAVES and all(map(self._is_number, node.args)))

    def expression(self, place: int, rank: int = 0, *, root: bool = False) -> str:
        """The formula of a value; a named one stands as its name, except at the root."""
        node = self.program.nodes[place]
        if node.op in LEAVES - {"const"} or (node.name and not root):
            self.used[place] = None
            return self.names[place]
        text, own = self._written(node)
        return f"({text})" if own < rank else text

    def _written(self, node: Node) -> tuple[str, int]:
        """A formula and how strongly it binds."""
        if node.op == "const":
            return _number(node.value), 9 if node.value >= 0 else 3
        if node.op in CALLS:
            inside = ", ".join(self.expression(k) for k in Program.visible_args(node))
            if node.op == "cross_entropy":  # the scores before the softmax, and the target
                inside = f"{self.expression(node.args[0])}, {self.expression(node.args[2])}"
            return f"{_OF_NUMPY.get(node.op, node.op)}({inside})", 9
        if len(node.args) == 2 and node.op != "concat":
            rank = OPS[node.op].rank
            tighter = rank if node.op == "add" else rank + 1
            left, right = self.expression(node.args[0], rank), self.expression(node.args[1], tighter)
            return f"{left} {OPS[node.op].symbol} {right}", rank
        return self._special(node)

    def _special(self, node: Node) -> tuple[str, int]:
        """The few that are neither infix signs nor calls by their own name."""
        if node.op == "concat":
            return f"concat({', '.join(self.expression(k) for k in node.args)})", 9
        if node.op == "part":
            whole, which = node.part
            parts = ", ".join(self.expression(k) for k in self.program.nodes[whole].args)
            return f"part({self.expression(node.args[0])}, [{parts}], {which})", 9
        if node.op == "neg":
            return f"-{self.expression(node.args[0], 3)}", 3
        if node.op == "pow":
            exponent = _number(node.value)
            return f"{self.expression(node.args[0], 5)}**{f'({exponent})' if node.value < 0 else exponent}", 4
        if node.op == "transpose":
            return f"{self.expression(node.args[0], 9)}.T", 9
        return self.expression(node.args[0]), 0  # a copy

    def function(self, name: str, about: str, start: int) -> str:
        """A function over `params` and `values`, with what comes from outside in `coming`, that returns its lines.

        Places below `start` were computed before and are values, too.
        """
        lines, made = self.lines(), {line.place for line in self.program.lines}
        taken = [text for place in self.used if place not in made for text in self._taken(place, start)]
        returned = ", ".join(f"{line.name!r}: {self.names[line.place]}" for line in self.program.lines)
        return "\n".join([f"def {name}(params, values, coming):", f'    """{about}"""', *taken, *lines,
                          f"    return {{{returned}}}"])  # fmt: skip

    def _taken(self, place: int, start: int) -> Iterator[str]:
        node = self.program.nodes[place]
        home = "params" if node.op == "param" else "values" if place < start else "coming"
        yield f"    {self.names[place]} = {home}[{node.name!r}]"


def _number(value: float) -> str:
    """A number with all its digits."""
    return f"{value:g}" if float(f"{value:g}") == value else repr(float(value))


def seeds_of(cell: Cell) -> tuple[str, ...]:
    """Where a gradient has to come from outside: nowhere if there is a loss, else at h, or at the last line."""
    lines = [line.name for line in cell.lines]
    if "loss" in lines:
        return ()
    return ("h",) if "h" in lines else (lines[-1],)


def script_of(run: Run, seeds: Sequence[str] | None = None) -> str:
    """The text of a Python file with `forward` and `backward` of a run's cell, which imports NumPy alone.

    `seeds` are the lines that get a gradient from outside; none where the loss is where it starts. As a program it
    prints the loss and the norm of every gradient, over the run's own weights and inputs, which stand in the text.
    Raises ValueError for a seed that is no line.
    """
    cell = run.cell
    seeds = seeds_of(cell) if seeds is None else tuple(sorted(seeds))
    back = cell.backward(tuple(seeds))
    parts = [
        HEAD.format(title=_quoted(cell.title), equations=_commented(cell.text)), *FUNCTIONS.values(),
        _Writer(cell.step).function("step_forward", "One timestep.", len(cell.step.nodes)),
        _Writer(back).function("step_backward", "One timestep of the way back.", back.given),
        *_start(cell), _tables(run, back), FORWARD_AND_BACKWARD,
        MAIN.format(given=_literal(given_of(run)), seeds=repr(list(seeds))),
    ]  # fmt: skip
    return "\n\n\n".join(parts)


def given_of(run: Run) -> dict[str, dict[str, Array]]:
    """What a run was given: its parameters, its inputs, and the states that it began with if they were told."""
    return {"params": dict(run.params), "inputs": dict(run.inputs), "init": dict(run.given_init)}


def _start(cell: Cell) -> list[str]:
    """The `init` section and its way back; where there is none, functions that say nothing."""
    if cell.init is None:
        empty = '    """This cell begins with zeros."""\n    return {}'
        return [f"def {name}(params, values, coming):\n{empty}" for name in ("start_forward", "start_backward")]
    made = tuple(line.name for line in cell.init.lines if line.name in cell.states)
    back = differentiate(cell.init, made)
    return [
        _Writer(cell.init).function("start_forward", "The states before the first timestep.", len(cell.init.nodes)),
        _Writer(back).function("start_backward", "Their way back.", back.given),
    ]


def _tables(run: Run, back: Program) -> str:
    """What the loops have to know of the cell."""
    step, shapes = run.cell.step, run.plan.shapes
    states = {k.name: (step.nodes[k.leaf].name, (*shapes[k.leaf], 1)[0]) for k in step.carries}
    following = {back.nodes[k.leaf].name: back.nodes[k.source].name for k in back.carries}
    coming = {name: step.nodes[back.nodes[place].part[0]].name for name, place in back.leaves("next").items()}
    rank = {name: ranks(program)[place] for program in run.cell.programs.values()
            for name, place in program.leaves("param").items()}  # fmt: skip
    return "\n".join([
        f"INPUTS = {list(run.cell.inputs)!r}", f"STATES = {states!r}  # its name before, its units",
        f"NEXT = {coming!r}  # what comes from the timestep after, and of which value it is the gradient",
        f"BEFORE = {following!r}  # what that is of the timestep before",
        f"MATRICES = {[name for name, k in rank.items() if k == 2]!r}",
    ])  # fmt: skip


def _quoted(text: str) -> str:
    """A title inside a docstring."""
    return "".join(k for k in text if k.isprintable() and k not in '\\"')


def _commented(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.splitlines())


def _literal(given: Mapping[str, Mapping[str, Array]]) -> str:
    """Code that has the numbers in it, each with all its digits."""
    rows = ["    found = {"]
    for kind, arrays in given.items():
        rows += [f"        {kind!r}: {{"]
        rows += [f"            {name!r}: {_array(array)}," for name, array in arrays.items()]
        rows += ["        },"]
    return "\n".join([*rows, "    }"])


def _array(array: Array) -> str:
    text = repr(np.asarray(array).tolist()).replace("nan", "np.nan").replace("inf", "np.inf")
    return f"np.array({text}, np.{array.dtype.name})"
