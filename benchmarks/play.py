"""`python -m benchmarks.play T`: the player on a run of T timesteps, an LSTM of 8 units on a text.

`python -m benchmarks.play weights`: the player on an LSTM whose weights are 512 by 2048, in the view of the weights.
"""

from __future__ import annotations

import sys

import numpy as np

import rnntutor as rt
from rnntutor.app.app import RnnTutorApp
from rnntutor.course.lessons import find_lesson
from rnntutor.model import load_model
from rnntutor.tasks.chars import episode
from rnntutor.tasks.episode import Episode

LESSON = "hello"
UNITS, INPUTS, STEPS = 512, 1536, 3
WEIGHTS = "weights"


def long_episode(steps: int) -> Episode:
    """The model of the first lesson on its word, said over and over."""
    lesson = find_lesson(LESSON)
    play = lesson.networks["model"].play
    text = play * (steps // len(play) + 1)
    return episode(load_model(lesson.model("model")), text[: steps + 1], lesson.title)


def large_episode() -> Episode:
    """An untrained LSTM of 512 units that reads 1,536 numbers: its four matrices are 512 by 2048."""
    cell = rt.load_cell("lstm")
    draw = np.random.default_rng(0)
    run = rt.run(cell, rt.init_params(cell, UNITS, INPUTS), draw.normal(size=(STEPS, 1, INPUTS)))
    grads = run.backward({"h": draw.normal(size=(STEPS, 1, UNITS))})
    return Episode("large", f"LSTM  {UNITS} units", run, grads, (), (), ())


if __name__ == "__main__":
    what = sys.argv[1]
    RnnTutorApp((), start=large_episode() if what == WEIGHTS else long_episode(int(what))).run()
