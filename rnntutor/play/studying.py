"""A training on the screen: it goes on in one place and is looked at in another, and any iteration can be played."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.engine.train import Batch, forward
from rnntutor.show.scene import Scene
from rnntutor.tasks.pairs import names
from rnntutor.training.resuming import save_training
from rnntutor.training.underway import Point, Underway


@dataclass(eq=False)
class Study:
    """A training with the file that it goes to. Raises ValueError for a task that draws its own sequences."""

    under: Underway
    target: Path
    saved: int = field(init=False)
    """The iteration after which it was saved last, or begun."""
    lock: Lock = field(default_factory=Lock, repr=False)
    """Held while an iteration is made, and while something is read that has to fit together."""

    def __post_init__(self) -> None:
        self.saved = self.under.iteration
        task = self.under.settings.task
        if task != "chars":
            raise ValueError(f"--watch: a text is wanted to learn from; the task {task} draws its own sequences")

    @property
    def first(self) -> int:
        """The earliest iteration that can be played."""
        return self.under.first + 1

    @property
    def last(self) -> int:
        """The latest one, from 1; it is below `first` where none was made yet."""
        return self.under.iteration

    def save(self) -> None:
        """Write the model as it is now, the last good one if it diverged, and what its training needs to go on.

        Raises OSError or ValueError where that cannot be done.
        """
        with self.lock:
            save_training(self.target, self.under, self.under.last_good())
            self.saved = self.under.iteration

    def scene(self, k: int) -> Scene:
        """Iteration `k` before its update: its own batch, with the weights and states of that moment.

        Of several streams side by side this is the first, alone. Raises ValueError for one that was not made.
        """
        with self.lock:
            point = self.under.at(k - 1)
            batch = next(self.under.batches(k - 1))
            learning = self.under.learning(point)
        one = Batch(batch.x[:, :1], batch.target[:, :1], batch.fresh)
        ran, _ = forward(self.under.cell, point.params, one, _first_stream(point))
        about = f"{self.under.settings.cell.upper()}  {self.under.settings.hidden} units · before its update"
        if batch.x.shape[1] > 1:
            about += f" · stream 1 of {batch.x.shape[1]}, alone"
        reads, wants = self._names(batch.x), self._names(batch.target)
        symbols = names(self.under.vocabulary.symbols)
        title = f"iteration {k}"
        return Scene(ran, ran.backward(), title, about, reads, wants, symbols, learning=learning)

    def _names(self, one_hot: Array) -> tuple[str, ...]:
        """What the screen calls the symbols of the first stream."""
        return names(tuple(self.under.vocabulary.symbols[k] for k in np.argmax(one_hot[:, 0], axis=-1)))


def _first_stream(point: Point) -> dict[str, Array] | None:
    """The states of it; None where they start afresh."""
    return None if point.states is None else {name: state[:1] for name, state in point.states.items()}
