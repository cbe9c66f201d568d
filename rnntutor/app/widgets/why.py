"""Why the selected number is what it is."""

from __future__ import annotations

from rich.text import Text

from rnntutor.app.widgets.panel import Panel
from rnntutor.show.scene import Scene
from rnntutor.show.why import why


class WhyPanel(Panel):
    """Shell over `show.why`."""

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """Formula, numbers, result, and what they were made from."""
        return why(scene, self.cursor, self.look, width, height)
