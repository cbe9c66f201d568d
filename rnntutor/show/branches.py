"""The beam search of what a network tells: its tree as a view."""

from __future__ import annotations

from rich.text import Text

from rnntutor.engine.beam import Tree, beam
from rnntutor.show.beamtree import beam_tree
from rnntutor.show.look import Look
from rnntutor.show.margins import pointer_of
from rnntutor.show.scene import Scene
from rnntutor.show.texts import line_of, shorten

WIDTH = 3
"""Branches that are kept."""
_NOTHING = "Nothing is told here, so there is nothing to search for."


def searchable(scene: Scene) -> bool:
    """Whether what is told comes to an end, so that it can be searched for."""
    return scene.telling is not None and scene.telling.end is not None


def tree_of(scene: Scene) -> Tree:
    """The likeliest that could be told, over the parameters and the picture as they are.

    Raises ValueError where nothing is told that ends, or where scores are no numbers.
    """
    return scene.remembered("beam", lambda: _search(scene))


def _search(scene: Scene) -> Tree:
    telling, run = scene.telling, scene.run
    if telling is None or telling.end is None:
        raise ValueError(_NOTHING)
    data = {name: array for name, array in run.inputs.items() if array.ndim == 2}
    return beam(run.cell, run.params, telling.first, telling.end, width=WIDTH, limit=telling.limit, data=data)


def nearest(scene: Scene, node: int) -> int:
    """The node of that number; of another tree with fewer the last one."""
    return max(0, min(node, len(tree_of(scene).nodes) - 1))


def branches(scene: Scene, node: int, look: Look, width: int, height: int) -> list[Text]:
    """The tree with a node marked; a line that says why where there is none."""
    try:
        air = pointer_of(width) // 2  # as much as left of the tape
        lines = beam_tree(tree_of(scene), scene.symbols, nearest(scene, node), look, width - air, height)
        return [line_of((" " * air, look.text)).append_text(line) for line in lines]
    except ValueError as error:
        return [line_of((shorten(f" {error}", width, look.glyphs.more), look.soft))][: max(0, height)]
