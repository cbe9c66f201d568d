"""The routes that gradients take back through time: a state of the network, or of several networks one state each."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.engine.recurrent import keeper_of, largest_sigma, recurrent_of
from rnntutor.show.formula import Name
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import number, shorten, words

_FAR = 100.0
"""A norm that becomes so many times larger explodes; so many times smaller, it vanishes."""
_LONGEST_NAME = 12
_MOST_UNITS = 256
"""Units whose σ_max is found while somebody waits."""


@dataclass(frozen=True)
class Route:
    """A state through which gradients go back."""

    scene: Scene
    """Whose state it is."""
    state: str
    main: Scene
    """The scene whose stops the playhead counts."""
    leading: str
    """The state of that one which says how far the sweep is."""

    @property
    def norms(self) -> Array:
        """The lengths of its gradients over time, (T,)."""
        return self.scene.gradient_norms(self.state)

    @property
    def units(self) -> int:
        """H."""
        return int(self.scene.run[self.state].shape[-1])

    def first(self, head: Playhead) -> int:
        """The first timestep at which its gradient is computed already; T if it is nowhere."""
        if head.direction == "forward":
            return self.main.steps
        stop = next((k for k, stop in enumerate(self.main.backward) if stop.line.name == f"d{self.leading}"), 0)
        return head.t + (not self.main.visited(head, "backward", stop, head.t))

    def known(self, head: Playhead) -> bool:
        """Whether the state itself is computed at the playhead."""
        return head.direction == "backward" or self.main.knows(head, self.leading, head.t)

    def length(self, t: int, look: Look) -> str:
        """‖dh₁₂‖."""
        return Name(f"d{self.state}", t=t).write(look.glyphs).join(look.glyphs.norm * 2)

    def lead(self, look: Look) -> str:
        """The name of the network before that of a state; nothing where there is only one."""
        if not self.main.beside:
            return ""
        return f"{shorten(words(self.scene.called, look), _LONGEST_NAME, look.glyphs.more)} "

    def about(self, head: Playhead, look: Look) -> tuple[str, ...]:
        """What says most about how gradients go, the most first: mean f 0.970 where a gate decides, σ_max 1.300."""
        said, keeper = [], keeper_of(self.scene.run.cell.step, self.state)
        if keeper is not None:
            mean = self.scene.remembered(("mean", keeper), lambda: keeper.mean(self.scene.run))
            told = number(mean, signed=False) if head.direction == "backward" else look.glyphs.dot
            said.append(f"mean {keeper} {told}")
        sigma = sigma_of(self.scene)
        if sigma is not None and not (keeper is not None and self.state in free_states(self.scene)):
            said.append(f"{look.glyphs.singular} {number(sigma, signed=False)}")
        return tuple(said)

    def trend(self, head: Playhead, look: Look) -> str:
        """× 0.00190 since t 39: vanishes. Measured from where the sweep, or its window, first had a gradient.

        Growth that may come from losses on the way is not called an explosion.
        """
        if self.first(head) > head.t:
            return ""
        end = (*self.scene.grads.cuts, self.scene.steps)[bisect_right(self.scene.grads.cuts, head.t)]
        norms = self.norms[head.t : end]
        began = int(np.flatnonzero(norms)[-1]) if norms.any() else 0
        if began == 0 or not np.isfinite(norms[[0, began]]).all():
            return ""
        with np.errstate(over="ignore"):
            ratio = float(norms[0] / norms[began])
        said = f"{look.glyphs.by} {number(ratio, signed=False)} since t {head.t + began}"
        if entries(self.scene)[head.t : head.t + began].any():
            return f"{said}, with the losses between"
        return said + (": vanishes" if ratio <= 1 / _FAR else ": explodes" if ratio >= _FAR else "")


def routes(scene: Scene) -> list[Route]:
    """Every state of a network alone; of several networks one each, that through which gradients go best."""
    if not scene.beside:
        return [Route(scene, state, scene, state) for state in scene.run.cell.states]
    every = [each for each in (scene, *scene.beside) if each.run.cell.states]
    return [Route(each, highway(each), scene, highway(scene)) for each in every]


def highway(scene: Scene) -> str:
    """The state that no recurrent matrix multiplies, such as c of an LSTM; where there is none, the last one."""
    return (free_states(scene) or scene.run.cell.states)[-1]


def free_states(scene: Scene) -> tuple[str, ...]:
    """The states that no recurrent matrix multiplies."""
    step = scene.run.cell.step
    read = {arg for node in step.nodes if node.op in ("matmul", "concat") for arg in node.args}
    return tuple(carry.name for carry in step.carries if carry.leaf not in read)


def sigma_of(scene: Scene) -> float | None:
    """The largest σ_max of the recurrent matrices; None where there is none, or where it takes too long."""
    return scene.remembered("sigma of", lambda: _sigma_of(scene))


def _sigma_of(scene: Scene) -> float | None:
    columns = recurrent_of(scene.run)
    if not columns or max(map(len, columns.values())) > _MOST_UNITS:
        return None
    return largest_sigma(scene.run.params, columns)


def entries(scene: Scene) -> Array:
    """Whether a gradient comes in from outside, (T,): every timestep of a program with a loss has one."""
    return scene.remembered("entries", lambda: _entered(scene))


def _entered(scene: Scene) -> Array:
    outside = scene.grads.seeds
    if outside is None:
        return np.ones(scene.steps, bool)
    entered: Array = np.any([array.reshape(scene.steps, -1).any(axis=1) for array in outside.values()], axis=0)
    return entered
