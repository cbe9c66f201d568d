"""The list of edits, over the player."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from rnntutor.show.edits import edits
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene


class EditsScreen(ModalScreen[None]):
    """Shell over `show.edits`; any of the usual keys closes it."""

    BINDINGS: ClassVar = [
        Binding("escape,E,e,enter", "dismiss", "Close", show=False),
        Binding("q", "app.quit", "Quit", show=False),
    ]

    def __init__(self, scene: Scene, look: Look) -> None:
        super().__init__()
        self.played, self.drawn = scene, look

    def compose(self) -> ComposeResult:
        """One page of text."""
        with VerticalScroll(id="edits"):
            yield Static(Text("\n").join(edits(self.played, self.drawn)), markup=False)
