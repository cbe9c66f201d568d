"""The score: the equations with their values; a click on a box moves the playhead there."""

from __future__ import annotations

from rich.text import Text
from textual.events import Click

from rnntutor.app.messages import BoxPicked
from rnntutor.app.widgets.panel import Panel
from rnntutor.show import score
from rnntutor.show.scene import Scene


class ScorePanel(Panel):
    """Shell over `show.score`."""

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """A line per equation."""
        return score.score(scene, self.cursor, self.look, width, height)

    def on_click(self, event: Click) -> None:
        """Say which line and unit were meant."""
        if self.scene is None:
            return
        sheet = score.lay_out(self.scene, self.cursor, self.look, *self.size)
        found = sheet.hit(event.x, event.y, self.cursor.unit)
        if found is not None:
            self.post_message(BoxPicked(*found))
