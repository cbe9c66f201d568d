"""Several networks side by side over the same inputs: a row per timestep, with their states and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len
from rich.text import Text

from rnntutor.show.data import read_at, wanted_at
from rnntutor.show.grid import append_heat, heat_width
from rnntutor.show.look import Look
from rnntutor.show.margins import pointer_of
from rnntutor.show.scales import full_box
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import cut, line_of, pad, probability, shorten, words

_HEADINGS = 1
_SAYS = len(" l .61 ok")
_LEAST = 8
"""Columns of a state below which a network has to give way."""


@dataclass(frozen=True)
class Sheet:
    """The lines of the view, and which timesteps stand in them."""

    lines: list[Text]
    times: range

    def timestep(self, y: int) -> int | None:
        """The timestep of a line."""
        return self.times[y - _HEADINGS] if 0 <= y - _HEADINGS < len(self.times) else None


def full_height(scene: Scene) -> int:
    """The lines that it would like to have."""
    return _HEADINGS + scene.steps


def networks(scene: Scene, head: Playhead, look: Look, width: int, height: int) -> list[Text]:
    """The view as lines of text, none wider than `width`, at most `height` of them."""
    return lay_out(scene, head, look, width, height).lines


def lay_out(scene: Scene, head: Playhead, look: Look, width: int, height: int) -> Sheet:
    """As many timesteps around the playhead, and as many networks, as there is room for."""
    count = max(0, min(scene.steps, height - _HEADINGS))
    start = max(0, min(head.t - count // 2, scene.steps - count))
    times = range(start, start + count)
    left = max((cell_len(_data(scene, t, look)) for t in times), default=0) + pointer_of(width) + 3
    every = [(scene.called, scene), *((other.called, other) for other in scene.beside)]
    if scene.changes and scene.original is not None:
        every.insert(1, ("before", scene.original))
    kept = every[: max(1, (width - left) // (_LEAST + _SAYS + 2))]
    each = (width - left) // len(kept)
    lines = [_heading(kept, left, each, look, len(every) - len(kept))]
    lines += [_row(scene, [k for _, k in kept], t, head, look, left, each) for t in times]
    for line in lines:
        cut(line, width, look)
    return Sheet(lines[: max(0, height)], times)


def _heading(kept: Sequence[tuple[str, Scene]], left: int, each: int, look: Look, more: int) -> Text:
    """rnn h: what the columns are."""
    line = line_of()
    for k, (name, scene) in enumerate(kept):
        pad(line, left + k * each).append(shorten(words(name, look), each - 4, look.glyphs.more), look.strong)
        line.append(f" {_state(scene)}", look.soft)
    return line.append(f"  {more} more", look.faint) if more else line


def _row(
    main: Scene, kept: Sequence[Scene], t: int, head: Playhead, look: Look, left: int, each: int
) -> Text:
    """One timestep of all of them."""
    here = t == head.t
    mark = (look.glyphs.play if head.direction == "forward" else look.glyphs.back) if here else " "
    style = look.accent(head.direction) if here else look.soft
    line = line_of((f"{mark} {_data(main, t, look)}", style))
    for k, scene in enumerate(kept):
        pad(line, left + k * each)
        _append_state(line, scene, t, look, each, known=_known(main, head, _state(main), t))
        told = main.probabilities
        if scene.probabilities is not None and told is not None:
            _append_said(line, scene, t, look, known=_known(main, head, told.line.name, t))
    return line


def _data(scene: Scene, t: int, look: Look) -> str:
    """12 l, want e."""
    said = [f"{t:>{len(str(scene.steps - 1))}} {read_at(scene, t, look)}" if scene.reads else str(t)]
    return "  ".join([*said, wanted_at(scene, t, look)]).rstrip()


def _known(main: Scene, head: Playhead, name: str, t: int) -> bool:
    return not name or main.knows(head, name, t)


def _state(scene: Scene) -> str:
    """The state that the others read: the last one."""
    return scene.run.cell.states[-1] if scene.run.cell.states else ""


def _append_state(line: Text, scene: Scene, t: int, look: Look, each: int, *, known: bool) -> None:
    state = _state(scene)
    if not state:
        return
    values = np.asarray(scene.run[state][t, 0])
    width = heat_width(len(values), max(1, each - _SAYS - 2))
    stop = next(stop for stop in scene.forward if stop.line.name == state)
    append_heat(line, values if known else None, full_box(scene, "forward", stop), width, look)


def _append_said(line: Text, scene: Scene, t: int, look: Look, *, known: bool) -> None:
    """l .61, and a mark where that was wanted."""
    if scene.probabilities is None or not known:
        line.append(f" {look.glyphs.dot}", look.faint)
        return
    p = np.asarray(scene.run[scene.probabilities.line.name][t, 0])
    if np.isnan(p).any():
        line.append(" nan", look.soft)
        return
    unit = int(p.argmax())
    line.append(f" {words(scene.symbols[unit], look)}", look.strong)
    line.append(f" {probability(float(p[unit]))}", look.text)
    if scene.wants and not scene.took and scene.counted(t) and scene.symbols[unit] == scene.wants[t]:
        line.append(f" {look.glyphs.yes}", look.good)
