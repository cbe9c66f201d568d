"""Gradients held against finite differences: what really happens to the loss when one number is moved.

Only where the difference is exactly that gradient: for temporaries, a truncated pass, float32 and kinks there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rnntutor.engine.program import Line
from rnntutor.engine.run import Run, run
from rnntutor.show.scene import Scene

_STEP = 1e-5
_LONGEST = 500
"""Timesteps that may be run again for one number while somebody waits."""
_MOST = 2e7
"""The same for weights times timesteps: a tenth of a second."""


@dataclass(frozen=True)
class Check:
    """A finite difference and whether the gradient agrees."""

    difference: float
    agrees: bool


def check(scene: Scene, line: Line, t: int, unit: int) -> Check | None:
    """The finite difference of a line of the backward pass at one timestep; None where there is none."""
    return scene.remembered(("check", line.place, t, unit), lambda: _check(scene, line, t, unit))


def _check(scene: Scene, line: Line, t: int, unit: int) -> Check | None:
    if not _possible(scene) or line.caption or line.kind != "value":
        return None  # a derived line with a caption is a temporary: no number of the forward pass to move
    name = line.name[1:]
    try:
        loss = _loss_after(scene, name, t, unit)
        gradient = float(scene.column("backward", line.place, t)[unit])
        return _compared(loss, _value(scene, name, t, unit), gradient)
    except ValueError:
        return None  # `Run.edit` says that this cannot be set by itself


def check_parameter(scene: Scene, name: str, index: tuple[int, ...]) -> Check | None:
    """The finite difference of one number of a parameter, over the whole run."""
    return scene.remembered(("check", name, index), lambda: _check_parameter(scene, name, index))


def _check_parameter(scene: Scene, name: str, index: tuple[int, ...]) -> Check | None:
    if not _possible(scene):
        return None
    unit = index[0] if len(index) == 1 else index

    def loss(value: float) -> float:
        return _total(scene, scene.run.edit(name, unit=unit, value=value), 0)

    return _compared(loss, float(scene.run.params[name][index]), float(scene.grads[name][index]))


def _possible(scene: Scene) -> bool:
    run, grads = scene.run, scene.grads
    has_loss = "loss" in run.cell.step.by_name and set(grads.program.leaves("seed")) <= {"dloss_out"}
    whole = grads.window is None and not grads.cuts and not run.edits
    weights = sum(param.size for param in run.params.values())
    quick = run.steps <= _LONGEST and weights * run.steps <= _MOST
    return has_loss and whole and quick and run.sizes.dtype == np.float64


def _value(scene: Scene, name: str, t: int, unit: int) -> float:
    return float(scene.column("forward", scene.run.cell.step.by_name[name], t)[unit])


def _loss_after(scene: Scene, name: str, t: int, unit: int) -> Callable[[float], float]:
    """The loss from `t` on, as a function of one number."""
    ran = scene.run
    if name not in ran.cell.step.leaves("prev"):
        return lambda value: _total(scene, ran.edit(name, t=t, unit=unit, value=value), t)
    # What a state does through this timestep alone: the rest of the run, started from it.
    data = {key: array[t:] for key, array in ran.inputs.items() if array.ndim == 3}
    start = {state: ran[state][t - 1] if t else ran.init[state] for state in ran.cell.states}
    state = name.removesuffix("_prev")

    def loss(value: float) -> float:
        moved = np.array(start[state])
        moved[0, unit] = value
        return _total(scene, run(ran.cell, ran.params, init={**start, state: moved}, **data), t)

    return loss


def _total(scene: Scene, ran: Run, t: int) -> float:
    """The losses from `t` on, the last ones of a run, each as often as the gradient takes it."""
    weights = scene.remembered("loss weights", lambda: scene.grads.seeds)
    losses = ran["loss"][t - scene.steps :]
    return float((losses if weights is None else losses * weights["loss"][t:]).sum())


def _compared(loss: Callable[[float], float], value: float, gradient: float) -> Check | None:
    """The slope of the loss around a value; None at a kink, or where a number is not finite."""
    step = _STEP * max(1.0, abs(value))
    with np.errstate(all="ignore"):
        low, middle, high = loss(value - step), loss(value), loss(value + step)
    below, above = (middle - low) / step, (high - middle) / step
    difference = (high - low) / (2 * step)
    if not np.isfinite([below, above, gradient]).all() or abs(above - below) > 0.01 * (1 + abs(difference)):
        return None
    slack = 1e-4 * max(abs(difference), abs(gradient)) + 1e-7 * (1 + abs(middle))
    return Check(difference, abs(difference - gradient) <= slack)
