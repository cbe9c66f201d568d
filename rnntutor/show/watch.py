"""Watched expressions: a row of the tape each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.engine.query import Query, parse_query
from rnntutor.show.look import Look
from rnntutor.show.scales import round_up
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import number

_TAKEN = {"x": -1, "target": 0}
"""Inputs that a network which speaks has taken itself, and how many timesteps ago."""


def query_of(scene: Scene, text: str) -> Query:
    """The expression for this scene, read once."""
    return scene.remembered(("query", text), lambda: parse_query(text, scene))


def is_known(scene: Scene, head: Playhead, query: Query, t: int) -> bool:
    """Whether everything that an expression reads at `t` lies behind the playhead."""
    made = all(scene.has_made(head, direction, name, at) for direction, name, at in query.needs(t))
    return made and all(scene.has_taken(head, at) for at in _takes(scene, query, t))


def _takes(scene: Scene, query: Query, t: int) -> Iterator[int]:
    """Where a network that speaks has to have taken what an expression reads at `t`."""
    for read in query.reads if scene.took else ():
        if read.value.timed and read.value.name in _TAKEN:
            yield read.time(t) + _TAKEN[read.value.name]
    for whole in query.wholes if scene.took else ():
        yield from _takes(scene, whole.query, scene.steps - 1)


def said(query: Query, scene: Scene, head: Playhead, look: Look) -> str:
    """What comes out under the playhead, in words."""
    if not is_known(scene, head, query, head.t):
        return f"not computed yet at t {head.t}"
    value = query.at(head.t)
    if isinstance(value, bool):
        return f"{'holds' if value else 'does not hold'} at t {head.t}"
    if isinstance(value, float):
        return f"{number(value)} at t {head.t}"
    numbers = ", ".join(number(float(k)) for k in value[:6])
    return f"[{numbers}{f', {look.glyphs.more}' if len(value) > 6 else ''}] at t {head.t}"


@dataclass(frozen=True)
class Watched:
    """What an expression is at one timestep: as text where it is one number, with the shade that goes with it."""

    text: str
    scaled: float = 0.0
    vector: Array | None = None


def watched(scene: Scene, head: Playhead, text: str, look: Look, t: int) -> Watched | None:
    """The value of an expression at `t`; None where that is not known yet, or reads what a shorter run has not."""
    try:
        query = query_of(scene, text)
    except ValueError:
        return None
    if not is_known(scene, head, query, t):
        return None
    value = query.at(t)
    if isinstance(value, bool):
        return Watched(look.glyphs.yes if value else "-")
    if isinstance(value, float):
        return Watched(number(value), value / scale_of(scene, text))
    return Watched("", vector=value / scale_of(scene, text))


def scale_of(scene: Scene, text: str) -> float:
    """What counts as a full box of an expression, the same for the whole run and whatever is edited."""
    first = scene.original or scene
    query = query_of(first, text)
    return first.remembered(("watch scale", text), lambda: round_up(_largest(query.over(0, first.steps))))


def _largest(values: Array) -> float:
    sizes = np.abs(values[np.isfinite(values)])
    return float(sizes.max()) if sizes.size else 1.0
