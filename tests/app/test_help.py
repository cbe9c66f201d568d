"""The help page as somebody reads it."""

from __future__ import annotations

import pytest
from textual.containers import VerticalScroll
from textual.widgets import Static

from rnntutor.app.app import RnnTutorApp
from rnntutor.app.screens.help import HelpScreen
from rnntutor.app.screens.home import HomeScreen
from rnntutor.app.screens.player import PlayerScreen
from tests.app.episodes import entries, player_app
from tests.app.test_player import press


def shown(app: RnnTutorApp) -> list[str]:
    """The page, line by line."""
    return str(app.screen.query_one("#help > Static", Static).render()).splitlines()


@pytest.mark.parametrize("closing", ["escape", "question_mark", "enter"])
async def test_it_scrolls_and_closes(closing: str) -> None:
    app = player_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "question_mark")
        scroll = app.screen.query_one(VerticalScroll)
        assert scroll.max_scroll_y > 5
        await press(pilot, "j", "down", "j")
        assert scroll.scroll_offset.y == 3
        page = app.screen
        assert isinstance(page, HelpScreen)
        for _ in range(2):  # at once, as when a key is held down
            for lines in (1, -1, 1):
                page.action_scroll(lines)
        await pilot.pause()
        assert scroll.scroll_offset.y == 5
        await press(pilot, "k", "k")
        await press(pilot, "k", "up")
        assert scroll.scroll_offset.y == 1
        await press(pilot, closing)
        assert isinstance(app.screen, PlayerScreen)


async def test_columns_follow_the_width() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "question_mark")
        assert isinstance(app.screen, HelpScreen)
        assert shown(app)[0].split() == ["Move", "On", "the", "screen"]
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert shown(app)[0] == "Move"
        assert "On the screen" in shown(app)
        for heading in ("Look", "Edit", "Go", "Elsewhere"):
            assert heading in shown(app)


async def test_the_list_has_no_panels_to_tell_of() -> None:
    app = RnnTutorApp(entries(), ascii=True)
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "question_mark")
        page = "\n".join(shown(app))
        assert "On the screen" not in page
        assert "v j" in page
        assert page.isascii()
        await press(pilot, "escape")
        assert isinstance(app.screen, HomeScreen)
