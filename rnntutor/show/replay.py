"""A scene played again with other numbers."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from rnntutor.engine.memory import over_time
from rnntutor.engine.ops import Array
from rnntutor.engine.run import Run
from rnntutor.engine.snapshot import shown
from rnntutor.show.scene import Scene


def replayed(scene: Scene, run: Run) -> Scene:
    """The scene with another run of the same cell over data of the same size: what it became.

    The original of edits is what they were made on: numbers that were learned before are not part of the change.
    """
    grads = run.backward(seeds(scene), scene.grads.window)
    original = (scene.original if scene.changes else None) or scene
    return replace(scene, run=run, grads=grads, original=original, snapshots=OrderedDict(), notes={})


def seeds(scene: Scene) -> dict[str, Array] | None:
    """The gradients from outside, as the backward pass was given them; None for those of the loss."""
    nodes, plan = scene.grads.program.nodes, scene.grads.plan
    found = {
        nodes[nodes[place].part[0]].name: over_time(scene.grads.kept, plan.layout.spans[place], scene.steps)
        for place in scene.grads.program.leaves("seed").values()
    }
    shapes, by_name = scene.run.plan.shapes, scene.run.cell.step.by_name
    return {name: shown(array, shapes[by_name[name]]) for name, array in found.items()} or None
