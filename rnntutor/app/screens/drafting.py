"""A text that is read while it is written, and what can be done with what it means."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property, partial
from time import perf_counter

from rich.text import Text
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static, TextArea
from textual.worker import Worker, WorkerState

from rnntutor.app.bindings import key_sign
from rnntutor.app.messages import TextRefused
from rnntutor.app.screens.base import TutorScreen
from rnntutor.app.widgets.equations import Equations
from rnntutor.app.widgets.footer import FooterLine
from rnntutor.engine.syntax import EquationError
from rnntutor.play.episodes import scene_of
from rnntutor.show.draft import brief, meaning, verdict, wrong
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.texts import line_of, words
from rnntutor.tasks.drafting import TEXT, Draft, Writing, agreement, drafted, fresh

PAUSE = 0.15
"""Seconds without a key before a text is read, at least."""
PATIENCE, LONGEST = 4, 1.5
"""Or so many times as long as the last reading took, up to so many seconds: a long text does not stop every key."""
_NOTHING = "Nothing here can be read yet."
_TITLE = "your own cell"


class Drafting(TutorScreen):
    """Holds the text, the last draft that could be read, and what is wrong since."""

    draft: Draft | None = None
    """The last one that could be read."""
    error: ValueError | None = None
    """What is wrong with the text since; None for nothing."""
    waiting: Timer | None = None
    """Reads the text when nobody has written for a moment."""
    took: float = 0.0
    """Seconds of the last reading."""
    asked: str = ""
    """What was asked, and is done when the same is wanted again."""

    def __init__(self, writing: Writing) -> None:
        super().__init__()
        self.written, self.over, self.hidden = writing, TEXT, writing.hidden
        self.kept = ""
        """The text as it was opened or saved."""

    @cached_property
    def equations(self) -> Equations:
        """The text."""
        return self.query_one(Equations)

    @cached_property
    def footer(self) -> FooterLine:
        """The line at the foot of the screen."""
        return self.query_one(FooterLine)

    @property
    def unsaved(self) -> str:
        """What would be lost."""
        changed = self.is_mounted and self.equations.text != self.kept
        return f"what is written in {self.written.title}" if changed else ""

    def say(self, text: str) -> None:
        """One line at the foot of the screen; empty for the keys again."""
        self.footer.notice = text

    def sign(self, command: str) -> str:
        """The key of a command, as a reader knows it."""
        return key_sign(self.app, command, self.look.glyphs)

    # Reading.

    def on_text_area_changed(self, _: TextArea.Changed) -> None:
        """Every letter: read it when there is a pause."""
        self.asked = ""
        self.say("")
        if self.waiting is not None:
            self.waiting.stop()
        self.waiting = self.set_timer(max(PAUSE, min(PATIENCE * self.took, LONGEST)), self.read)
        self.name_it()

    def on_text_refused(self, message: TextRefused) -> None:
        """Too much was to come in."""
        self.call_after_refresh(self.say, message.why)

    def read(self) -> None:
        """Understand the text as it is, or know what is wrong; the last draft stays."""
        if self.waiting is not None:
            self.waiting.stop()
            self.waiting = None
        self.error, began = None, perf_counter()
        try:
            self.draft = drafted(self.equations.text, self.written.title, self.hidden, self.over)
        except ValueError as error:
            self.error = error
        self.equations.error = self.error if isinstance(self.error, EquationError) else None
        self.draw()
        self.took = perf_counter() - began

    def up_to_date(self) -> None:
        """Read what has not been read yet."""
        if self.waiting is not None:
            self.read()

    def reread(self) -> None:
        """The same text over other data, or with other units: the last draft as well."""
        if self.draft is not None:
            text, self.draft = self.draft.own.text, None
            with suppress(ValueError):  # where it does not fit any more, the text below is told why
                self.draft = drafted(text, self.written.title, self.hidden, self.over)
        self.read()

    def draw(self) -> None:
        """What the text means, or what is wrong with it."""
        width = self.room()
        lines = wrong(self.error, self.look, width) if self.error is not None else []
        if self.draft is not None:
            if self.error is not None:
                last = f"{self.sign('draft.step')} steps through the last text that could be read:"
                lines += [Text(""), line_of((last[:width], self.look.soft)), Text("")]
            lines += meaning(self.draft, self.look, width)
        self.query_one("#meaning > Static", Static).update(Text("\n").join(lines))

    def room(self) -> int:
        """Columns for what the text means."""
        raise NotImplementedError

    def name_it(self) -> None:
        """What is written on, and whether it is saved."""
        title, more = words(self.written.title, self.look), "   not saved" if self.unsaved else ""
        self.query_one("#title", Static).update(Content(f"{_TITLE}   {title}{more}"))

    def watch_look(self, look: Look) -> None:
        """Other colours, other signs."""
        if self.is_mounted:
            self.equations.look = look
            self.draw()

    # Doing something with it.

    def _work(self, name: str) -> None:
        self.up_to_date()
        if self.draft is None:
            self.say(_NOTHING)
            return
        work = {"step": _opened, "check": _checked}[name]
        self.run_worker(partial(work, self.draft), name=name, thread=True, exclusive=True, exit_on_error=False)

    def action_step(self) -> None:
        """Open the player."""
        self._work("step")

    def action_check(self) -> None:
        """Hold the gradient of what is written, and of nothing older, against finite differences."""
        self.up_to_date()
        if self.error is not None:
            self.say(words(f"nothing to check yet: {brief(self.error)}", self.look))
        else:
            self._work("check")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what was made, or say what was found; what is out of date by now is nobody's business."""
        worker = event.worker
        if worker.name not in ("step", "check") or not self.is_current:
            return
        if event.state == WorkerState.ERROR and worker.error is not None:
            self.say(words(brief(worker.error), self.look))
        elif event.state == WorkerState.SUCCESS and isinstance(worker.result, Scene):
            self.say("")
            self.tutor.play(worker.result, back="editor")
        elif event.state == WorkerState.SUCCESS and worker.result is not None:
            draft, found = worker.result
            if draft is self.draft:
                self.say(verdict(found))


def _opened(draft: Draft) -> Scene:
    return scene_of(fresh(draft, _TITLE))


def _checked(draft: Draft) -> tuple[Draft, float]:
    return draft, agreement(draft)
