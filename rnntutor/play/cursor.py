"""The whole state of the player: where the playhead stands, and how it moves. Pure; no screen.

Track(steps, forward, backward)     what there is to visit: T, and the units of every operation of every stop
track.next_line(cursor)             a new Cursor; every move stays on the track
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from rnntutor.show.stops import Aside

if TYPE_CHECKING:
    from rnntutor.show.scene import Scene

Direction = Literal["forward", "backward"]
Sizes = tuple[int, ...]
"""The units of every operation of a stop; the last is the line's own."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """One place of one pass."""

    direction: Direction = "forward"
    t: int = 0
    line: int = 0
    """The number of the stop within a timestep, in the order of the pass."""
    unit: int = 0
    """The unit that is wanted; a stop with fewer units shows its last one, and the wish is kept."""
    left: tuple[int, int] | None = None
    """Timestep and stop where the other pass was left, if it was."""
    op: int | None = None
    """Which operation of the opened line; None where lines are closed."""
    mark: int = -1
    """Which operand is marked, to go to; -1 for none."""
    aside: Aside | None = None
    """The number looked at instead of the one under the playhead, where no line makes it."""
    trail: tuple[Cursor, ...] = ()
    """Where one came from, operand by operand; `Track.back` returns."""


@dataclass(frozen=True)
class Track:
    """What there is to visit: T timesteps, and in each pass the same stops at every timestep.

    While lines are closed a move goes from line to line; in an opened one from operation to operation, and on into
    the next line's.
    """

    steps: int
    forward: tuple[Sizes, ...]
    backward: tuple[Sizes, ...] = ()

    def sizes(self, direction: Direction) -> tuple[Sizes, ...]:
        """The units of every operation of every stop of a pass."""
        return self.forward if direction == "forward" else self.backward

    def operations(self, cursor: Cursor) -> Sizes:
        """The units of the operations of the current stop."""
        return self.sizes(cursor.direction)[cursor.line]

    def size(self, cursor: Cursor) -> int:
        """The number of units under the playhead."""
        return self.operations(cursor)[-1 if cursor.op is None else cursor.op]

    def unit(self, cursor: Cursor) -> int:
        """The unit that is shown."""
        return min(cursor.unit, self.size(cursor) - 1)

    # Through the pass.

    def _before(self, cursor: Cursor, line: int) -> int:
        """How many places of a timestep lie before a line: lines, or operations of lines."""
        return line if cursor.op is None else sum(map(len, self.sizes(cursor.direction)[:line]))

    def _every(self, cursor: Cursor) -> int:
        """The places of a whole timestep."""
        return self._before(cursor, len(self.sizes(cursor.direction)))

    def length(self, cursor: Cursor) -> int:
        """The number of places of the whole pass."""
        return self.steps * self._every(cursor)

    def position(self, cursor: Cursor) -> int:
        """How many places of the pass lie before this one."""
        sweep = cursor.t if cursor.direction == "forward" else self.steps - 1 - cursor.t
        return sweep * self._every(cursor) + self._before(cursor, cursor.line) + (cursor.op or 0)

    def at(self, cursor: Cursor, position: int) -> Cursor:
        """A place of the pass by its position; the nearest one where there is none."""
        position = max(0, min(position, self.length(cursor) - 1))
        sweep, rest = divmod(position, self._every(cursor))
        t = sweep if cursor.direction == "forward" else self.steps - 1 - sweep
        lines = range(len(self.sizes(cursor.direction)))
        line = max(k for k in lines if self._before(cursor, k) <= rest)
        op = None if cursor.op is None else rest - self._before(cursor, line)
        return _arrived(replace(cursor, t=t, line=line, op=op))

    def next_line(self, cursor: Cursor) -> Cursor:
        """One place on; after the last of a timestep comes the first of the one that the pass visits next."""
        return self.at(cursor, self.position(cursor) + 1)

    def previous_line(self, cursor: Cursor) -> Cursor:
        """One place back."""
        return self.at(cursor, self.position(cursor) - 1)

    def next_timestep(self, cursor: Cursor) -> Cursor:
        """The same line of the timestep that the pass visits next."""
        return self._sweep(cursor, 1)

    def previous_timestep(self, cursor: Cursor) -> Cursor:
        """The same line of the timestep that the pass visited before."""
        return self._sweep(cursor, -1)

    def _sweep(self, cursor: Cursor, by: int) -> Cursor:
        t = cursor.t + (by if cursor.direction == "forward" else -by)
        return _arrived(replace(cursor, t=t)) if 0 <= t < self.steps else cursor

    def next_unit(self, cursor: Cursor) -> Cursor:
        """The next unit; the last one stays."""
        return _arrived(replace(cursor, unit=min(self.unit(cursor) + 1, self.size(cursor) - 1)))

    def previous_unit(self, cursor: Cursor) -> Cursor:
        """The unit before; the first one stays."""
        return _arrived(replace(cursor, unit=max(self.unit(cursor) - 1, 0)))

    def home(self, cursor: Cursor) -> Cursor:
        """The first place of the pass."""
        return self.at(cursor, 0)

    def end(self, cursor: Cursor) -> Cursor:
        """The last place of the pass."""
        return self.at(cursor, self.length(cursor) - 1)

    def turn(self, cursor: Cursor) -> Cursor:
        """The other pass where it was left; at first where the two meet, at the last timestep."""
        if not self.backward:
            return cursor
        other: Direction = "backward" if cursor.direction == "forward" else "forward"
        meeting = (self.steps - 1, 0 if other == "backward" else len(self.forward) - 1)
        t, line = cursor.left or meeting
        return Cursor(other, t, line, cursor.unit, left=(cursor.t, cursor.line))

    # Straight to a place.

    def to_timestep(self, cursor: Cursor, t: int) -> Cursor:
        """The same line at timestep `t`."""
        return _arrived(replace(cursor, t=max(0, min(t, self.steps - 1))))

    def to_line(self, cursor: Cursor, line: int, unit: int, op: int | None = None) -> Cursor:
        """A line and a unit of this timestep; `op` for one of its operations."""
        line = max(0, min(line, len(self.sizes(cursor.direction)) - 1))
        sizes = self.sizes(cursor.direction)[line]
        op = None if op is None else max(0, min(op, len(sizes) - 1))
        moved = _arrived(replace(cursor, line=line, op=op))
        return replace(moved, unit=max(0, min(unit, self.size(moved) - 1)))

    # Into a line, along operands, and back.

    def open(self, cursor: Cursor) -> Cursor:
        """Into the operations of a line, on the first one; a single one is the line itself."""
        return cursor if cursor.op is not None or len(self.operations(cursor)) < 2 else replace(cursor, op=0)

    def go(self, cursor: Cursor, target: Cursor) -> Cursor:
        """To an operand, with the way back."""
        return replace(target, mark=-1, trail=(*cursor.trail, replace(cursor, trail=())))

    def back(self, cursor: Cursor) -> Cursor:
        """Where one came from; from an opened line back to the line, where that is already made."""
        if cursor.trail:
            return replace(cursor.trail[-1], trail=cursor.trail[:-1])
        return replace(cursor, op=None, mark=-1, aside=None)


def track_of(scene: Scene) -> Track:
    """What there is to visit in a scene."""
    forward, backward = (tuple(stop.sizes for stop in k) for k in (scene.forward, scene.backward))
    return Track(scene.steps, forward, backward)


def kept(cursor: Cursor, before: Scene, after: Scene) -> Cursor:
    """The same place in another scene of the same cell: the line by name, the last timestep where it is shorter."""
    name = before.stop(cursor).line.name
    stops = [stop.line.name for stop in after.stops(cursor.direction)]
    line = stops.index(name) if name in stops else min(cursor.line, len(stops) - 1)
    return Cursor(cursor.direction, min(cursor.t, after.steps - 1), line, cursor.unit)


def _arrived(cursor: Cursor) -> Cursor:
    """At a place that was stepped to there is no operand marked and no way back."""
    return replace(cursor, mark=-1, aside=None, trail=())
