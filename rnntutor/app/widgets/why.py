"""Why the selected number is what it is; a click on an operand goes there."""

from __future__ import annotations

from rich.text import Text
from textual.events import Click

from rnntutor.app.messages import OperandPicked
from rnntutor.app.widgets.panel import Panel
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot
from rnntutor.show.view import View
from rnntutor.show.why import explain


class WhyPanel(Panel):
    """Shell over `show.why`."""

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """Formula, numbers, result, and what they were made from."""
        return list(explain(scene, self.cursor, self.look, width, height, self.view.looked_at).lines)

    def part_of(self, view: View) -> Spot | None:
        """Which weight is looked at, if one is."""
        return view.looked_at

    def on_click(self, event: Click) -> None:
        """Say which operand was meant."""
        if self.scene is not None:
            found = explain(self.scene, self.cursor, self.look, *self.size, self.view.looked_at).hit(event.x, event.y)
            if found is not None:
                self.post_message(OperandPicked(found))
