"""Every view once: what it is called, how it is drawn, and how many rows it wants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.text import Text

from rnntutor.show import (
    abreast,
    branches,
    compare,
    flow,
    networks,
    output,
    pictures,
    rows,
    score,
    training,
    weights,
)
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.view import View

Draw = Callable[[Scene, Playhead, View, Look, int, int], list[Text]]


@dataclass(frozen=True)
class Kind:
    """A view between the tape and the panel that says why."""

    title: str
    draw: Draw
    height: Callable[[Scene, Playhead, View], int] | None = None
    """The rows that it would like to have; None for all there are, so that no why stands below."""


def _score(scene: Scene, head: Playhead, _: View, look: Look, width: int, height: int) -> list[Text]:
    return score.score(scene, head, look, width, height)


def _output(scene: Scene, head: Playhead, view: View, look: Look, width: int, height: int) -> list[Text]:
    return output.output(scene, head, look, width, height, view.temperature)


def _weights(scene: Scene, head: Playhead, view: View, look: Look, width: int, height: int) -> list[Text]:
    return weights.weights(scene, head, view.spot, look, width, height)


def _flow(scene: Scene, head: Playhead, _: View, look: Look, width: int, height: int) -> list[Text]:
    return flow.flow(scene, head, look, width, height)


def _training(scene: Scene, head: Playhead, view: View, look: Look, width: int, height: int) -> list[Text]:
    return training.training(scene, head, view.spot, look, width, height)


def _picture(scene: Scene, head: Playhead, view: View, look: Look, width: int, height: int) -> list[Text]:
    return pictures.pictures(scene, head, view, look, width, height)


def _beam(scene: Scene, _: Playhead, view: View, look: Look, width: int, height: int) -> list[Text]:
    return branches.branches(scene, view.branch, look, width, height)


def _compare(scene: Scene, head: Playhead, _: View, look: Look, width: int, height: int) -> list[Text]:
    if scene.beside:
        return networks.networks(scene, head, look, width, height)
    return compare.compare(scene, scene.original, head, look, width, height)


def _compare_height(scene: Scene, head: Playhead, _: View) -> int:
    return networks.full_height(scene) if scene.beside else abreast.full_height(scene, head.direction)


VIEWS = {
    "score": Kind("the equations", _score, lambda scene, head, _: rows.full_height(scene, head)),
    "picture": Kind("the picture, and what is said of it", _picture),
    "beam": Kind("the likeliest that could be said, as a tree", _beam),
    "output": Kind("what it says", _output, lambda scene, *_: output.full_height(scene)),
    "weights": Kind("the weights", _weights, lambda scene, _, view: weights.full_height(scene, view.spot)),
    "flow": Kind("gradients through time", _flow),
    "training": Kind("an iteration of training", _training),
    "compare": Kind("before and after, or networks side by side", _compare, _compare_height),
}
"""In the order in which a key goes through them."""
