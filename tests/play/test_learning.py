"""Training on what is played: the numbers are those of the training of the engine, and all of it can be taken back."""

from __future__ import annotations

import pickle
from dataclasses import replace
from itertools import repeat

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.engine.learning import Learning
from rnntutor.engine.optim import OPTIMISERS
from rnntutor.engine.run import run
from rnntutor.engine.train import Batch, train
from rnntutor.play.history import History
from rnntutor.play.learning import learned
from rnntutor.show.change import Place
from rnntutor.show.look import ASCII, Look
from rnntutor.show.scene import Scene
from rnntutor.show.upcoming import outcome
from tests.show.flows import truncated
from tests.show.scenes import learner, scene, silent

RATES = {"sgd": 0.5, "adagrad": 0.1, "adam": 0.02}
cells = st.sampled_from(("lstm", "gru", "rnn"))
settings = st.builds(
    lambda name, part, clip: Learning(name, part * RATES[name], clip),
    st.sampled_from(tuple(OPTIMISERS)), st.floats(0.1, 2.0), st.sampled_from((0.0, 0.05, 5.0)),
)  # fmt: skip


def same(one: Scene, other: Scene) -> bool:
    """Whether every parameter, every gradient, and what the optimiser remembers are equal, bit by bit."""
    params = all((one.run.params[k] == other.run.params[k]).all() for k in one.run.params)
    grads = all((one.grads[k] == other.grads[k]).all() for k in one.run.params)
    return params and grads and pickle.dumps(one.learning) == pickle.dumps(other.learning)


@given(cells, settings, st.integers(1, 6))
def test_it_is_the_training_of_the_engine(name: str, learning: Learning, count: int) -> None:
    start = learner(name, learning=learning)
    batch = Batch(start.run.inputs["x"], start.run.inputs["target"], fresh=True)
    stepper = OPTIMISERS[learning.optimiser](rate=learning.rate)
    told = list(train(start.run.cell, start.run.params, repeat(batch, count), stepper, learning.clip or None))
    after = learned(start, count)
    for key, p in told[-1].params.items():
        np.testing.assert_array_equal(after.run.params[key], p)
    assert after.learning is not None
    assert after.learning.losses == tuple(progress.loss for progress in told)
    fresh = run(start.run.cell, told[-1].params, batch.x, target=batch.target)
    np.testing.assert_array_equal(after.run["loss"], fresh["loss"])
    np.testing.assert_array_equal(after.grads["h"], fresh.backward()["h"])


@given(cells, settings, st.integers(1, 4))
def test_many_at_once_are_one_after_another(name: str, learning: Learning, count: int) -> None:
    start = History((learner(name, learning=learning),))
    at_once, one_by_one, live = start.learn(count), start, start.learn()
    for k in range(count):
        one_by_one = one_by_one.learn()
        live = live.learn_on() if k else live
    assert same(at_once.scene, one_by_one.scene)
    assert same(at_once.scene, live.scene)
    assert len(at_once.scenes) == len(live.scenes) == 2
    assert at_once.scene.original is live.scene.original is start.scene


@given(cells, settings)
def test_undone_and_done_again_it_is_the_same(name: str, learning: Learning) -> None:
    """What an optimiser remembers belongs to its scene: going on leaves what was before alone."""
    two = History((learner(name, learning=learning),)).learn().learn()
    kept = pickle.dumps([(dict(k.run.params), k.learning) for k in two.scenes])
    three = two.learn()
    assert pickle.dumps([(dict(k.run.params), k.learning) for k in two.scenes]) == kept
    assert three.undo() == two
    assert same(three.undo().learn().scene, three.scene)
    assert same(three.undo().undo().learn().learn().scene, three.scene)
    assert three.reset().scene is two.scenes[0]
    assert three.reset().undo() == three
    assert two.undo().undo().undo().scene is two.scenes[0]


def test_every_scene_knows_what_it_was_before() -> None:
    start = learner()
    after = History((start,)).learn()
    assert after.scene.original is start
    again = after.learn(5)
    assert again.scene.original is after.scene
    edited = again.do(Place("f", 1, (3,)), 0.0).do(Place("c", 1, (3,)), 0.0)
    assert edited.scene.original is again.scene  # edits are seen on what was learned
    assert len(edited.scene.changes) == 2
    trained = edited.learn()
    assert trained.scene.original is edited.scene
    assert trained.scene.changes == ()


def test_parameters_set_by_hand_are_where_it_starts_from() -> None:
    place = Place("W_f", None, (1, 2))
    edited = History((learner(learning=Learning("sgd", 0.1)),)).do(place, 3.0).scene
    after = learned(edited)
    count = edited.steps
    assert after.run.params["W_f"][1, 2] == pytest.approx(3.0 - 0.1 * edited.grads["W_f"][1, 2] / count, rel=1e-14)


def test_values_set_by_hand_are_gone_after_the_iteration_that_they_are_seen_in() -> None:
    start = learner(learning=Learning("sgd", 0.1))
    edited = History((start,)).do(Place("h_prev", 0, (None,)), 0.9).do(Place("f", 2, (3,)), -1.0).scene
    after = learned(edited)
    assert after.learning is not None
    assert after.learning.losses == (edited.run["loss"].mean(),)
    grads, p = edited.grads["W_f"], start.run.params["W_f"]
    np.testing.assert_allclose(after.run.params["W_f"], p - 0.1 * grads / start.steps, rtol=1e-14)
    clean = run(start.run.cell, after.run.params, start.run.inputs["x"], target=start.run.inputs["target"])
    np.testing.assert_array_equal(after.run["h"], clean["h"])


def test_a_loss_of_another_name_is_learned() -> None:
    """The stranger's loss is called cost, and its gradient was asked for by a seed."""
    start = learner("stranger", learning=Learning("sgd", 0.1))
    after = learned(start, 20)
    assert after.total_loss is not None
    assert start.total_loss is not None
    assert after.total_loss < start.total_loss
    again = after.run.backward({"cost": np.ones((4, 1))})
    np.testing.assert_array_equal(after.grads["R"], again["R"])


def test_only_timesteps_that_count_are_learned() -> None:
    counted = np.array([0.0, 1, 0, 1])[:, None]
    start = learner(learning=Learning("sgd", 0.1, 0.0))
    start = replace(start, grads=start.run.backward({"loss": counted}), notes={})
    after = learned(start)
    assert after.learning is not None
    assert after.learning.losses[0] == pytest.approx(start.run["loss"][[1, 3]].mean(), rel=1e-14)
    p, g = start.run.params["W_y"], start.grads["W_y"]
    np.testing.assert_allclose(after.run.params["W_y"], p - 0.1 * g / 2, rtol=1e-14)
    np.testing.assert_array_equal(after.grads["W_y"], after.run.backward({"loss": counted})["W_y"])


def test_a_truncated_pass_stays_truncated() -> None:
    start = replace(truncated(), learning=Learning("sgd", 0.1, 0.0), notes={})
    after = learned(start)
    assert after.grads.window == 10
    p, g = start.run.params["W_f"], start.grads["W_f"]
    np.testing.assert_allclose(after.run.params["W_f"], p - 0.1 * g / 40, rtol=1e-13)


def test_what_cannot_learn_says_so() -> None:
    with pytest.raises(ValueError, match=r"^This lesson's model is not trained here\.$"):
        History((scene(),)).learn()
    with pytest.raises(ValueError, match=r"^There is no loss here, so there is nothing to learn\.$"):
        learned(replace(silent(), learning=Learning(), notes={}))
    by_state = replace(learner(), grads=scene().run.backward({"h": np.ones((4, 1, 8))}), notes={})
    with pytest.raises(ValueError, match="no loss"):
        learned(by_state)
    with pytest.raises(ValueError, match="iterations: a whole number from 1 is wanted, not 0"):
        learned(learner(), 0)


def test_divergence_is_told_in_one_line_and_what_was_before_stays() -> None:
    """An absurd rate: the parameters overflow, and so does the loss of the run after."""
    history = History((learner("rnn", learning=Learning("sgd", 1e308, 0.0)),)).learn().learn()
    with pytest.raises(ValueError, match=r"^the .* is (nan|inf) at iteration 3; a smaller rate.* may help$"):
        history.learn()
    with pytest.raises(ValueError, match="iteration 3"):
        history.learn_on()
    assert history.undo().learn().scene.learning == history.scene.learning


def test_what_came_of_it_is_said() -> None:
    start = History((learner(learning=Learning("sgd", 0.1)),))
    assert outcome(start.scene, Look()) == ""
    one = start.learn()
    was, now = (k.run["loss"].mean() for k in (start.scene, one.scene))
    assert outcome(one.scene, Look()) == f"iteration 1: loss {was:.3f} → {now:.3f}"
    more = one.learn(9)
    assert outcome(more.scene, Look(glyphs=ASCII)).startswith(f"iterations 2 to 10: loss {now:.3f} -> ")
    assert outcome(more.do(Place("f", 1, (0,)), 0.0).scene, Look()) == ""
