"""What is said is chosen again when numbers change, and both sayings can be compared."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.play.cursor import Cursor
from rnntutor.play.history import History
from rnntutor.play.speaking import lasting, told_otherwise
from rnntutor.show.change import Place
from rnntutor.show.compare import compare
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.tape import tape
from rnntutor.tasks.telling import Telling
from tests.show.scenes import scene

SYMBOLS = scene("lstm").symbols


@cache
def telling_scene(how: str = "argmax", name: str = "lstm", end: int | None = 3) -> Scene:
    """A network that tells something from its first symbol, at most ten symbols."""
    played = scene(name)
    telling = Telling(0, end, 10, how, temperature=2.0, seed=1)  # type: ignore[arg-type]
    return told_otherwise(replace(played, took=True, counts=()), telling)


def assert_told(played: Scene) -> None:
    """Everything read was said one timestep before, and each is what its scores say."""
    assert len(played.reads) == len(played.wants) == played.steps == played.run.steps
    assert played.reads[1:] == played.wants[:-1]
    assert played.telling is not None
    if played.telling.how == "argmax":
        said = [SYMBOLS[k] for k in played.run["y"][:, 0].argmax(axis=1)]
        assert list(played.wants) == said


@given(how=st.sampled_from(["argmax", "sample"]), name=st.sampled_from(["lstm", "gru", "rnn"]), data=st.data())
def test_every_edit_is_followed_by_what_is_said_then(how: str, name: str, data: st.DataObject) -> None:
    first = telling_scene(how, name, None)
    line = data.draw(st.sampled_from([k.name for k in first.run.cell.lines if k.section == "step"]))
    t, value = data.draw(st.integers(0, first.steps - 1)), data.draw(st.sampled_from([-3.0, 0.0, 3.0]))
    history = History((first,)).do(Place(line, t, (None,)), value)
    assert_told(history.scene)
    assert (history.scene.run[line][t] == value).all()
    assert history.undo().scene is first


def test_what_is_said_before_an_edit_stays() -> None:
    first = telling_scene("argmax", "lstm", None)
    after = History((first,)).do(Place("h", 4, (None,)), -3.0).scene
    assert after.wants[:4] == first.wants[:4]
    assert after.wants != first.wants


def test_a_learner_says_what_is_read() -> None:
    """The word in the fourth place becomes another one; everything after it follows from that."""
    first = telling_scene("argmax", "lstm", None)
    code = (SYMBOLS.index(first.reads[3]) + 1) % len(SYMBOLS)
    history = History((first,)).do(Place("x", 3, (None,)), 0).do(Place("x", 3, (code,)), 1)
    after = history.scene
    assert after.reads[3] == SYMBOLS[code]
    assert after.reads[:3] == first.reads[:3]
    again = history.do(Place("h", 1, (0,)), 0.5).scene
    assert again.reads[3] == SYMBOLS[code]
    assert again.reads[4:] == again.wants[3:-1]


def edited_to(steps: int) -> Scene:
    """A telling after which fewer or more symbols are said than before."""
    first = telling_scene("argmax", "rnn", 0)
    for t in range(first.steps):
        for value in (-3.0, 3.0, 0.0):
            after = History((first,)).do(Place("h", t, (None,)), value).scene
            if np.sign(after.steps - first.steps) == np.sign(steps):
                return after
    raise AssertionError("no edit changes the length in that direction")


@pytest.mark.parametrize("longer", [-1, 1])
def test_both_sayings_are_compared_timestep_by_timestep(longer: int) -> None:
    after = edited_to(longer)
    assert after.original is not None
    assert after.original.steps == after.steps
    kept = min(telling_scene("argmax", "rnn", 0).steps, after.steps)
    assert after.original.wants[:kept] == telling_scene("argmax", "rnn", 0).wants[:kept]
    assert after.original.wants[kept:] == ("",) * (after.steps - kept)
    for t in range(after.steps):
        head = Cursor("forward", t, len(after.forward) - 1)
        for line in [*tape(after, head, Look(), 80), *compare(after, after.original, head, Look(), 80, 20)]:
            assert len(line.plain) <= 80


@given(steps=st.integers(1, 14), name=st.sampled_from(["lstm", "rnn"]))
def test_a_scene_made_longer_says_nothing_more(steps: int, name: str) -> None:
    first = telling_scene("argmax", name, None)
    other = lasting(first, steps)
    assert other.steps == len(other.reads) == len(other.wants) == steps
    kept = min(steps, first.steps)
    np.testing.assert_array_equal(other.run["h"][:kept], first.run["h"][:kept])
    if steps >= first.steps:
        assert other.total_loss == pytest.approx(first.total_loss)
        for param in first.run.params:
            np.testing.assert_allclose(other.grads[param], first.grads[param], atol=1e-12)


def test_another_way_of_choosing_is_no_edit() -> None:
    first = telling_scene("argmax", "rnn", 0)
    assert first.telling is not None
    other = told_otherwise(first, replace(first.telling, how="sample", temperature=5.0, seed=4))
    assert other.original is None
    assert not other.changes
    assert_told(other)
