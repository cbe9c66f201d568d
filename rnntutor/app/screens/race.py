"""A race while one watches: how far it is, and what came of it."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static
from textual.worker import Worker, WorkerState, get_current_worker

from rnntutor.app.screens.base import TutorModal
from rnntutor.course.report import one_line
from rnntutor.race.running import Event, Plan, race, result_of
from rnntutor.show.look import Look
from rnntutor.show.race import progress_line, race_table

_FRAME = 0.1
"""Seconds between two pictures."""


class RaceScreen(TutorModal):
    """The race runs in a thread and leaves its events here; the screen looks at them now and then."""

    closing = ("race", "help")

    def __init__(self, plan: Plan, look: Look) -> None:
        super().__init__()
        self.plan, self.drawn = plan, look
        self.latest: Event | None = None
        self.finished: list[Event] = []
        self.problem = ""

    def compose(self) -> ComposeResult:
        """One page of text."""
        with VerticalScroll(id="race"):
            yield Static(markup=False)

    def on_mount(self) -> None:
        """Off they go. Textual calls what the class above does here as well."""
        self.set_interval(_FRAME, self._draw)
        self.run_worker(self._run, name="race", thread=True, exit_on_error=False)

    def on_resize(self) -> None:
        """Another width."""
        self._draw()

    def _run(self) -> None:
        """In the thread: one iteration after the other, until all are made or nobody watches any more."""
        worker = get_current_worker()
        for event in race(self.plan):
            if worker.is_cancelled:
                return
            self.latest = event
            if event.finish is not None:
                self.finished.append(event)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Over, or wrong."""
        if event.state == WorkerState.ERROR and event.worker.error is not None:
            self.problem = one_line(event.worker.error)
        self._draw()

    def _draw(self) -> None:
        width = min(self.app.size.width * 9 // 10, 130) - 7
        self.query_one("#race > Static", Static).update(Text("\n").join(self.page(max(20, width))))

    def page(self, width: int) -> list[Text]:
        """The standings so far, and how far the present run is."""
        look, finished, latest = self.drawn, list(self.finished), self.latest
        lines = [Text(self.plan.command, style=look.faint, overflow="fold"), Text("")]
        if finished:
            lines += [*race_table(result_of(self.plan, finished), look, width), Text("")]
        over = latest is not None and len(finished) == latest.runs
        if self.problem:
            lines.append(Text(self.problem, style=look.bad))
        elif not over:
            lines.append(progress_line(latest, look, width) if latest else Text("getting ready", style=look.soft))
        said = "The race is over. Esc closes the page." if over else "Esc closes the page and ends the race."
        return [*lines, Text("Esc closes the page." if self.problem else said, style=look.soft)]
