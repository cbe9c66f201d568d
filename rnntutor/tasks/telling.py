"""How a network tells something: what it says is what it reads next, until it says the end or comes to a limit.

telling = Telling(first=0, end=1, limit=16)
said, ran = telling.told(cell, params, {"v": v})      # the numbers of the symbols, and the run over them
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rnntutor.engine.arguments import above_zero, whole
from rnntutor.engine.cell import Cell
from rnntutor.engine.ops import Array
from rnntutor.engine.run import Run, run
from rnntutor.engine.sample import How, choose, symbols_of
from rnntutor.engine.tape import Edit

MOST = 100
"""Symbols that are told at most."""


@dataclass(frozen=True)
class Telling:
    """What is read first, and how the rest is chosen. Raises ValueError naming a setting that is wrong."""

    first: int
    """The number of the symbol that is read first."""
    end: int | None = None
    """The symbol after which nothing more is said; None for none."""
    limit: int = 16
    """How many symbols are said at most."""
    how: How = "argmax"
    temperature: float = 1.0
    seed: int = 0
    said: tuple[int, ...] = ()
    """What it is made to say first, before it chooses."""

    def __post_init__(self) -> None:
        whole("limit", self.limit, most=MOST)
        whole("seed", self.seed, least=0)
        above_zero("temperature", self.temperature)
        if self.how not in ("argmax", "sample"):
            raise ValueError(f"how: 'argmax' or 'sample' is wanted, not {self.how!r}")

    def told(
        self,
        cell: Cell,
        params: Mapping[str, Array],
        data: Mapping[str, Array] | None = None,
        *,
        edits: Sequence[tuple[str, Edit]] = (),
        rows: Mapping[int, Array] | None = None,
    ) -> tuple[tuple[int, ...], Run]:
        """The numbers of the symbols that are said, the end among them, and the run over it, its target what is said.

        `data` is what an `init` section reads, (1, F) each; `edits`, of a run before, are what was set by hand; `rows`
        what is read at some timesteps instead of what was said before them, (V,). Raises ValueError where the cell
        has no scores, or they are no numbers.
        """
        one_hot, rng = np.eye(symbols_of(cell, params)), np.random.default_rng(self.seed)
        first, given = whole("first", self.first, least=0, most=len(one_hot) - 1), rows or {}
        said, read = list[int](), [given.get(0, one_hot[first])]
        while True:
            wants = one_hot[[*said, 0]]
            y = _again(cell, params, np.array(read), wants, data or {}, edits)["y"][-1, 0]
            chosen = choose(y, rng, how=self.how, temperature=self.temperature)
            said.append(self.said[len(said)] if len(said) < len(self.said) else chosen)
            if said[-1] == self.end or len(said) == self.limit:
                return tuple(said), _again(cell, params, np.array(read), one_hot[said], data or {}, edits)
            read.append(given.get(len(said), one_hot[said[-1]]))


def _again(
    cell: Cell,
    params: Mapping[str, Array],
    x: Array,
    target: Array,
    data: Mapping[str, Array],
    edits: Sequence[tuple[str, Edit]],
) -> Run:
    """A run over x and target (T, V), with what was set by hand at its timesteps."""
    given: dict[str, Array] = {**data, "target": target[:, None]} if "target" in cell.inputs else {**data}
    return with_edits(run(cell, params, x[:, None], None, **given), edits)


def with_edits(ran: Run, edits: Sequence[tuple[str, Edit]]) -> Run:
    """A run with what was set by hand in another, as far as it has those timesteps."""
    for name, edit in edits:
        if edit.t < ran.steps:
            ran = ran.edit(name, edit.t, edit.unit, edit.value, edit.batch)
    return ran
