"""The iteration of training that comes next, worked out from what is on the screen before it is made."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnntutor.engine.learning import Learning
from rnntutor.engine.ops import Array
from rnntutor.engine.optim import global_norm
from rnntutor.engine.train import Diverged, Progress, iteration, loss_of, per_symbol
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.texts import number

UNTRAINED = "This lesson's model is not trained here."
_NO_LOSS = "There is no loss here, so there is nothing to learn."


@dataclass(frozen=True)
class Upcoming:
    """An iteration that nobody has made yet."""

    progress: Progress
    learning: Learning
    """How learning stands after it."""


@dataclass(frozen=True)
class Descent:
    """What an iteration is made of up to its update, whether or not these are numbers to go on with."""

    total: float
    """The summed loss."""
    count: int
    """Of how many symbols."""
    gradient: dict[str, Array]
    """Of the mean loss, before clipping."""
    norm: float
    """Of all of it."""

    @property
    def loss(self) -> float:
        """Per symbol."""
        return self.total / self.count


def teachable(scene: Scene) -> Learning:
    """How the scene goes on learning. Raises ValueError saying why it does not."""
    if scene.learning is None:
        raise ValueError(UNTRAINED)
    outside = scene.grads.seeds
    if scene.loss is None or (outside is not None and set(outside) != {scene.loss.line.name}):
        raise ValueError(_NO_LOSS)
    return scene.learning


def upcoming(scene: Scene) -> Upcoming:
    """The next iteration. Raises ValueError saying why there is none."""
    return scene.remembered("upcoming", lambda: _upcoming(scene))


def _upcoming(scene: Scene) -> Upcoming:
    learning = teachable(scene)
    stepper = learning.stepper()
    try:
        with np.errstate(all="ignore"):
            progress = iteration(
                learning.iteration + 1, scene.run, stepper, learning.limit, scene.grads.seeds, scene.grads
            )
    except Diverged as error:
        raise ValueError(str(error)) from error
    return Upcoming(progress, learning.after(progress.loss, stepper))


def descent(scene: Scene) -> Descent:
    """Loss and gradient of a scene that `teachable` takes. Raises ValueError where no timestep counts."""
    return scene.remembered("descent", lambda: _descent(scene))


def _descent(scene: Scene) -> Descent:
    with np.errstate(all="ignore"):
        total, count = loss_of(scene.run, scene.grads.seeds)
        gradient = per_symbol(scene.grads, count)
        return Descent(total, count, gradient, global_norm(gradient))


def outcome(scene: Scene, look: Look) -> str:
    """What the last training did: iteration 7: loss 1.386 → 1.291. Empty where there was none since the last edit."""
    now, first = scene.learning, scene.original
    if now is None or first is None or first.learning is None or first.learning.iteration == now.iteration:
        return ""
    before, last = first.learning.iteration, now.iteration
    which = f"iteration {last}" if last == before + 1 else f"iterations {before + 1} to {last}"
    losses = (number(k, signed=False) for k in (now.losses[before], descent(scene).loss))
    return f"{which}: loss {f' {look.glyphs.becomes} '.join(losses)}"
