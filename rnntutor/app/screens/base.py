"""What all screens share: how they look, and what they say where nothing fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.reactive import reactive
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

from rnntutor.app.bindings import key_sign, keymap_of, modal_bindings, rekeyed
from rnntutor.app.commands import HOME, Command
from rnntutor.show import LEAST_COLUMNS, LEAST_ROWS
from rnntutor.show.guide import Section
from rnntutor.show.look import Look

if TYPE_CHECKING:
    from rnntutor.app.app import RnnTutorApp


class TutorScreen(Screen[None]):
    """A screen that follows the app's look and gives way to one line where the terminal is too small."""

    playing: ClassVar[bool] = False
    """Whether this is the player."""
    commands: ClassVar[tuple[Command, ...]] = HOME
    """What can be done on it."""
    leaving: ClassVar[str] = "quit"
    """The command whose key leaves it, where nothing else is said."""

    guided: bool = False
    """Whether this is a lesson, with moments and questions."""

    panels: tuple[str, ...] = ()
    """What is on it, by the names of `show.panels`, for the help page."""

    look: reactive[Look] = reactive(Look())

    @property
    def unsaved(self) -> str:
        """What would be lost with it; empty for nothing."""
        return ""

    def sections(self) -> list[Section]:
        """What else stands on the help page."""
        return []

    @property
    def tutor(self) -> RnnTutorApp:
        """The app, as what it is."""
        return cast("RnnTutorApp", self.app)

    def too_small(self) -> Static:
        """The line for small terminals."""
        leave = key_sign(self.app, "quit", self.look.glyphs) if self.leaving == "quit" else "Ctrl+Q"
        text = f"Please make the terminal larger: {LEAST_COLUMNS} columns, {LEAST_ROWS} rows. {leave} quits."
        return Static(Content(text), id="too-small", markup=False)

    def say(self, text: str) -> None:
        """One line somewhere on the screen; empty for none."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Follow the theme, with the keys that hold."""
        self._bindings = rekeyed(self._bindings, keymap_of(self.app))
        self.watch(self.app, "look", self._set_look)

    def _set_look(self, look: Look) -> None:
        self.look = look

    def on_resize(self, event: Resize) -> None:
        """Show the screen, or the one line."""
        self.set_class(event.size.width < LEAST_COLUMNS or event.size.height < LEAST_ROWS, "small")


class TutorModal(ModalScreen[None]):
    """A page over a screen. Esc, Enter and the keys that opened it close it."""

    closing: ClassVar[tuple[str, ...]] = ("help",)
    """The commands whose keys close it."""

    def on_mount(self) -> None:
        """The keys that hold."""
        self._bindings = modal_bindings(self.closing, keymap_of(self.app))

    def action_scroll(self, lines: int) -> None:
        """Down, or up."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False, immediate=True)
