"""The score: the equations with their values; a click on a box moves the playhead there."""

from __future__ import annotations

from rich.text import Text
from textual.events import Click

from rnntutor.app.messages import BoxPicked, LeafPicked
from rnntutor.app.widgets.panel import Panel
from rnntutor.show import score
from rnntutor.show.scene import Scene


class ScorePanel(Panel):
    """Shell over `show.score`."""

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """A line per equation."""
        return score.score(scene, self.cursor, self.look, width, height)

    def on_click(self, event: Click) -> None:
        """Say which number was meant."""
        if self.scene is None:
            return
        sheet = score.lay_out(self.scene, self.cursor, self.look, *self.size)
        found = sheet.hit(event.x, event.y, self.cursor.unit)
        if found is None:
            return
        row, unit = found
        if row.stop >= 0:
            self.post_message(BoxPicked(row.stop, unit, row.op))
        elif unit >= 0 and row.place >= 0:
            self.post_message(LeafPicked(row.place, unit))
