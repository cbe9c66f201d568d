"""The rows of the tape: what each shows of one timestep."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from rnntutor.engine.ops import Array
from rnntutor.show.data import read_at, says_words, wanted_at
from rnntutor.show.grid import append_heat, box
from rnntutor.show.look import Look
from rnntutor.show.scales import full_box
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead, Stop
from rnntutor.show.texts import bar, fit, pad, probability, words
from rnntutor.show.watch import watched


@dataclass(frozen=True)
class Columns:
    """Which timesteps are in sight, and where."""

    start: int
    stop: int
    label: int
    width: int
    heat: int

    def x(self, t: int) -> int:
        """Where a timestep's column begins."""
        return self.label + (t - self.start) * self.width

    def timestep(self, x: int) -> int | None:
        """The timestep at a column of the screen."""
        t = self.start + (x - self.label) // self.width
        return t if x >= self.label - 2 and self.start <= max(t, self.start) < self.stop else None


@dataclass(frozen=True)
class Slot:
    """Where one timestep of one row is drawn: at the end of `line`."""

    line: Text
    scene: Scene
    head: Playhead
    look: Look
    t: int
    columns: Columns


_SMALL_LOSS = 0.1
"""What a full bar stands for at least: where all losses are about nothing, none should look large."""

Drawer = Callable[[Slot], None]
Part = tuple[str, Drawer]


def parts(scene: Scene, direction: str, compact: bool) -> list[Part]:
    """The rows of the tape: a label, and what draws one timestep of it."""
    states, apart = states_of(scene), says_words(scene) and not scene.took
    shown = [] if compact and (direction == "backward" or apart) else states[:1] if compact else states
    found: list[Part] = [("t", _time)]
    if scene.reads:
        found.append(("x" if compact else "reads x", _read))
    found += [(stop.line.name, _heat_of(stop)) for stop in shown]
    if apart:
        found.append(("wants", _wants))
    if scene.probabilities:
        found.append(("says", _says_small if compact else _says))
    if scene.loss and (apart or not (compact and scene.probabilities)):
        found.append(("loss", _loss_of))
    if direction == "backward":
        norms = states[:2] if compact else states
        found += [(f"|d{stop.line.name}|", _norm_of(stop.line.name)) for stop in norms]
    return found


def states_of(scene: Scene) -> list[Stop]:
    """The stops of the states, in the cell's order."""
    return [next(k for k in scene.forward if k.line.name == state) for state in scene.run.cell.states]


def _time(at: Slot) -> None:
    edited = " edited" if any(k.place.t == at.t for k in at.scene.changes) else ""
    if at.t != at.head.t:
        at.line.append(f"{at.t}{edited}", at.look.faint)
        return
    mark = at.look.glyphs.play if at.head.direction == "forward" else at.look.glyphs.back
    at.line.right_crop(2)
    at.line.append(f"{mark} ", at.look.accent(at.head.direction))
    at.line.append(str(at.t), at.look.accent(at.head.direction)).append(edited, at.look.faint)


def _read(at: Slot) -> None:
    style = at.look.accent(at.head.direction) if at.t == at.head.t else at.look.strong
    if at.scene.has_taken(at.head, at.t - 1):
        at.line.append(fit(read_at(at.scene, at.t, at.look), at.columns.width - 1).rstrip(), style)
    else:
        at.line.append(at.look.glyphs.dot, at.look.faint)


def _wants(at: Slot) -> None:
    """The word that is wanted: what is read one timestep later."""
    wanted = at.scene.wants[at.t] if at.scene.counted(at.t) else ""
    at.line.append(fit(words(wanted, at.look), at.columns.width - 1).rstrip(), at.look.text)


def _heat_of(stop: Stop) -> Drawer:
    def draw(at: Slot) -> None:
        known = at.scene.knows(at.head, stop.line.name, at.t)
        values = at.scene.run[stop.line.name][at.t, 0] if known else None
        width = min(at.columns.heat, 2 * stop.size)
        append_heat(at.line, values, full_box(at.scene, "forward", stop), width, at.look)

    return draw


def _spoken(scene: Scene, head: Playhead, look: Look, t: int) -> tuple[str, str, bool] | None:
    """What is said with which probability, and whether it is what was wanted; None if not known yet."""
    stop = scene.probabilities
    if stop is None or not scene.knows(head, stop.line.name, t):
        return None
    p = scene.run[stop.line.name][t, 0]
    if not np.isfinite(p).any():
        return "?", "nan", False
    best = int(np.nanargmax(p))
    right = t < len(scene.wants) and scene.symbols[best] == scene.wants[t]
    return words(scene.symbols[best], look), probability(float(p[best])), right


def _says(at: Slot) -> None:
    said = _spoken(at.scene, at.head, at.look, at.t)
    if said is None:
        at.line.append(at.look.glyphs.dot, at.look.faint)
        return
    new, old = f"{said[0]} {said[1]}", _said_before(at)
    _from_to(at, old, new, at.look.text, at.columns.width - 2)
    wanted = wanted_at(at.scene, at.t, at.look)
    if wanted and not says_words(at.scene):
        left = _room(at) - cell_len(wanted)
        if left > 1 or old in ("", new):
            gap = "   " if left > 4 else " "
            at.line.append(f"{gap}{wanted}", at.look.soft if said[2] else at.look.text)


def _says_small(at: Slot) -> None:
    said = _spoken(at.scene, at.head, at.look, at.t)
    if said is None:
        at.line.append(at.look.glyphs.dot, at.look.faint)
    else:
        _from_to(at, _said_before(at), f"{said[0]} {said[1]}", at.look.text, 6)
    stop = at.scene.loss
    if stop is not None and at.scene.knows(at.head, stop.line.name, at.t) and not says_words(at.scene):
        pad(at.line, at.columns.x(at.t) + (6 if at.scene.original else 7))
        _loss_of(at)


def _said_before(at: Slot) -> str:
    """What was said before all edits."""
    said = _spoken(at.scene.original, at.head, at.look, at.t) if at.scene.original else None
    return f"{said[0]} {said[1]}" if said else ""


def _room(at: Slot) -> int:
    """The columns left of this timestep's."""
    return at.columns.x(at.t) + at.columns.width - at.line.cell_len


def _from_to(at: Slot, old: str, new: str, style: Style, room: int) -> None:
    """The new, after the old if it is another and there is room; else with a line under it."""
    if old in ("", new):
        at.line.append(new, style)
        return
    sign = at.look.glyphs.becomes
    for before in (f"{old} {sign} ", f"{old}{sign}"):
        if cell_len(before + new) <= room:
            at.line.append(before, at.look.faint).append(new, style)
            return
    at.line.append(new, style + Style(underline=True))


def _loss_of(at: Slot) -> None:
    """The loss as a bar and a number; a blank where it does not count, for a dot says that it is not computed yet."""
    stop = at.scene.loss
    if not at.scene.counted(at.t):
        return
    if stop is None or not at.scene.knows(at.head, stop.line.name, at.t):
        at.line.append(at.look.glyphs.dot, at.look.faint)
        return
    most = at.scene.remembered("largest loss", lambda: _most(at.scene, lambda k: k.counted_losses))
    most = max(most, _SMALL_LOSS)
    value = float(at.scene.losses[at.t])
    old = f"{float(at.scene.original.losses[at.t]):.2f}" if at.scene.original else ""
    at.line.append(f"{bar(value / most, at.look)} ", at.look.text)
    _from_to(at, old, f"{value:.2f}", at.look.text, _room(at) - 1)


def _most(scene: Scene, values: Callable[[Scene], Array]) -> float:
    """The largest number that is one, here or before all edits, so that bars can be compared."""
    played = [scene, scene.original] if scene.original else [scene]
    with np.errstate(all="ignore"):
        found = np.concatenate([np.ravel(values(k)) for k in played])
    found = found[np.isfinite(found)]
    return max(float(found.max()), 1e-300) if found.size else 1.0


def _norm_of(state: str) -> Drawer:
    def draw(at: Slot) -> None:
        name = f"d{state}"
        stop = next((k for k, stop in enumerate(at.scene.backward) if stop.line.name == name), None)
        if stop is None or not at.scene.visited(at.head, "backward", stop, at.t):
            at.line.append(at.look.glyphs.dot, at.look.faint)
            return
        most = at.scene.remembered(
            ("largest", name), lambda: _most(at.scene, lambda k: k.gradient_norms(state))
        )
        value = at.scene.gradient_norm(state, at.t)
        old = _size(at.scene.original.gradient_norm(state, at.t)) if at.scene.original else ""
        at.line.append(f"{bar(value / most, at.look)} ", at.look.gradient)
        _from_to(at, old, _size(value), at.look.gradient, _room(at) - 1)

    return draw


def watch_of(text: str) -> Drawer:
    """What draws one timestep of a watched expression."""

    def draw(at: Slot) -> None:
        now = watched(at.scene, at.head, text, at.look, at.t)
        if now is None:
            at.line.append(at.look.glyphs.dot, at.look.faint)
        elif now.vector is not None:
            append_heat(at.line, now.vector, 1.0, min(at.columns.heat, 2 * len(now.vector)), at.look)
        else:
            at.line.append("  " if not at.look.plain else box(now.scaled), at.look.heat(now.scaled)).append(" ")
            was = watched(at.scene.original, at.head, text, at.look, at.t) if at.scene.original else None
            _from_to(at, was.text if was else "", now.text, at.look.text, _room(at) - 1)

    return draw


def _size(value: float) -> str:
    return f"{value:.2f}" if 0.005 <= value < 1000 or value == 0 else f"{value:.0e}"
