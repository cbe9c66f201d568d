"""The tape: a column per timestep; a click moves the playhead there."""

from __future__ import annotations

from rich.text import Text
from textual.events import Click

from rnntutor.app.messages import TimestepPicked
from rnntutor.app.widgets.panel import Panel
from rnntutor.show import tape
from rnntutor.show.scene import Scene


class TapePanel(Panel):
    """Shell over `show.tape`."""

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """A line per row of the tape."""
        return tape.tape(scene, self.cursor, self.look, width, self.compact)

    def on_click(self, event: Click) -> None:
        """Say which timestep was meant."""
        if self.scene is None:
            return
        t = tape.lay_out(self.scene, self.cursor, self.size.width, self.compact).timestep(event.x)
        if t is not None:
            self.post_message(TimestepPicked(t))
