"""Races run: conditions that are the same, seeds that repeat, and runs that diverge."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.race.result import Result
from rnntutor.race.running import Event, Plan, race, result_of
from rnntutor.tasks.sequences import TASKS
from rnntutor.tasks.success import success
from rnntutor.training import Settings, training

TINY: dict[str, Any] = {"task": "recall", "hidden": 6, "batch": 2, "iterations": 4}


def raced(names: list[str], settings: dict[str, Any] | None = None, **options: Any) -> tuple[list[Event], Result]:
    """A race that is over, and all that it told."""
    plan = Plan.of(names, TINY | (settings or {}), **options)
    events = list(race(plan))
    return events, result_of(plan, events)


@pytest.mark.parametrize("name", rt.shipped_cells())
def test_every_cell_may_take_part(name: str) -> None:
    """With parameters as near to the first cell's as its units allow: one unit more or less would not come nearer."""
    first, other = Plan.of(["lstm-cifg" if name == "lstm" else "lstm", name], TINY).contestants()

    def parameters(hidden: int) -> int:
        [one] = Plan.of([name], TINY | {"hidden": hidden}).contestants()
        return one.parameters

    units = other.settings.hidden
    assert parameters(units) == other.parameters
    off = abs(other.parameters - first.parameters)
    assert off <= abs(parameters(units + 1) - first.parameters)
    assert units == 1 or off <= abs(parameters(units - 1) - first.parameters)


def test_the_same_units_are_another_race() -> None:
    contestants = Plan.of(["lstm", "rnn"], TINY, same="units").contestants()
    assert [k.settings.hidden for k in contestants] == [6, 6]
    assert contestants[0].parameters > 2 * contestants[1].parameters


def test_parameters_are_counted_with_the_readout() -> None:
    [one] = Plan.of(["rnn"], TINY).contestants()
    assert one.parameters == (6 * (6 + 9) + 6) + (9 * 6 + 9)


def test_a_start_is_said_after_the_cell() -> None:
    """It is that contestant's alone, even where it is the first, to which the others are likened."""
    plan = Plan.of(["lstm+forget", "irnn+identity", "lstm"], TINY)
    starts = [(k.name, k.settings.forget_bias, k.settings.recurrent) for k in plan.contestants()]
    assert starts == [("lstm+forget", 1.0, "uniform"), ("irnn+identity", 0.0, "identity"), ("lstm", 0.0, "uniform")]


def test_a_run_is_what_training_makes() -> None:
    """The very numbers: those of the model that `rnntutor train` would save."""
    events, result = raced(["gru"], seeds=2)
    assert [k.seed for k in result.finishes] == [0, 1]
    for finish in result.finishes:
        steps = list(training(Settings(cell="gru", seed=finish.seed, **TINY).checked(), "", {}))
        assert finish.measured == success(TASKS["recall"], steps[-1][1])
        losses = [event.loss for event in events if event.seed == finish.seed and not event.finish]
        assert losses == [progress.loss for progress, _ in steps]
        assert finish.loss == losses[-1]


def test_events_tell_how_far_it_is() -> None:
    events, result = raced(["rnn", "mgu"], seeds=2)
    assert [event.run for event in events] == [run for run in range(1, 5) for _ in range(5)]
    assert [event.iteration for event in events[:5]] == [1, 2, 3, 4, 4]
    assert [event.finish for event in events if event.finish] == list(result.finishes)
    assert all(event.left >= 0 for event in events)
    assert events[-1].left == 0
    assert all(finish.seconds > 0 and finish.iterations == 4 for finish in result.finishes)


def test_the_same_race_again_has_the_same_outcome() -> None:
    outcomes = []
    for _ in range(2):
        _, result = raced(["rnn", "lstm-nfg"], seeds=2)
        outcomes.append([replace(finish, seconds=0) for finish in result.finishes])
    assert outcomes[0] == outcomes[1]


def test_a_result_tells_its_making() -> None:
    _, result = raced(["rnn"], {"rate": 0.02}, seeds=1, same="units")
    settings = "--task recall --hidden 6 --batch 2 --iterations 4 --rate 0.02"
    assert result.command == f"rnntutor race --cells rnn --seeds 1 --same units {settings}"
    assert set(result.versions or ()) == {"python", "numpy", "rnntutor"}
    assert Result.from_json(result.as_json()) == result


@pytest.mark.parametrize("task", ["adding", "anbn", "parity", "chars"])
def test_any_task_can_be_raced(task: str) -> None:
    settings = {"task": task, "iterations": 2, "batch": 2} | ({"text": "hello"} if task == "chars" else {})
    _, result = raced(["rnn", "irnn+identity"], settings, seeds=1)
    assert len(result.standings) == 2
    assert not any(finish.diverged for finish in result.finishes)


def test_what_diverges_ends_its_run_and_not_the_race() -> None:
    """At a rate beyond reason the IRNN has no bounds, and the tanh has."""
    events, result = raced(["irnn", "rnn"], {"task": "adding", "rate": 1e100, "clip": 0, "optimiser": "sgd"}, seeds=2)
    assert [bool(k.diverged) for k in result.finishes[:2]] == [True, True]
    assert all("is inf at iteration" in k.diverged or "is nan at iteration" in k.diverged for k in result.finishes[:2])
    assert all(k.measured == () for k in result.finishes[:2])
    assert math.isnan(next(event for event in events if event.finish).loss)
    assert len(result.finishes) == 4
    assert Result.from_json(result.as_json()) == result


def test_weights_without_answers_have_diverged() -> None:
    """The last update may do it, after which no loss is computed any more."""
    with np.errstate(all="ignore"):
        _, result = raced(["irnn"], {"task": "adding", "rate": 1e300, "optimiser": "sgd", "iterations": 1}, seeds=1)
    assert result.finishes[0].diverged == "its answers are no numbers"


def test_a_budget_ends_a_run() -> None:
    _, result = raced(["rnn"], {"iterations": 100_000}, seeds=1, budget=0.05)
    [finish] = result.finishes
    assert 0 < finish.iterations < 100_000
    assert 0.05 <= finish.seconds < 5
    assert finish.measured


@pytest.mark.parametrize("readout", ["z = V @ h\nloss = (z - target)**2", "y = V @ h\ncost = (y - target)**2"])
def test_a_readout_of_ones_own_has_the_usual_names(readout: str, tmp_path: Path) -> None:
    """What is missing is told before anything runs, not after a training that would be lost."""
    file = tmp_path / "mine.eq"
    file.write_text(f"h = tanh(W @ [h_prev, x] + b)\nreadout:\n{readout}\n")
    with pytest.raises(ValueError, match="a readout of its own needs lines y, the answer, and loss"):
        race(Plan.of(["rnn", str(file)], {"task": "adding"}))


WRONG: dict[str, tuple[list[str], dict[str, Any], dict[str, Any], str]] = {
    "no cells": ([], {}, {}, "cells: different ones are wanted, at least one, not none"),
    "one cell twice": (["rnn", "rnn"], {}, {}, "cells: different ones are wanted, at least one, not rnn, rnn"),
    "no seeds": (["rnn"], {}, {"seeds": 0}, "seeds: a whole number from 1 is wanted, not 0"),
    "same what": (["rnn"], {}, {"same": "seconds"}, "same: one of parameters, units is wanted, not 'seconds'"),
    "budget": (["rnn"], {}, {"budget": math.nan}, "budget: seconds from zero on are wanted, not nan"),
    "budget below zero": (["rnn"], {}, {"budget": -1.0}, "budget: seconds from zero on"),
    "no units": (["rnn"], {"hidden": 0}, {}, "hidden: a whole number from 1 is wanted, not 0"),
    "rate": (["rnn"], {"rate": math.nan}, {}, "rate: a number above zero is wanted, not nan"),
    "task": (["rnn"], {"task": "running"}, {}, "task: one of chars, .* is wanted, not 'running'"),
    "a cell as a setting": (["rnn"], {"cell": "lstm"}, {}, "cell: a race chooses that itself"),
    "unknown cell": (["lstn"], {}, {}, "no cell is called 'lstn'; there are gru"),
    "unknown start": (["lstm+luck"], {}, {}, r"lstm\+luck: no start is called 'luck'; there are identity, forget"),
    "no gate": (["rnn+forget"], {}, {}, "forget_bias: rnn has no gate"),
    "no text": (["rnn"], {"task": "chars"}, {}, "either a text or a file is wanted"),
    "no file": (["rnn"], {"task": "chars", "file": "none.such"}, {}, "none.such: No such file"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_race_that_cannot_be_run(what: str) -> None:
    """It is told before anything runs."""
    names, settings, options, words = WRONG[what]
    table = settings if settings.get("task") else TINY | settings
    with pytest.raises(ValueError, match=words):
        race(Plan.of(names, table, **options))


