"""Training on the sequence that is on the screen, an iteration at a time. Pure; no screen.

learned(scene)              a new Scene after one iteration: forward, loss, backward, clip, update
learned(scene, 100)         after a hundred
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.engine.run import Run, run
from rnntutor.show.replay import replayed
from rnntutor.show.scene import Scene
from rnntutor.show.upcoming import teachable, upcoming


def learned(scene: Scene, iterations: int = 1) -> Scene:
    """The scene after some iterations on all of what is played, the states from its start; its original is `scene`.

    The numbers are those of `engine.train.train` over the same batch. An iteration takes the loss and the gradients
    that are on the screen. Parameters set by hand are where it starts from; values set by hand at a timestep take
    part in the iteration that they are seen in, and are gone in the run after it. Raises ValueError where there is no
    loss, or where one of the iterations finds a loss or a gradient that is no number.
    """
    if iterations < 1:
        raise ValueError(f"iterations: a whole number from 1 is wanted, not {iterations}")
    teachable(scene)
    after = scene
    for _ in range(iterations):
        after = _once(after)
    return replace(after, original=scene)


def _once(scene: Scene) -> Scene:
    """One iteration, and the forward and the backward pass with what it learned."""
    step = upcoming(scene)
    with np.errstate(all="ignore"):
        after = replayed(scene, _with(scene.run, step.progress.params))
    return replace(after, changes=(), learning=step.learning)


def _with(old: Run, params: Mapping[str, Array]) -> Run:
    """A run of other parameters over the same data, from the same start, with nothing set by hand."""
    data = dict(old.inputs)
    return run(old.cell, params, data.pop("x"), old.given_init, **data)
