"""Running a race, an iteration at a time. No screen: who watches takes the events.

plan = Plan.of(["rnn", "lstm", "gru"], {"task": "adding"})
events = list(race(plan))              # one after every iteration
result = result_of(plan, events)
"""

from __future__ import annotations

import math
import platform
import shlex
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

import numpy as np

import rnntutor
from rnntutor.engine.arguments import whole
from rnntutor.engine.train import Diverged, Progress
from rnntutor.model import Model
from rnntutor.race.result import Finish, Result, Scale
from rnntutor.tasks.sequences import find_task
from rnntutor.tasks.success import measures_of, success
from rnntutor.tasks.vocabulary import Vocabulary
from rnntutor.training import Settings, build, read_text, training

MOST_UNITS = 16_384
SAME = ("parameters", "units")
"""What contestants may have the same of."""

USUAL: dict[str, dict[str, Any]] = {
    "chars": {"hidden": 32, "batch": 4, "iterations": 500},
    "anbn": {"hidden": 4, "batch": 8, "iterations": 2000},
    "recall": {"hidden": 12, "batch": 16, "iterations": 600},
    "adding": {"hidden": 12, "batch": 16, "iterations": 1000},
}
"""Settings of a race where nothing else is said; of other tasks those of `rnntutor train`."""

STARTS: dict[str, dict[str, Any]] = {"identity": {"recurrent": "identity"}, "forget": {"forget_bias": 1.0}}
"""How a contestant may begin, said after its cell: irnn+identity, lstm+forget."""


@dataclass(frozen=True)
class Contestant:
    """A cell with its start, its units and how many parameters that makes."""

    name: str
    settings: Settings
    parameters: int


@dataclass(frozen=True)
class Plan:
    """A race that has not begun. `Plan.of` makes one, and checks it."""

    settings: Settings
    """Of every run, but for cell, start, units and seed."""
    names: tuple[str, ...]
    seeds: int = 5
    same: str = "parameters"
    budget: float = 0.0
    """Seconds that a run may train; 0 for no limit."""

    @classmethod
    def of(
        cls, names: Sequence[str], settings: Mapping[str, Any], *, seeds: int = 5, same: str = "parameters",
        budget: float = 0.0,
    ) -> Plan:
        """A race of cells, by name, such as lstm, lstm+forget or irnn+identity; settings as of `rnntutor train`.

        The first one has `hidden` units. Raises ValueError naming what is wrong.
        """
        if not names or len(set(names)) < len(names):
            raise ValueError(f"cells: different ones are wanted, at least one, not {', '.join(names) or 'none'}")
        for name in ("cell", "seed", "recurrent", "forget_bias"):
            if name in settings:
                raise ValueError(f"{name}: a race chooses that itself; say cells, such as lstm+forget, and seeds")
        if same not in SAME:
            raise ValueError(f"same: one of {', '.join(SAME)} is wanted, not {same!r}")
        if not (math.isfinite(budget) and budget >= 0):
            raise ValueError(f"budget: seconds from zero on are wanted, not {budget}")
        task = find_task(settings.get("task", "chars"))
        checked = Settings.of({**USUAL.get(task.name, {}), **settings})
        return cls(checked, tuple(names), whole("seeds", seeds), same, float(budget))

    @property
    def command(self) -> str:
        """The command line that repeats this race."""
        words = ["rnntutor", "race", "--cells", ",".join(self.names), "--seeds", str(self.seeds), "--same", self.same]
        if self.budget:
            words += ["--budget", f"{self.budget:g}"]
        return shlex.join([*words, *self.settings.options(always=("task", "hidden", "batch", "iterations"))])

    def contestants(self, text: str = "") -> tuple[Contestant, ...]:
        """The cells with their units. Raises ValueError for a cell or a start that there is not."""
        vocabulary = find_task(self.settings.task).vocabulary or Vocabulary.of(text)
        first = _contestant(self.names[0], self.settings, vocabulary)
        if self.same == "units":
            return first, *(_contestant(name, self.settings, vocabulary) for name in self.names[1:])
        return first, *(_like(first, name, vocabulary) for name in self.names[1:])


def _contestant(name: str, settings: Settings, vocabulary: Vocabulary) -> Contestant:
    cell, *starts = name.split("+")
    unknown = [start for start in starts if start not in STARTS]
    if unknown:
        raise ValueError(f"{name}: no start is called {unknown[0]!r}; there are {', '.join(STARTS)}")
    for start in starts:
        settings = replace(settings, **STARTS[start])
    settings = replace(settings, cell=cell).checked()
    built, params = build(settings, vocabulary)
    if not {"y", "loss"} <= set(built.step.assigned):
        raise ValueError(f"{name}: a readout of its own needs lines y, the answer, and loss, as the usual one has")
    return Contestant(name, settings, sum(p.size for p in params.values()))


def _like(first: Contestant, name: str, vocabulary: Vocabulary) -> Contestant:
    """A cell with the units that bring its parameters nearest to those of the first."""
    plain = replace(first.settings, recurrent="uniform", forget_bias=0.0)

    def of(hidden: int) -> Contestant:
        return _contestant(name, replace(plain, hidden=hidden), vocabulary)

    most = first.settings.hidden
    while of(most).parameters < first.parameters:
        most *= 2
        if most > MOST_UNITS:
            raise ValueError(f"{name}: no number of units brings {first.parameters} parameters; take the same units")
    above = 1 + bisect_left(range(1, most + 1), first.parameters, key=lambda hidden: of(hidden).parameters)
    near = [of(hidden) for hidden in (above - 1, above) if hidden]
    return min(near, key=lambda found: abs(found.parameters - first.parameters))


@dataclass(frozen=True)
class Event:
    """Where a race stands after one iteration of one run."""

    run: int
    """From 1."""
    runs: int
    contestant: Contestant
    seed: int
    iteration: int
    loss: float
    """Of this iteration; NaN where it diverged."""
    left: float
    """Seconds that the race will still take, going by those that it took."""
    finish: Finish | None = None
    """What came of the run, with its last event."""


def race(plan: Plan) -> Iterator[Event]:
    """Run a race: an event after every iteration. One that diverges ends its run, not the race.

    Raises ValueError before anything runs for a text that cannot be read and for a cell that does not exist.
    """
    text = read_text(plan.settings)
    return _race(plan, text, plan.contestants(text))


def _race(plan: Plan, text: str, contestants: Sequence[Contestant]) -> Iterator[Event]:
    lanes = [(contestant, plan.settings.seed + k) for contestant in contestants for k in range(plan.seeds)]
    spent = 0.0
    for number, (contestant, seed) in enumerate(lanes, 1):
        run = _Run(replace(contestant.settings, seed=seed), text, plan.budget)
        for iteration, loss in run.going():
            share = number - 1 + iteration / contestant.settings.iterations
            left = (spent + run.seconds) * (len(lanes) - share) / share
            yield Event(number, len(lanes), contestant, seed, iteration, loss, left)
        finish = run.finish(contestant, seed)
        spent += run.seconds
        last = run.losses[-1] if run.losses and not finish.diverged else math.nan
        left = spent * (len(lanes) - number) / number
        yield Event(number, len(lanes), contestant, seed, len(run.losses), last, left, finish)


class _Run:
    """One run, its clock stopped while somebody looks."""

    def __init__(self, settings: Settings, text: str, budget: float) -> None:
        self.settings, self.text, self.budget = settings, text, budget or math.inf
        self.seconds = 0.0
        self.losses: list[float] = []
        self.model: Model | None = None
        self.diverged = ""

    def going(self) -> Iterator[tuple[int, float]]:
        """Train, telling iteration and loss."""
        steps = training(self.settings, self.text, {})
        while self.seconds < self.budget and self._step(steps):
            yield len(self.losses), self.losses[-1]

    def _step(self, steps: Iterator[tuple[Progress, Model]]) -> bool:
        """One iteration; False where there is none any more."""
        began = perf_counter()
        try:
            with np.errstate(all="ignore"):  # what is no number is found, and told
                progress, self.model = next(steps)
        except StopIteration:
            return False
        except Diverged as error:
            self.diverged = str(error)
            return False
        finally:
            self.seconds += perf_counter() - began
        self.losses.append(progress.loss)
        return True

    def finish(self, contestant: Contestant, seed: int) -> Finish:
        """How well it did."""
        measured: tuple[float, ...] = ()
        if self.model is not None and not self.diverged:
            measured = success(find_task(self.settings.task), self.model, self.text)
        if not self.diverged and not np.isfinite(measured).all():
            measured, self.diverged = (), "its answers are no numbers"
        last = self.losses[-max(1, len(self.losses) // 10) :]
        return Finish(
            contestant.name, contestant.settings.hidden, contestant.parameters, seed, len(self.losses), self.seconds,
            float(np.mean(last)) if last else None, measured, self.diverged,
        )  # fmt: skip


def result_of(plan: Plan, events: Iterable[Event]) -> Result:
    """What came of a race that is over, with the time and the versions."""
    scales = tuple(Scale(k.name, k.what, k.high, k.form) for k in measures_of(find_task(plan.settings.task)))
    finishes = tuple(event.finish for event in events if event.finish)
    date = datetime.now(UTC).isoformat(timespec="seconds")
    versions = {"python": platform.python_version(), "numpy": np.__version__, "rnntutor": rnntutor.__version__}
    settings = plan.settings
    return Result(plan.command, settings.task, settings.iterations, plan.same, scales, finishes, date, versions)
