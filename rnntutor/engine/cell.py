"""A cell: its text, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from rnntutor.engine.arguments import whole
from rnntutor.engine.differentiate import differentiate
from rnntutor.engine.ops import Array
from rnntutor.engine.parse import MAX_TEXT, parse
from rnntutor.engine.program import Line, Program
from rnntutor.engine.shapes import Shape, infer, ranks
from rnntutor.engine.start import check_start, set_forget_bias, set_identity
from rnntutor.engine.syntax import EquationError

MAX_SHOWN = 200
"""Characters of a name that a message repeats."""


@dataclass(frozen=True, eq=False)
class Cell:
    """The equations of one recurrent step, with its readout and the start of its states if it has them."""

    text: str
    title: str = "cell"
    backwards: dict[tuple[str, ...], Program] = field(default_factory=dict, repr=False)
    plans: dict[Any, Any] = field(default_factory=dict, repr=False)
    """What was worked out for inputs of one shape; filled by `run`."""

    @cached_property
    def programs(self) -> dict[str, Program]:
        """By section: "step", which includes the readout, and perhaps "init"."""
        return parse(self.text, self.title)

    @property
    def step(self) -> Program:
        """The program of one timestep."""
        return self.programs["step"]

    @property
    def init(self) -> Program | None:
        """The program that makes the first states, if the text has one."""
        return self.programs.get("init")

    @property
    def lines(self) -> tuple[Line, ...]:
        """The equations of a timestep in order, each with .name, .text and .caption."""
        return self.step.lines

    @cached_property
    def states(self) -> tuple[str, ...]:
        """The values that go from one timestep to the next, in the order assigned."""
        return tuple(carry.name for carry in self.step.carries)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """The names that are data at every timestep: "x", and "target" where there is a loss."""
        return tuple(self.step.leaves("input"))

    @cached_property
    def data(self) -> dict[str, int]:
        """What a run has to be given, and with how many axes: 3 for (T, B, ·), 2 for (B, ·) of the `init` section.

        A cell may ignore x, but x still says how long the sequence is.
        """
        starts = self.init.leaves("input") if self.init else {}
        return dict.fromkeys(starts, 2) | {"x": 3} | dict.fromkeys(self.inputs, 3)

    @cached_property
    def compares(self) -> bool:
        """Whether a loss compares something with a target."""
        return any(node.op == "cross_entropy" for node in self.step.nodes)

    @cached_property
    def params(self) -> tuple[str, ...]:
        """The parameters in the order of the text."""
        names = [name for program in self.programs.values() for name in program.leaves("param")]
        return tuple(dict.fromkeys(names))

    def backward(self, seeds: tuple[str, ...] = ()) -> Program:
        """The backward pass of a timestep, as a program."""
        if seeds not in self.backwards:
            self.backwards[seeds] = differentiate(self.step, seeds)
        return self.backwards[seeds]

    def param_shapes(
        self, hidden: int | None = None, input: int | None = None, **sizes: int
    ) -> dict[str, Shape]:
        """The shapes of the parameters for `hidden` units and `input` features.

        `sizes` names the size of any other vector: target=65, or c=16 for a state unlike the others.
        """
        given = self._given(hidden, input, sizes)
        shapes: dict[str, Shape] = {}
        for program in (self.step, self.init):
            if program is not None:
                found = infer(program, given | shapes)
                shapes |= {name: found[place] for name, place in program.leaves("param").items()}
        return {name: shapes[name] for name in self.params}

    def step_shapes(self, hidden: int | None, input: int | None, **sizes: int) -> list[Shape]:
        """The shapes of all values of a timestep, by place; arguments as for `param_shapes`."""
        params = self.param_shapes(hidden, input, **sizes)
        return infer(self.step, self._given(hidden, input, sizes) | params)

    def _given(self, hidden: int | None, input: int | None, sizes: Mapping[str, int]) -> dict[str, Shape]:
        """What is known of shapes before the equations are asked."""
        given: dict[str, Shape] = {}
        if hidden is not None:
            given |= dict.fromkeys(self.states, (whole("hidden", hidden),))
        if input is not None:
            given["x"] = (whole("input", input),)
        return given | self.named_sizes(sizes)

    def named_sizes(self, sizes: Mapping[str, int]) -> dict[str, Shape]:
        """Sizes as shapes. Raises ValueError for a name that the text does not have, or what is no size."""
        names = dict.fromkeys(name for program in self.programs.values() for name in program.by_name)
        for name in sizes:
            if name not in names:
                raise ValueError(f"{name}: no vector is called that; there are {', '.join(names)}")
        return {name: (whole(name, size),) for name, size in sizes.items()}


def parse_cell(text: str, title: str = "cell") -> Cell:
    """Read a cell from text. Raises EquationError with line and caret."""
    if not isinstance(text, str):
        raise ValueError(f"text: the equations as text are wanted, not {type(text).__name__}")
    cell = Cell(text, title)
    _ = cell.programs
    for program in cell.programs.values():
        ranks(program)  # raises where the equations cannot fit together whatever the sizes are
    return cell


def shipped_cells() -> tuple[str, ...]:
    """The names of the cells that come with rnntutor."""
    folder = files("rnntutor") / "cells"
    return tuple(
        sorted(entry.name.removesuffix(".eq") for entry in folder.iterdir() if entry.name.endswith(".eq"))
    )


def load_cell(name: str | Path) -> Cell:
    """Read a shipped cell by name, or a file by path.

    Raises EquationError (a ValueError) if the text is wrong, ValueError if there is no such cell.
    """
    return parse_cell(*cell_text(name))


def cell_text(name: str | Path) -> tuple[str, str]:
    """The text of a shipped cell or of a file, right or wrong, and what it is called. Raises as `load_cell` does."""
    if not isinstance(name, str | Path):
        raise ValueError(f"name: a cell's name or the path of a file is wanted, not {name!r}")
    if str(name) in shipped_cells():
        return (files("rnntutor") / "cells" / f"{name}.eq").read_text(encoding="utf-8"), str(name)
    path = Path(name)
    if not _is_file(path):
        called = str(name) if len(str(name)) <= MAX_SHOWN else f"{str(name)[:MAX_SHOWN]}…"
        raise ValueError(
            f"no cell is called {called!r}; there are {', '.join(shipped_cells())}, or give a file"
        )
    if path.stat().st_size > 4 * MAX_TEXT:
        raise EquationError("too long to be a cell", title=path.name)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise EquationError("this is not UTF-8 text", title=path.name) from error
    if "\0" in text:
        raise EquationError("this is not a text; it holds NUL bytes", title=path.name)
    return text, path.name


def _is_file(path: Path) -> bool:
    """Whether there is such a file; a name longer than any file's is none."""
    try:
        return path.is_file()
    except OSError:
        return False


def init_params(
    cell: Cell,
    hidden: int | None = None,
    input: int | None = None,
    *,
    seed: int = 0,
    dtype: DTypeLike = np.float64,
    recurrent: str = "uniform",
    forget_bias: float = 0.0,
    **sizes: int,
) -> dict[str, Array]:
    """Fresh parameters: matrices uniform in ±1/sqrt(columns), vectors zero.

    With `recurrent` as "identity", the weights on states before are the identity; a `forget_bias` other than zero is
    the bias of every gate that keeps a state. See `engine.start`. Raises ValueError naming an argument that is wrong.
    """
    kind = _floating(dtype)
    check_start(recurrent, forget_bias)
    rng = np.random.default_rng(seed)
    params: dict[str, Array] = {}
    for name, shape in cell.param_shapes(hidden, input, **sizes).items():
        bound = 1 / np.sqrt(shape[-1]) if len(shape) == 2 else 0.0
        params[name] = rng.uniform(-bound, bound, shape).astype(kind)
    if recurrent == "identity":
        set_identity(cell.step, cell.step_shapes(hidden, input, **sizes), params)
    if forget_bias:
        set_forget_bias(cell.step, params, forget_bias)
    return params


def _floating(dtype: DTypeLike) -> np.dtype[Any]:
    """A dtype if it is one of floating-point numbers."""
    try:
        kind = np.dtype(dtype)
    except TypeError:
        kind = None
    if kind is None or kind.kind != "f":
        raise ValueError(f"dtype: float32 or float64 is wanted, not {dtype!r}")
    return kind
