"""What all panels share: a picture made of lines of text, drawn line by line."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from rnntutor.app.cursor import Cursor
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene


class Panel(Widget, can_focus=False):
    """Draws the lines of `picture`; they are made anew when what they show or the size has changed."""

    scene: reactive[Scene | None] = reactive(None)
    cursor: reactive[Cursor] = reactive(Cursor())
    look: reactive[Look] = reactive(Look())
    compact: reactive[bool] = reactive(False)

    _key: object = None
    _strips: list[Strip]

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """The lines to draw."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """One line as a strip; every segment has a style, without which colourless terminals fail."""
        width, height = self.size
        key = (self.scene, self.cursor, self.look, self.compact, width, height, self.visual_style)
        if key != self._key:
            self._strips, self._key = self._drawn(width, height), key
        return self._strips[y] if y < len(self._strips) else Strip.blank(width, self._base)

    @property
    def _base(self) -> Style:
        return self.visual_style.rich_style

    def _drawn(self, width: int, height: int) -> list[Strip]:
        lines = self.picture(self.scene, width, height) if self.scene is not None and width and height else []
        return [self._strip(line, width) for line in lines]

    def _strip(self, line: Text, width: int) -> Strip:
        base, console = self._base, self.app.console
        segments = [
            Segment(text, base + style if style else base) for text, style, _ in line.render(console) if text
        ]
        return Strip(segments).adjust_cell_length(width, base)
