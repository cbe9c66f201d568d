"""Places in words: "backward t=1 line=dc unit=3", "12", "c[2,3]". Pure; no screen."""

from __future__ import annotations

import re
from dataclasses import replace

from rnntutor.app.cursor import Cursor, Direction
from rnntutor.show.scene import Scene

PASSES: dict[str, Direction] = {"forward": "forward", "backward": "backward"}
_ELEMENT = re.compile(r"(?P<name>\w+)\s*\[\s*(?P<t>\d+)\s*(?:,\s*(?P<unit>\d+)\s*)?\]")


def parse_place(scene: Scene, place: str, here: Cursor | None = None) -> Cursor:
    """The cursor of words such as "backward t=1 line=dc unit=3"; what is not said is as in `here`, or the first.

    Raises ValueError naming the word that is wrong and what would be right.
    """
    cursor = here or Cursor()
    for word in place.split():
        name, sign, value = word.partition("=")
        if not sign and word in PASSES:
            cursor = _turned(cursor, PASSES[word])
        elif not sign and word.isdecimal() and word.isascii():
            cursor = replace(cursor, t=int(word))
        elif name == "t" and value.isdecimal():
            cursor = replace(cursor, t=int(value))
        elif name == "unit" and value.isdecimal():
            cursor = replace(cursor, unit=int(value))
        elif name != "line" or not value:
            raise ValueError(f"{word!r} is not a place; write forward or backward, t=0, line=h, unit=0")
    cursor = _on_line(scene, cursor, place)
    if cursor.t >= scene.steps:
        raise ValueError(f"t={cursor.t} is out of range; there are {scene.steps} timesteps, counted from 0")
    size = scene.stop(cursor).size
    if "unit=" in place and cursor.unit >= size:
        raise ValueError(f"unit={cursor.unit} is out of range; there are {size} here, counted from 0")
    return cursor


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
    """Whether a text is meant as a place, not as a condition."""
    words = text.split()
    return bool(words) and all(
        word in PASSES or word.isdecimal() or re.match(r"(t|line|unit)=[^=]", word) for word in words
    )


def element(scene: Scene, text: str, here: Cursor) -> Cursor | None:
    """The cursor on a number such as c[2,3] or dc[1,3], in whichever pass makes it; None for any other text.

    Raises ValueError where there is no such number.
    """
    found = _ELEMENT.fullmatch(text.strip())
    if found is None:
        return None
    unit = f" unit={found['unit']}" if found["unit"] else ""
    for direction in (here.direction, *(k for k in PASSES if k != here.direction)):
        if any(stop.line.name == found["name"] and not stop.folded for stop in scene.stops(direction)):
            return parse_place(scene, f"{direction} t={found['t']} line={found['name']}{unit}", here)
    return None
