"""The run beside what it was before all edits, or beside other networks; a click moves the playhead."""

from __future__ import annotations

from rich.text import Text
from textual.events import Click

from rnntutor.app.messages import BoxPicked, TimestepPicked
from rnntutor.app.widgets.panel import Panel
from rnntutor.show import networks
from rnntutor.show.abreast import lay_out
from rnntutor.show.compare import compare
from rnntutor.show.scene import Scene


class ComparePanel(Panel):
    """Shell over `show.compare`."""

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """A line per equation in both runs, and how far they are apart over time."""
        if scene.beside:
            return networks.networks(scene, self.cursor, self.look, width, height)
        return compare(scene, scene.original, self.cursor, self.look, width, height)

    def on_click(self, event: Click) -> None:
        """Say which line and unit, or which timestep, was meant."""
        if self.scene is not None and self.scene.beside:
            t = networks.lay_out(self.scene, self.cursor, self.look, *self.size).timestep(event.y)
            if t is not None:
                self.post_message(TimestepPicked(t))
            return
        if self.scene is None or self.scene.original is None:
            return
        sheet = lay_out(self.scene, self.scene.original, self.cursor, self.look, *self.size)
        box, t = sheet.hit(event.x, event.y, self.cursor.unit), sheet.timestep(event.x, event.y)
        if box is not None:
            self.post_message(BoxPicked(*box))
        elif t is not None:
            self.post_message(TimestepPicked(t))
