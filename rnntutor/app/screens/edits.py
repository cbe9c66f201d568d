"""The list of edits, over the player."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from rnntutor.app.screens.base import TutorModal
from rnntutor.show.edits import edits
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene


class EditsScreen(TutorModal):
    """Shell over `show.edits`; any of the usual keys closes it."""

    closing = ("edit.list", "edit")

    def __init__(self, scene: Scene, look: Look) -> None:
        super().__init__()
        self.played, self.drawn = scene, look

    def compose(self) -> ComposeResult:
        """One page of text."""
        with VerticalScroll(id="edits"):
            yield Static(Text("\n").join(edits(self.played, self.drawn)), markup=False)
