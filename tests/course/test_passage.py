"""What the prose panel says: what an answer would have meant belongs to that answer alone."""

from __future__ import annotations

import pytest

from rnntutor.course.asking import value
from rnntutor.course.lesson import Number
from rnntutor.course.lessons import find_lesson
from rnntutor.course.opening import open_lesson
from rnntutor.course.passage import passage
from rnntutor.course.progress import Progress
from rnntutor.course.walk import Walk
from rnntutor.play.cursor import Cursor
from rnntutor.show.scene import Scene

SLIP = "That is without the bias"
BEFORE = "Here h′ is the state of the timestep before"


def at(moment: str) -> tuple[Walk, Scene]:
    """A walk at a moment of the first lesson, and its scene."""
    opened = open_lesson(find_lesson("a-loop-with-memory"))
    k = opened.lesson.index(moment)
    return Walk(opened, Progress(opened.lesson.id)).to(k), opened.scene(k)


def said(walk: Walk, scene: Scene) -> str:
    """The words on the screen."""
    blocks = passage(walk, scene, lambda command: command[0]).blocks
    return "\n".join("".join(text for text, _ in block.spans) for block in blocks)


def test_a_shown_answer_is_not_taken_for_the_slip_before_it() -> None:
    walk, scene = at("by-hand")
    assert isinstance(walk.ask, Number)
    slipped = walk.answered(scene, value(scene, walk.ask.slips["bias"], walk.t(scene)))
    assert SLIP in said(slipped, scene)
    shown = said(slipped.show_answer(), scene)
    assert f"The answer: {value(scene, walk.ask.answer, 0):.3f}" in shown
    assert SLIP not in shown


@pytest.mark.parametrize("t", range(4))
def test_a_timestep_is_explained_where_it_is_wrong(t: int) -> None:
    walk, scene = at("start")
    words = said(walk.answered(scene, Cursor(t=t)), scene)
    assert ("Right." in words) == (t == 0)
    assert (BEFORE in words) == (t > 0)


def test_what_is_done_by_training_says_which_keys_train() -> None:
    opened = open_lesson(find_lesson("a-character-model-learns"))
    k = opened.lesson.index("hundred")
    assert "l trains once, l a hundred times" in said(Walk(opened, Progress(opened.lesson.id)).to(k), opened.scene(k))
