"""A parameter's gradient: one of its numbers, added up over the timesteps that were swept."""

from __future__ import annotations

from itertools import islice

import numpy as np
from rich.text import Text

from rnntutor.engine.contributions import contributions
from rnntutor.engine.program import Line
from rnntutor.show.beside import checked
from rnntutor.show.check import Check, check_parameter
from rnntutor.show.formula import Writer, line_name, timed
from rnntutor.show.look import Look
from rnntutor.show.matrix import swept
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import cut, line_of, number, pad, shorten

_FARTHEST = 20_000
"""Timesteps that are added up while somebody waits."""
_BAR = 24
"""Columns of the longest bar."""


def share(
    scene: Scene,
    head: Playhead,
    look: Look,
    width: int,
    height: int,
    entry: tuple[int, ...] | None = None,
    name: str = "",
) -> list[Text]:
    """Why a number of a parameter's gradient is what it is: what every timestep swept so far adds to it.

    `entry` says which number, (row, column) or (row,) of a vector: by default the largest; `name` says which
    parameter: by default the one under the playhead.
    """
    name = name or scene.current_line(head).name[1:]
    line = next((k for k in scene.grads.program.lines if k.kind == "param" and k.name == f"d{name}"), None)
    entry = _largest(scene, name) if entry is None else entry
    first = swept(scene, head)
    label = f"d{name}[{','.join(map(str, entry))}]"
    lines = [_formula(scene, min(first, scene.steps - 1), line, look, width)] if line else []
    if first == scene.steps:
        return [*lines, line_of((f"no timestep has added to {label} yet", look.soft))][: max(1, height)]
    if scene.steps - first > _FARTHEST:
        return [*lines, line_of(("not added up over so many timesteps", look.soft))][:height]
    added = _parts(scene, name, entry, first)
    found = check_parameter(scene, name, entry) if first == 0 else None
    old = sum(_parts(scene.original, name, entry, first).values()) if scene.original else None
    if height < 5:
        return [*lines, _in_one_line(label, added, look, width)][: max(1, height)]
    room = height - len(lines) - 1
    lines += [*_bars(label, added, look, room), _sum(label, added, old, found, first == 0, look)]
    for text in lines:
        cut(text, width, look)
    return lines[: max(1, height)]


def _largest(scene: Scene, name: str) -> tuple[int, ...]:
    total = scene.grads.params[name]
    return tuple(int(k) for k in np.unravel_index(int(np.abs(np.nan_to_num(total)).argmax()), total.shape))


def _formula(scene: Scene, t: int, line: Line, look: Look, width: int) -> Text:
    """What this timestep adds, and that it is only a part."""
    writer = Writer(scene.grads.program, tuple(scene.grads.plan.shapes), look.glyphs, t, timed)
    name = line_name(line.name, t).write(look.glyphs)
    said = f"   what t {t} adds to {line.name}"
    formula = shorten(writer.formula(line.place), max(8, width - len(name) - 5 - len(said)), look.glyphs.more)
    return line_of((f"{name}  =  {formula}", look.strong), (said, look.faint))


def _parts(scene: Scene, name: str, entry: tuple[int, ...], first: int) -> dict[str, float]:
    """What every timestep adds to one number, the earliest first; before them the start, if it adds something."""
    each = contributions(scene.grads, name, entry, first, scene.steps).tolist()
    parts = {f"t {first + k}": value for k, value in enumerate(each)}
    start = scene.grads.beginnings
    return {"the start": float(start[name][entry])} | parts if first == 0 and name in start else parts


def _bars(label: str, added: dict[str, float], look: Look, room: int) -> list[Text]:
    """One row per part, in the order of the sweep; those that came first are summed up where there is no room."""
    rows: list[Text] = []
    names, values = list(added), list(added.values())
    shown = min(len(added), room if len(added) <= room else room - 1)
    most = max((abs(value) for value in values[:shown] if np.isfinite(value)), default=0.0) or 1.0
    if shown < len(added):
        rows.append(_row(f"before {names[shown - 1]}", sum(values[shown:]), None, look))
    rows += [_row(names[k], values[k], abs(values[k]) / most, look) for k in reversed(range(shown))]
    pad(rows[0], 46).append(f"  parts of {label}", look.faint)
    return rows


def _row(name: str, value: float, part: float | None, look: Look) -> Text:
    row = line_of((name.rjust(10), look.soft), (number(value).rjust(12), look.text), "  ")
    if part is not None and np.isfinite(part):
        colour = look.palette.positive if value >= 0 else look.palette.negative
        row.append(look.glyphs.full * round(_BAR * part), colour)
    return row


def _sum(
    label: str, added: dict[str, float], old: float | None, found: Check | None, whole: bool, look: Look
) -> Text:
    """What was added so far; the whole gradient once t 0 is swept, held against its finite difference."""
    total = sum(added.values())
    row = line_of(("sum".rjust(10), look.soft), (number(total).rjust(12), look.accent()), "  ")
    row.append(f"= {label}" if whole else f"= {label}, so far", look.text)
    if old is not None and number(old) != number(total):
        row.append(f"   was {number(old)}", look.soft)
    return Text.assemble(row, "   ", checked(found, look), no_wrap=True, end="") if found else row


def _in_one_line(label: str, added: dict[str, float], look: Look, width: int) -> Text:
    """The same where there is room for one line only: the sum always stands whole."""
    total = f" = {number(sum(added.values()))}"
    parts = " + ".join(number(value) for value in islice(reversed(added.values()), width))
    text = shorten(f"{label} = {parts}", max(0, width - len(total)), look.glyphs.more)
    return line_of((text, look.text), (total, look.accent()))
