"""A training that can be stopped, gone on with, and looked into at any of its iterations. No screen.

    under = Underway.begun(settings, text)
    under.advance()              one iteration
    under.at(8)                  where things stood after the eighth, the same bit for bit
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from rnntutor.engine.cell import Cell
from rnntutor.engine.learning import Learning, Stepper
from rnntutor.engine.ops import Array
from rnntutor.engine.sample import speak
from rnntutor.engine.train import Batch, Diverged, Progress, forward, iteration
from rnntutor.model import Model
from rnntutor.tasks.sequences import task_of
from rnntutor.tasks.vocabulary import Vocabulary
from rnntutor.training import Settings, batches_of, build, record_of, vocabulary_of

MOST_POINTS = 64
"""Points that are kept to begin from, at most."""
MOST_BYTES = 1 << 28
"""Of all of them together, but two are kept whatever they take."""
SPACING = 8
"""Iterations between two of them, at first: a copy takes as long as half an iteration or so."""
SMOOTH = 0.999
"""What is kept of the smoothed loss at every iteration, as in min-char-rnn."""


@dataclass(frozen=True, eq=False)
class Point:
    """Where a training stands after an iteration: with the settings and the text, all that it needs to go on."""

    iteration: int
    """From 0, which is before the first."""
    params: Mapping[str, Array]
    stepper: Stepper
    """The optimiser, with what it remembers."""
    states: Mapping[str, Array] | None = None
    """What the last batch left, (B, H) each; None before the first."""

    def copy(self) -> Point:
        """The same, of which an update changes nothing: it makes new parameters, but works in the memory."""
        return replace(self, stepper=deepcopy(self.stepper))

    @property
    def bytes(self) -> int:
        """What it takes: parameters, and up to as much again, twice."""
        return 3 * sum(p.nbytes for p in self.params.values())


@dataclass(frozen=True)
class Standing:
    """Where a training stands, for who watches it."""

    iteration: int
    iterations: int
    loss: float
    """Smoothed, per symbol."""
    speed: float
    """Symbols per second; NaN before the first iteration."""
    left: float
    """Seconds; NaN before the first iteration."""
    sample: str = ""
    """What the model says by itself."""


class Underway:
    """A training under way: the point that it has come to, the losses, and points on the way to begin from again."""

    def __init__(
        self, settings: Settings, text: str, cell: Cell, point: Point, losses: Sequence[float] = ()
    ) -> None:
        self.settings, self.text, self.cell, self.point = settings, text, cell, point
        self.losses = array("d", losses)
        """Of every iteration so far, before its update, per symbol."""
        self.norms = array("d", [math.nan] * len(losses))
        self.smoothed = math.log(len(self.vocabulary))
        for loss in self.losses:
            self._smooth(loss)
        self.diverged = False
        """Whether the next iteration has found a loss or a gradient that is no number."""
        self.seconds, self.made, self.read = 0.0, 0, 0
        """Of this sitting: time in iterations, how many they were, symbols that they read."""
        self._points, self._spacing = [point.copy()], SPACING
        self._data = batches_of(settings, text, self.vocabulary, point.iteration)

    @classmethod
    def begun(cls, settings: Settings, text: str, folder: Path | None = None) -> Underway:
        """Before the first iteration. Raises ValueError for settings or a text that cannot be trained with."""
        cell, params = build(settings, vocabulary_of(settings, text), folder)
        return cls(settings, text, cell, Point(0, params, _learning(settings).stepper()))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The symbols of the task, or of the text."""
        return vocabulary_of(self.settings, self.text)

    @property
    def iteration(self) -> int:
        """How many iterations were made."""
        return self.point.iteration

    @property
    def over(self) -> bool:
        """Whether all iterations were made."""
        return self.iteration >= self.settings.iterations

    @property
    def first(self) -> int:
        """The earliest iteration that `at` leads to: 0, or where an earlier training was gone on with."""
        return self._points[0].iteration

    @property
    def speed(self) -> float:
        """Symbols per second; NaN before the first iteration."""
        return self.read / self.seconds if self.seconds else math.nan

    @property
    def left(self) -> float:
        """Seconds that it will still take, going by those that it took; NaN before the first iteration."""
        return (self.settings.iterations - self.iteration) * self.seconds / self.made if self.made else math.nan

    def standing(self, sample: str = "") -> Standing:
        """Where it stands."""
        return Standing(self.iteration, self.settings.iterations, self.smoothed, self.speed, self.left, sample)

    def advance(self) -> Progress:
        """One iteration more. Raises Diverged, and stays where it is, where the loss or the gradient is no number."""
        began, batch = perf_counter(), next(self._data)
        try:
            self.point, progress = self._step(self.point, batch)
        except Diverged:
            self.diverged = True
            raise
        self.made, self.read = self.made + 1, self.read + batch.x.shape[0] * batch.x.shape[1]
        self.losses.append(progress.loss)
        self.norms.append(progress.norm)
        self._smooth(progress.loss)
        self._keep()
        self.seconds += perf_counter() - began
        return progress

    def _step(self, point: Point, batch: Batch) -> tuple[Point, Progress]:
        """The point after one iteration; the optimiser of the one before moves on."""
        number = point.iteration + 1
        with np.errstate(all="ignore"):  # what is no number is found, and told
            ran, seeds = forward(self.cell, point.params, batch, point.states)
            progress = iteration(number, ran, point.stepper, _learning(self.settings).limit, seeds)
        return Point(number, progress.params, point.stepper, ran.last), progress

    def _smooth(self, loss: float) -> None:
        self.smoothed = SMOOTH * self.smoothed + (1 - SMOOTH) * loss

    def _keep(self) -> None:
        """Keep this point if it is one to keep; where they are too many, every other one is let go."""
        if (self.iteration - self.first) % self._spacing:
            return
        self._points.append(self.point.copy())
        if len(self._points) > max(2, min(MOST_POINTS, MOST_BYTES // max(1, self.point.bytes))):
            self._points, self._spacing = self._points[::2], 2 * self._spacing

    def at(self, iteration: int) -> Point:
        """The point after so many iterations, made again from the nearest one that is kept.

        Raises ValueError for an iteration that was not made, or not since the training was gone on with.
        """
        if not self.first <= iteration <= self.iteration:
            raise ValueError(f"iteration: one from {self.first} to {self.iteration} is wanted, not {iteration}")
        point = next(k for k in reversed(self._points) if k.iteration <= iteration).copy()
        data = self.batches(point.iteration)
        while point.iteration < iteration:
            point, _ = self._step(point, next(data))
        return point

    def last_good(self) -> Point:
        """The last point whose parameters give a loss that is a number; the first one, where that is not known."""
        return self.at(max(self.first, self.iteration - 1)) if self.diverged else self.point

    def batches(self, skip: int) -> Iterator[Batch]:
        """What the iterations read that come after the first `skip`."""
        return batches_of(self.settings, self.text, self.vocabulary, skip)

    def learning(self, point: Point) -> Learning:
        """How training goes on from a point of this one."""
        losses = tuple(self.losses[: point.iteration])
        return replace(
            _learning(self.settings), losses=losses, memory=deepcopy(point.stepper), before=point.iteration
        )

    def model(self, point: Point | None = None) -> Model:
        """The model of a point, that which was come to if no other is given, with its making in the record."""
        point = point or self.point
        record: dict[str, Any] = record_of(self.settings, self.settings.command, self.text)
        record["iterations"] = point.iteration
        if point.iteration:
            record["loss"] = self.losses[point.iteration - 1]
        return Model(self.cell, point.params, self.vocabulary.symbols, record)


def sample(model: Model, length: int = 60, seed: int = 0) -> str:
    """What a character model says by itself, from the beginning of a line; empty for a model that does not speak."""
    if task_of(model.record).vocabulary is not None:
        return ""
    first = model.symbols.index("\n") if "\n" in model.symbols else 0
    try:
        with np.errstate(all="ignore"):
            said = islice(speak(model.cell, model.params, first, seed=seed), length)
            return "".join(model.symbols[k] for k in said)
    except ValueError:  # a readout of its own without scores, or scores that are no numbers
        return ""


def _learning(settings: Settings) -> Learning:
    return Learning(settings.optimiser, settings.rate, settings.clip)
