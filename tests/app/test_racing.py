"""A race over the player: it runs while one watches, and stops when nobody does."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from rnntutor.app.app import RnnTutorApp
from rnntutor.app.screens.race import RaceScreen
from rnntutor.course.lesson import Race
from rnntutor.course.staging import plan_of
from rnntutor.show.look import Look
from tests.app.episodes import player_app
from tests.app.lessons import lesson_app, trial_lesson
from tests.app.test_player import press, text_of

QUICK = """
[moment.race]
cells = ["rnn", "irnn+identity"]
seeds = 2
settings = { task = "parity", hidden = 2, iterations = 3, batch = 2 }

[[moment]]
id = "number"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The trial with a race at its first moment."""
    folder = trial_lesson(tmp_path / "trial")
    file = folder / "lesson.toml"
    file.write_text(file.read_text().replace('\n[[moment]]\nid = "number"\n', QUICK, 1))
    return folder


def shown(app: RnnTutorApp) -> str:
    """What the page says."""
    return str(app.screen.query_one("#race > Static", Static).render())


async def until(app: RnnTutorApp, pilot: Pilot[None], words: str) -> None:
    for _ in range(300):
        await pilot.pause(0.1)
        if words in shown(app):
            return
    raise AssertionError(shown(app))


async def test_the_race_of_a_moment(folder: Path) -> None:
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "R")
        assert isinstance(app.screen, RaceScreen)
        await until(app, pilot, "The race is over. Esc closes the page.")
        assert "rnntutor race --cells rnn,irnn+identity --seeds 2" in shown(app)
        assert {event.contestant.name for event in app.screen.finished} == {"rnn", "irnn+identity"}
        assert len(app.screen.finished) == 4
        await press(pilot, "R")
        assert not isinstance(app.screen, RaceScreen)


async def test_it_ends_when_the_page_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    long = Race(cells=("rnn",), settings={"task": "anbn", "iterations": 1_000_000})
    monkeypatch.setattr("rnntutor.app.screens.racing.SHORT", long)
    app = player_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "R")
        screen = app.screen
        assert isinstance(screen, RaceScreen)
        await until(app, pilot, "Esc closes the page and ends the race.")
        await press(pilot, "escape")
        await app.workers.wait_for_complete()
        assert screen.finished == []


async def test_a_race_that_cannot_be_run(folder: Path) -> None:
    file = folder / "lesson.toml"
    file.write_text(file.read_text().replace('"irnn+identity"', '"nonesuch"'))
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "R")
        assert "cells: 'nonesuch' is none that came with rnntutor; there are gru, " in text_of(app)
    file.write_text(file.read_text().replace('"nonesuch"', '"irnn"').replace("hidden = 2", "hidden = 0"))
    app = lesson_app(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "R")
        assert "hidden: a whole number from 1 is wanted, not 0" in text_of(app)


@pytest.mark.parametrize("width", [40, 60, 120])
def test_no_line_is_too_wide(width: int) -> None:
    plan = plan_of(Race(cells=("rnn",), settings={"task": "parity"}))
    assert all(line.cell_len <= width for line in RaceScreen(plan, Look()).page(width)[1:])


def test_a_lesson_s_race_reads_no_file() -> None:
    with pytest.raises(ValueError, match="file: a lesson's race"):
        plan_of(Race(cells=("rnn",), settings={"file": "/etc/passwd"}))
    with pytest.raises(ValueError, match="cells: '/etc/passwd\\+forget' is none that came with rnntutor"):
        plan_of(Race(cells=("rnn", "/etc/passwd+forget"), settings={"task": "parity"}))


@pytest.mark.parametrize(
    ("error", "said"), [(MemoryError(), "MemoryError"), (ValueError("file: gone\nand more"), "file: gone")]
)
async def test_a_race_that_breaks_says_why(
    error: Exception, said: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise error

    monkeypatch.setattr("rnntutor.app.screens.race.race", broken)
    app = lesson_app(folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "R")
        await until(app, pilot, said)
        assert shown(app).splitlines()[-1] == "Esc closes the page."
