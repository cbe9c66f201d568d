"""What a network says at one timestep: the probability, score and gradient of every symbol."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rnntutor.engine.losses import softmax
from rnntutor.engine.ops import Array
from rnntutor.show.element import elements_of
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead, Stop


@dataclass(frozen=True, eq=False)
class Said:
    """What a scene says where the playhead is; `stop` is the softmax over the symbols."""

    scene: Scene
    head: Playhead
    stop: Stop
    temperature: float = 1.0

    @cached_property
    def known(self) -> bool:
        """Whether the playhead has been past the probabilities."""
        return self.scene.knows(self.head, self.stop.line.name, self.head.t)

    @cached_property
    def p(self) -> Array | None:
        """softmax(y / temperature), (V,); None if not computed yet."""
        return self._at(self.scene, self.temperature) if self.known else None

    @cached_property
    def usual(self) -> Array | None:
        """The same at temperature 1: what the run holds."""
        return self._at(self.scene, 1.0) if self.known else None

    @cached_property
    def before(self) -> Array | None:
        """The probabilities before all edits, at the same temperature; None if nothing is edited."""
        original = self.scene.original
        return self._at(original, self.temperature) if original is not None and self.known else None

    def _at(self, scene: Scene, temperature: float) -> Array:
        if temperature == 1:
            return scene.column("forward", self.stop.line.place, self.head.t)
        with np.errstate(all="ignore"):
            return softmax(scene.column("forward", self._score_place, self.head.t), temperature)

    @property
    def _score_place(self) -> int:
        return self.scene.run.cell.step.nodes[self.stop.line.place].args[0]

    @property
    def score_name(self) -> str:
        """What the line of the scores is called; empty if it is a part of another line."""
        name = self.scene.run.cell.step.nodes[self._score_place].name
        return name if any(stop.line.name == name for stop in self.scene.forward) else ""

    @cached_property
    def scores(self) -> Array | None:
        """The scores before the softmax, (V,); None if not computed yet."""
        name = self.score_name
        known = self.scene.knows(self.head, name, self.head.t) if name else self.known
        return self.scene.column("forward", self._score_place, self.head.t) if known else None

    @cached_property
    def gradient_stop(self) -> int | None:
        """The number of the stop of the backward pass that holds the gradient of the scores."""
        name = f"d{self.score_name}"
        stops = self.scene.backward if self.score_name else ()
        return next((k for k, stop in enumerate(stops) if stop.line.name == name), None)

    @cached_property
    def gradient(self) -> Array | None:
        """The gradient of the scores, (V,); None where the playhead has not been."""
        k, head = self.gradient_stop, self.head
        if k is None or not self.scene.visited(head, "backward", k, head.t):
            return None
        return self.scene.column("backward", self.scene.backward[k].line.place, head.t)

    @cached_property
    def picked_stop(self) -> int | None:
        """The stop of the playhead's pass whose units the symbols are: the probabilities, or dy."""
        if self.head.direction == "forward":
            return self.scene.forward.index(self.stop)
        return self.gradient_stop

    @cached_property
    def wanted(self) -> int | None:
        """The symbol that should be said (or that was taken, once it is), where it is exactly one."""
        scene, t = self.scene, self.head.t
        if not scene.counted(t) or not scene.has_taken(self.head, t):
            return None
        if scene.loss is None or scene.run.cell.step.nodes[scene.loss.line.place].op != "cross_entropy":
            known = t < len(scene.wants) and scene.wants[t] in scene.symbols
            return scene.symbols.index(scene.wants[t]) if known else None
        target = scene.column("forward", scene.run.cell.step.nodes[scene.loss.line.place].args[2], t)
        return int(target.argmax()) if np.count_nonzero(target) == 1 and target.max() == 1 else None

    @cached_property
    def best(self) -> int | None:
        """The most probable symbol; None where none is known."""
        if self.p is None or not np.isfinite(self.p).any():
            return None
        return int(np.nanargmax(self.p))

    def selected(self, look: Look) -> int | None:
        """The symbol under the playhead, where it is on a line whose units are symbols; inside a line there is none."""
        if self.scene.inside(self.head):
            return None
        stop, unit = self.scene.stop(self.head), self.scene.unit(self.head)
        if stop.folded or stop.size != len(self.scene.symbols):
            return None
        named = elements_of(self.scene, self.head, look).symbol(stop.line.place, unit)
        return unit if named else None

    def loss(self, scene: Scene) -> float | None:
        """The loss of this timestep in one of the scenes; None if none counts, or not yet."""
        stop, t = self.scene.loss, self.head.t
        if stop is None or not self.scene.counted(t) or not self.scene.knows(self.head, stop.line.name, t):
            return None
        return float(scene.losses[t])

    @cached_property
    def entropy(self) -> float | None:
        """-sum(p log p) in nats, as the loss; a probability of 0 adds nothing."""
        if self.p is None:
            return None
        with np.errstate(all="ignore"):
            found = -float(np.sum(np.where(self.p == 0, 0.0, self.p * np.log(self.p))))
        return 0.0 if found < 0 else found  # rounding may leave a sign

    def ordered(self) -> Array:
        """The numbers of the symbols, the most probable first; as they come where nothing is known yet."""
        known = self.scores if self.p is None else self.p
        if known is None:
            return np.arange(len(self.scene.symbols))
        return np.argsort(-np.nan_to_num(known, nan=-np.inf), kind="stable")


def said(scene: Scene, head: Playhead, temperature: float = 1.0) -> Said | None:
    """What a scene says where the playhead is; None if its program has no softmax over the symbols."""
    return Said(scene, head, scene.probabilities, temperature) if scene.probabilities else None
