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
    longest, cuts = direct.tolist(), frozenset(scene.grads.cuts)
    for t in range(scene.steps - 2, -1, -1):
        if t + 1 not in cuts:
            longest[t] += found.slope * sigma * longest[t + 1]
    return Bound(np.array(longest), found.slope, sigma)


def reach(bound: Bound, high: int) -> int:
    """The decade up to which an axis goes for a bound, where gradients go up to `high`."""
    sizes = bound.values[np.isfinite(bound.values) & (bound.values > 0)]
    top = int(np.ceil(np.log10(sizes.max()))) if sizes.size else high
    return max(high, min(top, high + _BEYOND))


def within(bound: Bound, top: int) -> Array:
    """What of a bound lies below a decade, (T,); -1 for the rest."""
    with np.errstate(all="ignore"):
        return np.where((bound.values > 0) & (np.log10(bound.values) <= top), bound.values, -1.0)
