"""Training in the player: one iteration, a hundred that can be watched and stopped, and all of it taken back."""

from __future__ import annotations

from typing import Any

import pytest

from rnntutor.app.app import RnnTutorApp
from rnntutor.app.screens import learning
from rnntutor.app.screens.player import PlayerScreen
from rnntutor.app.widgets.training import TrainingPanel
from rnntutor.engine.learning import Learning
from rnntutor.play.cursor import Cursor
from rnntutor.play.learning import learned
from rnntutor.show.upcoming import outcome
from tests.app.episodes import as_episode, episode, player, player_app
from tests.show.scenes import learner

PLAYED = learner(learning=Learning("adam", 0.02))


def app(settings: Learning | None = None, name: str = "lstm") -> RnnTutorApp:
    """The player on a network that learns."""
    return player_app(as_episode(learner(name, learning=settings) if settings else PLAYED))


async def until_done(pilot: Any, screen: PlayerScreen) -> None:
    """Wait for a training to end."""
    while screen.learning is not None:
        await pilot.pause(0.02)


def iterations(screen: PlayerScreen) -> int:
    """How many were made."""
    assert screen.present.learning is not None
    return screen.present.learning.iteration


async def test_one_iteration_is_seen_from_the_beginning() -> None:
    played = app()
    async with played.run_test(size=(120, 38)) as pilot:
        screen = player(played)
        await pilot.press("right", "right", "down", "b", "i")
        assert screen.cursor == Cursor(unit=1)
        assert screen.view.name == "score"
        assert screen.footer.notice == outcome(learned(PLAYED), screen.look) == "iteration 1: loss 1.388 → 1.360"
        await pilot.press("right", "i", "i")
        assert iterations(screen) == 3
        assert screen.footer.notice.startswith("iteration 3: loss ")
        assert screen.present.original is screen.history.scenes[-2]


async def test_undo_and_the_first_numbers() -> None:
    played = app()
    async with played.run_test(size=(120, 38)) as pilot:
        screen = player(played)
        await pilot.press("i", "i")
        two = screen.present
        await pilot.press("i", "u")
        assert screen.present is two
        await pilot.press("e", "0", "enter", "i", "0")
        assert screen.present is screen.history.scenes[0]
        assert screen.present.original is None
        assert screen.footer.notice == "3 iterations, 1 edit taken back; u brings them again"
        await pilot.press("u")
        assert iterations(screen) == 3
        await pilot.press("u", "u")
        assert screen.present is two


async def test_a_hundred_iterations_can_be_watched() -> None:
    played = app()
    async with played.run_test(size=(120, 38)) as pilot:
        screen = player(played)
        await pilot.press("right", "I")
        assert screen.view.name == "training"
        assert screen.footer.notice.endswith("; I or Esc stops")
        assert 1 <= iterations(screen) < learning.MANY
        seen = set()
        while screen.learning is not None:
            seen.add(iterations(screen))
            await pilot.pause(0.02)
        assert len(seen) > 5, "the curve grows"
        assert iterations(screen) == learning.MANY
        assert screen.footer.notice.startswith("iterations 1 to 100: loss 1.388 → ")
        assert (screen.present.run.params["W_f"] == learned(PLAYED, 100).run.params["W_f"]).all()
        assert screen.present.original is screen.history.scenes[0]
        await pilot.press("u")
        assert screen.present is screen.history.scenes[0]
        await pilot.press("I")
        assert screen.learning is not None
        await until_done(pilot, screen)
        assert iterations(screen) == learning.MANY


@pytest.mark.parametrize("key", ["I", "escape", "u", "e", "right", "question_mark"])
async def test_it_stops_and_keeps_what_it_has(key: str) -> None:
    played = app()
    async with played.run_test(size=(120, 38)) as pilot:
        screen = player(played)
        await pilot.press("I")
        await pilot.pause(0.25)
        await pilot.press(key)
        await pilot.pause(0.25)
        assert screen.learning is None
        made = len(screen.history.scenes) - 1
        assert made == (0 if key == "u" else 1)
        assert made <= iterations(screen) < learning.MANY
        if key in ("I", "escape"):
            assert screen.footer.notice.startswith(f"iterations 1 to {iterations(screen)}: loss ")
            assert screen.view.name == "training"
        kept = screen.present
        await pilot.pause(0.25)
        assert screen.present is kept


async def test_an_edit_ends_it_and_is_not_lost() -> None:
    played = app()
    async with played.run_test(size=(120, 38)) as pilot:
        screen = player(played)
        await pilot.press("I", "plus")
        await pilot.pause(0.25)
        assert screen.learning is None
        assert len(screen.present.changes) == 1
        assert len(screen.history.scenes) == 3


async def test_views_can_be_changed_meanwhile() -> None:
    played = app()
    async with played.run_test(size=(120, 38)) as pilot:
        screen = player(played)
        await pilot.press("I", "V", "V")
        assert screen.view.name == "weights"
        assert screen.learning is not None
        await pilot.press("space")
        assert screen.learning is None
        assert screen.walking is not None


async def test_leaving_ends_it() -> None:
    played = app()
    async with played.run_test(size=(120, 38)) as pilot:
        await pilot.press("I", "q", "q")  # asked once, however much is learned meanwhile
        await pilot.pause()
    assert played.return_code == 0


async def test_what_was_learned_is_not_lost_without_a_word() -> None:
    played = app()
    async with played.run_test(size=(120, 38)) as pilot:
        screen = player(played)
        await pilot.press("i", "escape")
        assert screen.footer.notice == "Esc again leaves, and 1 iteration will be lost"


async def test_divergence_is_said_and_the_numbers_stay() -> None:
    played = app(Learning("sgd", 1e308, 0.0), "rnn")
    async with played.run_test(size=(120, 38)) as pilot:
        screen = player(played)
        await pilot.press("I")
        await until_done(pilot, screen)
        said = "the loss is nan at iteration 3; a smaller rate or clip may help"
        assert screen.footer.notice == said
        assert iterations(screen) == 2
        await pilot.press("u", "i", "i", "i")
        assert screen.footer.notice == said
        assert iterations(screen) == 2


async def test_what_does_not_learn_says_so_and_has_no_such_view() -> None:
    played = player_app(episode())
    async with played.run_test(size=(120, 38)) as pilot:
        screen = player(played)
        for key in "iI":
            await pilot.press(key)
            assert screen.footer.notice == "This lesson's model is not trained here."
            assert screen.learning is None
            assert len(screen.history.scenes) == 1
        screen.action_show_view("training")
        assert "learn" not in [label for _, _, label in screen.footer._hints()]
        await pilot.press("escape")
        seen = set()
        for _ in range(6):
            await pilot.press("v")
            seen.add(screen.view.name)
        assert seen == {"score", "output", "weights", "flow"}


async def test_all_views_come_once_there_are_two_runs() -> None:
    played = app()
    async with played.run_test(size=(120, 38)) as pilot:
        screen = player(played)
        assert "learn" not in [label for _, _, label in screen.footer._hints()]
        screen.action_show_view("training")
        assert ("i I", "learn") in [(signs, label) for _, signs, label in screen.footer._hints()]
        await pilot.press("escape", "i", "x")
        assert screen.view.name == "compare"
        await pilot.press("x")
        seen = []
        for _ in range(6):
            await pilot.press("v")
            seen.append(screen.view.name)
        assert seen == ["output", "weights", "flow", "training", "compare", "score"]


async def test_the_number_of_the_weights_is_the_one_that_is_updated() -> None:
    played = app()
    async with played.run_test(size=(120, 38)) as pilot:
        screen = player(played)
        await pilot.press("v", "v", "tab", "right", "down", "V", "V")
        spot = screen.view.spot
        screen.action_show_view("training")
        await pilot.press("b", "end")
        await pilot.pause()
        panel = screen.query_one(TrainingPanel)
        text = "\n".join(panel.render_line(y).text for y in range(panel.size.height))
        assert f"{spot.param}[{spot.row},{spot.column}]" in text or f"{spot.param}[{spot.column}]" in text
