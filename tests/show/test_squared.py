"""A loss that is no cross entropy: shown on the tape, turned and learned like any other."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from rnntutor.engine.learning import Learning
from rnntutor.engine.query import parse_query
from rnntutor.engine.train import train
from rnntutor.model import Model
from rnntutor.play.cursor import Cursor
from rnntutor.play.episodes import scene_of
from rnntutor.play.knobs import turned
from rnntutor.play.learning import learned
from rnntutor.show.look import ASCII, Look
from rnntutor.show.page import page
from rnntutor.show.scene import Scene
from rnntutor.show.tape import tape
from rnntutor.show.view import View
from rnntutor.tasks.adding import adding, batch_of
from rnntutor.tasks.sequences import episode, find_task
from rnntutor.training import Settings, build

TEXT = "0.5* -0.3 0.7* -0.9"


@cache
def summing() -> Scene:
    """An untrained network at the adding problem."""
    task = find_task("adding")
    assert task.vocabulary is not None
    cell, params = build(Settings(task="adding", cell="rnn", hidden=6), task.vocabulary)
    played = episode(Model(cell, params, task.vocabulary.symbols, {"settings": {"task": "adding"}}), TEXT, "sums")
    return scene_of(replace(played, learning=Learning()))


def test_the_loss_is_that_of_the_last_timestep() -> None:
    scene = summing()
    assert scene.loss is not None
    assert scene.loss.line.name == "loss"
    told = float(scene.run["y"][3, 0, 0])
    assert scene.total_loss == pytest.approx((told - (0.5 + (0.5 + 0.7) / 4)) ** 2)
    assert scene.losses.shape == (4,)
    assert np.isnan(parse_query("norm(loss[t])", scene).at(1)), "it does not count there"


@pytest.mark.parametrize("look", [Look(), Look(glyphs=ASCII, plain=True)])
@pytest.mark.parametrize("compact", [False, True])
def test_the_tape_has_a_row_for_it(look: Look, compact: bool) -> None:
    scene = summing()
    head = Cursor("forward", 3, len(scene.forward) - 1)
    row = next(line.plain for line in tape(scene, head, look, 80, compact) if line.plain.split()[:1] == ["loss"])
    assert row.split()[-1] == f"{scene.total_loss:.2f}"
    assert len(row.split()) <= 3, "and nothing where nothing is wanted"


def test_it_learns_as_training_does() -> None:
    scene = summing()
    pairs = [adding(TEXT)]
    batch = batch_of(pairs)
    *_, last = train(scene.run.cell, scene.run.params, [batch] * 5, optimiser=Learning().stepper(), clip=5.0)
    after = learned(scene, 5)
    for name, wanted in last.params.items():
        np.testing.assert_allclose(after.run.params[name], wanted, rtol=1e-9, atol=1e-12)
    assert learned(scene, 200).total_loss < scene.total_loss / 100  # type: ignore[operator]


def test_knobs_turn_it() -> None:
    scene = summing()
    longer = turned(turned(scene, "T", 8), "counts", 1)
    assert [k for k in range(8) if longer.counted(k)] == [7]
    assert longer.total_loss == pytest.approx(float(longer.losses[7]))
    everywhere = turned(turned(scene, "counts", 1), "counts", 0)
    assert everywhere.total_loss == pytest.approx(scene.total_loss)


@pytest.mark.parametrize("view", ["score", "output", "training", "flow", "weights"])
def test_every_view_draws_it(view: str) -> None:
    scene = learned(summing(), 2)
    for head in (Cursor(), Cursor("forward", 3, len(scene.forward) - 1), Cursor("backward", 0, 2)):
        assert all(line.cell_len <= 80 for line in page(scene, head, Look(), 80, 24, View(view)))
