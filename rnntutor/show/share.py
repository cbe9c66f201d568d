"""A parameter's gradient: what this timestep adds, what has been swept so far, and the total."""

from __future__ import annotations

import numpy as np
from rich.text import Text

from rnntutor.engine.ops import Array
from rnntutor.engine.program import Line
from rnntutor.show.beside import checked
from rnntutor.show.check import check_parameter
from rnntutor.show.formula import Writer, line_name, timed
from rnntutor.show.look import Look
from rnntutor.show.scene import Playhead, Scene, norm
from rnntutor.show.texts import line_of, number, pad, shorten

_FARTHEST = 2000
"""Timesteps that are added up while somebody waits."""


def share(scene: Scene, head: Playhead, look: Look, width: int, height: int) -> list[Text]:
    """Why a parameter's gradient is what it is: the sum of what every timestep adds."""
    line = scene.current_line(head)
    glyphs = look.glyphs
    writer = Writer(scene.grads.program, tuple(scene.grads.plan.shapes), glyphs, head.t, timed)
    name = line_name(line.name, head.t).write(glyphs)
    bars = (glyphs.norm, glyphs.norm)
    formula = shorten(writer.formula(line.place), max(8, width - len(name) - 30), glyphs.more)
    first = line_of((f"{name}  =  {formula}", look.strong), ("      its length  ", look.faint))
    first.append(f"{bars[0]}{name}{bars[1]} = ", look.text).append(
        _length(scene.share_norm(line, head.t)), look.accent()
    )
    if scene.original is not None:
        old, new = (_length(k.share_norm(line, head.t)) for k in (scene.original, scene))
        first.append(f"   was {old}" if old != new else "", look.soft)
    lines = [first, *_sums(scene, head, line, look)]
    found = _largest(scene, line, look)
    return [*lines, *([found] if found else []), *_each(scene, head, line, look, height - len(lines) - 2)][
        : max(1, height)
    ]


def _length(value: float) -> str:
    return number(value, signed=False)


def _sums(scene: Scene, head: Playhead, line: Line, look: Look) -> list[Text]:
    """The sum over the timesteps that the playhead has swept, and the whole sum."""
    last = scene.steps - 1
    total = scene.grads.params[line.name[1:]]
    swept = f"t {last}" if head.t == last else f"t {last} to {head.t}"
    text = line_of((f"swept so far, {swept}: ", look.soft), (_swept(scene, line, head.t), look.text))
    text.append("      in the end, over every t: ", look.soft).append(_length(norm(total)), look.text)
    return [text]


def _swept(scene: Scene, line: Line, t: int) -> str:
    if t == 0:
        return _length(norm(scene.grads.params[line.name[1:]]))
    if scene.steps - t > _FARTHEST:
        return "not added up over so many timesteps"
    return _length(norm(scene.remembered(("swept", line.place, t), lambda: _sum_from(scene, line, t))))


def _sum_from(scene: Scene, line: Line, t: int) -> Array:
    """What the timesteps from `t` to the last add up to."""
    return np.asarray(sum(scene.snapshot("backward", k).raw(line.place) for k in range(t, scene.steps)))


def _largest(scene: Scene, line: Line, look: Look) -> Text | None:
    """The largest number of the whole gradient, held against its finite difference."""
    name = line.name[1:]
    total = scene.grads.params[name]
    if not np.isfinite(total).all():
        return None
    index = tuple(int(k) for k in np.unravel_index(int(np.abs(total).argmax()), total.shape))
    found = check_parameter(scene, name, index)
    text = line_of((f"largest in the end: {line.name}[{','.join(map(str, index))}] = ", look.soft))
    text.append(number(float(total[index])), look.text)
    return Text.assemble(text, "   ", checked(found, look), no_wrap=True, end="") if found else text


def _each(scene: Scene, head: Playhead, line: Line, look: Look, room: int) -> list[Text]:
    """One bar per timestep that was swept, nearest first: the total is the sum of many small gradients."""
    if room < 3:
        return []
    times = range(head.t, min(scene.steps, head.t + room - 1))
    sizes = [scene.share_norm(line, t) for t in times]
    most = max([size for size in sizes if np.isfinite(size)], default=1.0) or 1.0
    lines = [Text("")]
    for t, size in zip(times, sizes, strict=True):
        row = line_of(
            (f"{look.glyphs.norm}{line_name(line.name, t).write(look.glyphs)}{look.glyphs.norm}", look.soft)
        )
        pad(row, 14).append(_length(size).rjust(8), look.text)
        full = round(30 * size / most) if np.isfinite(size) else 0
        lines.append(row.append("  " + look.glyphs.full * full, look.gradient))
    return lines
