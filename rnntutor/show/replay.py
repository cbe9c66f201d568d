"""A scene played again with other numbers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace

from rnntutor.engine.run import Run
from rnntutor.show.scene import Scene


def replayed(scene: Scene, run: Run) -> Scene:
    """The scene with another run of the same cell over data of the same size: what it became.

    The original of edits is what they were made on: numbers that were learned before are not part of the change.
    """
    grads = run.backward(scene.grads.seeds, scene.grads.window)
    return replace(scene, run=run, grads=grads, original=before(scene), snapshots=OrderedDict(), notes={})


def before(scene: Scene) -> Scene:
    """What the next change will be compared with."""
    return (scene.original if scene.changes else None) or scene


def knowing(scene: Scene, facts: Mapping[str, float]) -> Scene:
    """The scene with these numbers beside the run, and what it was before all edits with them too."""
    original = scene.original and knowing(scene.original, facts)
    return replace(scene, facts=facts, original=original, notes={})
