"""A training while one watches: how far it is, what the model says by now, and the loss of all iterations.

    ████████──────── 500/1000  smoothed loss 1.832  9,412 chars/s  0:12 left
    says  the wo lo the wor
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.text import Text

from rnntutor.engine.ops import Array
from rnntutor.engine.symbols import shown
from rnntutor.show import plot
from rnntutor.show.linear import linear
from rnntutor.show.look import Look
from rnntutor.show.race import BAR, clock
from rnntutor.show.texts import cut, line_of, number, words

if TYPE_CHECKING:
    from rnntutor.training.underway import Standing

_LEAST_PLOT = 3
"""Rows of a plot that says something."""
_AIR = 2
"""Empty rows: below the sample, and above the curve's title."""


def progress_line(standing: Standing, look: Look, width: int) -> Text:
    """Iterations, smoothed loss, characters per second and the time left."""
    glyphs = look.glyphs
    done = BAR * standing.iteration // standing.iterations
    speed = "-" if math.isnan(standing.speed) else f"{standing.speed:,.0f}"
    line = line_of(
        (glyphs.full * done + glyphs.rail * (BAR - done), look.accent()),
        (f" {standing.iteration}/{standing.iterations}", look.strong),
        (f"  smoothed loss {number(standing.loss, signed=False)}", look.text),
        (f"  {speed} chars/s", look.soft),
        (f"  {clock(standing.left)} left", look.faint),
    )
    cut(line, width, look)
    return line


def sample_line(standing: Standing, look: Look, width: int) -> Text:
    """What the model says by now, on one line; a dash where it says nothing."""
    said = "".join(" " if symbol == " " else shown(symbol) for symbol in standing.sample)
    line = line_of(("says  ", look.faint), (words(said, look) or look.glyphs.nothing, look.text))
    cut(line, width, look)
    return line


def underway(
    standing: Standing, losses: Sequence[float], chosen: int | None, look: Look, width: int, height: int
) -> list[Text]:
    """The whole page, at most `height` lines: progress, sample, and the loss of every iteration so far.

    `chosen` is the iteration that is pointed at, from 1; without one it is the last.
    """
    lines = [progress_line(standing, look, width), sample_line(standing, look, width)]
    lines += _curve(np.array(losses), chosen, look, width, height - len(lines))
    for line in lines:
        cut(line, width, look)
    return lines[: max(0, height)]


def _curve(losses: Array, chosen: int | None, look: Look, width: int, height: int) -> list[Text]:
    """The loss over the iterations, that of the chosen one in the title."""
    room = height - _AIR - 1 - plot.FOOT
    if not losses.size or room < _LEAST_PLOT:
        return []
    now = (chosen or len(losses)) - 1
    where = plot.columns(len(losses), width)
    grouped = f", largest of {where.group} per column" if where.group > 1 else ""
    title = line_of(
        (f"  iteration {now + 1}", look.strong),
        (f"   loss {number(float(losses[now]), signed=False)}", look.text),
        (f"   loss per symbol after so many iterations{grouped}", look.faint),
    )
    drawn = plot.plot([plot.Curve(losses)], where, linear([losses], room), look, (now, look.accent()))
    return [Text(""), Text(""), title, *drawn]
