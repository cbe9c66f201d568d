"""What is said, said otherwise: drawn, the most probable, or a branch of the tree."""

from __future__ import annotations

from rnntutor.app.app import RnnTutorApp
from rnntutor.app.screens.player import PlayerScreen
from tests.show.captioned import captioned
from tests.show.scenes import scene


def player(app: RnnTutorApp) -> PlayerScreen:
    """The screen that is played on."""
    assert isinstance(app.screen, PlayerScreen)
    return app.screen


async def test_words_are_drawn_and_taken_again() -> None:
    app = RnnTutorApp((), start=captioned())  # type: ignore[arg-type]
    async with app.run_test(size=(120, 38)) as pilot:
        first = player(app).present.wants
        await pilot.press("d")
        assert player(app).footer.notice == "drawn, seed 0"
        drawn = player(app).present.wants
        await pilot.press("d", "D")
        assert player(app).present.wants == first != drawn
        await pilot.press("u", "u")
        assert player(app).present.wants == drawn


async def test_a_branch_of_the_tree_is_said() -> None:
    app = RnnTutorApp((), start=captioned())  # type: ignore[arg-type]
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.press("v", "v")
        screen = player(app)
        assert screen.view.name == "beam"
        await pilot.press("down", "right", "down")
        assert screen.view.branch > 0
        await pilot.press("enter")
        assert screen.footer.notice.startswith("It says “")
        assert screen.present.wants[0] in screen.footer.notice
        await pilot.press("backspace")
        assert screen.view.name == "score"


async def test_a_network_that_tells_nothing_says_so() -> None:
    app = RnnTutorApp((), start=scene("lstm"))  # type: ignore[arg-type]
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.press("d")
        assert "can say it otherwise" in player(app).footer.notice
        await pilot.press("v")
        assert player(app).view.name == "output"
