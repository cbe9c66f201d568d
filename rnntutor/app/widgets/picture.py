"""The picture and what is said of it; the mouse puts the brush on it, and paints while a button is held."""

from __future__ import annotations

from rich.text import Text
from textual.events import MouseDown, MouseEvent, MouseMove, MouseUp

from rnntutor.app.messages import PixelPicked
from rnntutor.app.widgets.panel import Panel
from rnntutor.show import pictures
from rnntutor.show.halfblocks import Pixel
from rnntutor.show.scene import Scene
from rnntutor.show.view import View


class PicturePanel(Panel):
    """Shell over `show.pictures`."""

    last: Pixel | None = None
    """Where the mouse was on the picture while its button has been held."""

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """The picture, and what becomes of it."""
        return pictures.pictures(scene, self.cursor, self.view, self.look, width, height)

    def part_of(self, view: View) -> object:
        """What is shown large, the brush, and how warm it is."""
        return view.shown, view.brush, view.temperature

    def on_mouse_down(self, event: MouseDown) -> None:
        """A stroke begins."""
        self._touched(event, going_on=False)
        if self.last is not None:
            self.capture_mouse()

    def on_mouse_move(self, event: MouseMove) -> None:
        """It goes on."""
        if self.last is not None:
            self._touched(event, going_on=True)

    def on_mouse_up(self, _: MouseUp) -> None:
        """It ends."""
        self.release_mouse()
        self.last = None

    def _touched(self, event: MouseEvent, *, going_on: bool) -> None:
        """Say which pixel was meant."""
        if self.scene is None:
            return
        sheet = pictures.lay_out(self.scene, self.cursor, self.view, self.look, *self.size)
        found = sheet.pixel(int(event.x), int(event.y))
        if found is not None and found != self.last:
            self.last = found
            self.post_message(PixelPicked(*found, going_on=going_on))
