"""All that a moment says, on a page over the player."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from rnntutor.app.screens.base import TutorModal
from rnntutor.show.look import Look
from rnntutor.show.prose import Passage, full_height, prose


class MomentScreen(TutorModal):
    """Shell over `show.prose`; any of the usual keys closes it."""

    closing = ("moment.read", "help")

    def __init__(self, passage: Passage, look: Look) -> None:
        super().__init__()
        self.passage, self.drawn = passage, look

    def compose(self) -> ComposeResult:
        """One page of text."""
        with VerticalScroll(id="moment"):
            yield Static(markup=False)

    def on_resize(self) -> None:
        """Another width, another page."""
        width = min(self.app.size.width * 9 // 10, 100) - 7
        height = full_height(self.passage, self.drawn, width)
        page = prose(self.passage, self.drawn, width, height)
        self.query_one("#moment > Static", Static).update(Text("\n").join(page))
