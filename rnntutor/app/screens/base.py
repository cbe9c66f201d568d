"""What all screens share: how they look, and what they say where nothing fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.content import Content
from textual.events import Resize
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Static

from rnntutor.show import LEAST_COLUMNS, LEAST_ROWS
from rnntutor.show.look import Look

if TYPE_CHECKING:
    from rnntutor.app.app import RnnTutorApp


class TutorScreen(Screen[None]):
    """A screen that follows the app's look and gives way to one line where the terminal is too small."""

    playing: ClassVar[bool] = False
    """Whether this is the player."""

    look: reactive[Look] = reactive(Look())

    @property
    def tutor(self) -> RnnTutorApp:
        """The app, as what it is."""
        return cast("RnnTutorApp", self.app)

    def too_small(self) -> Static:
        """The line for small terminals."""
        text = f"Please make the terminal larger: {LEAST_COLUMNS} columns, {LEAST_ROWS} rows. q quits."
        return Static(Content(text), id="too-small", markup=False)

    def on_mount(self) -> None:
        """Follow the theme."""
        self.watch(self.app, "look", self._set_look)

    def _set_look(self, look: Look) -> None:
        self.look = look

    def on_resize(self, event: Resize) -> None:
        """Show the screen, or the one line."""
        self.set_class(event.size.width < LEAST_COLUMNS or event.size.height < LEAST_ROWS, "small")
