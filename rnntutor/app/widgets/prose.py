"""What the lesson says; a click on a choice answers."""

from __future__ import annotations

from rich.text import Text
from textual.events import Click
from textual.reactive import reactive

from rnntutor.app.messages import ChoicePicked
from rnntutor.app.widgets.panel import Panel
from rnntutor.show.prose import Passage, choice_at, prose
from rnntutor.show.scene import Scene


class ProsePanel(Panel):
    """Shell over `show.prose`."""

    passage: reactive[Passage | None] = reactive(None)
    more: str = ""
    """The key that shows what has no room."""

    def place_of(self, scene: Scene, cursor: object) -> Passage | None:
        """The words; they follow nothing else."""
        return self.passage

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """Title, words, question."""
        return prose(self.passage, self.look, width, height, self.more) if self.passage else []

    def on_click(self, event: Click) -> None:
        """Say which choice was meant."""
        if self.passage is not None:
            choice = choice_at(self.passage, self.look, self.size.width, event.x, event.y)
            if choice:
                self.post_message(ChoicePicked(choice))
