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
    unit: tuple[int | None, ...] = ()
    """None stands for every unit, row or column."""

    @property
    def is_one(self) -> bool:
        """Whether it is a single number."""
        return None not in self.unit

    @property
    def where(self) -> tuple[int | slice, ...]:
        """The unit as NumPy takes it."""
        return tuple(slice(None) if k is None else k for k in self.unit)

    def covers(self, other: Place) -> bool:
        """Whether all of another place is part of this one."""
        same = (self.name, self.t, len(self.unit)) == (other.name, other.t, len(other.unit))
        return same and all(a is None or a == b for a, b in zip(self.unit, other.unit, strict=True))

    def write(self, glyphs: Glyphs) -> str:
        """f₂[3], loss₂, W_f[3,5]; every unit is f₂[:], and the state before the first timestep h₋₁[3]."""
        index = ",".join(":" if k is None else str(k) for k in self.unit)
        if self.t is None:
            return f"{self.name}[{index}]"
        before = self.name.endswith("_prev")
        return Name(self.name.removesuffix("_prev"), t=self.t - before).write(glyphs, index)


@dataclass(frozen=True, slots=True)
class Knob(Place):
    """What is turned for all of a network or of its sequence, instead of one number: see `play.knobs`."""

    def write(self, glyphs: Glyphs) -> str:
        """σ_max, forget bias."""
        return glyphs.singular if self.name == "sigma_max" else _KNOBS[self.name]

    def say(self, value: float) -> str:
        """Where it stands, in words where it is no number."""
        if self.name == "counts":
            return "at the last timestep" if value else "everywhere"
        if self.name == "picture":
            return f"{value:.0f} {'pixel' if value == 1 else 'pixels'} changed"
        if self.name in ("window", "clip") and not value:
            return "off"
        return f"{value:g}" if self.name in ("window", "clip", "T") else f"{value:.3f}"


_KNOBS = {
    "forget_bias": "forget bias", "T": "T", "counts": "loss counts", "window": "cut every", "clip": "clip",
    "picture": "picture",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """A number that was set by hand, all numbers of a value, or a knob that was turned."""

    place: Place
    value: float
    was: float | None
    """None where more than one number was set."""
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
    """The number at a place of a run. Raises ValueError for a place of more than one."""
    if not place.is_one:
        raise ValueError(f"unit: one number of {place.name} is wanted, not all")
    if place.t is None:
        return float(run[place.name][place.where])
    return float(run[place.name][(place.t, 0, *place.where)])


def differs(new: Array, old: Array, scale: float = 1.0) -> Array:
    """Which numbers have moved so far that it matters on a scale."""
    with np.errstate(all="ignore"):
        return ~np.isclose(new, old, rtol=0.0, atol=_SEEN * scale, equal_nan=True)
