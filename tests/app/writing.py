"""The editor on a text, and hands for it."""

from __future__ import annotations

from typing import Any

from textual.events import Paste
from textual.widgets import Static

from rnntutor.app.app import RnnTutorApp
from rnntutor.app.screens.editor import EditorScreen
from rnntutor.tasks.drafting import Writing
from tests.app.episodes import entries

SIZES = [(60, 18), (80, 24), (120, 38), (200, 60)]
RNN = "h = tanh(W @ [h_prev, x] + b)"


def app_on(text: str = RNN, title: str = "mine", *, ascii: bool = False) -> RnnTutorApp:
    """The editor on a text."""
    return RnnTutorApp(entries(), start=Writing(text, title), ascii=ascii)


def editor(app: RnnTutorApp) -> EditorScreen:
    assert isinstance(app.screen, EditorScreen)
    return app.screen


def notice(app: RnnTutorApp) -> str:
    return editor(app).footer.notice


def meant(app: RnnTutorApp) -> str:
    """What stands beside the text."""
    return str(editor(app).query_one("#meaning > Static", Static).render())


async def press(pilot: Any, *keys: str) -> None:
    """Press keys, and let what is written be read and what was begun be done."""
    await pilot.press(*keys)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    screen = pilot.app.screen
    if isinstance(screen, EditorScreen) and screen.waiting is not None:
        screen.read()
        await pilot.pause()


async def paste(pilot: Any, text: str) -> None:
    """What a terminal sends when something is pasted."""
    pilot.app.post_message(Paste(text))
    await pilot.pause()
    await press(pilot)


async def answer(pilot: Any, text: str) -> None:
    """Type something where it is asked for, in the place of what is offered."""
    await press(pilot, "ctrl+a", "ctrl+k", *text, "enter")
