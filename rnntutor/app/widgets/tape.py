"""The tape: a column per timestep; the mouse moves the playhead along."""

from __future__ import annotations

from rich.text import Text
from textual.events import MouseDown, MouseMove, MouseScrollDown, MouseScrollUp, MouseUp

from rnntutor.app.messages import TimestepPicked
from rnntutor.app.widgets.panel import Panel
from rnntutor.play.cursor import Cursor
from rnntutor.show import tape
from rnntutor.show.scene import Scene
from rnntutor.show.view import View


class TapePanel(Panel):
    """Shell over `show.tape`."""

    grabbed: int | None = None
    """The row in which the mouse is held down."""

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """A line per row of the tape."""
        return tape.tape(scene, self.cursor, self.look, width, self.compact, self.view.watches)

    def place_of(self, scene: Scene, cursor: Cursor) -> object:
        """The timestep, and what of it is known by now."""
        return tape.seen(scene, cursor, self.view.watches)

    def part_of(self, view: View) -> tuple[str, ...]:
        """What has a row of its own."""
        return view.watches

    def on_mouse_down(self, event: MouseDown) -> None:
        """Go there, and wherever the mouse is dragged to."""
        self.grabbed = event.y
        self.capture_mouse()
        self._pick(event.x)

    def on_mouse_move(self, event: MouseMove) -> None:
        """Follow a mouse that is held down."""
        if self.grabbed is not None:
            self._pick(event.x)

    def on_mouse_up(self, _: MouseUp) -> None:
        """Let go."""
        self.grabbed = None
        self.release_mouse()

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """One timestep later."""
        event.stop()
        self._picked(self.cursor.t + 1)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """One timestep earlier."""
        event.stop()
        self._picked(self.cursor.t - 1)

    def _pick(self, x: int) -> None:
        """The timestep under the mouse, in the row where it was pressed."""
        if self.scene is not None and self.grabbed is not None:
            where = self.size.width, self.compact, x, self.grabbed
            self._picked(tape.hit(self.scene, self.cursor, *where, self.view.watches))

    def _picked(self, t: int | None) -> None:
        if self.scene is not None and t is not None and 0 <= t < self.scene.steps and t != self.cursor.t:
            self.post_message(TimestepPicked(t))
