"""Places: "backward t=1 line=dc unit=3", "12", "c[2,3]", "W_f[3,5]". Pure; no screen."""

from __future__ import annotations

import re
from dataclasses import replace

from rnntutor.engine.known import Need
from rnntutor.engine.query import Query
from rnntutor.engine.query_index import Read, read_of
from rnntutor.play.cursor import Cursor, Direction
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot

PASSES: dict[str, Direction] = {"forward": "forward", "backward": "backward"}
_EQUALS = re.compile(r"\s*(?<![=!<>])=(?!=)\s*")
"""A single equals sign with the spaces around it."""


def parse_place(scene: Scene, place: str, here: Cursor | None = None) -> Cursor:
    """The cursor of words such as "backward t=1 line=dc unit=3"; what is not said is as in `here`, or the first.

    Raises ValueError naming the word that is wrong and what would be right.
    """
    cursor = here or Cursor()
    place = " ".join(_words(place))
    for word in place.split():
        name, sign, value = word.partition("=")
        if not sign and word in PASSES:
            cursor = _turned(cursor, PASSES[word])
        elif not sign and word.isdecimal() and word.isascii():
            cursor = replace(cursor, t=_from_end(int(word), scene.steps))
        elif name == "t" and value.removeprefix("-").isdecimal():
            cursor = replace(cursor, t=_from_end(int(value), scene.steps))
        elif name == "unit" and value.isdecimal():
            cursor = replace(cursor, unit=int(value))
        elif name != "line" or not value:
            raise ValueError(f"{word!r} is not a place; write forward or backward, t=0, line=h, unit=0")
    cursor = _on_line(scene, cursor, place)
    size = scene.stop(cursor).size
    if "unit=" in place and cursor.unit >= size:
        raise ValueError(f"unit={cursor.unit} is out of range; there are {size} here, counted from 0")
    return cursor


def _from_end(t: int, steps: int) -> int:
    """A timestep; -1 is the last."""
    if -steps <= t < steps:
        return t % steps
    raise ValueError(f"t={t} is out of range; there are {steps} timesteps, counted from 0")


def _turned(cursor: Cursor, direction: Direction) -> Cursor:
    """The cursor in a pass; the other one is left where it was."""
    if direction == cursor.direction:
        return cursor
    return Cursor(direction, cursor.t, 0, cursor.unit, left=(cursor.t, cursor.line))


def _on_line(scene: Scene, cursor: Cursor, place: str) -> Cursor:
    """The cursor on the line that is named; a parameter's gradient is a unit of the folded last stop."""
    wanted = next((word.partition("=")[2] for word in place.split() if word.startswith("line=")), "")
    if not wanted:
        return cursor
    for k, stop in enumerate(scene.stops(cursor.direction)):
        for unit, line in enumerate(stop.lines):
            if line.name == wanted:
                if stop.folded and "unit=" in place:
                    raise ValueError(f"line={wanted} stands for all its units; leave out unit=")
                return replace(cursor, line=k, unit=unit if stop.folded else cursor.unit)
    names = ", ".join(line.name for stop in scene.stops(cursor.direction) for line in stop.lines)
    raise ValueError(f"no line is called {wanted!r} in the {cursor.direction} pass; there are {names}")


def is_place(text: str) -> bool:
    """Whether a text is meant as a place in words, not as a name or a condition."""
    words = _words(text)
    return bool(words) and all(
        word in PASSES or word.isdecimal() or re.match(r"(t|line|unit)=[^=]", word) for word in words
    )


def _words(text: str) -> list[str]:
    """The words of a place; `t = 2` is one."""
    return _EQUALS.sub("=", text).split()


# Names of numbers.


def place_of(scene: Scene, text: str, here: Cursor) -> Cursor | Spot | None:
    """Where a text leads: "t = 12", c[2,3], h_prev[2,1], f; a Spot for a parameter such as W_f[3,5], or its gradient.

    None for a condition. Raises ValueError where there is no such place.
    """
    here = replace(here, op=None, mark=-1, aside=None, trail=())
    if is_place(text):
        return parse_place(scene, text, here)
    read = read_of(text, scene)
    if read is None:
        return None
    name, run = read.value.name, scene.run
    if not read.value.timed:
        return _spot(scene, read)
    t = read.moment(here.t)
    unit = read.index[0] if read.index else here.unit
    need = read.value.source
    if need is not None and t + need.t >= 0:
        return _on(scene, here, need._replace(t=t + need.t), unit)
    if name not in run.cell.step.by_name:
        raise ValueError(f"{name} has no line of its own; it can be watched")
    return replace(here, t=t, aside=(run.cell.step.by_name[name], min(unit, run[name].shape[-1] - 1), 0))


def _spot(scene: Scene, read: Read) -> Spot:
    """A number of a parameter, or of its gradient; the first one where none is said."""
    name, params = read.value.name, scene.run.params
    gradient = name not in params
    param = name.removeprefix("d") if gradient else name
    if param not in params:
        what = "read by the init section only, and" if param in scene.run.inputs else "a number beside the run and"
        raise ValueError(f"{name} is {what} has no place at a timestep")
    row, column = (*read.index, 0, 0)[:2] if params[param].ndim == 2 else (0, *read.index, 0)[:2]
    return Spot(param, row, column, gradient)


def _on(scene: Scene, here: Cursor, need: Need, unit: int) -> Cursor:
    """The cursor on the line that makes a value, in whichever pass that is."""
    direction = PASSES[need.direction]
    stops = scene.stops(direction)
    line = next(k for k, stop in enumerate(stops) if stop.line.name == need.line)
    return replace(_turned(here, direction), t=need.t, line=line, unit=unit)


def nowhere(query: Query, t: int, step: int) -> str:
    """That a condition holds nowhere in the direction of `step`, and where it does in the other one."""
    ahead, behind = ("after", "before") if step > 0 else ("before", "after")
    other = query.find(t, -step)
    elsewhere = "" if other is None else f"; {behind} it at t {other}"
    return f"{query.text} holds nowhere {ahead} t {t}{elsewhere}"
