"""A training in the app: it goes on, rests, is stepped into, goes on again and is saved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

import rnntutor as rt
from rnntutor.app.app import RnnTutorApp
from rnntutor.app.screens.home import HomeScreen
from rnntutor.app.screens.player import PlayerScreen
from rnntutor.app.screens.training import TrainingScreen
from rnntutor.play.studying import Study
from rnntutor.show.upcoming import teachable
from rnntutor.training import Settings
from rnntutor.training.underway import Underway

TEXT = "hello world\n" * 9


def study(tmp_path: Path, **settings: object) -> Study:
    """A training that has not begun."""
    wanted = Settings.of({"text": TEXT, "hidden": 4, "iterations": 1_000_000, **settings})
    return Study(Underway.begun(wanted, TEXT), tmp_path / "m.safetensors")


def app_of(made: Study) -> RnnTutorApp:
    return RnnTutorApp([], start=made)


def screen_of(app: RnnTutorApp) -> TrainingScreen:
    return next(k for k in app.screen_stack if isinstance(k, TrainingScreen))


def page(app: RnnTutorApp) -> str:
    return str(screen_of(app).query_one("#training", Static).render())


async def until(pilot: Pilot[None], holds: Callable[[], bool], what: str) -> None:
    for _ in range(300):
        await pilot.pause(0.05)
        if holds():
            return
    raise AssertionError(what)


async def test_it_goes_on_and_rests(tmp_path: Path) -> None:
    made = study(tmp_path)
    app = app_of(made)
    async with app.run_test(size=(120, 38)) as pilot:
        await until(pilot, lambda: made.last > 20 and "chars/s" in page(app), "twenty iterations")
        await pilot.press("space")
        await pilot.pause(0.3)
        rested = made.last
        await pilot.pause(0.3)
        assert made.last == rested
        assert "paused" in screen_of(app).footer.notice
        await pilot.press("space")
        await until(pilot, lambda: made.last > rested, "more iterations")


async def test_stepping_into_an_iteration_and_going_on(tmp_path: Path) -> None:
    made = study(tmp_path)
    app = app_of(made)
    async with app.run_test(size=(120, 38)) as pilot:
        await until(pilot, lambda: made.last > 30, "thirty iterations")
        await pilot.press("space")
        await pilot.pause(0.2)
        last = made.last
        await pilot.press("left_square_bracket", "left", "left", "right")
        chosen = screen_of(app).chosen
        assert chosen == last - 11
        assert f"iteration {chosen} " in page(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PlayerScreen), "the player")
        await pilot.pause(0.2)
        assert isinstance(app.screen, PlayerScreen)
        assert app.screen.view.name == "training"
        assert teachable(app.screen.present).iteration == chosen - 1
        assert made.last == last
        await pilot.press("escape", "escape")
        await until(pilot, lambda: made.last > last, "going on")
        assert isinstance(app.screen, TrainingScreen)


async def test_choosing_stays_among_what_was_made(tmp_path: Path) -> None:
    made = study(tmp_path, iterations=5)
    app = app_of(made)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "All iterations are made" in screen_of(app).footer.notice, "the end")
        await pilot.press("left_curly_bracket")
        assert screen_of(app).chosen == 1
        await pilot.press("right_square_bracket")
        assert screen_of(app).chosen == 5


async def test_leaving_asks_once_and_saving_is_leaving_without_a_word(tmp_path: Path) -> None:
    made = study(tmp_path, iterations=5)
    app = app_of(made)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "All iterations are made" in screen_of(app).footer.notice, "the end")
        await pilot.press("escape")
        assert "Esc again leaves, and what is learned since it was saved will be lost; s saves it" in (
            screen_of(app).footer.notice
        )
        await pilot.press("s")
        assert "after 5 iterations" in screen_of(app).footer.notice
        assert rt.load_model(made.target).record["iterations"] == 5
        await pilot.press("escape")
        assert isinstance(app.screen, HomeScreen)


@pytest.mark.parametrize("keys", [("escape", "escape"), ("q", "q")])
async def test_leaving_ends_the_training(keys: tuple[str, ...], tmp_path: Path) -> None:
    made = study(tmp_path)
    app = app_of(made)
    async with app.run_test(size=(120, 38)) as pilot:
        await until(pilot, lambda: made.last > 3, "three iterations")
        await pilot.press(*keys)
        await pilot.pause(0.3)
        left = made.last
        await pilot.pause(0.3)
        assert made.last == left
    assert not made.target.exists()


async def test_where_it_cannot_be_saved(tmp_path: Path) -> None:
    made = study(tmp_path, iterations=2)
    made.target = tmp_path / "none" / "m.safetensors"
    app = app_of(made)
    async with app.run_test(size=(120, 38)) as pilot:
        await until(pilot, lambda: "All iterations are made" in screen_of(app).footer.notice, "the end")
        await pilot.press("s")
        assert "No such file or directory" in screen_of(app).footer.notice


async def test_one_that_diverges(tmp_path: Path) -> None:
    (tmp_path / "mine.eq").write_text("h = W @ [h_prev, x]")
    made = study(tmp_path, cell=str(tmp_path / "mine.eq"), optimiser="sgd", rate=1e9, clip=0.0)
    app = app_of(made)
    async with app.run_test(size=(120, 38)) as pilot:
        await until(pilot, lambda: "at iteration" in screen_of(app).footer.notice, "what is wrong")
        await pilot.press("s")
        await pilot.pause(0.1)
    assert rt.load_model(made.target).record["iterations"] == made.last - 1
