"""What the network says, a row per symbol; a click on a row moves the playhead there."""

from __future__ import annotations

from rich.text import Text
from textual.events import Click

from rnntutor.app.messages import BoxPicked
from rnntutor.app.widgets.panel import Panel
from rnntutor.show import output
from rnntutor.show.said import said
from rnntutor.show.scene import Scene
from rnntutor.show.view import View


class OutputPanel(Panel):
    """Shell over `show.output`."""

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """A line per symbol."""
        return output.output(scene, self.cursor, self.look, width, height, self.view.temperature)

    def part_of(self, view: View) -> float:
        """How warm it is."""
        return view.temperature

    def on_click(self, event: Click) -> None:
        """Say which symbol was meant: of the probabilities, or of the gradient of the scores."""
        if self.scene is None:
            return
        sheet = output.lay_out(self.scene, self.cursor, self.look, *self.size, self.view.temperature)
        unit, spoken = sheet.symbol(event.y), said(self.scene, self.cursor)
        if unit is not None and spoken is not None and spoken.picked_stop is not None:
            self.post_message(BoxPicked(spoken.picked_stop, unit))
