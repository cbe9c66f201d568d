"""A parameter's gradient: one of its numbers, added up over the timesteps that were swept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

import numpy as np
from rich.text import Text

from rnntutor.engine.contributions import contributions
from rnntutor.show.beside import checked
from rnntutor.show.check import check_parameter
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
_NAME = 10
"""Columns of the names of the parts, at least."""


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
    number_of = _Number(scene, name, _largest(scene, name) if entry is None else entry, swept(scene, head))
    lines = [*number_of.formula(look, width), *_shared_out(number_of, look, width, height, searched=entry is None)]
    for text in lines:
        cut(text, width, look)
    return lines[: max(1, height)]


def _largest(scene: Scene, name: str) -> tuple[int, ...]:
    total = scene.grads.params[name]
    return tuple(int(k) for k in np.unravel_index(int(np.abs(np.nan_to_num(total)).argmax()), total.shape))


@dataclass(frozen=True, eq=False)
class _Number:
    """A number of a parameter's gradient, as far as timesteps from `first` on have added to it."""

    scene: Scene
    name: str
    entry: tuple[int, ...]
    first: int

    @property
    def label(self) -> str:
        """dW_f[3,5]."""
        return f"d{self.name}[{','.join(map(str, self.entry))}]"

    @property
    def counted(self) -> int:
        """How many timesteps have been swept."""
        return self.scene.steps - self.first

    @cached_property
    def parts(self) -> dict[str, float]:
        """What every timestep adds, the earliest first; before them the start, if it adds something."""
        scene, name = self.scene, self.name
        each = contributions(scene.grads, name, self.entry, self.first, scene.steps).tolist()
        parts = {f"t {self.first + k}": value for k, value in enumerate(each)}
        start = scene.grads.beginnings
        starts = self.first == 0 and name in start
        return {"the start": float(start[name][self.entry])} | parts if starts else parts

    @property
    def total(self) -> float:
        """The sum of the parts; over many timesteps the engine's own, which is that of the whole pass."""
        if self.counted > _FARTHEST:
            return float(self.scene.grads.params[self.name][self.entry])
        return sum(self.parts.values())

    @property
    def before(self) -> float | None:
        """The same before all edits; None if nothing is edited."""
        return replace(self, scene=self.scene.original).total if self.scene.original else None

    def formula(self, look: Look, width: int) -> list[Text]:
        """What the first of these timesteps adds, and that it is only a part; nothing where no timestep does."""
        grads, t = self.scene.grads, min(self.first, self.scene.steps - 1)
        line = next((k for k in grads.program.lines if k.kind == "param" and k.name == f"d{self.name}"), None)
        if line is None:
            return []
        writer = Writer(grads.program, tuple(grads.plan.shapes), look.glyphs, t, timed)
        name = line_name(line.name, t).write(look.glyphs)
        said = f"   what t {t} adds to {line.name}"
        room = max(8, width - len(name) - 5 - len(said))
        formula = shorten(writer.formula(line.place), room, look.glyphs.more)
        return [line_of((f"{name}  =  {formula}", look.strong), (said, look.faint))]


def _shared_out(of: _Number, look: Look, width: int, height: int, *, searched: bool) -> list[Text]:
    """The parts and their sum, as far as there is room for them."""
    if not of.counted:
        return [line_of((f"no timestep has added to {of.label} yet", look.soft))]
    if of.counted > _FARTHEST:
        if of.first:
            return [line_of(("not added up over so many timesteps", look.soft))]
        return [_sum(of, look, _NAME)]
    if height < 5:
        return [_in_one_line(of, look, width)]
    rows = _gathered(of.parts, height - 2)
    name_width = max(_NAME, *map(len, rows))
    bars = _bars(rows, name_width, look)
    pad(bars[0], name_width + 36)
    for said in (f"  parts of {of.label}", ", its largest number" if searched else ""):
        bars[0].append(said if bars[0].cell_len + len(said) <= width else "", look.faint)
    return [*bars, _sum(of, look, name_width)]


def _gathered(parts: dict[str, float], room: int) -> dict[str, float]:
    """A row per part in the order of the sweep; those that came first are one row where there is no room."""
    names, values = list(parts), list(parts.values())
    shown = len(parts) if len(parts) <= room else room - 1
    rest = {f"{names[shown]} to {names[-1].removeprefix('t ')}": sum(values[shown:])} if shown < len(parts) else {}
    return rest | {names[k]: values[k] for k in reversed(range(shown))}


def _bars(rows: dict[str, float], name_width: int, look: Look) -> list[Text]:
    """Name, number, and a bar in proportion to the largest."""
    most = max((abs(value) for value in rows.values() if np.isfinite(value)), default=0.0) or 1.0
    made = []
    for name, value in rows.items():
        row = line_of((name.rjust(name_width), look.soft), (number(value).rjust(12), look.text), "  ")
        if np.isfinite(value):
            colour = look.palette.positive if value >= 0 else look.palette.negative
            row.append(look.glyphs.full * round(_BAR * abs(value) / most), colour)
        made.append(row)
    return made


def _sum(of: _Number, look: Look, name_width: int) -> Text:
    """What was added so far; the whole gradient once t 0 is swept, held against its finite difference."""
    total, old = number(of.total), of.before
    row = line_of(("sum".rjust(name_width), look.soft), (total.rjust(12), look.accent()), "  ")
    row.append(f"= {of.label}" if of.first == 0 else f"= {of.label}, so far", look.text)
    if old is not None and number(old) != total:
        row.append(f"   was {number(old)}", look.soft)
    found = check_parameter(of.scene, of.name, of.entry) if of.first == 0 else None
    return Text.assemble(row, "   ", checked(found, look), no_wrap=True, end="") if found else row


def _in_one_line(of: _Number, look: Look, width: int) -> Text:
    """The same where there is room for one line only: the sum always stands whole."""
    total = f" = {number(of.total)}"
    parts = " + ".join(number(value) for value in islice(reversed(of.parts.values()), width))
    text = shorten(f"{of.label} = {parts}", max(0, width - len(total)), look.glyphs.more)
    return line_of((text, look.text), (total, look.accent()))
