"""How the screens look: pictures that a person has looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rnntutor.app.app import RnnTutorApp
from rnntutor.course.lessons import find_lesson
from rnntutor.course.opening import open_lesson
from tests.app.courses import SOME, course
from tests.app.episodes import long_episode, player_app
from tests.app.test_painting import painter

Compare = Callable[..., bool]
FORWARD = ["right_square_bracket"] * 2 + ["right"] * 4 + ["down"] * 3
EDITED = [*FORWARD[:-4], "down", "down", "e", "0", "enter"]
BACKWARD = ["b", "right_square_bracket", "right_square_bracket"] + ["right"] * 3 + ["down"] * 3


@pytest.mark.parametrize(
    ("size", "keys"),
    [
        pytest.param((120, 38), FORWARD, id="forward"),
        pytest.param((120, 38), BACKWARD, id="backward"),
        pytest.param((80, 24), FORWARD, id="compact"),
        pytest.param((120, 38), [*BACKWARD, "t"], id="light"),
        pytest.param((120, 38), [*EDITED, *["right"] * 14], id="edited"),
        pytest.param((80, 24), [*EDITED, "right", "e", "1"], id="edited-compact"),
    ],
)
def test_the_player(snap_compare: Compare, size: tuple[int, int], keys: list[str]) -> None:
    assert snap_compare(player_app(), terminal_size=size, press=keys)


def test_many_units_on_a_large_screen(snap_compare: Compare) -> None:
    assert snap_compare(player_app(long_episode()), terminal_size=(200, 60), press=BACKWARD)


def test_the_list(snap_compare: Compare) -> None:
    async def leave(pilot: Any) -> None:
        await pilot.press("escape")

    assert snap_compare(player_app(), terminal_size=(80, 24), run_before=leave)


@pytest.mark.parametrize(
    ("size", "keys"),
    [
        pytest.param((80, 24), [], id="80x24"),
        pytest.param((120, 38), [], id="120x38"),
        pytest.param((120, 38), ["end", "t"], id="light"),
        pytest.param((200, 60), ["down"], id="200x60"),
        pytest.param((80, 24), ["slash", *"caption"], id="search"),
    ],
)
def test_the_course(snap_compare: Compare, size: tuple[int, int], keys: list[str]) -> None:
    assert snap_compare(RnnTutorApp(course(SOME)), terminal_size=size, press=keys)


def test_the_course_before_the_first_start(snap_compare: Compare) -> None:
    assert snap_compare(RnnTutorApp(course()), terminal_size=(80, 24))


@pytest.mark.parametrize(
    ("name", "size", "keys"),
    [
        pytest.param("a-loop-with-memory", (80, 24), ["n"] * 7, id="number-80x24"),
        pytest.param("a-character-model-learns", (120, 38), [*["n"] * 9, "I"], id="loss-curve"),
        pytest.param("back-through-time", (120, 38), [*["n"] * 7, "1", "t"], id="wrong-choice"),
        pytest.param("truncated", (120, 38), [*["n"] * 2, "H"], id="wall-and-hint"),
    ],
)
def test_a_lesson(snap_compare: Compare, name: str, size: tuple[int, int], keys: list[str]) -> None:
    app = RnnTutorApp((), start=open_lesson(find_lesson(name)))

    async def play(pilot: Any) -> None:
        await pilot.press(*keys)
        while getattr(app.screen, "learning", None) is not None:
            await pilot.pause(0.1)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize(
    ("size", "keys"),
    [
        pytest.param((120, 38), ["v", "end"], id="120x38"),
        pytest.param((80, 24), ["v", "P", "tab", *["down"] * 9], id="moved"),
        pytest.param((120, 38), ["v", "end", "O", "t"], id="gradient-light"),
        pytest.param((120, 38), ["v", "o"], id="maps"),
        pytest.param((200, 60), ["v", "b", "end"], id="backward-200x60"),
    ],
)
def test_the_picture(snap_compare: Compare, size: tuple[int, int], keys: list[str]) -> None:
    assert snap_compare(painter(), terminal_size=size, press=keys)
