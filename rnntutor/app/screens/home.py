"""The opening list: the course with how far one is in it, and the sandbox."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.widgets import OptionList
from textual.worker import Worker, WorkerState

from rnntutor.app.bindings import key_sign
from rnntutor.app.entries import Entry, playable
from rnntutor.app.listing import called, following
from rnntutor.app.screens.listing import Listing
from rnntutor.show.texts import words

if TYPE_CHECKING:
    from rnntutor.app.entries import Playable


class HomeScreen(Listing):
    """Opens what is chosen, and knows how far one is in it."""

    asked: str = ""
    """The lesson whose progress goes when that is asked for once more."""

    told: int = 0
    """How many notices of the store were said; all of them stand on the terminal once the app has closed."""

    def on_mount(self) -> None:
        """Know where one left off, before the list is drawn."""
        self._read()

    def on_screen_resume(self) -> None:
        """The list takes the keys; a lesson may have been gone through meanwhile."""
        self.listed.focus()
        self._read()

    def _read(self) -> None:
        """What is kept now."""
        store = self.tutor.store
        if store is None:
            return
        kept = store.all()
        self.entries = tuple(replace(entry, progress=kept.get(entry.id)) for entry in self.entries)
        self.draw(self.listed.entry)
        if len(store.notices) > self.told:
            self.say(words(store.notices[-1], self.look))
        self.told = len(store.notices)

    def say(self, text: str) -> None:
        """A quiet line under the list; a question that was asked there is over."""
        super().say(text)
        self.asked = ""

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another entry: the question was about the one before."""
        entry = self.listed.entry
        if self.asked and (entry is None or entry.id != self.asked):
            self.say("")

    def action_resume(self) -> None:
        """Open what was left off last."""
        entry = following(self.entries)
        if entry is not None:
            self.draw(entry)
            self.open(entry)

    def action_forget(self) -> None:
        """Ask first; then forget how far one is in the marked lesson."""
        entry, store = self.listed.entry, self.tutor.store
        if entry is None or store is None or not (entry.progress and entry.progress.begun):
            self.say("There is nothing to forget here.")
        elif self.asked != entry.id:
            key = key_sign(self.app, "entry.forget", self.look.glyphs)
            self.say(f"{key} again forgets how far you are in {called(entry, self.look)}")
            self.asked = entry.id
        else:
            if store.reset(entry.id):
                self.say(words(f"Forgotten. {store.file(entry.id)}.bak keeps it.", self.look))
            self._read()

    def open(self, entry: Entry) -> None:
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


def _opened(entry: Entry) -> Playable:
    return playable(entry.open())
