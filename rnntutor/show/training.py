"""The iteration of training that comes next as a small program, and the loss of all iterations so far.

    iteration 8   adam, rate 0.01, clip 5      iteration 7: loss 1.386 → 1.291
    forward   9 lines at t 0 to t 3         228 numbers
  ▶ loss      Σ loss / 4                    5.164 / 4 = 1.291  per symbol
    backward  ‖g‖ of 452 numbers g          ·
    clip      g · 5 / ‖g‖ where ‖g‖ > 5     ·
    update    w - rate · m / (√v + ε)       ·

What the playhead has not come to is a dot: the end of the forward pass makes the loss, that of the backward pass the
update.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len
from rich.text import Text

from rnntutor.show import plot
from rnntutor.show.linear import linear
from rnntutor.show.look import Look
from rnntutor.show.margins import margin_of, pointer_of
from rnntutor.show.matrix import swept
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import cut, line_of, number, pad, words
from rnntutor.show.titles import label
from rnntutor.show.upcoming import descent, outcome, teachable
from rnntutor.show.update import numbers_of, rule_of, spot_of

_GAP = "   "
_LEAST_PLOT = 3
"""Rows of a plot that says something."""


@dataclass(frozen=True)
class Stage:
    """One line of the program."""

    name: str
    formula: str
    value: str
    known: bool
    """Whether the playhead has got there."""
    caption: str = ""
    short: str = ""
    """The value where there is no room for it."""


def training(scene: Scene, head: Playhead, spot: Spot, look: Look, width: int, height: int) -> list[Text]:
    """The stages of the next iteration and the loss curve, at most `height` lines, none wider than `width`.

    `spot` is the number whose update is shown; without a parameter, that with the largest gradient.
    """
    try:
        teachable(scene)
        rows = stages(scene, head, spot, look)
    except ValueError as error:
        lines = [line_of((f" {words(str(error), look)}", look.text))]
    else:
        lines = [_heading(scene, look, width), *_program(scene, head, rows, look, width)]
        lines += _curve(scene, head, look, width, height - len(lines))
    for line in lines:
        cut(line, width, look)
    return lines[: max(0, height)]


# The program.


def stages(scene: Scene, head: Playhead, spot: Spot, look: Look) -> list[Stage]:
    """The five stages, the last one in two lines: the formula, and one number with it."""
    there, back = forward_done(scene, head), swept(scene, head) == 0
    found, glyphs = descent(scene), look.glyphs
    count, last = len(scene.forward), scene.steps - 1
    walked = f"{count} line{'s' if count > 1 else ''} at t 0{f' to t {last}' if last else ''}"
    values = scene.steps * sum(stop.size for stop in scene.forward)
    weights = sum(g.size for g in found.gradient.values())
    mean = f"{number(found.total, signed=False)} / {found.count} = {number(found.loss, signed=False)}"
    return [
        Stage("forward", walked, f"{values:,} numbers", there),
        Stage("loss", f"{glyphs.total} loss / {found.count}", mean, there, "per symbol"),
        Stage("backward", f"{_norm(look)} of {weights:,} numbers g", number(found.norm, signed=False), back),
        _clip(scene, look, back),
        *_update(scene, spot, look, back),
    ]


def forward_done(scene: Scene, head: Playhead) -> bool:
    """Whether the forward pass has been walked to its end."""
    return scene.visited(head, "forward", len(scene.forward) - 1, scene.steps - 1)


def _norm(look: Look) -> str:
    return "g".join(look.glyphs.norm * 2)


def _clip(scene: Scene, look: Look, known: bool) -> Stage:
    """The limit, and what it does."""
    limit, norm = teachable(scene).limit, descent(scene).norm
    if not np.isfinite(limit):
        return Stage("clip", "no limit", "nothing to clip", known)
    dot = look.glyphs.dot if look.glyphs.subscripts else "*"
    formula = f"g {dot} {limit:g} / {_norm(look)} where {_norm(look)} > {limit:g}"
    if norm > limit:
        return Stage("clip", formula, f"g {dot} {number(limit / norm, signed=False)}", known)
    if np.isnan(norm):
        return Stage("clip", formula, "nan", known)
    said = f"{number(norm, signed=False)} {look.glyphs.at_most} {limit:g}, nothing to clip"
    return Stage("clip", formula, said, known, short="nothing to clip")


def _update(scene: Scene, spot: Spot, look: Look, known: bool) -> list[Stage]:
    """The optimiser's formula, and one number with it; where there is no update, why not."""
    rule = rule_of(teachable(scene).optimiser, look)
    if not known and not spot.param:  # which gradient is the largest is not known either
        return [Stage("update", rule.formula, "", known), Stage("", "", "", known)]
    spot = spot_of(scene, spot)
    try:
        full, brief, new = numbers_of(scene, spot, look)
    except ValueError as error:
        return [Stage("update", rule.formula, "none", known), Stage("", "", words(str(error), look), known)]
    return [
        Stage("update", rule.formula, "every weight w", known, rule.letters),
        Stage("", label(scene, spot), f"{full} = {new}", known, short=f"{brief} = {new}"),
    ]


def _program(scene: Scene, head: Playhead, rows: list[Stage], look: Look, width: int) -> list[Text]:
    """A line per stage, the pointer at the one that is under way."""
    at = margin_of(width)
    formulas = at + max(len(row.name) for row in rows) + 2
    values = formulas + max(cell_len(row.formula) for row in rows[:-1]) + len(_GAP)
    current = _current(scene, head)
    return [_row(row, k == current, head, look, (at, formulas, values), width) for k, row in enumerate(rows)]


def _current(scene: Scene, head: Playhead) -> int:
    """The stage under way, or the one that was come to."""
    if head.direction == "forward":
        return 1 if forward_done(scene, head) else 0
    return 4 if swept(scene, head) == 0 else 2


def _row(row: Stage, current: bool, head: Playhead, look: Look, at: tuple[int, int, int], width: int) -> Text:
    """Pointer, name, formula, and what comes out."""
    glyphs, accent = look.glyphs, look.accent(head.direction)
    sign = glyphs.play if head.direction == "forward" else glyphs.up
    line = line_of(((sign if current else "").rjust(pointer_of(width)), accent))
    if row.name:
        pad(line, at[0]).append(row.name, accent if current else look.strong)
        pad(pad(line, at[1]).append(row.formula, look.text), at[2])
    else:
        _make_room(line, row, look, at, width)
    if not row.known:
        line.append(glyphs.dot, look.faint)
        return line
    fits = not row.short or line.cell_len + cell_len(row.value) <= width
    before, equals, result = (row.value if fits else row.short).rpartition(" = ")
    line.append(before + equals, look.text).append(result, accent if equals else look.text)
    if row.caption and line.cell_len + 2 + cell_len(row.caption) <= width:
        line.append(f"  {row.caption}", look.soft)
    return line


def _make_room(line: Text, row: Stage, look: Look, at: tuple[int, int, int], width: int) -> None:
    """The name of one number, as far to the right as the longest line of all allows."""
    size = cell_len(row.formula) + len(_GAP) + cell_len(row.value)
    pad(line, at[1] if at[1] + size <= width else at[0]).append(row.formula, look.strong)
    pad(line, at[2]) if at[2] + cell_len(row.value) <= width else line.append(_GAP)


def _heading(scene: Scene, look: Look, width: int) -> Text:
    """Which iteration comes next, how it is made, and what the last one did, which matters more."""
    learning = teachable(scene)
    line = line_of((" " * (margin_of(width) // 2) + f"iteration {learning.iteration + 1}", look.strong))
    clip = f", clip {learning.clip:g}" if learning.clip else ""
    made, did = f"{_GAP}{learning.optimiser}, rate {learning.rate:g}{clip}", outcome(scene, look)
    if line.cell_len + len(made) + len(_GAP) + len(did) <= width or not did:
        line.append(made, look.soft)
    return line.append(f"{_GAP}{did}", look.text) if did else line


# The curve.


def losses(scene: Scene, head: Playhead) -> tuple[float, ...]:
    """The loss per symbol after 0, 1, 2 ... iterations; that of the present run once it was told, or walked to."""
    told = teachable(scene).losses
    return (*told, descent(scene).loss if told or forward_done(scene, head) else np.nan)


def _curve(scene: Scene, head: Playhead, look: Look, width: int, height: int) -> list[Text]:
    """The losses over the iterations, with a faint line at the loss of guessing."""
    values = np.array(losses(scene, head))
    seen = values if len(values) > 1 or not np.isnan(values[0]) else values[:0]
    air = 1 if height >= _LEAST_PLOT + plot.FOOT + 4 else 0
    room = height - plot.FOOT - 1 - air
    if not seen.size or room < _LEAST_PLOT:
        return []
    where, rows = plot.columns(len(values), width), linear([seen], room)
    guess = float(np.log(len(scene.symbols))) if len(scene.symbols) > 1 else np.nan
    level = guess if rows.holds(guess) else None
    now = len(values) - 1, look.accent(head.direction)
    drawn = plot.plot([plot.Curve(values)], where, rows, look, now, level=level)
    return [*[Text("")] * air, _title(scene, where, level, look, width), *drawn]


def _title(scene: Scene, where: plot.Columns, level: float | None, look: Look, width: int) -> Text:
    """What is plotted, and what the faint line is; that columns stand for several iterations has to be told."""
    line = line_of((" " * (margin_of(width) // 2) + "loss per symbol", look.strong))
    grouped = f"largest of {where.group} per column" if where.group > 1 else ""
    rule, guess = look.glyphs.axes[1] * 2, ""
    if level is not None:
        guess = f"{_GAP}{rule} ln {len(scene.symbols)} = {number(level, signed=False)}, that of a guess"
    every = f"after so many iterations{f', {grouped}' if grouped else ''}"
    fits = line.cell_len + len(_GAP) + len(every) + len(guess) <= width
    line.append(_GAP + (every if fits else grouped), look.soft)
    return line.append(guess, look.faint)
