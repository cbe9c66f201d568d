"""The next iteration of training, and the loss so far."""

from __future__ import annotations

from rich.text import Text

from rnntutor.app.widgets.panel import Panel
from rnntutor.show import training
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot
from rnntutor.show.view import View


class TrainingPanel(Panel):
    """Shell over `show.training`."""

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """A line per stage, and a plot."""
        return training.training(scene, self.cursor, self.view.spot, self.look, width, height)

    def part_of(self, view: View) -> Spot:
        """Whose update is shown."""
        return view.spot
