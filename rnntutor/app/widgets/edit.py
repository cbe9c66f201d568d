"""The line in which a number is typed."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label

from rnntutor.app.messages import EditLeft, EditTyped

_LONGEST = 80


class EditLine(Horizontal):
    """What is selected, and room for a number. Enter and Escape become messages; the screen does the rest."""

    BINDINGS: ClassVar = [
        Binding("escape", "leave", "Close", show=False),
        Binding("up,down,tab,shift+tab,pageup,pagedown", "stay", show=False),
    ]

    def compose(self) -> ComposeResult:
        """A label and an input."""
        yield Label(Content(""), markup=False)
        yield Input(max_length=_LONGEST, compact=True, select_on_focus=False)

    def on_mount(self) -> None:
        """A calm cursor; no keys until it is opened."""
        field = self.query_one(Input)
        field.cursor_blink = False
        field.can_focus = False

    @property
    def is_open(self) -> bool:
        """Whether it takes the keys."""
        return self.has_class("open")

    def open(self, label: str) -> None:
        """Show the line, empty, and take the keys."""
        self.name_it(label)
        self.add_class("open")
        field = self.query_one(Input)
        field.can_focus = True
        field.clear()
        field.focus()

    def name_it(self, label: str) -> None:
        """Say which number is meant."""
        self.query_one(Label).update(Content(label))

    def close(self) -> None:
        """Give the keys back."""
        self.remove_class("open")
        self.query_one(Input).can_focus = False
        self.screen.set_focus(None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        event.stop()
        self.post_message(EditTyped(event.value))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Nobody else's business."""
        event.stop()

    def action_leave(self) -> None:
        """Escape."""
        self.post_message(EditLeft())

    def action_stay(self) -> None:
        """Keys that would move the playhead or the focus do nothing here."""
