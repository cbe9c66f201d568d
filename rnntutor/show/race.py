"""A race: the line that tells how far it is, and the table of what came of it."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from rnntutor.race.result import Finish, Result, Standing
from rnntutor.show.look import Look
from rnntutor.show.texts import counted, cut, fit, line_of, number, words

if TYPE_CHECKING:
    from rnntutor.race.running import Event

BAR = 16
"""Columns of the bar that tells how far a run is, at most."""
_FEW = 2
"""Units that are hardly any."""
SPREAD = 20
"""Columns of the picture of the spread, where there is room."""


def progress_line(event: Event, look: Look, width: int) -> Text:
    """How far a race is: run, contestant, seed, iterations, loss, and the time left."""
    glyphs, settings = look.glyphs, event.contestant.settings
    line = line_of(
        (f"{event.run}/{event.runs} ", look.faint),
        (words(event.contestant.name, look), look.strong),
        (f" seed {event.seed} ", look.soft),
    )
    rest = line_of(
        (f" {event.iteration}/{settings.iterations}", look.soft),
        (f"  loss {number(event.loss, signed=False)}", look.text),
        (f"  {clock(event.left)} left", look.faint),
    )
    size = max(1, min(BAR, width - line.cell_len - rest.cell_len))
    done = round(size * event.iteration / settings.iterations)
    line.append(glyphs.full * done + glyphs.rail * (size - done), look.accent()).append_text(rest)
    cut(line, width, look)
    return line


def clock(seconds: float) -> str:
    """Minutes and seconds; a dash where nobody knows."""
    if not math.isfinite(seconds):
        return "-"
    minutes, rest = divmod(math.ceil(seconds), 60)
    return f"{minutes}:{rest:02}"


def race_table(result: Result, look: Look, width: int) -> list[Text]:
    """What came of a race: a row for every contestant, the best first, and what diverged."""
    standings = result.standings
    rows = [[*heading(result), "lowest to highest"]]
    rows += [[*_row(k, result), _spread(k, standings, look)] for k in standings]
    columns = list(zip(*rows, strict=True))
    sizes = [max(map(len, column)) for column in columns]
    if sum(sizes) + 2 * len(sizes) > width:
        sizes[-1] = 0
    lines = [*_title(result, look, width), Text(end=""), *(_line(row, sizes, look, k) for k, row in enumerate(rows))]
    lines += [_diverged(run, look) for run in result.finishes if run.diverged]
    few = _few(result)
    lines += _wrapped(few, look.soft, look, width) if few else []
    for line in lines:
        cut(line, width, look)
    return lines


def heading(result: Result) -> list[str]:
    """The names of the columns."""
    further = [scale.name for scale in result.scales[1:]]
    return ["cell", "units", "params", "median", "lowest", "highest", *further, "seconds"]


def _title(result: Result, look: Look, width: int) -> list[Text]:
    """The task with its measure, and the conditions, on as many lines as that takes."""
    scale, runs = result.scales[0], result.finishes
    seeds = len({finish.seed for finish in runs})
    same = "the same units" if result.same == "units" else f"about as many parameters as {runs[0].contestant}"
    told = f"{counted(seeds, 'seed')} each · at most {counted(result.iterations, 'iteration')} · {same}"
    name = words(result.task, look)
    lines = _wrapped(f"{result.task}   {scale.name}: {scale.what}", look.soft, look, width)
    lines[0].stylize(look.strong, 0, len(name))
    return lines + _wrapped(told, look.faint, look, width)


def _wrapped(text: str, style: Style, look: Look, width: int) -> list[Text]:
    """A text on as many lines as it takes, at least one."""
    return [line_of((row, style)) for row in textwrap.wrap(words(text, look), max(1, width)) or [""]]


def _few(result: Result) -> str:
    """What may be wrong with a race of about equally many parameters: a cell that has hardly any units."""
    few = [k for k in result.standings if k.hidden <= _FEW]
    if result.same == "units" or not few or result.finishes[0].hidden <= _FEW:
        return ""
    said = " and ".join(f"{k.contestant} with {counted(k.hidden, 'unit')}" for k in few)
    return f"{said}: so few say little. Name the cell with the most parameters first, or take more units."


def _row(standing: Standing, result: Result) -> list[str]:
    """A contestant in words; numbers that there are not are dashes."""
    form = result.scales[0].form
    three = (standing.median, standing.values[0], standing.values[-1]) if standing.values else (math.nan,) * 3
    others = [_written(value, scale.form) for value, scale in zip(standing.others, result.scales[1:], strict=True)]
    numbers = [str(standing.hidden), str(standing.parameters), *(_written(value, form) for value in three)]
    return [standing.contestant, *numbers, *others, f"{standing.seconds:.1f}"]


def _written(value: float, form: str) -> str:
    return "-" if math.isnan(value) else format(value, form)


def _spread(standing: Standing, standings: Sequence[Standing], look: Look) -> str:
    """From the lowest to the highest value, each value marked, on a scale that all contestants share."""
    values = [value for k in standings for value in k.values]
    if not standing.values:
        return ""
    low, size = min(values), max(values) - min(values)
    places = [round((value - low) / size * (SPREAD - 1)) if size else 0 for value in standing.values]
    picture = [" "] * SPREAD
    picture[places[0] : places[-1] + 1] = look.glyphs.rail * (places[-1] + 1 - places[0])
    for place in places:
        picture[place] = look.glyphs.marks[0]
    return "".join(picture)


def _line(row: Sequence[str], sizes: Sequence[int], look: Look, number_: int) -> Text:
    """One row: the name to the left, numbers to the right, the picture last."""
    name, *cells, picture = (words(cell, look) for cell in row)
    style: Style = look.faint if number_ == 0 else look.text
    line = line_of((fit(name, sizes[0]), look.strong if number_ else look.faint))
    for cell, size in zip(cells, sizes[1:], strict=False):
        line.append(f"  {cell:>{size}}", style)
    if sizes[-1]:
        line.append(f"  {picture}".rstrip(), look.faint if number_ == 0 else look.accent())
    return line


def _diverged(run: Finish, look: Look) -> Text:
    return line_of((words(f"{run.contestant} seed {run.seed} diverged: {run.diverged}", look), look.bad))
