"""The weights: a parameter as a map; a click or the wheel moves the place that is looked at."""

from __future__ import annotations

from rich.text import Text
from textual.events import (
    Click,
    MouseEvent,
    MouseScrollDown,
    MouseScrollLeft,
    MouseScrollRight,
    MouseScrollUp,
)
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.strip import Strip

from rnntutor.app.messages import SpotMoved, SpotPicked
from rnntutor.app.widgets.panel import Panel
from rnntutor.show import weights
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot
from rnntutor.show.view import View

_WHEEL = 3
"""Rows or columns of one notch."""


class WeightsPanel(Panel):
    """Shell over `show.weights`."""

    def picture(self, scene: Scene, width: int, height: int) -> list[Text]:
        """Heading, names, boxes, and what they amount to."""
        return weights.weights(scene, self.cursor, self.view.spot, self.look, width, height)

    def part_of(self, view: View) -> Spot:
        """Which number is looked at."""
        return view.spot

    def render_lines(self, crop: Region) -> list[Strip]:
        """The strips as they are: a panel has neither border nor padding, and no colour of the terminal's own.

        Thousands of pieces change with every step, and going through them again takes as long as making them.
        """
        filters = [k for k in self.app.get_line_filters() if not isinstance(k, ANSIToTruecolor)]
        strips = [self.render_line(y) for y in crop.line_range]
        for k in filters:
            strips = [strip.apply_filter(k, self.background_colors[1]) for strip in strips]
        return [strip.crop(*crop.column_span) for strip in strips]

    def on_click(self, event: Click) -> None:
        """Say which number was meant."""
        if self.scene is None:
            return
        found = weights.lay_out(self.scene, self.view.spot, self.look, *self.size).hit(event.x, event.y)
        if found is not None:
            self.post_message(SpotPicked(*found))

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """Further down, or with shift to the right."""
        self._turned(event, event.shift, _WHEEL)

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """Further up, or with shift to the left."""
        self._turned(event, event.shift, -_WHEEL)

    def on_mouse_scroll_right(self, event: MouseScrollRight) -> None:
        """Further to the right."""
        self._turned(event, True, _WHEEL)

    def on_mouse_scroll_left(self, event: MouseScrollLeft) -> None:
        """Further to the left."""
        self._turned(event, True, -_WHEEL)

    def _turned(self, event: MouseEvent, sideways: bool, by: int) -> None:
        event.stop()
        self.post_message(SpotMoved(0, by) if sideways else SpotMoved(by, 0))
