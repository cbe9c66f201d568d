"""A parameter's gradient: one of its numbers, added up over the timesteps that were swept."""

from __future__ import annotations

import numpy as np
from rich.text import Text

from rnntutor.engine.program import Line
from rnntutor.show.beside import checked
from rnntutor.show.check import Check, check_parameter
from rnntutor.show.formula import Writer, line_name, timed
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import cut, line_of, number, pad, shorten

_FARTHEST = 2000
"""Timesteps that are added up while somebody waits."""
_BAR = 24
"""Columns of the longest bar."""


def share(scene: Scene, head: Playhead, look: Look, width: int, height: int) -> list[Text]:
    """Why a parameter's gradient is what it is: what every timestep adds to it, shown for its largest number."""
    line = scene.current_line(head)
    name = line.name[1:]
    total = scene.grads.params[name]
    entry = tuple(int(k) for k in np.unravel_index(int(np.abs(np.nan_to_num(total)).argmax()), total.shape))
    lines = [_formula(scene, head, line, look, width)]
    if scene.steps - head.t > _FARTHEST:
        return [*lines, line_of(("not added up over so many timesteps", look.soft))][:height]
    added = [_part(scene, line, t, entry) for t in range(head.t, scene.steps)]
    label = f"{line.name}[{','.join(map(str, entry))}]"
    found = check_parameter(scene, name, entry) if head.t == 0 else None
    old = (
        sum(_part(scene.original, line, t, entry) for t in range(head.t, scene.steps))
        if scene.original
        else None
    )
    if height < 5:
        return [*lines, _in_one_line(label, added, look, width)][: max(1, height)]
    lines += [*_bars(label, head.t, added, look, height - 2), _sum(label, added, old, found, look)]
    for text in lines:
        cut(text, width, look)
    return lines[: max(1, height)]


def _formula(scene: Scene, head: Playhead, line: Line, look: Look, width: int) -> Text:
    """What this timestep adds, and that it is only a part."""
    writer = Writer(scene.grads.program, tuple(scene.grads.plan.shapes), look.glyphs, head.t, timed)
    name = line_name(line.name, head.t).write(look.glyphs)
    said = f"   what t {head.t} adds to {line.name}"
    formula = shorten(writer.formula(line.place), max(8, width - len(name) - 5 - len(said)), look.glyphs.more)
    return line_of((f"{name}  =  {formula}", look.strong), (said, look.faint))


def _part(scene: Scene, line: Line, t: int, entry: tuple[int, ...]) -> float:
    """What timestep `t` adds to one number of a parameter."""
    raw = scene.snapshot("backward", t).raw(line.place)
    return float(raw[entry] if len(entry) == 2 else raw[entry[0], 0])


def _bars(label: str, first: int, added: list[float], look: Look, room: int) -> list[Text]:
    """One row per timestep, in the order of the sweep; the oldest are summed up where there is no room."""
    rows: list[Text] = []
    shown = min(len(added), room if len(added) <= room else room - 1)
    most = max((abs(value) for value in added[:shown] if np.isfinite(value)), default=0.0) or 1.0
    if shown < len(added):
        rows.append(_row(f"before t {first + shown - 1}", sum(added[shown:]), None, look))
    rows += [_row(f"t {first + k}", added[k], abs(added[k]) / most, look) for k in reversed(range(shown))]
    pad(rows[0], 46).append(f"  parts of {label}", look.faint)
    return rows


def _row(name: str, value: float, part: float | None, look: Look) -> Text:
    row = line_of((name.rjust(10), look.soft), (number(value).rjust(12), look.text), "  ")
    if part is not None and np.isfinite(part):
        colour = look.palette.positive if value >= 0 else look.palette.negative
        row.append(look.glyphs.full * round(_BAR * part), colour)
    return row


def _sum(label: str, added: list[float], old: float | None, found: Check | None, look: Look) -> Text:
    """What was added so far; the whole gradient once t 0 is swept, held against its finite difference."""
    row = line_of(("sum".rjust(10), look.soft), (number(sum(added)).rjust(12), look.accent()), "  ")
    row.append(f"= {label}, so far" if found is None else f"= {label}", look.text)
    if old is not None and number(old) != number(sum(added)):
        row.append(f"   was {number(old)}", look.soft)
    return Text.assemble(row, "   ", checked(found, look), no_wrap=True, end="") if found else row


def _in_one_line(label: str, added: list[float], look: Look, width: int) -> Text:
    """The same where there is room for one line only: the sum always stands whole."""
    total = f" = {number(sum(added))}"
    parts = " + ".join(number(value) for value in reversed(added))
    text = shorten(f"{label} = {parts}", max(0, width - len(total)), look.glyphs.more)
    return line_of((text, look.text), (total, look.accent()))
