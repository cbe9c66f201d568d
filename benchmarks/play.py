"""`python -m benchmarks.play T`: the player on a run of T timesteps, an LSTM of 8 units on a text."""

from __future__ import annotations

import sys

from rnntutor.app.app import RnnTutorApp
from rnntutor.lessons import find_lesson
from rnntutor.model import load_model
from rnntutor.tasks.chars import episode
from rnntutor.tasks.episode import Episode

LESSON = "hello"


def long_episode(steps: int) -> Episode:
    """The model of the first lesson on its word, said over and over."""
    lesson = find_lesson(LESSON)
    text = lesson.play * (steps // len(lesson.play) + 1)
    return episode(load_model(lesson.model), text[: steps + 1], lesson.title)


if __name__ == "__main__":
    RnnTutorApp((), start=long_episode(int(sys.argv[1]))).run()
