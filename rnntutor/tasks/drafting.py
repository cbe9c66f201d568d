"""A cell that somebody writes, over a text that somebody chooses. Nothing is executed: the engine parses.

draft = drafted("h = tanh(W @ [h_prev, x] + b)")     raises ValueError saying what is wrong, and where
draft.shapes                                         {"W": (8, 12), "b": (8,), "W_y": (4, 8), "b_y": (4,)}
agreement(draft)                                     2.7e-10, the largest relative error of its gradient
fresh(draft)                                         an Episode with fresh weights, which can learn
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from rnntutor.engine.arguments import whole
from rnntutor.engine.cell import Cell, init_params, parse_cell
from rnntutor.engine.check import gradcheck
from rnntutor.engine.learning import Learning
from rnntutor.engine.parse import FEATURE, MAX_TEXT
from rnntutor.engine.program import Line, Program
from rnntutor.engine.shapes import Shape
from rnntutor.engine.syntax import EquationError
from rnntutor.model import Model
from rnntutor.tasks.chars import episode, pair, shown_text, with_readout
from rnntutor.tasks.episode import Episode
from rnntutor.tasks.vocabulary import Vocabulary

SUFFIX = ".eq"
"""Of a file with equations."""
TEXT, HIDDEN = "hello", 8
"""What a cell is played over, and with how many units, where nobody says otherwise."""
MOST_UNITS = 4096
MOST_NUMBERS = 5_000_000
"""Of all parameters together: 40 MB, and the optimiser keeps as much again, twice."""
_SIZELESS = "only states and x have sizes of their own: add it to one, or make it one"
_NEAR = 0.75
"""How alike two names are, of 1, where one may be a slip for the other."""
MOST_WORK = 150_000
"""Parameters times operations of a gradient check that somebody waits for: two seconds."""


@dataclass(frozen=True)
class Writing:
    """Equations to be written on: right or wrong, and what they are called."""

    text: str
    title: str
    hidden: int = HIDDEN
    place: str = f"mine{SUFFIX}"
    """The file that it came from, or might go to."""


@dataclass(frozen=True, eq=False)
class Draft:
    """What a text means."""

    own: Cell
    """As it is written."""
    cell: Cell
    """As it is played: with a readout, if it has none of its own."""
    hidden: int
    text: str
    """What it is played over."""
    symbols: tuple[str, ...]
    shapes: Mapping[str, Shape]
    """Of all parameters that are played."""

    @property
    def backward(self) -> Program:
        """The backward pass of what is written: from its loss, or from what a readout sends back to h."""
        return self.own.backward(() if "loss" in self.own.step.assigned else ("h",))

    @cached_property
    def slips(self) -> Mapping[str, str]:
        """Parameters that may be mistyped states."""
        return slips(self.own)

    @property
    def about(self) -> str:
        """The beginning of that text, on one line."""
        return shown_text(self.text)

    @property
    def added(self) -> tuple[str, ...]:
        """The lines of the readout, if it was added."""
        return tuple(line.name for line in self.cell.lines[len(self.own.lines) :])

    def size(self, cell: Cell) -> int:
        """How many numbers the parameters of a cell hold together."""
        return sum(math.prod(self.shapes[name]) for name in cell.params)


def drafted(text: str, title: str = "cell", hidden: int = HIDDEN, over: str = TEXT) -> Draft:
    """Read a cell, find its shapes for `hidden` units and the characters of `over`, and differentiate it.

    Raises EquationError where the text is wrong, ValueError where it cannot be played over `over`.
    """
    hidden = units(hidden)
    own = parse_cell(text, title)
    cell = parse_cell(with_readout(text, title=title), title)
    if own.init is not None and FEATURE in own.data:
        raise ValueError("the init section reads v, a picture, and there is none beside a text")
    if "loss" not in cell.step.assigned:
        raise ValueError("the readout has no line loss, so nothing goes back: add loss = cross_entropy(p, target)")
    pair(over)
    symbols = Vocabulary.of(over).symbols
    draft = Draft(own, cell, hidden, over, symbols, _shapes(cell, hidden, len(symbols)))
    if draft.size(cell) > MOST_NUMBERS:
        raise ValueError(f"{draft.size(cell):,} parameters; at most {MOST_NUMBERS:,} are played here: take fewer units")
    _ = draft.backward
    return draft


def units(value: object) -> int:
    """A number of units. Raises ValueError for what is none, or too many."""
    found = whole("units", value)
    if found > MOST_UNITS:
        raise ValueError(f"units: at most {MOST_UNITS:,} are played here, not {found:,}")
    return found


def _shapes(cell: Cell, hidden: int, symbols: int) -> dict[str, Shape]:
    """The shapes of the parameters, where they follow from units and symbols."""
    try:
        return cell.param_shapes(hidden, symbols, **_target(cell, symbols))
    except EquationError as error:
        if "does not follow" not in error.what:
            raise
        raise _sizeless(cell, error) from error


def _sizeless(cell: Cell, error: EquationError) -> EquationError:
    """A size that does not follow: most often a state is mistyped, else something is tied to none."""
    (name, meant), *_ = [*slips(cell).items(), (error.what.split()[3], "")]
    line = next((k for k in cell.lines if name in _read_by(cell, k)), None)
    source = line.text if line else ""
    hint = f"did you mean {meant}?" if meant else _SIZELESS
    return EquationError(
        f"{name} is a parameter here, as no line makes it" if meant else error.what,
        title=error.title, number=line.number if line else 0, source=source,
        column=max(0, source.find(name, source.find("="))) if meant else 0, hint=hint,
    )  # fmt: skip


def slips(cell: Cell) -> dict[str, str]:
    """Parameters that come near to a state of the timestep before, and what may be meant: {"c_prv": "c_prev"}."""
    known = [f"{line.name}_prev" for line in cell.lines]
    close = {name: get_close_matches(name, known, 1, _NEAR) for name in cell.params}
    return {name: found[0] for name, found in close.items() if found}


def _read_by(cell: Cell, line: Line) -> set[str]:
    """The names that a line reads, and its own."""
    nodes = cell.step.nodes
    return {line.name, *(nodes[k].name for place in cell.step.operations(line) for k in nodes[place].args)}


def _target(cell: Cell, symbols: int) -> dict[str, Any]:
    return {"target": symbols} if "target" in cell.inputs else {}


def agreement(draft: Draft) -> float:
    """The largest relative error of the gradient against finite differences, on random numbers of small shapes.

    NaN where a number is none. Raises ValueError for a cell that would keep somebody waiting.
    """
    small = _shapes(draft.cell, 3, 2)
    count = sum(math.prod(shape) for shape in small.values())
    if count * len(draft.cell.step.nodes) > MOST_WORK:
        raise ValueError("this cell is too large to be checked while you wait")
    return gradcheck(draft.cell, hidden=3, input=2, steps=3, **_target(draft.cell, 2))


def fresh(draft: Draft, title: str = "your own cell", seed: int = 0) -> Episode:
    """The cell with fresh weights over its text; it can learn what is played."""
    size = len(draft.symbols)
    params = init_params(draft.cell, draft.hidden, size, seed=seed, **_target(draft.cell, size))
    return replace(episode(Model(draft.cell, params, draft.symbols), draft.text, title), learning=Learning())


def tidy(text: str) -> str:
    """Text as an editor holds it: no characters that have no column of their own, and line ends of one kind.

    Raises ValueError for more than a cell may be.
    """
    if len(text) > MAX_TEXT:
        raise ValueError(f"{len(text):,} characters; at most {MAX_TEXT:,} are read")
    composed = unicodedata.normalize("NFC", text.removeprefix("\ufeff").replace("\r\n", "\n"))
    lines = composed.expandtabs(4).split("\n")
    return "\n".join("".join("�" if unicodedata.category(k)[0] in "CM" else k for k in line) for line in lines)
