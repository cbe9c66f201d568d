"""How gradients flow back through time: their norms on a log axis, and what the current timestep does to them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from rich.text import Text

from rnntutor.engine.ops import Array
from rnntutor.show import plot
from rnntutor.show.formula import Name
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.singular import meaning, singular
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import cut, line_of, number, pad

_FAR = 100.0
"""A norm that becomes so many times larger explodes; so many times smaller, it vanishes."""
_NO_STATES = "No state goes through time here, so no gradient does."
_FORWARD = "Gradients come into being in the backward pass."


@dataclass(frozen=True)
class Sheet:
    """The lines of the view, and where the plot is in them."""

    lines: list[Text]
    columns: plot.Columns
    plotted: range

    def timestep(self, x: int, y: int) -> int | None:
        """The timestep at a place of the screen; the first of a group that shares a column."""
        return self.columns.timestep(x) if y in self.plotted else None


def flow(scene: Scene, head: Playhead, look: Look, width: int, height: int) -> list[Text]:
    """The view as lines of text, none wider than `width`, at most `height` of them."""
    return lay_out(scene, head, look, width, height).lines


def lay_out(scene: Scene, head: Playhead, look: Look, width: int, height: int) -> Sheet:
    """The plot, and the parts that there is room for."""
    where = plot.columns(scene.steps, width)
    above, plotted, below = [line_of((f"  {_NO_STATES}", look.soft))], list[Text](), list[Text]()
    if scene.run.cell.states:
        above, below, room = _shared_out(scene, head, look, where, width, height)
        plotted = _plot(scene, head, look, where, plot.axis(_decades(scene), room))
    lines = [*above, *plotted, *below][: max(0, height)]
    for line in lines:
        cut(line, width, look)
    return Sheet(lines, where, range(len(above), len(above) + len(plotted)))


def _shared_out(
    scene: Scene, head: Playhead, look: Look, where: plot.Columns, width: int, height: int
) -> tuple[list[Text], list[Text], int]:
    """What stands above the plot and below it, and the rows that the plot itself may have."""
    span, title = _decades(scene), [_title(scene, where, look, width)]
    spacious = height >= 2 * len(scene.run.cell.states) + 8
    legend = _legend(scene, head, look) if spacious else [_names(scene, head, look)]
    # What matters most comes first, with the decades that it leaves to the plot; of groups one has to be told.
    wanted = (
        ("title", title if where.group > 1 else [], 3),
        ("jacobians", singular(scene, head, look, width), 4),
        ("title", title if where.group == 1 else [], 5),
        ("meaning", meaning(scene, head, look, width), 7),
        ("below", [Text("")], 7),
        ("above", [Text("")], 9),
    )
    room = height - len(legend) - plot.FOOT - len(span.above) - len(span.below)
    parts: dict[str, list[Text]] = {}
    for name, part, least in wanted:
        if part and room - len(part) >= least:
            parts[name] = part
            room -= len(part)
    above = [*parts.get("title", []), *legend, *parts.get("above", [])]
    below = [line for name in ("below", "jacobians", "meaning") for line in parts.get(name, [])]
    return above, below, room + len(span.above) + len(span.below)


# The plot.


def _plot(scene: Scene, head: Playhead, look: Look, where: plot.Columns, rows: plot.Axis) -> list[Text]:
    """The norms of the gradients of all states."""
    states = scene.run.cell.states
    curves = [plot.Curve(scene.gradient_norms(state), _first(scene, head, state)) for state in states]
    now = head.t, look.accent(head.direction)
    lines = plot.plot(curves, where, rows, look, now, _walls(scene, where))
    if head.direction == "forward":
        middle = rows.height // 2
        lines[middle] = pad(lines[middle][: where.left], where.left + 2).append(_FORWARD, look.soft)
    return lines


def _first(scene: Scene, head: Playhead, state: str) -> int:
    """The first timestep at which the gradient of a state is computed already; T if it is nowhere."""
    if head.direction == "forward":
        return scene.steps
    stop = next(k for k, stop in enumerate(scene.backward) if stop.line.name == f"d{state}")
    return head.t + (not scene.visited(head, "backward", stop, head.t))


def _decades(scene: Scene) -> plot.Range:
    """What the axis has to hold, the same for the whole run."""
    states = scene.run.cell.states
    return scene.remembered(
        "decades", lambda: plot.range_of([scene.gradient_norms(state) for state in states])
    )


def _walls(scene: Scene, where: plot.Columns) -> tuple[int, ...]:
    """The cuts of a truncated pass, where they can be told apart."""
    cuts = scene.grads.cuts
    return cuts if 4 * len(cuts) <= where.count * where.each else ()


# What is said about it.


def _title(scene: Scene, where: plot.Columns, look: Look, width: int) -> Text:
    """What is plotted, and how; what matters least is left out where there is no room."""
    said = [f"largest of {where.group} timesteps per column"] if where.group > 1 else []
    if scene.grads.cuts:
        wall = f"{look.glyphs.wall} " if _walls(scene, where) else ""
        said.append(f"{wall}cut every {scene.grads.window} timesteps")
    states = len(scene.run.cell.states)
    if states > 1:
        said.append(f"{look.glyphs.together} {'both' if states == 2 else 'several'}")
    line = line_of(("  gradient norms", look.strong), ("   log scale", look.soft))
    for text in said:
        if line.cell_len + len(text) + 2 <= width:
            line.append(f", {text}", look.soft)
    return line


def _names(scene: Scene, head: Playhead, look: Look) -> Text:
    """The legend in one line."""
    line = line_of("  ")
    for k in range(len(scene.run.cell.states)):
        line.append_text(_entry(scene, head, look, k)).append("   ")
    return line


def _entry(scene: Scene, head: Playhead, look: Look, k: int) -> Text:
    """● ‖dh₁₂‖ 0.412: the number at the playhead, or a dot."""
    state = scene.run.cell.states[k]
    known = _first(scene, head, state) <= head.t
    value = number(scene.gradient_norm(state, head.t), signed=False) if known else look.glyphs.dot
    said = (value, look.text if known else look.faint)
    return line_of(plot.mark(k, look), (f" {_length(state, head.t, look)} ", look.strong), said)


def _length(state: str, t: int, look: Look) -> str:
    """‖dh₁₂‖."""
    return Name(f"d{state}", t=t).write(look.glyphs).join(look.glyphs.norm * 2)


def _legend(scene: Scene, head: Playhead, look: Look) -> list[Text]:
    """A line for each state, with what has become of its norm on the way back."""
    states, lines = scene.run.cell.states, []
    beside = 16 + max(len(_length(state, head.t, look)) for state in states)
    for k, state in enumerate(states):
        line = line_of("  ").append_text(_entry(scene, head, look, k))
        said = _trend(scene, head, look, state)
        lines.append(pad(line, beside).append(said, look.soft) if said else line)
    return lines


def _trend(scene: Scene, head: Playhead, look: Look, state: str) -> str:
    """× 0.00190 since t 39: vanishes. Measured from where the sweep, or its window, first had a gradient.

    Growth that may come from losses on the way is not called an explosion.
    """
    if _first(scene, head, state) > head.t:
        return ""
    cuts = scene.grads.cuts
    end = (*cuts, scene.steps)[bisect_right(cuts, head.t)]
    norms = scene.gradient_norms(state)[head.t : end]
    began = int(np.flatnonzero(norms)[-1]) if norms.any() else 0
    if began == 0 or not np.isfinite(norms[[0, began]]).all():
        return ""
    with np.errstate(over="ignore"):
        ratio = float(norms[0] / norms[began])
    said = f"{look.glyphs.by} {number(ratio, signed=False)} since t {head.t + began}"
    if _entries(scene)[head.t : head.t + began].any():
        return f"{said}, with the losses between"
    return said + (": vanishes" if ratio <= 1 / _FAR else ": explodes" if ratio >= _FAR else "")


def _entries(scene: Scene) -> Array:
    """Whether a gradient comes in from outside, (T,): every timestep of a program with a loss has one."""
    return scene.remembered("entries", lambda: _entered(scene))


def _entered(scene: Scene) -> Array:
    outside = scene.grads.seeds
    if outside is None:
        return np.ones(scene.steps, bool)
    entered: Array = np.any([array.reshape(scene.steps, -1).any(axis=1) for array in outside.values()], axis=0)
    return entered
