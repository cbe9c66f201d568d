"""The numbers of a parameter, or of its gradient as far as the backward pass has come, and what they amount to."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from rnntutor.engine.contributions import contributed
from rnntutor.engine.ops import Array
from rnntutor.show.look import Look
from rnntutor.show.scales import largest, round_up
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot, matrices
from rnntutor.show.stops import Playhead

MOST_PRODUCTS = 4e9
"""Products of numbers that are added up while somebody waits, at most: a fraction of a second."""
_SUMS = 4
"""How many sums of gradients are kept, to go on from."""
_COUNTED = 200_000
"""Numbers that count for the scale of colours, at most: sorting more takes longer than a key may."""
_SHARE = 0.98
"""What part of the numbers lies within the scale: the few largest are cut, so that the others can be told apart."""
LARGEST_SIGMA = (512, 2048)
"""The largest matrix whose singular value is worked out while somebody waits."""
_LARGEST_PASSING = 2**16
"""The same, in numbers, for a sum that is another one at every timestep."""


def swept(scene: Scene, head: Playhead) -> int:
    """The first timestep whose part of every parameter's gradient is known; T where none is."""
    if head.direction == "forward":
        return scene.steps
    last = len(scene.backward) - 1  # where the gradients of parameters are folded
    return head.t if scene.visited(head, "backward", last, head.t) else head.t + 1


def name_of(scene: Scene, spot: Spot) -> str:
    """The parameter's name. Raises ValueError if there is none of that name."""
    known = matrices(scene)
    return known.names[known.index(spot)]


def numbers(scene: Scene, head: Playhead, spot: Spot) -> Array | None:
    """W, or dW so far, (rows, columns); None where nothing of it is known, or too much would have to be added up."""
    name = name_of(scene, spot)
    if not spot.gradient:
        return np.atleast_2d(scene.run.params[name])
    first = swept(scene, head)
    if first >= scene.steps or (first > 0 and only_from_start(scene, name)):
        return None
    found = so_far(scene, name, first)
    return None if found is None else np.atleast_2d(found)


def only_from_start(scene: Scene, name: str) -> bool:
    """Whether a parameter makes the first states only, so that its gradient comes after t = 0 is swept."""
    return name not in scene.run.cell.step.leaves("param")


def so_far(scene: Scene, name: str, first: int) -> Array | None:
    """What the timesteps from `first` on add up to; all of them, and the start, make the whole gradient."""
    if first <= 0:
        return scene.grads.params[name]
    sums: OrderedDict[tuple[str, int], Array] = scene.remembered("sums of gradients", OrderedDict)
    if (name, first) not in sums:
        after = min((t for known, t in sums if known == name and t > first), default=scene.steps)
        if (after - first) * scene.run.params[name].size > MOST_PRODUCTS:
            return None
        added = contributed(scene.grads, name, first, after)
        with np.errstate(all="ignore"):
            sums[name, first] = added + sums[name, after] if after < scene.steps else added
        if len(sums) > _SUMS:
            sums.popitem(last=False)
    sums.move_to_end((name, first))
    return sums[name, first]


def by_hand(scene: Scene, name: str) -> Array:
    """Which numbers of a parameter were set by hand: booleans, (rows, columns)."""
    return scene.remembered(("by hand", name), lambda: _by_hand(scene, name))


def _by_hand(scene: Scene, name: str) -> Array:
    found = np.zeros(scene.run.params[name].shape, bool)
    for change in scene.changes:
        if change.place.name == name and change.place.t is None:
            found[change.place.where] = True
    return np.atleast_2d(found)


# What counts as a full box.


def scale_of(scene: Scene, head: Playhead, spot: Spot, look: Look) -> float:
    """One number per parameter, and one for its gradient, the same all along the sweep. Edits leave it as it was."""
    if spot.gradient and look.near:
        shown = numbers(scene, head, spot)
        return 1.0 if shown is None else _scale(shown)
    name, first = name_of(scene, spot), scene.original or scene
    source = first.grads.params if spot.gradient else first.run.params
    return first.remembered(("scale of numbers", name, spot.gradient), lambda: _scale(source[name]))


def _scale(array: Array) -> float:
    apart = -(-array.size // _COUNTED) | 1  # odd, so that it does not meet the same columns again and again
    return round_up(largest([array.ravel()[::apart]], _SHARE))


# What they amount to.


@dataclass(frozen=True)
class Facts:
    """A matrix in a few numbers; those that are not finite are counted and left out."""

    low: float
    high: float
    mean: float
    norm: float
    """The Frobenius norm."""
    sigma: float | None
    """The largest singular value; None if it was not worked out."""
    odd: int
    """How many numbers are not finite."""


def facts(scene: Scene, head: Playhead, spot: Spot) -> Facts | None:
    """What the shown numbers amount to; None where there are none."""
    shown = numbers(scene, head, spot)
    if shown is None:
        return None
    passing = spot.gradient and swept(scene, head) > 0
    key = ("facts", name_of(scene, spot), spot.gradient, swept(scene, head) if spot.gradient else 0)
    return scene.remembered(key, lambda: _facts(shown, _LARGEST_PASSING if passing else None))


def _facts(array: Array, most: int | None) -> Facts:
    known = np.isfinite(array)
    whole = bool(known.all())
    finite = (array if whole else array[known]).ravel().astype(np.float64, copy=False)
    if not finite.size:
        nan = float("nan")
        return Facts(nan, nan, nan, nan, None, array.size)
    low, high = float(finite.min()), float(finite.max())
    unit = _unit(max(-low, high))
    scaled = finite / unit if unit != 1.0 else finite
    norm, mean = unit * float(np.sqrt(np.dot(scaled, scaled))), unit * float(scaled.mean())
    small = min(array.shape) <= LARGEST_SIGMA[0] and max(array.shape) <= LARGEST_SIGMA[1]
    wanted = small and whole and (most is None or array.size <= most)
    sigma = unit * largest_singular(scaled.reshape(array.shape)) if wanted else None
    return Facts(low, high, mean, norm, sigma, array.size - finite.size)


def _unit(size: float) -> float:
    """What numbers of a size are divided by before they are squared: only the huge and the tiny need it."""
    return 1.0 if size == 0 or 1e-100 < size < 1e100 else size


def largest_singular(array: Array) -> float:
    """The largest singular value: the root of the largest eigenvalue of A Aᵀ, or of Aᵀ A where that is smaller."""
    gram = array @ array.T if array.shape[0] <= array.shape[1] else array.T @ array
    return float(np.sqrt(max(0.0, float(np.linalg.eigvalsh(gram)[-1]))))
