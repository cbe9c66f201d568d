"""How far two runs are apart: line by line at one timestep, and over time.

Lines are matched by name, so that the cells of the two runs need not be the same; a difference is always the first
scene's number minus the other's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnntutor.engine import norms
from rnntutor.engine.ops import Array
from rnntutor.show.change import differs
from rnntutor.show.formula import plain_name
from rnntutor.show.look import Look
from rnntutor.show.rows import scale_of
from rnntutor.show.scales import full_box, round_up
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead, Stop

_ROUNDING = 1e-12
"""What part of the scale of a line two runs may be apart by without having anything to show for it."""


@dataclass(frozen=True)
class Pair:
    """One line in both runs at one timestep."""

    name: str
    size: int
    new: tuple[float, ...] | None
    """The numbers in the first scene; None where it has no such line, or a loss that does not count."""
    old: tuple[float, ...] | None
    """The numbers in the other."""
    known: bool
    """Whether the playhead has been past it."""
    scale: float
    """What counts as a full box of either."""
    stop: int = -1
    """The number of the stop in the first scene; -1 if only the other has it."""
    changed: frozenset[int] = frozenset()
    """The units whose difference matters on the scale of the line."""
    by_hand: frozenset[int] = frozenset()

    @cached_property
    def apart(self) -> tuple[float, ...] | None:
        """The difference of every unit; None where there is nothing to compare."""
        if self.new is None or self.old is None or len(self.new) != len(self.old):
            return None
        return tuple(_minus(np.array(self.new), np.array(self.old)).tolist())

    @cached_property
    def norm(self) -> float | None:
        """The length of the difference."""
        return None if self.apart is None else norms.norm(np.array(self.apart))

    @cached_property
    def apart_scale(self) -> float:
        """What counts as a full box of the difference, which is its own at every timestep: an edit may show in few.

        0 where no difference is finite, or none is larger than what comes of rounding.
        """
        sizes = np.abs(self.apart or (0.0,))
        largest = float(np.max(sizes, initial=0.0, where=np.isfinite(sizes)))
        return round_up(largest) if largest > _ROUNDING * self.scale else 0.0


def pairs(scene: Scene, other: Scene, head: Playhead, look: Look) -> list[Pair]:
    """The lines of a pass in its order; what only the other run has stands behind what it follows there."""
    mine = {_key(stop): k for k, stop in enumerate(scene.stops(head.direction))}
    theirs = {_key(stop): stop for stop in other.stops(head.direction)}
    made, known = [], True
    for key in _merged(list(mine), list(theirs)):
        k = mine.get(key, -1)
        if k >= 0:  # what is not in the first run counts as computed together with what stands before it
            known = scene.visited(head, head.direction, k, head.t)
            made.append(_pair(scene, other, head, look, k, theirs.get(key), known=known))
        else:
            made.append(_alone(other, head, look, theirs[key], known=known))
    return made


def _key(stop: Stop) -> str:
    return "" if stop.folded else stop.line.name


def _merged(mine: list[str], theirs: list[str]) -> list[str]:
    """All names, each once."""
    merged, at = list(mine), 0
    for name in theirs:
        if name in merged:
            at = merged.index(name) + 1
        else:
            merged.insert(at, name)
            at += 1
    return merged


def _pair(
    scene: Scene, other: Scene, head: Playhead, look: Look, k: int, theirs: Stop | None, *, known: bool
) -> Pair:
    """A line of the first run beside that of the same name."""
    direction, t, mine = head.direction, head.t, scene.stops(head.direction)[k]
    new, old = _numbers(scene, direction, mine, t), _numbers(other, direction, theirs, t)
    scale = scale_of(scene, head, look, mine)
    line = scene.current_line(head) if k == head.line else mine.line
    hand = scene.set_by_hand(line.name, t) if direction == "forward" else frozenset()
    return Pair(
        _name(mine, line.name, look), mine.size, new, old, known, scale, k, _changed(new, old, scale), hand
    )


def _alone(other: Scene, head: Playhead, look: Look, stop: Stop, *, known: bool) -> Pair:
    """A line that only the other run has."""
    old = _numbers(other, head.direction, stop, head.t)
    name = _name(stop, stop.line.name, look)
    return Pair(name, stop.size, None, old, known, full_box(other, head.direction, stop))


def _name(stop: Stop, name: str, look: Look) -> str:
    """What a row is called; of all parameters the lengths are shown."""
    text = plain_name(name).write(look.glyphs)
    return f"{look.glyphs.norm}{text}{look.glyphs.norm}" if stop.folded else text


def _numbers(scene: Scene, direction: str, stop: Stop | None, t: int) -> tuple[float, ...] | None:
    silent = direction == "forward" and stop is scene.loss and not scene.counted(t)
    if stop is None or t >= scene.steps or silent:
        return None
    return tuple(scene.strip(direction, stop, t).tolist())


def _changed(
    new: tuple[float, ...] | None, old: tuple[float, ...] | None, scale: float
) -> frozenset[int]:
    if new is None or old is None or len(new) != len(old):
        return frozenset()
    return frozenset(map(int, np.flatnonzero(differs(np.array(new), np.array(old), scale))))


def _minus(new: Array, old: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(new - old)


# Over time.


def lengths(scene: Scene, other: Scene, direction: str, mine: Stop, theirs: Stop) -> Array | None:
    """How far a line is apart at every timestep, (T,), worked out once; None if the sizes differ."""
    key = ("apart", other, direction, mine.line.name, theirs.line.name)
    return scene.remembered(key, lambda: _lengths(scene, other, direction, mine, theirs))


def _lengths(scene: Scene, other: Scene, direction: str, mine: Stop, theirs: Stop) -> Array | None:
    if mine.size != theirs.size:
        return None
    steps = min(scene.steps, other.steps)
    new, old = _over_time(scene, direction, mine), _over_time(other, direction, theirs)
    return norms.lengths(_minus(new[:steps], old[:steps]).reshape(steps, -1))


def _over_time(scene: Scene, direction: str, stop: Stop) -> Array:
    """The numbers of a stop at every timestep, (T, units)."""
    values = scene.run[stop.line.name] if direction == "forward" else scene.grads[stop.line.name]
    return values[:, 0]


def state_stops(scene: Scene, direction: str) -> dict[str, int]:
    """The stops of the states, or of their gradients: name to number in the pass."""
    mark = "" if direction == "forward" else "d"
    numbers = {stop.line.name: k for k, stop in enumerate(scene.stops(direction)) if not stop.folded}
    return {f"{mark}{k}": numbers[f"{mark}{k}"] for k in scene.run.cell.states if f"{mark}{k}" in numbers}

