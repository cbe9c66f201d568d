"""One screen of a lesson as text, or all its numbers as JSON, without an app."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from io import StringIO
from typing import Any

import numpy as np
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from rnntutor.course.opening import Opened
from rnntutor.course.passage import passage
from rnntutor.course.progress import Progress
from rnntutor.course.staging import staged
from rnntutor.course.walk import Walk
from rnntutor.engine.ops import Array
from rnntutor.engine.program import Line
from rnntutor.play.cursor import Cursor
from rnntutor.play.episodes import scene_of
from rnntutor.play.places import parse_place
from rnntutor.show import LEAST_COLUMNS, LEAST_ROWS
from rnntutor.show.look import ASCII, UNICODE, Look
from rnntutor.show.page import as_plain, page
from rnntutor.show.scene import Scene
from rnntutor.show.view import View
from rnntutor.tasks.episode import Episode


def scene_of_all(opened: Episode | Opened) -> Scene:
    """What is printed of an episode, or of a lesson: its first network."""
    if isinstance(opened, Episode):
        return scene_of(opened)
    return opened.scenes[opened.lesson.first]


def _at(scene: Scene, place: str) -> Cursor:
    """The cursor of --at."""
    try:
        return parse_place(scene, place)
    except ValueError as error:
        raise ValueError(f"--at: {error}") from None


def as_text(
    scene: Scene, place: str, width: int, height: int = 38, *, ascii_only: bool = False, view: str = "score"
) -> str:
    """One screen, without colour. Raises ValueError for a bad place."""
    look = Look(glyphs=ASCII if ascii_only else UNICODE, plain=True)
    size = max(width, LEAST_COLUMNS), max(height, LEAST_ROWS)
    lines = page(scene, _at(scene, place), look, *size, View(view))
    return as_plain(lines)


def as_svg(scene: Scene, place: str, width: int, height: int = 38, *, view: str = "score") -> str:
    """One screen as an SVG picture, in the colours of the dark theme. Raises ValueError for a bad place."""
    look = Look()
    size = max(width, LEAST_COLUMNS), max(height, LEAST_ROWS)
    console = Console(record=True, width=size[0], file=StringIO(), force_terminal=True, color_system="truecolor")
    for line in page(scene, _at(scene, place), look, *size, View(view)):
        console.print(line, no_wrap=True, crop=True, highlight=False)
    ground, text = (_rgb(colour) for colour in (look.palette.background, look.palette.text))
    theme = TerminalTheme(ground, text, [ground, *[text] * 7])
    return console.export_svg(title="rnntutor", theme=theme, unique_id="rnntutor")


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def moment_as_text(
    opened: Opened, moment: str, sign: Callable[[str], str], width: int, height: int = 38, *, ascii_only: bool = False
) -> str:
    """A moment as one screen, without colour; `sign` gives the key of a command. Raises ValueError for no moment."""
    walk = _walk_to(opened, moment)
    stage = staged(opened, walk.k)
    scene, look = stage.history.scene, Look(glyphs=ASCII if ascii_only else UNICODE, plain=True)
    said = passage(walk, scene, sign)
    size = max(width, LEAST_COLUMNS), max(height, LEAST_ROWS)
    return as_plain(page(scene, stage.cursor, look, *size, stage.view, said))


def _walk_to(opened: Opened, moment: str) -> Walk:
    """A walk at the moment of that name. Raises ValueError for none."""
    names = [k.id for k in opened.lesson.moments]
    if moment not in names:
        raise ValueError(f"--moment: there is no moment {moment!r}; there are {', '.join(names) or 'none'}")
    return Walk(opened, Progress(opened.lesson.id)).to(names.index(moment))


def moment_as_json(opened: Opened, moment: str, place: str = "") -> str:
    """Every number of the timestep where a moment is, or another place in its network. Raises as `as_json` does."""
    stage = staged(opened, _walk_to(opened, moment).k)
    scene = stage.history.scene
    return _numbers_at(scene, _at(scene, place) if place else stage.cursor)


def as_json(scene: Scene, place: str) -> str:
    """Every number of the timestep where the place is, as JSON. Raises ValueError for a bad place."""
    return _numbers_at(scene, _at(scene, place))


def _numbers_at(scene: Scene, cursor: Cursor) -> str:
    """Every number of the timestep where the cursor is, as JSON."""
    here = scene.snapshot(cursor.direction, cursor.t)
    program = scene.program(cursor.direction)
    line, unit = scene.current_line(cursor), scene.unit(cursor)
    told: dict[str, Any] = {
        "title": scene.title, "about": scene.about, "pass": cursor.direction, "t": cursor.t, "steps": scene.steps,
        "reads": _named(scene.reads, cursor.t), "wants": _named(scene.wants, cursor.t),
        "counts": scene.counted(cursor.t), "took": scene.took, "line": line.name, "unit": unit,
        "lines": [_told(k, here.value(k.place)) for k in program.lines],
    }  # fmt: skip
    if cursor.direction == "forward":
        leaves = {**program.leaves("input"), **program.leaves("prev")}
        told["given"] = {name: numbers(here.value(at)[0]) for name, at in leaves.items()}
    else:
        told["totals"] = {name: numbers(total) for name, total in scene.grads.params.items()}
    return json.dumps(told, ensure_ascii=False, indent=1)


def _named(names: tuple[str, ...], t: int) -> str | None:
    """The name at a timestep; None for nothing, and where there are no names."""
    return names[t] or None if names else None


def _told(line: Line, value: Array) -> dict[str, Any]:
    """A line; of a value its one row of the batch, of a parameter's gradient all of it."""
    values = numbers(value if line.kind == "param" else value[0])
    return {"name": line.name, "text": line.text, "caption": line.caption, "values": values}


def numbers(value: Array) -> Any:
    """Numbers as nested lists; what JSON has no number for becomes a text."""
    array = np.asarray(value, np.float64)
    if array.ndim == 0:
        return float(array) if math.isfinite(array) else str(float(array))
    return [numbers(item) for item in array]
