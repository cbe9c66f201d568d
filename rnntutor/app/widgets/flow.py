"""The flow of gradients through time; a click on the plot moves the playhead there."""

from __future__ import annotations

from rich.text import Text
from textual.events import Click

from rnntutor.app.messages import TimestepPicked
from rnntutor.app.widgets.panel import Panel
from rnntutor.show import flow
from rnntutor.show.scene import Scene


class FlowPanel(Panel):
    """Shell over `show.flow`."""

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """A plot, and the singular values below it."""
        return flow.flow(scene, self.cursor, self.look, width, height)

    def on_click(self, event: Click) -> None:
        """Say which timestep was meant."""
        if self.scene is None:
            return
        t = flow.lay_out(self.scene, self.cursor, self.look, *self.size).timestep(event.x, event.y)
        if t is not None:
            self.post_message(TimestepPicked(t))
