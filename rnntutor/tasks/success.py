"""How well a model does its task, as numbers that can be compared between models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.engine.run import Run, run
from rnntutor.engine.train import Batch
from rnntutor.model import Model
from rnntutor.tasks import captioning, chars
from rnntutor.tasks.pairs import batch_of, double
from rnntutor.tasks.sequences import Task
from rnntutor.tasks.vocabulary import Vocabulary

MOST = 1000
"""The largest n that is tried for strings of n a and n b."""
GROUPS = (16, 64, 256, MOST)
"""Up to where strings are tried together, so that a network that fails early is not tried on long ones."""
CHUNK = 64
"""Timesteps of many strings that are kept at once."""

TRIED = 500
"""Sequences that a task draws to measure by."""
TRIED_SEED = (2001, 1997)
"""Where the random numbers of those start: two numbers, so that no training draws the same ones."""
CLOSE = 0.04
"""How far off an answer of the adding problem may be: Hochreiter & Schmidhuber 1997."""
READ = 5_000
"""Characters of a text that are read to measure by."""


@dataclass(frozen=True)
class Measure:
    """One number that tells how well a task is done."""

    name: str
    what: str
    high: bool = True
    """Whether more is better."""
    form: str = ".3f"
    """How it is written, as Python formats numbers."""


Measured = tuple[float, ...]
"""A number for each measure of a task."""

ACCURACY = Measure("accuracy", f"the share of right answers to {TRIED} sequences that were not trained on")
LONGEST = Measure("longest n", f"all strings of n a and n b up to this n are accepted, of {MOST} tried", form=".0f")
WITHIN = Measure(f"within {CLOSE}", f"the share of {TRIED} sums that are off by less than {CLOSE}")
ERROR = Measure("MSE", "the mean squared error of those sums", high=False, form=".2e")
CAPTIONS = (
    Measure("true", f"the share of captions that are true, of {captioning.MEASURED} drawings not trained on"),
    Measure("blind", f"what the words {captioning.BLIND!r}, said of every one of them, would come to"),
    Measure("true of unseen", "as the first, of drawings with a colour and kind that were never learned together"),
    Measure("named unseen", "the share of those captions that are true and name such a colour and kind"),
    Measure("cut", "the share of all captions that came to no end", high=False),
    Measure("different", "how many different captions there were of the first drawings", form=".0f"),
)
LOSS = Measure("loss", f"of a character, in a reading of the text's first {READ:,} at most", high=False)


def measures_of(task: Task) -> tuple[Measure, ...]:
    """What is measured of a task; the first decides who does best."""
    return _MEASURES.get(task.name, ((ACCURACY,), accuracy))[0]


def success(task: Task, model: Model, text: str = "") -> Measured:
    """A number for each of `measures_of(task)`; `text` is what a character model learned. May hold NaN."""
    with np.errstate(all="ignore"):
        if task.draw is None:
            return (text_loss(model, text),)
        return _MEASURES.get(task.name, ((ACCURACY,), accuracy))[1](task, model)


def accuracy(task: Task, model: Model) -> Measured:
    """How many of the symbols that are wanted are the likeliest ones."""
    batch = _tried(task)
    ran = _read(model, batch)
    right = ran["y"].argmax(axis=-1) == batch.target.argmax(axis=-1)
    counted = np.ones(right.shape, bool) if batch.counts is None else batch.counts > 0
    return (float(right[counted].mean()),)


def sums(task: Task, model: Model) -> Measured:
    """The share of sums that are close, and the mean squared error."""
    batch = _tried(task)
    off = _read(model, batch)["y"][-1] - batch.target[-1]
    return float((np.abs(off) < CLOSE).mean()), float((off**2).mean())


def text_loss(model: Model, text: str) -> float:
    """The mean loss of a character, the states from zero at the beginning of the text."""
    return float(_read(model, batch_of([chars.pair(text[: READ + 1])], Vocabulary(model.symbols)))["loss"].mean())


def longest(_task: Task, model: Model) -> Measured:
    """The largest n up to which all strings of n a and n b are accepted: every b and the end said as they come.

    The a of all strings are read once; from each of their states on, the b of strings of about a length together.
    """
    done = 0
    for most in GROUPS:
        fails = [n for n, right in _accepted(model, done + 1, most) if not right]
        if fails:
            return (float(min(fails) - 1),)
        done = most
    return (float(done),)


def _accepted(model: Model, least: int, most: int) -> Iterator[tuple[int, bool]]:
    """Of every n from `least` to `most`, whether the string of that many is accepted."""
    read = dict(zip(model.symbols, np.eye(len(model.symbols)), strict=True))
    said = {symbol: k for k, symbol in enumerate(model.symbols)}
    ns = np.arange(least, most + 1)
    before = _steps(model, read["a"], most, 1)
    states = {name: before[name][ns - 1, 0] for name in model.cell.states}
    right = np.ones(len(ns), bool)
    for start in range(0, most, CHUNK):
        ran = _steps(model, read["b"], min(CHUNK, most - start), len(ns), states)
        states, t = ran.last, start + 1 + np.arange(ran.steps)[:, None]
        wanted = np.where(t < ns, said["b"], said["T"])
        right &= ((ran["y"].argmax(axis=-1) == wanted) | (t > ns)).all(axis=0)
    yield from zip(ns.tolist(), right.tolist(), strict=True)


def _steps(model: Model, symbol: Array, steps: int, rows: int, init: dict[str, Array] | None = None) -> Run:
    """The same symbol read over and over."""
    x = np.broadcast_to(symbol, (steps, rows, len(symbol)))
    return run(model.cell, double(model), x, init, target=np.full(x.shape, 1 / len(symbol)))


def _read(model: Model, batch: Batch) -> Run:
    return run(model.cell, double(model), batch.x, target=batch.target)


def _tried(task: Task) -> Batch:
    """Sequences that were not trained on, but by chance."""
    rng = np.random.default_rng(TRIED_SEED)
    return task.batch_of([task.draw(rng) for _ in range(TRIED)] if task.draw else [])


_MEASURES: dict[str, tuple[tuple[Measure, ...], Callable[[Task, Model], Measured]]] = {
    "chars": ((LOSS,), accuracy),
    "anbn": ((LONGEST,), longest),
    "adding": ((WITHIN, ERROR), sums),
    "captions": (CAPTIONS, lambda _, model: captioning.measured(model)),
}
