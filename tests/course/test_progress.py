"""How far a learner is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.course.progress import (
    Answer,
    Progress,
    as_json,
    from_json,
    how_far,
    latest,
    questions_right,
    time_of,
)

MOMENTS = st.sampled_from(["keep", "write", "show"])
ACTS = st.one_of(
    st.tuples(st.just("visited"), MOMENTS),
    st.tuples(st.just("answered"), MOMENTS, st.booleans(), st.integers(0, 3)),
    st.tuples(st.just("skipped"), MOMENTS),
    st.tuples(st.just("finish")),
)


def after(acts: list[tuple[Any, ...]], lesson: str = "four-gates") -> Progress:
    """What a learner did, one thing after the other."""
    progress = Progress(lesson)
    for act, *words in acts:
        progress = getattr(progress, act)(*words)
    return progress


@st.composite
def some_progress(draw: st.DrawFn) -> Progress:
    """Any progress, of any lesson."""
    return after(draw(st.lists(ACTS, max_size=12)), draw(st.text(min_size=1)))


def test_a_learner_goes_through_a_lesson() -> None:
    progress = Progress("four-gates")
    assert not progress.begun
    progress = progress.visited("a").visited("b").answered("b", right=False).answered("b", right=True, hints=1)
    progress = progress.visited("a").visited("c").answered("c", right=True).skipped("d")
    assert progress.begun
    assert (progress.moment, progress.seen) == ("c", ("a", "b", "c"))
    assert progress.answers == {"b": Answer(True, 2, 1), "c": Answer(True, 1), "d": Answer(skipped=True)}
    assert (progress.right, progress.right_first) == (2, 1)
    assert not progress.finished
    assert progress.finish().finished


@pytest.mark.parametrize(
    ("answer", "first"),
    [
        (Answer(True, 1), True),
        (Answer(True, 2), False),
        (Answer(True, 1, hints=1), False),
        (Answer(True, 1, skipped=True), False),
        (Answer(False, 1), False),
        (Answer(), False),
    ],
)
def test_right_first(answer: Answer, first: bool) -> None:
    assert answer.right_first is first


@given(st.lists(ACTS, max_size=30))
def test_any_lesson_by_counting(acts: list[tuple[Any, ...]]) -> None:
    """What was done, counted anew from the list of it."""
    progress = after(acts)
    visits = [words[0] for act, *words in acts if act == "visited"]
    assert set(progress.seen) == set(visits)
    assert len(progress.seen) == len(set(visits))
    assert progress.moment == (visits[-1] if visits else "")
    assert progress.finished == (("finish",) in acts)
    for moment, answer in progress.answers.items():
        tried = [right for act, *words in acts if act == "answered" and words[0] == moment for right in [words[1]]]
        assert answer.right == any(tried)
        assert answer.tries == (tried.index(True) + 1 if any(tried) else len(tried))
    assert progress.begun == bool(acts)


def test_once_right_stays_right() -> None:
    right = Progress("x").answered("a", right=True, hints=2)
    assert right.answered("a", right=False, hints=3) is right
    assert right.skipped("a") is right
    assert right.finish().finish() == right.finish()


def test_the_latest_is_what_was_touched_last() -> None:
    one, other = Progress("one", when="2026-03-01T10:00:00+02:00"), Progress("other", when="2026-03-01T09:00")
    assert latest([one, other, Progress("never")]) == other, "nine o'clock of UTC is later than ten of +02:00"
    assert latest([one.visited("a"), other]) == latest([other, one.visited("a")])
    assert latest([one.visited("a"), other]) != other
    assert latest([Progress("never")]) is None
    assert latest([]) is None


def test_changes_are_dated_in_order() -> None:
    first = Progress("x").visited("a")
    second = first.visited("b")
    assert time_of(first.when).tzinfo is not None
    assert first.changed <= second.changed
    assert Progress("x").changed < first.changed


def test_how_far_in_words() -> None:
    progress = Progress("x").visited("a").visited("b").answered("a", right=True)
    assert how_far(progress, 9) == "2 of 9"
    assert how_far(progress, 1) == "1 of 1", "a lesson may have lost moments since"
    assert how_far(progress.finish(), 9) == "9 of 9"
    assert questions_right(progress, 3) == "1 of 3"
    for nothing in (None, Progress("x")):
        assert how_far(nothing, 9) == questions_right(nothing, 3) == ""
    assert how_far(progress, 0) == questions_right(progress, 0) == ""


@given(some_progress())
def test_json_brings_all_of_it_back(progress: Progress) -> None:
    assert from_json(json.loads(json.dumps(as_json(progress)))) == progress


GOOD = as_json(Progress("x").visited("a").answered("a", right=True))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format_version": 2}, "format_version should be 1, not 2, which a newer rnntutor reads"),
        ({"format_version": True}, "format_version should be 1, not True"),
        ({"format_version": None}, "format_version should be 1, not None"),
        ({"lesson": ""}, "lesson: the name of a lesson"),
        ({"lesson": 3}, "lesson: a text is wanted, not 3"),
        ({"moment": None}, "moment: a text is wanted, not None"),
        ({"seen": "abc"}, "seen: a list is wanted, not 'abc'"),
        ({"seen": ["a", 1]}, "seen: a list of texts"),
        ({"finished": 1}, "finished: true or false is wanted, not 1"),
        ({"answers": []}, "answers: a table is wanted, not a list"),
        ({"answers": {"a": 1}}, "answers: 'a': a table is wanted, not 1"),
        ({"answers": {"a": {"right": 1}}}, "answers: 'a': right: true or false is wanted, not 1"),
        (
            {"answers": {"a": {"right": True, "skipped": False, "tries": -1, "hints": 0}}},
            "tries and hints should be from 0",
        ),
        (
            {"answers": {"a": {"right": True, "skipped": False, "tries": 1.0, "hints": 0}}},
            "tries: a whole number is wanted",
        ),
        ({"when": "yesterday"}, "when: a date and time is wanted, such as 2026-03-01T09:30, not 'yesterday'"),
        ({"when": "0001-01-01T00:00+14:00"}, "when: a date and time is wanted"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, Any], said: str) -> None:
    assert from_json({**GOOD, "later": "unknown"}).lesson == "x"
    with pytest.raises(ValueError, match=r"^[^\n]*$") as caught:
        from_json({**GOOD, **changes})
    assert said in str(caught.value)


@pytest.mark.parametrize("table", [None, [], 3, "x", True])
def test_what_is_no_table(table: object) -> None:
    with pytest.raises(ValueError, match="a table is wanted"):
        from_json(table)
