"""Walking through the tree of a beam search, and letting the network say one of its branches. Pure; no screen."""

from __future__ import annotations

from dataclasses import replace

from rnntutor.play.speaking import told_otherwise
from rnntutor.show.branches import nearest, tree_of
from rnntutor.show.scene import Scene
from rnntutor.tasks.telling import Telling


def walked(scene: Scene, node: int, name: str) -> int:
    """The node that a move of the playhead leads to from another; the same where there is none that way."""
    tree, node = tree_of(scene), nearest(scene, node)
    after = [k for k in tree.after(node) if tree.nodes[k].kept] or list(tree.after(node))
    same = [k for k, other in enumerate(tree.nodes) if other.t == tree.nodes[node].t]
    at = same.index(node)
    return {
        "next_line": (*after, node)[0],
        "previous_line": tree.nodes[node].parent if tree.nodes[node].parent >= 0 else node,
        "next_unit": same[min(at + 1, len(same) - 1)],
        "previous_unit": same[max(at - 1, 0)],
        "home": 0,
        "end": tree.best,
    }.get(name, node)


def said_as(scene: Scene, node: int) -> Scene:
    """The scene in which the network says what leads to a node, and goes on from there by itself."""
    assert scene.telling is not None  # noqa: S101 - a tree there is only where something is told
    said = tree_of(scene).symbols(nearest(scene, node))
    return told_otherwise(scene, replace(scene.telling, how="argmax", said=said))


def drawn_anew(telling: Telling) -> Telling:
    """What is said drawn at random, from the next seed."""
    seed = telling.seed + 1 if telling.how == "sample" else telling.seed
    return replace(telling, how="sample", seed=seed, said=())


def most_probable(telling: Telling) -> Telling:
    """The most probable word each time."""
    return replace(telling, how="argmax", said=())
