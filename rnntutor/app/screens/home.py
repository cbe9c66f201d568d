"""The opening list."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerState

from rnntutor.app.commands import HOME, bindings
from rnntutor.app.entries import Entry, playable
from rnntutor.app.screens.base import TutorScreen
from rnntutor.app.widgets.footer import FooterLine
from rnntutor.show.look import Look
from rnntutor.show.texts import words

if TYPE_CHECKING:
    from rnntutor.course.opening import Opened
    from rnntutor.show.scene import Scene

_WELCOME = "Step forward and backward through a recurrent network. Every number says where it comes from."


class EntryList(OptionList, inherit_bindings=False):
    """The list, without keys of its own: those of the screen would never be heard otherwise."""


class HomeScreen(TutorScreen):
    """What there is to play: title, model, and what one learns from it."""

    BINDINGS = bindings(HOME)

    opening: reactive[str] = reactive("", init=False)
    """What is being opened; empty when nothing is."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self.entries = tuple(entries)

    def compose(self) -> ComposeResult:
        """Title, list, notice, footer."""
        yield Static(Content("rnntutor"), id="title", markup=False)
        yield Static(Content(_WELCOME), id="welcome", markup=False)
        yield EntryList(*self._options(), id="entries", markup=False)
        yield Static(Content(""), id="notice", markup=False)
        yield FooterLine(HOME).data_bind(HomeScreen.look)
        yield self.too_small()

    def _options(self) -> list[Option]:
        return [Option(self._prompt(k, entry)) for k, entry in enumerate(self.entries, 1)]

    def _prompt(self, number: int, entry: Entry) -> Content:
        """An entry on two lines, its words taken literally."""
        look = self.look
        return Content.assemble(
            (f"{number:2}  ", "$foreground 60%"), (words(entry.title, look), "bold"), "   ",
            (words(entry.about, look), "$foreground 60%"), "\n",
            "    ", (words(entry.summary, look), "$foreground 80%"), "\n",
        )  # fmt: skip

    def watch_look(self, _: Look) -> None:
        """Other signs, other words."""
        if self.is_mounted:
            chosen = self.query_one(OptionList)
            at = chosen.highlighted
            chosen.clear_options().add_options(self._options())
            chosen.highlighted = at if at is not None else 0

    def on_screen_resume(self) -> None:
        """The list takes the keys."""
        self.query_one(OptionList).focus()

    def action_move(self, by: int) -> None:
        """Another entry."""
        chosen = self.query_one(OptionList)
        chosen.action_cursor_down() if by > 0 else chosen.action_cursor_up()

    def action_end(self, by: int) -> None:
        """The first or the last entry."""
        chosen = self.query_one(OptionList)
        chosen.action_last() if by > 0 else chosen.action_first()

    def action_open(self) -> None:
        """Open the entry that is marked."""
        at = self.query_one(OptionList).highlighted
        if at is not None:
            self._open(self.entries[at])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter or a click."""
        self._open(self.entries[event.option_index])

    def _open(self, entry: Entry) -> None:
        """Run the model in the background; the list stays alive."""
        self.say(f"opening {words(entry.title, self.look)}")
        make = partial(_opened, entry)
        self.run_worker(make, name="open", group="open", thread=True, exclusive=True, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what was opened, or say why it was not."""
        worker = event.worker
        if worker.name != "open":
            return
        if event.state == WorkerState.SUCCESS and worker.result is not None:
            self.say("")
            self.tutor.play(worker.result)
        elif event.state == WorkerState.ERROR:
            self.say(f"This could not be opened. {words(str(worker.error), self.look)}")

    def say(self, text: str) -> None:
        """A quiet line under the list."""
        self.query_one("#notice", Static).update(Content(text))


def _opened(entry: Entry) -> Scene | Opened:
    return playable(entry.open())
