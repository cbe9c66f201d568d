"""Walking through the tree of a beam search, and the ways of choosing what is said. Pure; no screen."""

from __future__ import annotations

from dataclasses import replace

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


def along(telling: Telling, said: tuple[int, ...]) -> Telling:
    """What leads to a node of the tree is said, and from there on the most probable words."""
    return replace(telling, how="argmax", said=said)


def drawn_anew(telling: Telling) -> Telling:
    """What is said drawn at random, from the next seed."""
    seed = telling.seed + 1 if telling.how == "sample" else telling.seed
    return replace(telling, how="sample", seed=seed, said=())


def most_probable(telling: Telling) -> Telling:
    """The most probable word each time."""
    return along(telling, ())
