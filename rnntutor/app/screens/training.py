"""A training while one watches: the loss as it falls, a pause, and the way into any of its iterations."""

from __future__ import annotations

from functools import cached_property, partial
from threading import Event
from time import monotonic

from rich.text import Text
from textual.app import ComposeResult
from textual.events import Resize
from textual.widgets import Static
from textual.worker import Worker, WorkerState, get_current_worker

from rnntutor.app.bindings import key_sign
from rnntutor.app.commands import TRAINING, bindings
from rnntutor.app.screens.base import TutorScreen
from rnntutor.app.widgets.footer import FooterLine
from rnntutor.play.studying import Study
from rnntutor.show.scene import Scene
from rnntutor.show.texts import words
from rnntutor.show.underway import underway
from rnntutor.training.underway import sample

_FRAME = 0.1
"""Seconds between two pictures."""
_SAYS = 3.0
"""Seconds between two samples."""
_MARGIN = 2
"""Columns beside the page."""


class TrainingScreen(TutorScreen):
    """The iterations are made in a thread, which leaves them in the study; the screen looks now and then."""

    BINDINGS = bindings(TRAINING)
    commands = TRAINING
    leaving = "training.leave"

    def __init__(self, study: Study) -> None:
        super().__init__()
        self.study = study
        self.going = Event()
        """Set while iterations are made."""
        self.going.set()
        self.chosen: int | None = None
        """The iteration that is pointed at while it rests; None for the last one."""
        self.sample, self.asked, self.away = "", "", False

    def compose(self) -> ComposeResult:
        """Title, page, footer."""
        under = self.study.under
        yield Static(words(f"{under.settings.command}", self.look), id="title", markup=False)
        yield Static(id="training", markup=False)
        yield FooterLine(TRAINING).data_bind(TrainingScreen.look)
        yield self.too_small()

    @cached_property
    def footer(self) -> FooterLine:
        """The line at the foot of the screen."""
        return self.query_one(FooterLine)

    def on_mount(self) -> None:
        """Off it goes."""
        super().on_mount()
        self.set_interval(_FRAME, self.draw)
        self.run_worker(self._run, name="train", group="train", thread=True, exit_on_error=False)

    def on_resize(self, event: Resize) -> None:
        """Another size."""
        super().on_resize(event)
        self.draw()

    def on_screen_resume(self) -> None:
        """Back from the player: on it goes."""
        if self.away:
            self.away = False
            self._rest(False)

    @property
    def unsaved(self) -> str:
        """What would be lost."""
        return "what is learned since it was saved" if self.study.under.iteration != self.study.saved else ""

    # In the thread.

    def _run(self) -> None:
        """One iteration after the other, until all are made or nobody watches any more."""
        worker, under, said = get_current_worker(), self.study.under, -_SAYS  # a sample at once
        while not (worker.is_cancelled or under.over):
            if not self.going.wait(_FRAME):
                continue
            with self.study.lock:
                under.advance()
            if monotonic() - said >= _SAYS or under.over:
                self.sample, said = sample(under.model(), seed=under.iteration), monotonic()

    # On the screen.

    def draw(self) -> None:
        """What there is by now."""
        if not self.is_mounted or not self.is_current:
            return
        under, (width, height) = self.study.under, self.size
        page = underway(
            under.standing(self.sample), under.losses[:], self.chosen, self.look, width - 2 * _MARGIN, height - 3
        )
        self.query_one("#training", Static).update(Text("\n").join(page))
        self.footer.labels = {"training.rest": "pause" if self.going.is_set() else "go on"}

    def say(self, text: str) -> None:
        """One line at the foot of the screen; empty for the keys again."""
        self.footer.notice = text

    def sign(self, command: str) -> str:
        """The key of a command, as a reader knows it."""
        return key_sign(self.app, command, self.look.glyphs)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where nothing fits, nothing but leaving works."""
        return not self.has_class("small") or action in ("quit", "leave")

    def _rest(self, rest: bool) -> None:
        """Pause, or go on."""
        self.asked, self.chosen = "", None
        (self.going.clear if rest else self.going.set)()
        choose, opened = self.sign("training.next"), self.sign("training.open")
        self.say(f"paused; {choose} and its like choose an iteration, {opened} steps into it" if rest else "")
        self.draw()

    def action_rest(self) -> None:
        """Pause, or go on."""
        self._rest(self.going.is_set())

    def action_choose(self, by: int) -> None:
        """Another iteration; that needs a pause."""
        if self.going.is_set():
            self._rest(True)
        if self.study.last >= self.study.first:
            now = self.chosen or self.study.last
            self.chosen = max(self.study.first, min(now + by, self.study.last))
            self.say("")
            self.draw()

    def action_open(self) -> None:
        """Step into the iteration that is chosen."""
        chosen = self.chosen
        self._rest(True)
        self.chosen = chosen
        if self.study.last < self.study.first:
            self.say("no iteration is made yet")
            return
        work = partial(self.study.scene, chosen or self.study.last)
        self.say("making it again")
        self.run_worker(work, name="open", group="open", exclusive=True, thread=True, exit_on_error=False)

    def action_save(self) -> None:
        """Write the model."""
        try:
            self.study.save()
        except (OSError, ValueError) as error:
            self.say(words(str(error).splitlines()[0], self.look))
        else:
            self.asked = ""
            self.say(words(f"saved {self.study.target}, after {self.study.saved} iterations", self.look))

    def action_leave(self) -> None:
        """Back to the list, but not without a word where something would be lost."""
        if self.unsaved and not self.asked:
            self.asked = f"{self.sign('training.leave')} again leaves, and {self.unsaved} will be lost"
            self.say(f"{self.asked}; {self.sign('training.save')} saves it")
        else:
            self.app.pop_screen()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Over, or wrong; or an iteration that can be stepped through."""
        worker = event.worker
        if event.state == WorkerState.ERROR:
            self.say(words(str(worker.error).splitlines()[0], self.look))
        elif event.state == WorkerState.SUCCESS and worker.name == "train":
            self.going.clear()
            self.say(f"All iterations are made; {self.sign('training.save')} saves the model.")
        elif event.state == WorkerState.SUCCESS and isinstance(worker.result, Scene) and self.is_current:
            self.say("")
            self.away = True
            self.tutor.play(worker.result, back="training", view="training")
        self.draw()
