"""A training under way, to be gone on with: its settings, its losses so far, and what its optimiser remembers."""

from __future__ import annotations

import math
from copy import deepcopy
from dataclasses import dataclass, field, replace

import numpy as np

from rnntutor.engine.arguments import above_zero
from rnntutor.engine.optim import OPTIMISERS, SGD, Adagrad, Adam

Stepper = SGD | Adagrad | Adam


@dataclass(frozen=True)
class Learning:
    """How a training goes on. Immutable: an iteration gives a new one, and what it started from can start again.

    Raises ValueError naming a setting that makes no sense.
    """

    optimiser: str = "adam"
    """A name of `engine.optim.OPTIMISERS`."""
    rate: float = 0.01
    clip: float = 5.0
    """The largest norm of a gradient; 0 for no limit."""
    losses: tuple[float, ...] = ()
    """Of every iteration so far, before its update, per symbol."""
    memory: Stepper | None = field(default=None, repr=False)
    """The optimiser as the last iteration left it; None before the first."""
    before: int = 0
    """How many of the iterations were made before this was opened."""

    def __post_init__(self) -> None:
        if self.optimiser not in OPTIMISERS:
            raise ValueError(f"optimiser: one of {', '.join(OPTIMISERS)} is wanted, not {self.optimiser!r}")
        above_zero("rate", self.rate)
        if not (math.isfinite(self.clip) and self.clip >= 0):
            raise ValueError(f"clip: zero or a number above it is wanted, not {self.clip}")

    @property
    def iteration(self) -> int:
        """How many iterations were made."""
        return len(self.losses)

    @property
    def limit(self) -> float:
        """The clip, infinite where there is none."""
        return self.clip or np.inf

    def stepper(self) -> Stepper:
        """The optimiser for the next iteration, a copy: updating it leaves this training as it is."""
        return OPTIMISERS[self.optimiser](rate=self.rate) if self.memory is None else deepcopy(self.memory)

    def after(self, loss: float, stepper: Stepper) -> Learning:
        """One iteration later."""
        return replace(self, losses=(*self.losses, loss), memory=stepper)
