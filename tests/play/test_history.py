"""Edits can be taken back, and none of them touches what was before."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.play.history import History
from rnntutor.play.speaking import MIXED
from rnntutor.show.change import Place
from rnntutor.show.matrix import by_hand
from rnntutor.show.scales import full_box
from rnntutor.show.scene import Scene
from tests.show.scenes import scene

NAMES = ("lstm", "gru", "rnn", "stranger")


@st.composite
def edits(draw: st.DrawFn, played: Scene) -> tuple[Place, float]:
    """Something that can be set, one number or every one, and a value."""
    run = played.run
    states = [f"{name}_prev" for name in run.cell.states]
    own = [line.name for line in run.cell.step.lines if line.section == "step"]
    name = draw(st.sampled_from([*own, *states, "x", *run.params]))
    value = draw(st.floats(-2, 2))
    if name in run.params:
        return Place(name, None, tuple(draw(one_or_every(n)) for n in run.params[name].shape)), value
    steps, _, units = run[name].shape
    return Place(name, draw(st.integers(0, steps - 1)), (draw(one_or_every(units)),)), value


def one_or_every(count: int) -> st.SearchStrategy[int | None]:
    """A unit; None stands for all of them."""
    return st.one_of(st.none(), st.integers(0, count - 1))


@st.composite
def histories(draw: st.DrawFn) -> History:
    """A few edits of some cell."""
    played = scene(draw(st.sampled_from(NAMES)))
    history = History((played,))
    for place, value in draw(st.lists(edits(played), max_size=3)):
        history = history.do(place, value)
    return history


@given(histories(), st.data())
def test_undo_after_do_is_the_identity(history: History, data: st.DataObject) -> None:
    place, value = data.draw(edits(history.scene))
    done = history.do(place, value)
    found = done.scene.run[place.name]
    found = found[place.where if place.t is None else (place.t, 0, *place.where)]
    assert (found == value).all()
    assert done.undo() == history
    assert done.undo().scene is history.scene


def test_what_is_read_is_called_what_it_has_become() -> None:
    """Of “hell” the e becomes a mix of e and h, then h, then nothing."""
    first = History((scene("rnn"),))
    mixed = first.do(Place("x", 1, (1,)), 1)
    other = mixed.do(Place("x", 1, (0,)), 0)
    silent = other.do(Place("x", 1, (None,)), 0)
    for history, name in ((first, "e"), (mixed, MIXED), (other, "h"), (silent, "")):
        assert history.scene.reads == ("h", name, "l", "l")
    assert silent.undo().scene.reads == other.scene.reads
    assert first.do(Place("W", None, (0, 0)), 1).scene.reads == first.scene.reads


@given(histories())
def test_reset_is_the_original_and_can_be_undone(history: History) -> None:
    original = history.scenes[0]
    assert history.reset().scene is original
    if history.scene.changes:
        assert history.reset().undo() == history
    assert History((original,)).reset() == History((original,)).undo() == History((original,))


@given(histories())
def test_changes_stand_in_their_order_and_the_losses_meet(history: History) -> None:
    changes = history.scene.changes
    assert [k.changes for k in history.scenes] == [changes[:n] for n in range(len(changes) + 1)]
    totals = [k.total_loss for k in history.scenes]
    assert [k.loss_was for k in changes] == totals[:-1]
    assert [k.loss for k in changes] == totals[1:]


@given(histories())
def test_every_scene_knows_the_original_and_leaves_it_alone(history: History) -> None:
    original = history.scenes[0]
    assert original.original is None
    assert all(k.original is original for k in history.scenes[1:])
    assert full_box(original, "forward", original.forward[0]) == full_box(history.scene,
        "forward", original.forward[0]
    )


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_those_of_the_edited_run(name: str) -> None:
    played = scene(name)
    after = History((played,)).do(Place("x", 1, (0,)), 0.7).scene
    seeds = {"cost": np.ones((4, 1))} if name == "stranger" else None
    wanted = after.run.backward(seeds)
    for param in played.run.params:
        np.testing.assert_array_equal(after.grads[param], wanted[param])
    assert any((after.grads[k] != played.grads[k]).any() for k in played.run.params)


def test_small_steps_of_one_number_are_one_edit() -> None:
    place = Place("f", 2, (3,))
    start = History((scene(),)).do(place, 0.5)
    moved = start.nudge(place, 0.1).nudge(place, 0.1).nudge(place, -0.1)
    assert moved.scene.changes[1:] == moved.scene.changes[-1:]
    assert (moved.scene.changes[-1].was, moved.scene.changes[-1].value) == (0.5, 0.6)
    assert moved.undo() == start
    assert len(moved.nudge(Place("f", 2, (4,)), 0.1).scenes) == len(moved.scenes) + 1
    assert len(moved.do(place, 0.0).nudge(place, 0.1).scenes) == len(moved.scenes) + 2


def test_every_unit_is_one_edit() -> None:
    every = Place("f", 2, (None,))
    history = History((scene(),)).do(every, 0.0)
    (change,) = history.scene.changes
    assert (change.was, change.value) == (None, 0.0)
    assert history.scene.set_by_hand("f", 2) == set(range(8))
    assert history.scene.set_by_hand("f", 1) == set()
    one = history.nudge(Place("f", 2, (3,)), 0.1)
    assert one.scene.run["f"][2, 0].tolist() == [0.1 * (k == 3) for k in range(8)]
    assert one.scene.set_by_hand("f", 2) == set(range(8))
    assert one.undo() == history
    assert history.undo().scene is scene()
    with pytest.raises(ValueError, match="unit: one number of f is wanted, not all"):
        history.nudge(every, 0.1)


def test_every_unit_of_a_state_before_a_timestep_is_the_state_after_the_timestep_before() -> None:
    after = History((scene(),)).do(Place("c_prev", 2, (None,)), 0.25).scene
    assert after.changes[0].place == Place("c", 1, (None,))
    assert after.set_by_hand("c", 1) == set(range(8))


def test_a_row_of_a_matrix_is_one_edit() -> None:
    after = History((scene(),)).do(Place("W_f", None, (3, None)), 0.0).scene
    marked = by_hand(after, "W_f")
    assert np.argwhere(marked).tolist() == [[3, k] for k in range(12)]
    assert not by_hand(after, "W_i").any()
    assert not by_hand(after, "b_f").any()


def test_a_state_before_a_timestep_is_the_one_after_the_timestep_before() -> None:
    after = History((scene(),)).do(Place("c_prev", 2, (1,)), 0.25).scene
    assert after.changes[0].place == Place("c", 1, (1,))
    assert after.set_by_hand("c", 1) == {1}
    first = History((scene(),)).do(Place("c_prev", 0, (1,)), 0.25).scene
    assert first.set_by_hand("c_prev", 0) == {1}


@pytest.mark.parametrize(
    "place",
    [
        Place("p", 1, (0,)), Place("p", 1, (None,)), Place("f", 9, (0,)), Place("f", 1, (8,)),
        Place("W_f", None, (9, 99)),
    ],
)  # fmt: skip
def test_what_cannot_be_edited_is_refused(place: Place) -> None:
    with pytest.raises(ValueError, match=r"name|t: 9|unit"):
        History((scene(),)).do(place, 0.0)


def test_without_a_loss_there_is_none_to_tell() -> None:
    huge = History((scene(),)).do(Place("y", 1, (0,)), 1e308).scene
    assert huge.total_loss is not None
    was = huge.changes[0].was
    assert was is not None
    assert not math.isnan(was)
