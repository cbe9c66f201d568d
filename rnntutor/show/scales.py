"""What counts as a full box: one number per pass or line, the same for the whole run, so that colours can be compared.

Edits leave a scale as it was, so that a box before and after them means the same.
"""

from __future__ import annotations

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.engine.program import Line
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Stop

_SAMPLES = 64
"""Timesteps looked at to find the scale of what is not kept."""
_COUNTED = 2000
"""Timesteps that count for the scale of gradients, at most: sorting more takes longer than a key may."""


def full_box(scene: Scene, direction: str, stop: Stop) -> float:
    """Of a line; for gradients the same for every line."""
    first = scene.original or scene
    if direction == "forward":
        return first.remembered(("scale", stop.line.name), lambda: _of_line(first, stop.line))
    if stop.folded:
        return first.remembered("scale of shares", lambda: _of_shares(first, stop))
    return first.remembered("scale of gradients", lambda: _of_gradients(first))


def full_box_inside(scene: Scene, direction: str, place: int) -> float:
    """Of an operation inside a line; of a long run not every t counts."""
    first = scene.original or scene
    return first.remembered(("scale", direction, place), lambda: _of_operation(first, direction, place))


def full_box_at(scene: Scene, stop: Stop, t: int) -> float:
    """Among the gradients of one timestep."""
    if stop.folded:
        return round_up(largest([scene.strip("backward", stop, t)], 1.0))
    strips = (scene.strip("backward", k, t) for k in _vectors(scene))
    return scene.remembered(("scale at", t), lambda: round_up(largest(list(strips), 0.95)))


def _of_line(scene: Scene, line: Line) -> float:
    most = largest([scene.run[line.name]], 1.0)
    return 1.0 if most <= 1 else round_up(most)


def _of_operation(scene: Scene, direction: str, place: int) -> float:
    most = largest([scene.column(direction, place, t) for t in _samples(scene)], 1.0)
    return 1.0 if direction == "forward" and most <= 1 else round_up(most)


def _of_gradients(scene: Scene) -> float:
    """The largest few are cut, so that the others can be told apart; of a long run not every t counts."""
    apart = -(-scene.steps // _COUNTED)
    return round_up(largest([scene.grads[stop.line.name][::apart] for stop in _vectors(scene)], 0.95))


def _of_shares(scene: Scene, stop: Stop) -> float:
    return round_up(largest([scene.strip("backward", stop, t) for t in _samples(scene)], 1.0))


def _vectors(scene: Scene) -> list[Stop]:
    """The gradients of what has several units."""
    return [stop for stop in scene.backward if stop.size > 1 and not stop.folded]


def _samples(scene: Scene) -> list[int]:
    """Some timesteps, evenly apart."""
    times = np.linspace(0, scene.steps - 1, min(scene.steps, _SAMPLES))
    return list(map(int, np.unique(times.astype(int))))


def largest(arrays: list[Array], share: float) -> float:
    """The size below which `share` of all finite numbers lie; 1 if there are none."""
    sizes = np.concatenate([np.abs(array).ravel() for array in arrays]) if arrays else np.ones(1)
    sizes = sizes[np.isfinite(sizes)]
    return float(np.quantile(sizes, share)) if sizes.size else 1.0


def round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, ... times a power of ten."""
    if not np.isfinite(value) or value <= 1e-300:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(next((m * power for m in (1, 2, 5) if value <= m * power * (1 + 1e-9)), 10 * power))
