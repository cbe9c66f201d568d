"""What all panels share: a picture made of lines of text, of which only those that changed are drawn anew."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from rnntutor.app.widgets.strips import strip_of
from rnntutor.play.cursor import Cursor
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.view import View


class Panel(Widget, can_focus=False):
    """Draws the lines of `picture`; they are made anew when what they show or the size has changed."""

    scene: reactive[Scene | None] = reactive(None)
    cursor: reactive[Cursor] = reactive(Cursor(), repaint=False)
    view: reactive[View] = reactive(View(), repaint=False)
    look: reactive[Look] = reactive(Look())
    compact: reactive[bool] = reactive(False)

    _key: object = None
    _frame: object = None
    _lines: list[Text]
    _strips: list[Strip]

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """The lines to draw."""
        raise NotImplementedError

    def place_of(self, scene: Scene, cursor: Cursor) -> object:
        """What of the playhead the lines depend on."""
        return cursor

    def part_of(self, view: View) -> object:
        """What of the view the lines depend on."""
        return None

    def watch_cursor(self) -> None:
        """Another place: draw the lines that say something else there."""
        self._follow()

    def watch_view(self, before: View, after: View) -> None:
        """The same for another view, if that is seen here."""
        if self.part_of(before) != self.part_of(after):
            self._follow()

    def _follow(self) -> None:
        if not self.display:
            return  # whoever shows it again has it drawn
        if self._frame != self._surroundings:
            self.refresh()
            return
        if self._key == self._place:
            return
        before = self._lines
        self._draw()
        rows = [y for y, line in enumerate(self._lines) if y >= len(before) or line != before[y]]
        rows += range(len(self._lines), len(before))
        if rows:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in rows))

    def render_line(self, y: int) -> Strip:
        """One line as a strip; every segment has a style, without which colourless terminals fail."""
        if self._frame != self._surroundings or self._key != self._place:
            self._draw()
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self._base)

    @property
    def _base(self) -> Style:
        return self.visual_style.rich_style

    @property
    def _surroundings(self) -> object:
        """All that the lines depend on, but for the place that is looked at."""
        return (self.scene, self.look, self.compact, self.size, self.visual_style)

    @property
    def _place(self) -> object:
        place = self.place_of(self.scene, self.cursor) if self.scene is not None else None
        return place, self.part_of(self.view)

    def _draw(self) -> None:
        """Make the lines; a line that says the same as before keeps its strip."""
        frame, (width, height) = self._surroundings, self.size
        known = list(zip(self._lines, self._strips, strict=True)) if frame == self._frame else []
        lines = self.picture(self.scene, width, height) if self.scene is not None and width and height else []
        self._strips = [
            known[y][1] if y < len(known) and known[y][0] == line else strip_of(line, width, self._base)
            for y, line in enumerate(lines)
        ]
        self._lines, self._frame, self._key = lines, frame, self._place
