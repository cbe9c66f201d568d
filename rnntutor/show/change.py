"""Numbers set by hand: where, to what, what they were, and what that did to the loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.engine.run import Run
from rnntutor.show.formula import Name
from rnntutor.show.look import Glyphs

_SEEN = 1e-3
"""What part of the scale a number has to move by before it counts as another."""


@dataclass(frozen=True, slots=True)
class Place:
    """One number of a run: a value's unit at a timestep, or a parameter's row and column at every timestep."""

    name: str
    t: int | None
    unit: tuple[int, ...] = ()

    def write(self, glyphs: Glyphs) -> str:
        """f₂[3], loss₂, W_f[3,5]; the state before the first timestep is h₋₁[3]."""
        index = ",".join(map(str, self.unit))
        if self.t is None:
            return f"{self.name}[{index}]"
        before = self.name.endswith("_prev")
        return Name(self.name.removesuffix("_prev"), t=self.t - before).write(glyphs, index)


@dataclass(frozen=True, slots=True)
class Change:
    """A number that was set by hand."""

    place: Place
    value: float
    was: float
    loss: float | None
    """The summed loss after it; None where there is none."""
    loss_was: float | None


def settled(run: Run, place: Place) -> Place:
    """The place where a number is kept: a state before a timestep is the state after the one before."""
    state = place.name.removesuffix("_prev")
    if place.t and state != place.name and state in run.cell.states:
        return Place(state, place.t - 1, place.unit)
    return place


def number_at(run: Run, place: Place) -> float:
    """The number at a place of a run."""
    if place.t is None:
        return float(run[place.name][place.unit])
    return float(run[place.name][(place.t, 0, *place.unit)])


def differs(new: Array, old: Array, scale: float = 1.0) -> Array:
    """Which numbers have moved so far that it matters on a scale."""
    with np.errstate(all="ignore"):
        return ~np.isclose(new, old, rtol=0.0, atol=_SEEN * scale, equal_nan=True)
