"""Several networks over the same inputs, to be seen beside each other. Pure; no screen."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from rnntutor.engine.run import run
from rnntutor.show.scene import Scene


def together(scene: Scene, others: Iterable[Scene]) -> Scene:
    """The scene with other networks beside it, run over its inputs; their losses count where its loss does.

    Raises ValueError naming a network that does not know the same symbols, or that has no such line.
    """
    return replace(scene, beside=tuple(_over_the_same(scene, other) for other in others), notes={})


def _over_the_same(scene: Scene, other: Scene) -> Scene:
    """Another network over the inputs of a scene."""
    if other.symbols != scene.symbols:
        raise ValueError(f"{other.called} knows other symbols than {scene.called}, and cannot read the same")
    missing = [name for name in other.run.cell.data if name not in scene.run.inputs]
    if missing:
        raise ValueError(f"{other.called} reads {missing[0]}, which {scene.called} does not have")
    data = {name: scene.run.inputs[name] for name in other.run.cell.data}
    with np.errstate(all="ignore"):
        ran = run(other.run.cell, other.run.params, data.pop("x"), other.run.given_init, **data)
        grads = ran.backward(scene.grads.seeds, scene.grads.window)
    return replace(
        other, run=ran, grads=grads, reads=scene.reads, wants=scene.wants, counts=scene.counts, took=scene.took,
        beside=(), snapshots=OrderedDict(), notes={},
    )  # fmt: skip
