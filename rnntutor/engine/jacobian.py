"""How one timestep turns a small change of a state into a change of a state: the Jacobian of the recurrence.

Gradients go back through time by products of its transpose. Where its largest singular value stays below some
number under 1, they vanish; to explode they need one above 1, which is not enough (Pascanu, Mikolov and Bengio,
"On the difficulty of training recurrent neural networks", 2013).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rnntutor.engine.evaluate import evaluate
from rnntutor.engine.given import index, known_shapes
from rnntutor.engine.ops import Array
from rnntutor.engine.program import Program
from rnntutor.engine.shapes import infer

if TYPE_CHECKING:
    from rnntutor.engine.run import Run


def jacobian(run: Run, state: str, t: int, wrt: str | None = None, batch: int = 0) -> Array:
    """J[i, k] = ∂state_t[i] / ∂wrt_{t-1}[k], (H of `state`, H of `wrt`); `wrt` is `state` itself if not given.

    Held fixed are the other states at t - 1, the inputs and the parameters: what `wrt` does through other lines of
    timestep t counts, what it does through timesteps before or after does not. At t = 0 it is with respect to the
    first state. `batch` is the row of the batch. Of an edited run the slopes are taken at the edited values, as
    in `Run.backward`. Raises ValueError for an unknown state, and for a timestep or row that does not exist.
    """
    wrt = state if wrt is None else wrt
    for what, name in (("state", state), ("wrt", wrt)):
        if name not in run.cell.states:
            there = ", ".join(run.cell.states) or "none"
            raise ValueError(f"{what}: {name!r} is not a state; there are {there}")
    t, row = index("t", t, run.steps), index("batch", batch, run.batch)
    reverse = run.cell.backward((state,))
    shapes = infer(reverse, known_shapes(run.params, run.inputs))
    (height,), (width,) = (shapes[run.cell.step.by_name[name]] for name in (state, wrt))
    place = {carry.name: carry.source for carry in reverse.carries}.get(f"d{wrt}")
    if place is None:
        return np.zeros((height, width), run.sizes.dtype)  # the one does not reach the other
    known = _one_row(run, t, row) | _unit_seeds(reverse, shapes, height, run.sizes.dtype)
    return np.array(evaluate(reverse, shapes, known, place).T, run.sizes.dtype)


def _one_row(run: Run, t: int, row: int) -> dict[int, Array]:
    """What is known of timestep `t`, of one row of the batch: (rows, 1), and parameters."""
    nodes = run.cell.step.nodes
    return {
        place: value if nodes[place].op == "param" else value[:, row : row + 1]
        for place, value in run.at(t).known.items()
    }


def _unit_seeds(
    reverse: Program, shapes: list[tuple[int, ...]], height: int, dtype: np.dtype[np.floating]
) -> dict[int, Array]:
    """A gradient of 1 for one unit of the state after the other, side by side; none from the timestep after."""
    known: dict[int, Array] = {place: np.eye(height, dtype=dtype) for place in reverse.leaves("seed").values()}
    for place in reverse.leaves("next").values():
        known[place] = np.zeros((*shapes[place], height), dtype)
    return known
