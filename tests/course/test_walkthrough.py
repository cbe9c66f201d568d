"""Every lesson from its first moment to its last: checked, answered rightly, answered wrongly once, and read."""

from __future__ import annotations

from functools import cache

import pytest

from rnntutor.course.check import check_lesson
from rnntutor.course.lesson import Choice
from rnntutor.course.lessons import find_lesson, list_lessons
from rnntutor.course.opening import Opened, open_lesson
from rnntutor.course.passage import passage
from rnntutor.course.progress import Progress
from rnntutor.course.staging import staged
from rnntutor.course.walk import Walk
from rnntutor.show.layout import arrange
from rnntutor.show.look import ASCII, Look
from rnntutor.show.prose import Passage, full_height, prose
from tests.course.answers import right, wrong

COURSE = [lesson.id for lesson in list_lessons() if lesson.moments]
every_lesson = pytest.mark.parametrize("name", COURSE)
MOST_ROWS = 9
"""Lines of a question, and of an answer, at 80 columns: half of what a screen of 24 rows leaves."""


@cache
def opened(name: str) -> Opened:
    return open_lesson(find_lesson(name))


def sign(command: str) -> str:
    """A key for every command."""
    return command[0]


@pytest.mark.parametrize("name", [lesson.id for lesson in list_lessons()])
def test_it_passes_the_check(name: str) -> None:
    assert [str(problem) for problem in check_lesson(find_lesson(name).folder)] == []


@every_lesson
def test_it_asks_enough(name: str) -> None:
    """Five questions of three kinds, most of them with a hint."""
    played = opened(name)
    asked = [moment for moment in played.lesson.moments if moment.ask is not None]
    assert len(asked) >= 5
    assert len({type(moment.ask) for moment in asked}) >= 3
    assert sum(bool(played.words[moment.id].hints) for moment in asked) >= len(asked) / 2


@every_lesson
def test_every_question_answered_rightly(name: str) -> None:
    walk = Walk.begun(opened(name), Progress(name))
    while not walk.over:
        stage = staged(walk.opened, walk.k)
        if walk.ask is not None:
            given, scene = right(walk.ask, stage)
            walk = walk.answered(scene, given)
            assert walk.verdict is not None
            assert walk.verdict.right, walk.moment.id
        walk = walk.next()
    assert walk.progress.finished
    assert walk.progress.right_first == walk.opened.lesson.questions
    assert walk.left_open == ()


@every_lesson
def test_every_question_answered_wrongly_comes_again(name: str) -> None:
    """A wrong answer is explained; the questions left open are asked again at the end, and then answered."""
    walk = Walk.begun(opened(name), Progress(name))
    while walk.review is None:
        if walk.ask is not None:
            stage = staged(walk.opened, walk.k)
            walk = walk.answered(stage.history.scene, wrong(walk.ask, stage))
            assert walk.verdict is not None
            assert not walk.verdict.right, walk.moment.id
            assert any(block.kind == "wrong" for block in said(walk).blocks)
        walk = walk.next()
    assert len(walk.review) == walk.opened.lesson.questions
    while not walk.over:
        stage = staged(walk.opened, walk.k)
        assert walk.ask is not None
        given, scene = right(walk.ask, stage)
        walk = walk.answered(scene, given).next()
    assert walk.progress.finished
    assert walk.progress.right_first == 0
    assert walk.progress.right == walk.opened.lesson.questions


def said(walk: Walk) -> Passage:
    """What stands beside the panels."""
    scene = staged(walk.opened, walk.k).history.scene
    return passage(walk, scene, sign)


@every_lesson
def test_every_moment_has_room_on_a_small_screen(name: str) -> None:
    """At 80 by 24 a question is there with its choices, and so is what is said after the answer."""
    walk = Walk.begun(opened(name), Progress(name))
    for k in range(walk.count):
        stage = staged(walk.opened, k)
        here = walk.to(k)
        told = [here]
        if here.ask is not None:
            given, scene = right(here.ask, stage)
            told.append(here.answered(scene, given))
            if isinstance(here.ask, Choice):
                told.append(here.answered(scene, wrong(here.ask, stage)))
        for state in told:
            words = passage(state, stage.history.scene, sign)
            rows = full_height(words, Look(), 80)
            assert rows <= MOST_ROWS, f"{state.moment.id}: {rows} rows"
            room = arrange(stage.history.scene, stage.cursor, stage.view, 80, 24, rows).prose
            drawn = prose(words, Look(), 80, room)
            plain = prose(words, Look(glyphs=ASCII, plain=True), 80, 99)
            assert all(line.cell_len <= 80 for line in [*drawn, *plain])
            assert all(line.plain.isascii() for line in plain)
            asked = sum(text.count("?") for block in words.blocks for text, _ in block.spans)
            assert sum(line.plain.count("?") for line in plain) == asked, "a sign that ASCII has no stand-in for"


@every_lesson
def test_no_number_is_missing(name: str) -> None:
    """Every query has an answer, before and after the question."""
    walk = Walk.begun(opened(name), Progress(name))
    for k in range(walk.count):
        here = walk.to(k)
        told = [here] if here.ask is None else [here, here.show_answer()]
        for state in told:
            values = [text for block in said(state).blocks for text, kind in block.spans if kind == "value"]
            assert "?" not in values
            assert "nan" not in values
