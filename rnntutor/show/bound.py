"""How long the gradient of a plain recurrent network can be at most, beside how long it is.

‖∂h_T/∂h_t‖ ≤ (γ · σ_max(W_h))^(T-t), γ the largest slope of the activation (Pascanu, Mikolov and Bengio, 2013).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnntutor.engine.norms import lengths
from rnntutor.engine.ops import Array
from rnntutor.engine.recurrent import plain
from rnntutor.show.route import sigma_of
from rnntutor.show.scene import Scene

_BEYOND = 2
"""Decades that an axis gives to a bound above the longest gradient."""


@dataclass(frozen=True)
class Bound:
    """No gradient of the state is longer than `values`, (T,)."""

    values: Array
    slope: float
    sigma: float


def bound_of(scene: Scene) -> Bound | None:
    """The bound; None for a cell that is no plain one, and where a value was set by hand, whose slope may be any."""
    return scene.remembered("bound", lambda: _bound_of(scene))


def _bound_of(scene: Scene) -> Bound | None:
    found, sigma = plain(scene.run.cell.step), sigma_of(scene)
    if found is None or sigma is None or not np.isfinite(sigma) or scene.run.edits:
        return None
    with np.errstate(all="ignore"):
        # Cut at every timestep, a gradient is only what comes in there.
        direct = lengths(scene.run.backward(scene.grads.seeds, 1)[found.state][:, 0])
    longest, factor = np.array(direct), found.slope * sigma
    for t in range(scene.steps - 2, -1, -1):
        if t + 1 not in scene.grads.cuts:
            longest[t] += factor * longest[t + 1]
    return Bound(longest, found.slope, sigma)


def within(bound: Bound, high: int) -> tuple[Array, int]:
    """What of a bound an axis shows, -1 for the rest, and the decade up to which it has to go for that."""
    values = np.where(np.isfinite(bound.values) & (bound.values > 0), bound.values, -1.0)
    top = max(high, min(high + _BEYOND, int(np.ceil(np.log10(values.max())))) if values.max() > 0 else high)
    return np.where(values <= 10.0**min(top, 308), values, -1.0), top
