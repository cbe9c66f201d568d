"""A lesson that is being written: what its author saves shows at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from textual.worker import Worker, WorkerState

from rnntutor.app.screens.asking import Asking
from rnntutor.course.check import check_lesson
from rnntutor.course.lesson import Lesson
from rnntutor.course.opening import Opened
from rnntutor.course.problem import Problem
from rnntutor.course.reading import read_lesson
from rnntutor.course.report import one_line
from rnntutor.training import inside

_GLANCE = 0.5
"""Seconds between two looks at the folder."""

Stamp = frozenset[tuple[str, int, int]]


class Authoring(Asking):
    """Looks at the lesson's folder now and then. The last lesson that could be read stays where the new one cannot."""

    again: Callable[[], Opened] | None = None
    """Opens the lesson once more; None where nobody writes it."""
    stamp: Stamp = frozenset()
    """The files as they were read last."""

    def look_on(self) -> None:
        """From now on."""
        if self.again is not None and self.walk is not None:
            self.stamp = stamp_of(self.walk.opened.lesson.folder)
            self.set_interval(_GLANCE, self._glance)

    def _glance(self) -> None:
        if self.walk is None or self.again is None:
            return
        now = stamp_of(self.walk.opened.lesson.folder)
        if now != self.stamp:
            self.stamp = now
            self.run_worker(self._read, name="again", thread=True, exclusive=True, exit_on_error=False)

    def _read(self) -> tuple[Opened, list[Problem]]:
        """The lesson as it is now, and what is wrong with it. Raises ValueError where it cannot be read."""
        assert self.again is not None  # noqa: S101 - whoever looks has a way to open it
        opened = self.again()
        return opened, check_lesson(opened.lesson.folder)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show the new lesson at the same moment, or say what is wrong."""
        worker = event.worker
        if worker.name != "again" or self.walk is None:
            return
        if event.state == WorkerState.ERROR and worker.error is not None:
            self.say(one_line(worker.error).removeprefix(f"{self.walk.opened.lesson.folder}/"))
        elif event.state == WorkerState.SUCCESS and worker.result is not None:
            opened, problems = worker.result
            if opened.lesson.moments:
                self.follow(self.walk.reopened(opened))
                self.say(_told(problems))


def stamp_of(folder: Path) -> Stamp:
    """The files of the lesson in a folder with their times and sizes; those that are not there are left out."""
    lesson = read_lesson(folder, [])
    files = lesson.files if lesson is not None else {"lesson.toml", f"{Lesson.LANGUAGE}.md"}
    found = set()
    for name in files:
        with suppress(OSError, ValueError):  # gone meanwhile, or not in this folder
            stat = inside(folder, name).stat()
            found.add((name, stat.st_mtime_ns, stat.st_size))
    return frozenset(found)


def _told(problems: list[Problem]) -> str:
    """What is wrong, in a line."""
    if not problems:
        return "read anew; nothing is wrong"
    first = problems[0]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{first.file.name}:{first.line}: {first.text}{more}"
