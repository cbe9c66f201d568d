"""What can be turned about a network and its sequence, to see what that does to the gradient. Pure; no screen.

turned(scene, "sigma_max", 1.3)     a new Scene: everything is computed again with it
setting(scene, "sigma_max")         where it stands; None where there is nothing to turn
stepped(scene, "sigma_max", 1)      where a step of the key leads
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from rnntutor.engine.backward import Gradients
from rnntutor.engine.edit import with_params
from rnntutor.engine.ops import Array
from rnntutor.engine.recurrent import (
    forget_biases,
    keeper_of,
    largest_sigma,
    mean_forget_bias,
    recurrent_of,
    with_forget_bias,
    with_sigma_max,
)
from rnntutor.engine.run import Run, run
from rnntutor.play.speaking import retold
from rnntutor.show.change import Change, Knob
from rnntutor.show.replay import before
from rnntutor.show.scene import Scene
from rnntutor.tasks.telling import with_edits

LONGEST = 4096
"""Timesteps that a sequence can be made long."""
WINDOWS = (0, 5, 10, 25)
"""Timesteps between two cuts; 0 for none."""
THRESHOLDS = (0.0, 0.1, 0.5, 1.0, 5.0, 10.0, 100.0)
"""Norms to clip to; 0 for none."""
_MOST = 100.0
"""What no σ_max goes beyond by a key."""
_ROUNDING = 1e-9


def turned(scene: Scene, knob: str, value: float) -> Scene:
    """The scene with a knob at a value. Raises ValueError where it cannot be turned, or not to that."""
    if knob not in KNOBS:
        raise ValueError(f"knob: one of {', '.join(KNOBS)} is wanted, not {knob!r}")
    was = setting(scene, knob)
    with np.errstate(all="ignore"):
        after = KNOBS[knob].turn(scene, value)
        change = Change(Knob(knob, None), value, was, after.total_loss, scene.total_loss)
    original = before(scene) if after.original is scene.original else after.original
    return replace(after, changes=(*scene.changes, change), original=original)


def setting(scene: Scene, knob: str) -> float | None:
    """Where a knob stands; None where there is nothing to turn, or what there is is no number."""
    value = KNOBS[knob].setting(scene)
    return value if value is not None and isfinite(value) else None


def stepped(scene: Scene, knob: str, by: int) -> float:
    """Where the next step of a knob leads. Raises ValueError where there is nothing to turn, or no further."""
    now = setting(scene, knob)
    value = KNOBS[knob].step(now or 0.0, by)
    if value == now:
        raise ValueError(f"{knob} goes no further than {now:g}")
    return value


# The weights.


def sigma_max(scene: Scene, value: float) -> Scene:
    """Every recurrent matrix rescaled, so that its largest singular value is this."""
    return retold(scene, with_params(scene.run, with_sigma_max(scene.run.params, recurrent_of(scene.run), value)))


def forget_bias(scene: Scene, value: float) -> Scene:
    """The biases of the forget gates moved together, so that their mean is this."""
    step = scene.run.cell.step
    names = forget_biases(step)
    rest = next((f"{keeper} keeps {k}" for k in scene.run.cell.states if (keeper := keeper_of(step, k))), "")
    if rest and not names:
        raise ValueError(f"forget_bias: here {rest}, and no bias is added to that; edit the gate's own")
    return retold(scene, with_params(scene.run, with_forget_bias(scene.run.params, names, value)))


# The sequence, which the networks beside and the run before all edits have in common.


def length(scene: Scene, value: float) -> Scene:
    """The played inputs cut, or repeated from their beginning, to so many timesteps."""
    if scene.telling is not None:
        raise ValueError("T: what is said here is as long as the network makes it")
    if not (1 <= value <= LONGEST and value == int(value)):
        raise ValueError(f"T: a whole number from 1 to {LONGEST} is wanted, not {value:g}")
    return _everywhere(scene, lambda each: _stretched(each, int(value)))


def _stretched(scene: Scene, steps: int) -> Scene:
    source, only_last = np.arange(steps) % scene.steps, _counts_last(scene)
    data = {name: a[source] if a.ndim == 3 else a for name, a in scene.run.inputs.items()}
    ran = run(scene.run.cell, scene.run.params, data.pop("x"), scene.run.given_init, **data)
    ran = with_edits(ran, scene.run.edits)
    seeds = scene.grads.seeds
    if seeds is not None:
        seeds = {name: _seeds_of(a, source, only_last) for name, a in seeds.items()}
    reads, wants, counts = (
        tuple(texts[k] for k in source) if texts else () for texts in (scene.reads, scene.wants, scene.counts)
    )
    if only_last:
        of_loss = scene.loss is not None and scene.loss.line.name in (seeds or {})
        counts = tuple(k == steps - 1 for k in range(steps)) if of_loss and steps > 1 else ()
    return _again(scene, ran, ran.backward(seeds, scene.grads.window), reads=reads, wants=wants, counts=counts)


def _seeds_of(seeds: Array, source: Array, only_last: bool) -> Array:
    """The gradients from outside at other timesteps; what came in at one alone does so at the last."""
    if not only_last:
        return seeds[source]
    moved = np.zeros((len(source), *seeds.shape[1:]), seeds.dtype)
    moved[-1] = seeds[_comes_in(seeds)].sum(axis=0)
    return moved


def counts(scene: Scene, value: float) -> Scene:
    """Where the loss counts: at the last timestep only (1), or wherever something is wanted (0)."""
    if scene.loss is None:
        raise ValueError("counts: there is no loss here")
    return _everywhere(scene, lambda each: _counted(each, last=bool(value)))


def _counted(scene: Scene, *, last: bool) -> Scene:
    if scene.loss is None:
        return scene
    found = np.array([bool(want) for want in scene.wants] or [True] * scene.steps)
    if last:
        found = np.arange(scene.steps) == np.flatnonzero(found)[-1] if found.any() else found
    name = scene.loss.line.name
    plain = found.all() and name == "loss" and not last
    losses = scene.run[name]
    each = found.reshape(-1, *[1] * (losses.ndim - 1))
    seeds = None if plain else {name: np.where(each, np.ones(losses.shape), 0.0)}
    counted = () if found.all() else tuple(found.tolist())
    return _again(scene, scene.run, scene.run.backward(seeds, scene.grads.window), counts=counted)


def _counts_last(scene: Scene) -> bool:
    """Whether a gradient comes in from outside at one timestep alone."""
    seeds = scene.grads.seeds
    return seeds is not None and sum(_comes_in(array).sum() for array in seeds.values()) == 1


def _comes_in(seeds: Array) -> Array:
    """At which timesteps anything comes in, (T,)."""
    return np.asarray(seeds.reshape(len(seeds), -1).any(axis=1))


def window(scene: Scene, value: float) -> Scene:
    """The gradient cut every so many timesteps; 0 for never."""
    if not (0 <= value < np.inf and value == int(value)):
        raise ValueError(f"window: zero or a whole number above it is wanted, not {value:g}")
    size = int(value) or None
    cut = _with_window(scene, size)
    return replace(cut, beside=tuple(_with_window(each, size) for each in scene.beside))


def _with_window(scene: Scene, size: int | None) -> Scene:
    return _again(scene, scene.run, scene.run.backward(scene.grads.seeds, size))


def clip(scene: Scene, value: float) -> Scene:
    """The norm to which the gradient of all parameters is clipped where that is shown; 0 for none."""
    if not (isfinite(value) and value >= 0):
        raise ValueError(f"clip: zero or a number above it is wanted, not {value}")
    return replace(scene, threshold=value, notes={})


def _everywhere(scene: Scene, turn: Callable[[Scene], Scene]) -> Scene:
    """A scene, the networks beside it, and what it was before all edits, so that they can still be compared."""
    first, after = before(scene), turn(scene)
    old = after if first is scene else turn(first)
    original = replace(old, beside=(), original=first.original, snapshots=OrderedDict(), notes={})
    return replace(after, beside=tuple(turn(each) for each in scene.beside), original=original)


def _again(scene: Scene, ran: Run, grads: Gradients, **data: tuple[object, ...]) -> Scene:
    return replace(scene, run=ran, grads=grads, snapshots=OrderedDict(), notes={}, **data)  # type: ignore[arg-type]


# What the keys do.


@dataclass(frozen=True)
class _Kind:
    """A knob: what it does, where it stands, and where a step leads."""

    turn: Callable[[Scene, float], Scene]
    setting: Callable[[Scene], float | None]
    step: Callable[[float, int], float]


def _multiple(now: float, by: int, wide: float) -> float:
    """The next multiple of a width above, or below."""
    near = np.floor(now / wide + _ROUNDING) if by > 0 else np.ceil(now / wide - _ROUNDING)
    return float(round((near + by) * wide, 12))


def _sigma_step(now: float, by: int) -> float:
    """By 0.05, and from 10 on by 0.5."""
    return min(_MOST, max(0.05, _multiple(now, by, 0.5 if now + 0.1 * by >= 10 else 0.05)))


def _along(values: tuple[float, ...]) -> Callable[[float, int], float]:
    """A step along a list, round and round; from what is not in it to the next one that is."""

    def step(now: float, by: int) -> float:
        found = [k for k in values if (k > now if by > 0 else k < now)]
        return (min if by > 0 else max)(found, default=values[0 if by > 0 else -1])

    return step


KNOBS: dict[str, _Kind] = {
    "sigma_max": _Kind(
        sigma_max, lambda scene: largest_sigma(scene.run.params, recurrent_of(scene.run)), _sigma_step
    ),
    "forget_bias": _Kind(
        forget_bias,
        lambda scene: mean_forget_bias(scene.run.params, forget_biases(scene.run.cell.step)),
        lambda now, by: _multiple(now, by, 0.5),
    ),
    "T": _Kind(
        length,
        lambda scene: float(scene.steps),
        lambda now, by: float(min(LONGEST, now * 2) if by > 0 else max(1, now // 2)),
    ),
    "counts": _Kind(counts, lambda scene: float(_counts_last(scene)), lambda now, _: 1.0 - now),
    "window": _Kind(window, lambda scene: float(scene.grads.window or 0), _along(tuple(map(float, WINDOWS)))),
    "clip": _Kind(clip, lambda scene: scene.threshold, _along(THRESHOLDS)),
}
"""By name; the names are those of `show.change.Knob`."""
