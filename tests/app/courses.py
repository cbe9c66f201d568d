"""A course that is made up, with as many lessons as the real one, and a sandbox."""

from __future__ import annotations

from collections.abc import Sequence

from rnntutor.app.entries import Entry
from rnntutor.course.progress import Progress
from tests.app.episodes import episode

TITLES = (
    "A loop with memory", "Unrolled in time", "A character model learns", "Sampling", "Back through time",
    "Truncated", "Vanishing and exploding", "Four gates", "The gradient highway", "Counting with one cell",
    "Variants", "A caption learns", "A caption speaks", "Your own text and model",
)  # fmt: skip
SUMMARY = "What {} is about, and why it is so: a recurrent network at work, every number of it at hand."
SANDBOX = (
    ("hello", "LSTM 8", "An LSTM of 8 units learned one word. Walk through it number by number."),
    ("The elements", "LSTM 32", "An LSTM of 32 units learned the names of the 118 elements, and makes up new ones."),
    ("Your own text", "GRU 16", "Type a text, and watch a network learn it."),
)  # fmt: skip


def moments(count: int) -> list[str]:
    return [f"m{k}" for k in range(count)]


def progress_of(lesson: str, seen: int, minute: int = 0, *, finished: bool = False) -> Progress:
    """So many moments seen, at some time of one morning."""
    when = f"2026-03-01T09:{minute:02}"
    names = moments(seen)
    return Progress(lesson, names[-1] if names else "", tuple(names), finished=finished, when=when)


SOME = (progress_of("lesson-1", 9, 1, finished=True), progress_of("lesson-2", 2, 2), progress_of("lesson-3", 4, 9))


def course(kept: Sequence[Progress] = (), lessons: int = 14) -> tuple[Entry, ...]:
    """Lessons and a sandbox of three."""
    found = {progress.lesson: progress for progress in kept}
    taught = [
        Entry(title, "LSTM 8", SUMMARY.format(title.lower()), episode, k, "course", f"lesson-{k}", 9 + k % 4, 3,
              found.get(f"lesson-{k}"))
        for k, title in enumerate(TITLES[:lessons], 1)
    ]  # fmt: skip
    sandbox = [Entry(*words, episode, kind="sandbox", id=words[0], progress=found.get(words[0])) for words in SANDBOX]
    return (*taught, *sandbox)
