"""The path of operands that led to the number under the playhead."""

from __future__ import annotations

from rich.text import Text

from rnntutor.app.widgets.panel import Panel
from rnntutor.play.cursor import Cursor
from rnntutor.show.scene import Scene
from rnntutor.show.trail import trail


class TrailLine(Panel):
    """Shell over `show.trail`."""

    def place_of(self, scene: Scene, cursor: Cursor) -> Cursor | None:
        """Nothing, but for where operands were followed."""
        return cursor if cursor.trail else None

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """One line."""
        return [trail(scene, self.cursor, self.look, width)]
