"""How gradients flow back through time: their norms on a log axis, and what the current timestep does to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from rich.cells import cell_len
from rich.text import Text

from rnntutor.engine.optim import global_norm
from rnntutor.show import plot
from rnntutor.show.bound import bound_of, reach, within
from rnntutor.show.look import Look
from rnntutor.show.matrix import swept
from rnntutor.show.route import Route, routes
from rnntutor.show.scene import Scene
from rnntutor.show.singular import meaning, singular
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import cut, line_of, number, pad, words

_NO_STATES = "No state goes through time here, so no gradient does."
_DETAIL = 0.75
"""What part of its detail an axis keeps, at least, to show more of a bound."""
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
        plotted = _plot(scene, head, look, where, _axis(scene, room))
    lines = [*above, *plotted, *below][: max(0, height)]
    for line in lines:
        cut(line, width, look)
    return Sheet(lines, where, range(len(above), len(above) + len(plotted)))


def _shared_out(
    scene: Scene, head: Playhead, look: Look, where: plot.Columns, width: int, height: int
) -> tuple[list[Text], list[Text], int]:
    """What stands above the plot and below it, and the rows that the plot itself may have."""
    span, title, found = _reached(scene), [_title(scene, where, look, width)], routes(scene)
    spacious = height >= 2 * len(found) + 8
    legend = _legend(found, head, look, width) if spacious else [_names(found, head, look, width)]
    # What matters most comes first, with the decades that it leaves to the plot; of groups one has to be told.
    wanted = (
        ("title", title if where.group > 1 else [], 3),
        ("clipped", _clipped(scene, head, look), 3),
        ("jacobians", singular(found, head, look, width), 4),
        ("title", title if where.group == 1 else [], 5),
        ("bound", _at_most(scene, head, look), 6),
        ("meaning", meaning(found, head, look, width), 7),
        ("below", [Text("")], 7),
        ("above", [Text("")], 9),
    )
    room = height - len(legend) - plot.FOOT - len(span.above) - len(span.below)
    parts: dict[str, list[Text]] = {}
    for name, part, least in wanted:
        if part and room - len(part) >= least:
            parts[name] = part
            room -= len(part)
    above = [*parts.get("title", []), *legend, *parts.get("bound", []), *parts.get("above", [])]
    below = [line for name in ("below", "jacobians", "clipped", "meaning") for line in parts.get(name, [])]
    return above, below, room + len(span.above) + len(span.below)


# The plot.


def _plot(scene: Scene, head: Playhead, look: Look, where: plot.Columns, rows: plot.Axis) -> list[Text]:
    """The norms of the gradients of all routes, and behind them how long that of a plain network can be."""
    found, bound = routes(scene), bound_of(scene)
    curves = [plot.Curve(route.norms, route.first(head)) for route in found]
    if bound is not None:
        curves.append(plot.Curve(within(bound, rows.low + rows.parts * rows.between), found[0].first(head), faint=True))
    now = head.t, look.accent(head.direction)
    lines = plot.plot(curves, where, rows, look, now, _walls(scene, where))
    if head.direction == "forward":
        middle = rows.height // 2
        lines[middle] = pad(lines[middle][: where.left], where.left + 2).append(_FORWARD, look.soft)
    return lines


def _reached(scene: Scene) -> plot.Range:
    """What the gradients reach, the same for the whole run."""
    return scene.remembered("decades", lambda: plot.range_of([route.norms for route in routes(scene)]))


def _axis(scene: Scene, room: int) -> plot.Axis:
    """Decades for the gradients, and for what of the bound is not too far above them where that costs little detail."""
    span, bound = _reached(scene), bound_of(scene)
    fine = plot.axis(span, room)
    wide = fine if bound is None else plot.axis(replace(span, high=reach(bound, span.high)), room)
    return wide if wide.fineness >= _DETAIL * fine.fineness else fine


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
    if sum(scene.counts) == 1:
        said.append(f"of the loss at t {scene.counts.index(True)} alone")
    count = len(routes(scene))
    if count > 1:
        said.append(f"{look.glyphs.together} {'both' if count == 2 else 'several'}")
    line = line_of(("  gradient norms", look.strong), ("   log scale", look.soft))
    for text in said:
        if line.cell_len + len(text) + 2 <= width:
            line.append(f", {text}", look.soft)
    return line


def _names(found: Sequence[Route], head: Playhead, look: Look, width: int) -> Text:
    """The legend in one line, with as much about every route as there is room for."""
    count = len(found)
    shares = [[2] * count, *([1] * k + [0] * (count - k) for k in range(count, -1, -1))]
    every = [_in_one_line(found, head, look, share) for share in shares]
    return next((line for line in every if line.cell_len <= width), every[-1])


def _in_one_line(found: Sequence[Route], head: Playhead, look: Look, share: Sequence[int]) -> Text:
    """● ‖dc₁₂‖ 0.412 mean f 0.970   ◆ ‖dh₁₂‖ 0.388: with at most so much about the first ones."""
    line = line_of("  ")
    for k, (route, most) in enumerate(zip(found, share, strict=True)):
        said = "".join(f" {text}" for text in route.about(head, look)[:most])
        line.append_text(_entry(route, head, look, k)).append(f"{said}   ", look.soft)
    line.rstrip()
    return line


def _entry(route: Route, head: Playhead, look: Look, k: int) -> Text:
    """● ‖dh₁₂‖ 0.412: the number at the playhead, or a dot."""
    known = route.first(head) <= head.t
    value = number(float(route.norms[head.t]), signed=False) if known else look.glyphs.dot
    name = f" {route.lead(look)}{route.length(head.t, look)} "
    return line_of(plot.mark(k, look), (name, look.strong), (value, look.text if known else look.faint))


def _legend(found: Sequence[Route], head: Playhead, look: Look, width: int) -> list[Text]:
    """A line for each route, with what has become of its norm on the way back."""
    beside = 16 + max(cell_len(route.lead(look) + route.length(head.t, look)) for route in found)
    trends = [route.trend(head, look) for route in found]
    room = width - beside - max(map(len, trends)) - 3 * any(trends)
    notes = [_joined(route.about(head, look), room) for route in found]
    widest, lines = max(map(len, notes)), []
    for k, (route, note, trend) in enumerate(zip(found, notes, trends, strict=True)):
        line = line_of("  ").append_text(_entry(route, head, look, k))
        if note:
            pad(line, beside).append(note, look.soft)
        if trend:
            pad(line, beside + widest + 3 * bool(widest)).append(trend, look.soft)
        lines.append(line)
    return lines


def _joined(said: Sequence[str], room: int) -> str:
    """What there is room for, the first one always."""
    whole = "   ".join(said)
    return whole if len(whole) <= room else "".join(said[:1])


def _at_most(scene: Scene, head: Playhead, look: Look) -> list[Text]:
    """─ at most 5.1e3: the bound, and what it is made of."""
    bound = bound_of(scene)
    if bound is None or head.direction == "forward":
        return []
    route = routes(scene)[0]
    value = number(float(bound.values[head.t]), signed=False) if route.first(head) <= head.t else look.glyphs.dot
    why = f"   (γ σ_max)^(T-1-t), γ {bound.slope:g}, σ_max {number(bound.sigma, signed=False)}"
    name = f"  {look.glyphs.rail} {route.lead(look)}at most "
    return [line_of((name, look.faint), (value, look.soft), (words(why, look), look.faint))]


def _clipped(scene: Scene, head: Playhead, look: Look) -> list[Text]:
    """‖g‖ 86.200 → 5.000, × 0.0580: the gradient of all parameters before and after clipping by its norm."""
    if not scene.threshold:
        return []
    name = f"   {look.glyphs.norm}g{look.glyphs.norm} "
    line = line_of((f"  clip at norm {scene.threshold:g}", look.text), (name, look.strong))
    if swept(scene, head) > 0:
        return [line.append(look.glyphs.dot, look.faint).append("   once t 0 is swept", look.soft)]
    norm = scene.remembered("norm of all", lambda: global_norm(scene.grads.params))
    line.append(number(norm, signed=False), look.accent("backward"))
    if not np.isfinite(norm):
        return [line.append("   no factor makes that a gradient again", look.soft)]
    if norm <= scene.threshold:
        return [line.append("   within it: left as it is", look.soft)]
    factor = number(scene.threshold / norm, signed=False)
    line.append(f" {look.glyphs.becomes} {scene.threshold:g}", look.accent("backward"))
    return [line.append(f"   {look.glyphs.by} {factor}", look.soft)]
