"""Training: forward, loss, backward, clip, update, over and over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from rnntutor.engine.arguments import above_zero
from rnntutor.engine.cell import Cell
from rnntutor.engine.ops import Array
from rnntutor.engine.optim import Optimiser, clip_by_norm, global_norm
from rnntutor.engine.run import Run, run


@dataclass(frozen=True)
class Batch:
    """What one iteration trains on: x (T, B, D) and target (T, B, V)."""

    x: Array
    target: Array
    fresh: bool = False
    """Whether the states start at zero instead of where the batch before left them."""
    counts: Array | None = None
    """1 where the loss counts and 0 where not, (T,) or (T, B); without it, it counts everywhere.

    Where it does not count, any target will do that adds up to 1, such as the same for every symbol.
    """


@dataclass(frozen=True)
class Progress:
    """Where training stands after one iteration."""

    iteration: int
    """From 1."""
    loss: float
    """Of this batch before the update, per symbol that counts."""
    norm: float
    """Of all gradients together, before clipping."""
    params: Mapping[str, Array]
    """After the update."""


class Diverged(ArithmeticError):
    """The loss or the gradient is no longer a number."""


def train(
    cell: Cell,
    params: Mapping[str, Array],
    batches: Iterable[Batch],
    optimiser: Optimiser,
    clip: float | None = 5.0,
) -> Iterator[Progress]:
    """One progress report per batch. The gradient is that of the mean loss per symbol that counts, clipped by norm.

    States carry over from batch to batch and the gradient does not: truncated backpropagation through time.
    Raises Diverged when the loss or the gradient is not finite any more, ValueError for counts that do not fit.
    """
    limit = above_zero("clip", clip) if clip is not None else np.inf
    return _train(cell, params, batches, optimiser, limit)


def _train(
    cell: Cell, params: Mapping[str, Array], batches: Iterable[Batch], optimiser: Optimiser, limit: float
) -> Iterator[Progress]:
    """See `train`, which has checked the arguments."""
    states = None
    for iteration, batch in enumerate(batches, 1):
        ran = run(cell, params, batch.x, None if batch.fresh else states, target=batch.target)
        states = ran.last
        counts = _counts(batch, ran)
        loss, count = _lost(ran, counts)
        if not np.isfinite(loss):
            raise Diverged(f"the loss is {loss} at iteration {iteration}; a smaller rate or clip may help")
        found = ran.backward() if counts is None else ran.backward({"loss": counts})
        grads = {name: g / g.dtype.type(count) for name, g in found.params.items()}
        norm = global_norm(grads)
        if not np.isfinite(norm):
            raise Diverged(f"the gradient's norm is {norm} at iteration {iteration}; a smaller rate may help")
        params = optimiser.update(params, clip_by_norm(grads, limit) if norm > limit else grads)
        yield Progress(iteration, loss, norm, params)


def _counts(batch: Batch, ran: Run) -> Array | None:
    """Where the loss of a batch counts, (T, B); None where it does everywhere. Raises ValueError."""
    if batch.counts is None:
        return None
    counts = np.asarray(batch.counts)
    size = ran.steps, ran.batch
    if counts.shape not in (size, size[:1]):
        raise ValueError(f"counts has shape {counts.shape}; wanted is {size[:1]} or {size}")
    if not np.isin(counts, (0, 1)).all() or not counts.any():
        raise ValueError("counts: 1 where the loss counts and 0 where not is wanted, at least one of them 1")
    return np.broadcast_to(counts.reshape(ran.steps, -1), size).astype(ran["loss"].dtype)


def _lost(ran: Run, counts: Array | None) -> tuple[float, int]:
    """The mean of the losses that count, and how many those are."""
    if counts is None:
        count = ran.steps * ran.batch
        return float(ran["loss"].sum(dtype=np.float64)) / count, count
    count = int(counts.sum(dtype=np.float64))
    return float(ran["loss"].sum(dtype=np.float64, where=counts == 1)) / count, count
