"""The line in which something is typed: a number, a watch, a place to go to."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Label, OptionList
from textual.widgets.input import Selection

from rnntutor.app.messages import PromptChanged, PromptLeft, PromptTyped
from rnntutor.show.footer import under

_LONGEST = 120


class Prompt(Horizontal):
    """What is asked, and room to answer. What is typed becomes messages; the screen does the rest."""

    BINDINGS: ClassVar = [
        Binding("escape", "leave", "Close", show=False),
        Binding("up,down,tab,shift+tab,pageup,pagedown", "stay", show=False),
    ]

    kind: str = ""
    """What is asked for; empty while it is closed."""

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
        return bool(self.kind)

    @property
    def label_width(self) -> int:
        """The column where what is typed begins."""
        return self.query_one(Label).outer_size.width

    def pointed(self, error: ValueError) -> str:
        """What is wrong with what is typed, with a caret under the place if it is known."""
        # NumPy comes with it, and the list, which searches, need not wait for that.
        from rnntutor.engine.syntax import EquationError

        if not isinstance(error, EquationError):
            return str(error)
        typed = self.query_one(Input).value
        column = self.label_width + len(typed) - len(typed.lstrip()) + error.column
        return under(column, error.what, error.hint, self.screen.size.width)

    def open(self, kind: str, label: str, text: str = "") -> None:
        """Show the line with some text in it, and take the keys."""
        self.kind = kind
        self.name_it(label)
        self.add_class("open")
        field = self.query_one(Input)
        field.can_focus = True
        field.value = text
        field.selection = Selection(0, len(text))  # typing replaces it, Enter takes it
        field.focus()

    def name_it(self, label: str) -> None:
        """Say what is meant."""
        self.query_one(Label).update(Content(label))

    def close(self) -> None:
        """Give the keys back."""
        self.kind = ""
        self.remove_class("open")
        self.query_one(Input).can_focus = False
        self.screen.set_focus(None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter; a second one may come when the first has closed the line."""
        event.stop()
        if self.kind:
            self.post_message(PromptTyped(self.kind, event.value))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Every letter."""
        event.stop()
        if self.kind:
            self.post_message(PromptChanged(self.kind, event.value))

    def action_leave(self) -> None:
        """Escape."""
        self.post_message(PromptLeft())

    def action_stay(self) -> None:
        """Keys that would move the playhead or the focus do nothing here."""


class SearchPrompt(Prompt):
    """One in which the keys up and down choose from the list above."""

    BINDINGS: ClassVar = [
        Binding("up", "choose(-1)", "Entry before", show=False),
        Binding("down", "choose(1)", "Next entry", show=False),
    ]

    def action_choose(self, by: int) -> None:
        """Another entry."""
        listed = self.screen.query_one(OptionList)
        listed.action_cursor_down() if by > 0 else listed.action_cursor_up()
