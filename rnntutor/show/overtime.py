"""How far two runs are apart over time: a row of small bars per state, with the playhead over them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rich.style import Style
from rich.text import Text

from rnntutor.engine.ops import Array
from rnntutor.show.apart import lengths, state_stops
from rnntutor.show.formula import plain_name
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import bar, line_of, number, pad

_TITLE = "over time"
_WIDEST = 4
"""Columns of one timestep, where there are few."""
_SAID = len("  largest 0.00123 at t ")
"""Columns right of the bars, but for the timestep."""


@dataclass(frozen=True)
class Axis:
    """Which timesteps stand at which column; of a long run several share one."""

    margin: int
    at: int
    steps: int
    width: int
    """Columns of one timestep; 1 where several share a column."""
    columns: int

    def x(self, t: int) -> int:
        """The column of a timestep."""
        return self.at + (t * self.width if self.columns == self.steps else t * self.columns // self.steps)

    def timestep(self, x: int) -> int | None:
        """The first timestep at a column; None beside the bars."""
        k = (x - self.at) // self.width
        if not 0 <= k < self.columns:
            return None
        return k if self.columns == self.steps else -(-k * self.steps // self.columns)

    def firsts(self) -> Array:
        """The first timestep of every column."""
        return -(-np.arange(self.columns) * self.steps // self.columns)


def axis(scene: Scene, other: Scene, margin: int, names: int, width: int) -> Axis:
    """The whole run in the columns right of the names, with room to say what is largest."""
    at = margin + max(names, len(_TITLE)) + 2
    steps = min(scene.steps, other.steps)
    room = max(4, width - at - _SAID - len(str(steps)))
    return Axis(margin, at, steps, max(1, min(_WIDEST, room // steps)), min(steps, room))


def height(scene: Scene, direction: str) -> int:
    """How many lines `over_time` has."""
    return 1 + len(state_stops(scene, direction))


def over_time(scene: Scene, other: Scene, head: Playhead, look: Look, scale: Axis) -> list[Text]:
    """The playhead, and the length of the difference of every state, as far as the playhead has been."""
    margin = " " * scale.margin
    lines = [line_of((margin + _TITLE, look.faint))]
    mark = look.glyphs.play if head.direction == "forward" else look.glyphs.back
    if head.t < scale.steps:
        pad(lines[0], scale.x(head.t)).append(mark, look.accent(head.direction))
    theirs = state_stops(other, head.direction)
    for name, k in state_stops(scene, head.direction).items():
        line = pad(line_of((margin + plain_name(name).write(look.glyphs), look.text)), scale.at)
        if name in theirs:
            mine, stop = scene.stops(head.direction)[k], other.stops(head.direction)[theirs[name]]
            found = lengths(scene, other, head.direction, mine, stop)
            if found is not None:
                _row(line, found, _known(scene, head, k, scale.steps), look, scale)
        lines.append(line)
    return lines


def _known(scene: Scene, head: Playhead, stop: int, steps: int) -> slice:
    """The timesteps at which the playhead has been past a stop."""
    here = scene.visited(head, head.direction, stop, head.t)
    return slice(0, head.t + here) if head.direction == "forward" else slice(head.t + (not here), steps)


def _row(line: Text, found: Array, known: slice, look: Look, scale: Axis) -> None:
    """Bars against the largest of the whole run, and the largest so far as a number."""
    seen = np.full(len(found), -1.0)
    seen[known] = np.where(np.isnan(found[known]), np.inf, found[known])
    most = float(np.max(found, initial=0.0, where=np.isfinite(found))) or 1.0
    for value in np.maximum.reduceat(seen, scale.firsts()).tolist():
        sign = look.glyphs.dot if value < 0 else " " if value == 0 else bar(value / most, look)
        filled = sign if value < 0 else sign * max(1, scale.width - 1)
        line.append(filled.ljust(scale.width), look.box if value < 0 else _bar_style(look))
    line.append(f"  {_largest(found, seen[known], known.start)}", look.soft)


def _bar_style(look: Look) -> Style:
    return Style(color=look.palette.soft, bgcolor=look.palette.zero)


def _largest(found: Array, seen: Array, start: int) -> str:
    """The largest difference so far, and where."""
    if not seen.size:
        return ""
    t = start + int(seen.argmax())
    return f"largest {number(float(found[t]), signed=False)} at t {t}" if seen.max() > 0 else "none so far"
