"""One screen of a lesson as text, or all its numbers as JSON, without an app."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np

from rnntutor.app.cursor import Cursor, Direction
from rnntutor.app.entries import scene_of
from rnntutor.engine.ops import Array
from rnntutor.engine.program import Line
from rnntutor.show import LEAST_COLUMNS, LEAST_ROWS
from rnntutor.show.look import ASCII, UNICODE, Look
from rnntutor.show.page import as_plain, page
from rnntutor.show.scene import Scene
from rnntutor.tasks.episode import Episode

PASSES: dict[str, Direction] = {"forward": "forward", "backward": "backward"}


def parse_place(scene: Scene, place: str) -> Cursor:
    """The cursor of words such as "backward t=1 line=dc unit=3"; without any, the first stop.

    Raises ValueError naming the word that is wrong and what would be right.
    """
    cursor = Cursor()
    for word in place.split():
        name, sign, value = word.partition("=")
        if not sign and word in PASSES:
            cursor = replace(cursor, direction=PASSES[word])
        elif name == "t" and value.isdecimal():
            cursor = replace(cursor, t=int(value))
        elif name == "unit" and value.isdecimal():
            cursor = replace(cursor, unit=int(value))
        elif name != "line" or not value:
            raise ValueError(f"--at: {word!r} is not a place; write forward or backward, t=0, line=h, unit=0")
    cursor = _on_line(scene, cursor, place)
    if cursor.t >= scene.steps:
        raise ValueError(
            f"--at: t={cursor.t} is out of range; there are {scene.steps} timesteps, counted from 0"
        )
    size = scene.stop(cursor).size
    if cursor.unit >= size:
        raise ValueError(f"--at: unit={cursor.unit} is out of range; there are {size} here, counted from 0")
    return cursor


def _on_line(scene: Scene, cursor: Cursor, place: str) -> Cursor:
    """The cursor on the line that is named; a parameter's gradient is a unit of the folded last stop."""
    wanted = next((word.partition("=")[2] for word in place.split() if word.startswith("line=")), "")
    if not wanted:
        return cursor
    for k, stop in enumerate(scene.stops(cursor.direction)):
        for unit, line in enumerate(stop.lines):
            if line.name == wanted:
                if stop.folded and "unit=" in place:
                    raise ValueError(f"--at: line={wanted} stands for all its units; leave out unit=")
                return replace(cursor, line=k, unit=unit if stop.folded else cursor.unit)
    names = ", ".join(line.name for stop in scene.stops(cursor.direction) for line in stop.lines)
    raise ValueError(f"--at: no line is called {wanted!r} in the {cursor.direction} pass; there are {names}")


def as_text(episode: Episode, place: str, width: int, height: int = 38, *, ascii_only: bool = False) -> str:
    """One screen, without colour. Raises ValueError for a bad place."""
    scene = scene_of(episode)
    look = Look(glyphs=ASCII if ascii_only else UNICODE, plain=True)
    lines = page(scene, parse_place(scene, place), look, max(width, LEAST_COLUMNS), max(height, LEAST_ROWS))
    return as_plain(lines)


def as_json(episode: Episode, place: str) -> str:
    """Every number of the timestep where the place is, as JSON. Raises ValueError for a bad place."""
    scene = scene_of(episode)
    cursor = parse_place(scene, place)
    here = scene.snapshot(cursor.direction, cursor.t)
    program = scene.program(cursor.direction)
    line, unit = scene.current_line(cursor), scene.unit(cursor)
    told: dict[str, Any] = {
        "title": scene.title, "about": scene.about, "pass": cursor.direction, "t": cursor.t, "steps": scene.steps,
        "reads": scene.reads[cursor.t], "wants": scene.wants[cursor.t], "line": line.name, "unit": unit,
        "lines": [_told(k, here.value(k.place)) for k in program.lines],
    }  # fmt: skip
    if cursor.direction == "forward":
        leaves = {**program.leaves("input"), **program.leaves("prev")}
        told["given"] = {name: _numbers(here.value(at)[0]) for name, at in leaves.items()}
    else:
        told["totals"] = {name: _numbers(total) for name, total in scene.grads.params.items()}
    return json.dumps(told, ensure_ascii=False, indent=1)


def _told(line: Line, value: Array) -> dict[str, Any]:
    """A line; of a value its one row of the batch, of a parameter's gradient all of it."""
    values = _numbers(value if line.kind == "param" else value[0])
    return {"name": line.name, "text": line.text, "caption": line.caption, "values": values}


def _numbers(value: Array) -> Any:
    """Numbers as nested lists; what JSON has no number for becomes a text."""
    array = np.asarray(value, np.float64)
    if array.ndim == 0:
        return float(array) if math.isfinite(array) else str(float(array))
    return [_numbers(item) for item in array]
