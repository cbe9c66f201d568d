"""The whole state of the player: where the playhead stands, and how it moves. Pure; no screen.

Track(steps, forward, backward)     what there is to visit: T, and the number of units of every stop
track.next_line(cursor)             a new Cursor; every move stays on the track
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Direction = Literal["forward", "backward"]


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


@dataclass(frozen=True)
class Track:
    """What there is to visit: T timesteps, and in each pass the same stops at every timestep."""

    steps: int
    forward: tuple[int, ...]
    """The number of units of every stop of the forward pass."""
    backward: tuple[int, ...] = ()

    def sizes(self, direction: Direction) -> tuple[int, ...]:
        """The number of units of every stop of a pass."""
        return self.forward if direction == "forward" else self.backward

    def size(self, cursor: Cursor) -> int:
        """The number of units of the current stop."""
        return self.sizes(cursor.direction)[cursor.line]

    def unit(self, cursor: Cursor) -> int:
        """The unit that is shown."""
        return min(cursor.unit, self.size(cursor) - 1)

    def length(self, direction: Direction) -> int:
        """The number of stops of a whole pass."""
        return self.steps * len(self.sizes(direction))

    def position(self, cursor: Cursor) -> int:
        """How many stops of the pass lie before this one."""
        sweep = cursor.t if cursor.direction == "forward" else self.steps - 1 - cursor.t
        return sweep * len(self.sizes(cursor.direction)) + cursor.line

    def at(self, cursor: Cursor, position: int) -> Cursor:
        """The stop at a position of the pass; the nearest one where there is none."""
        position = max(0, min(position, self.length(cursor.direction) - 1))
        sweep, line = divmod(position, len(self.sizes(cursor.direction)))
        t = sweep if cursor.direction == "forward" else self.steps - 1 - sweep
        return replace(cursor, t=t, line=line)

    def next_line(self, cursor: Cursor) -> Cursor:
        """One line on; after the last line of a timestep comes the first of the one that the pass visits next."""
        return self.at(cursor, self.position(cursor) + 1)

    def previous_line(self, cursor: Cursor) -> Cursor:
        """One line back."""
        return self.at(cursor, self.position(cursor) - 1)

    def next_timestep(self, cursor: Cursor) -> Cursor:
        """The same line of the timestep that the pass visits next."""
        return self._sweep(cursor, 1)

    def previous_timestep(self, cursor: Cursor) -> Cursor:
        """The same line of the timestep that the pass visited before."""
        return self._sweep(cursor, -1)

    def _sweep(self, cursor: Cursor, by: int) -> Cursor:
        t = cursor.t + (by if cursor.direction == "forward" else -by)
        return replace(cursor, t=t) if 0 <= t < self.steps else cursor

    def next_unit(self, cursor: Cursor) -> Cursor:
        """The next unit; the last one stays."""
        return replace(cursor, unit=min(self.unit(cursor) + 1, self.size(cursor) - 1))

    def previous_unit(self, cursor: Cursor) -> Cursor:
        """The unit before; the first one stays."""
        return replace(cursor, unit=max(self.unit(cursor) - 1, 0))

    def home(self, cursor: Cursor) -> Cursor:
        """The first stop of the pass."""
        return self.at(cursor, 0)

    def end(self, cursor: Cursor) -> Cursor:
        """The last stop of the pass."""
        return self.at(cursor, self.length(cursor.direction) - 1)

    def turn(self, cursor: Cursor) -> Cursor:
        """The other pass where it was left; at first where the two meet, at the last timestep."""
        if not self.backward:
            return cursor
        other: Direction = "backward" if cursor.direction == "forward" else "forward"
        meeting = (self.steps - 1, 0 if other == "backward" else len(self.forward) - 1)
        t, line = cursor.left or meeting
        return Cursor(other, t, line, cursor.unit, left=(cursor.t, cursor.line))

    def to_timestep(self, cursor: Cursor, t: int) -> Cursor:
        """The same line at timestep `t`."""
        return replace(cursor, t=max(0, min(t, self.steps - 1)))

    def to_line(self, cursor: Cursor, line: int, unit: int) -> Cursor:
        """A line and a unit of this timestep."""
        line = max(0, min(line, len(self.sizes(cursor.direction)) - 1))
        return replace(cursor, line=line, unit=max(0, min(unit, self.sizes(cursor.direction)[line] - 1)))
