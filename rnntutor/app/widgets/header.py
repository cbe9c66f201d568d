"""The top line: what is played, and where the playhead stands."""

from __future__ import annotations

from rich.text import Text

from rnntutor.app.widgets.panel import Panel
from rnntutor.show.chrome import header
from rnntutor.show.scene import Scene


class HeaderLine(Panel):
    """Shell over `show.chrome.header`."""

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """One line."""
        return [header(scene, self.cursor, self.look, width)]
