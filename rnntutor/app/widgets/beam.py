"""The tree of a beam search."""

from __future__ import annotations

from rich.text import Text

from rnntutor.app.widgets.panel import Panel
from rnntutor.show.branches import branches
from rnntutor.show.scene import Scene
from rnntutor.show.view import View


class BeamPanel(Panel):
    """Shell over `show.branches`."""

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """The tree, and the sentences that it found."""
        return branches(scene, self.view.branch, self.look, width, height)

    def part_of(self, view: View) -> object:
        """The node that is marked."""
        return view.branch
