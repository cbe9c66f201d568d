"""Letting a network tell what it says once more, with other numbers. Pure; no screen.

retold(scene, run)              the scene with what is said over this run's parameters, picture and edits
told_otherwise(scene, telling)  chosen in another way: the likeliest each time, or drawn from another seed
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.engine.run import Run, run
from rnntutor.engine.symbols import shown
from rnntutor.show.replay import before, replayed
from rnntutor.show.scene import Scene
from rnntutor.tasks.telling import Telling, with_edits

MIXED = "~"
"""What is read is called that where it is neither a symbol nor nothing."""


def retold(scene: Scene, ran: Run, by_hand: Collection[int] = ()) -> Scene:
    """The scene with what is said over another run: its parameters, its picture and what was set by hand in it.

    What a learner gave to be read, at the timesteps `by_hand` and before, is read again. What was before all edits is
    made as long as what is said now, for they are compared timestep by timestep. Raises ValueError where nothing can
    be said.
    """
    if scene.telling is None:
        return replayed(scene, ran)
    given = {t: ran.inputs["x"][t, 0] for t in {*_read_by_hand(scene), *by_hand} if t < ran.steps}
    data = {name: array for name, array in ran.inputs.items() if array.ndim == 2}
    codes, ran = scene.telling.told(ran.cell, ran.params, data, edits=ran.edits, rows=given)
    said, read = tuple(shown(scene.symbols[k]) for k in codes), ran.inputs["x"][:, 0]
    after = replayed(replace(scene, original=None, changes=()), ran)
    first = before(scene)
    return replace(
        after, reads=tuple(name_of(row, scene.symbols) for row in read), wants=said, changes=scene.changes,
        original=replace(lasting(first, ran.steps), original=first.original),
    )  # fmt: skip


def told_otherwise(scene: Scene, telling: Telling) -> Scene:
    """The scene as it would have been, had it chosen what it says in another way; what was set by hand stays."""
    after = retold(replace(scene, telling=telling), scene.run)
    return after if scene.changes else replace(after, original=None)


def _read_by_hand(scene: Scene) -> set[int]:
    """The timesteps at which a learner set what is read."""
    return {k.place.t for k in scene.changes if k.place.name == "x" and k.place.t is not None}


def name_of(x: Array, symbols: Sequence[str]) -> str:
    """What is read, by its numbers (V,): a symbol, nothing, or a mix of symbols."""
    if x.max() == np.abs(x).sum() == 1:
        return shown(symbols[int(x.argmax())])
    return MIXED if x.any() else ""


def lasting(scene: Scene, steps: int) -> Scene:
    """The scene over so many timesteps: cut, or with nothing read and nothing wanted after its end."""
    if steps == scene.steps:
        return scene
    more = max(0, steps - scene.steps)
    data = {name: _longer(name, a, steps) if a.ndim == 3 else a for name, a in scene.run.inputs.items()}
    ran = run(scene.run.cell, scene.run.params, data.pop("x"), scene.run.given_init, **data)
    ran = with_edits(ran, scene.run.edits)
    counts = (*(scene.counts or (True,) * scene.steps), *(False,) * more)[:steps]
    name = scene.loss.line.name if scene.loss else ""
    seeds = {name: np.array(counts, float)[:, None]} if name and not all(counts) else None
    reads, wants = ((*texts, *("",) * more)[:steps] for texts in (scene.reads, scene.wants))
    return replace(
        scene, run=ran, grads=ran.backward(seeds, scene.grads.window), reads=reads, wants=wants,
        counts=() if all(counts) else counts, snapshots=OrderedDict(), notes={},
    )  # fmt: skip


def _longer(name: str, rows: Array, steps: int) -> Array:
    """Inputs (T, B, ·) over other timesteps: nothing is read, and everything is wanted alike."""
    if steps <= len(rows):
        return rows[:steps]
    nothing = np.full((steps - len(rows), *rows.shape[1:]), 1 / rows.shape[2] if name == "target" else 0.0)
    return np.concatenate([rows, nothing])
