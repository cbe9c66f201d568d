"""Where a word comes from: the gradient of its log-probability with respect to every pixel of the picture.

It goes back from the scores at that timestep, through all timesteps before and the first state, to the feature, and
from there through the convolutions (Simonyan, Vedaldi and Zisserman 2014, Deep inside convolutional networks).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.engine.parse import FEATURE
from rnntutor.show.said import Said, said
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead


@dataclass(frozen=True, eq=False)
class Origin:
    """The word at a timestep, and what every pixel does to its log-probability."""

    word: str
    gradient: Array
    """d log p(word) / d pixel, (rows, columns, 3)."""

    @property
    def strength(self) -> Array:
        """Of every pixel the sizes of its three gradients together, (rows, columns)."""
        found: Array = np.abs(self.gradient).sum(axis=-1)
        return found

    @property
    def largest(self) -> float:
        """The largest strength that is a number; 0 where there is none."""
        finite = self.strength[np.isfinite(self.strength)]
        return float(finite.max()) if finite.size else 0.0


def origin_of(scene: Scene, head: Playhead) -> Origin | None:
    """Of the word that is taken, or wanted, where the playhead is; None where its probability is not known yet."""
    spoken = said(scene, head)
    if scene.picture is None or spoken is None or not spoken.known or spoken.wanted is None:
        return None
    t, k = head.t, spoken.wanted
    return scene.remembered(("origin", t), lambda: Origin(scene.symbols[k], _gradient(scene, spoken, k)))


def _gradient(scene: Scene, spoken: Said, k: int) -> Array:
    """Seeded at this timestep: d log p[k] / dy is one-hot of k minus p; without scores d log p[k] / dp is 1 / p[k]."""
    run, t, picture = scene.run, spoken.head.t, scene.picture
    p, name = run[spoken.stop.line.name], spoken.score_name or spoken.stop.line.name
    seed = np.zeros_like(p)
    with np.errstate(all="ignore"):
        if spoken.score_name:
            seed[t, 0] = -p[t, 0]
            seed[t, 0, k] += 1
        else:
            seed[t, 0, k] = 1 / p[t, 0, k]
        found: Array = picture.sight.gradient(run.backward({name: seed}).starts[FEATURE])[0]  # type: ignore[union-attr]
    return found
