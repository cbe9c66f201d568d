"""Training: forward, loss, backward, clip, update, over and over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from rnntutor.engine.arguments import above_zero
from rnntutor.engine.backward import Gradients
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

    Where it does not count, any target will do; one of a cross-entropy adds up to 1, such as the same for every symbol.
    """
    start: Mapping[str, Array] = field(default_factory=dict)
    """What an `init` section reads, (B, F) each."""


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
    for number, batch in enumerate(batches, 1):
        ran, seeds = forward(cell, params, batch, states)
        states = ran.last
        progress = iteration(number, ran, optimiser, limit, seeds)
        params = progress.params
        yield progress


def forward(
    cell: Cell, params: Mapping[str, Array], batch: Batch, states: Mapping[str, Array] | None
) -> tuple[Run, Mapping[str, Array] | None]:
    """The forward pass of an iteration, from the states that the batch before left, and the seeds of its gradient.

    Raises ValueError for counts that do not fit.
    """
    ran = run(cell, params, batch.x, None if batch.fresh else states, target=batch.target, **batch.start)
    counts = counts_of(batch, ran)
    return ran, None if counts is None else {"loss": counts}


def counts_of(batch: Batch, ran: Run) -> Array | None:
    """Where the loss of a batch counts, in the shape of the loss; None where it does everywhere. Raises ValueError.

    The shape is (T, B), or (T, B, ·) where the loss is a vector, such as (y - target)**2.
    """
    if batch.counts is None:
        return None
    counts = np.asarray(batch.counts)
    size = ran.steps, ran.batch
    if counts.shape not in (size, size[:1]):
        raise ValueError(f"counts has shape {counts.shape}; wanted is {size[:1]} or {size}")
    if not np.isin(counts, (0, 1)).all() or not counts.any():
        raise ValueError("counts: 1 where the loss counts and 0 where not is wanted, at least one of them 1")
    loss, per_step = ran["loss"], np.broadcast_to(counts.reshape(ran.steps, -1), size)
    return np.broadcast_to(per_step if loss.ndim == 2 else per_step[..., None], loss.shape).astype(loss.dtype)


def iteration(
    number: int,
    ran: Run,
    optimiser: Optimiser,
    limit: float = np.inf,
    seeds: Mapping[str, Array] | None = None,
    grads: Gradients | None = None,
) -> Progress:
    """One iteration after its forward pass: loss, backward, clip by norm, update. `optimiser` moves on.

    `seeds` weight a loss that is not called "loss", or does not count everywhere: see `loss_of`. `grads` are the
    run's gradients under the same seeds, where they are known already. Raises Diverged.
    """
    total, count = loss_of(ran, seeds)
    loss = total / count
    if not np.isfinite(loss):
        raise Diverged(f"the loss is {loss} at iteration {number}; a smaller rate or clip may help")
    mean = per_symbol(ran.backward(seeds) if grads is None else grads, count)
    norm = global_norm(mean)
    if not np.isfinite(norm):
        raise Diverged(f"the gradient's norm is {norm} at iteration {number}; a smaller rate may help")
    params = optimiser.update(ran.params, clip_by_norm(mean, limit) if norm > limit else mean)
    return Progress(number, loss, norm, params)


def loss_of(ran: Run, seeds: Mapping[str, Array] | None = None) -> tuple[float, int]:
    """The summed loss, and of how many symbols: of all, or of those whose seed, (T, B), is not zero.

    Raises ValueError where none counts.
    """
    if seeds is None:
        return float(ran["loss"].sum(dtype=np.float64)), ran["loss"].size
    counted = {name: np.asarray(seed) != 0 for name, seed in seeds.items()}
    count = sum(int(np.count_nonzero(k)) for k in counted.values())
    if not count:
        raise ValueError("seeds: no timestep counts, so there is nothing to learn from")
    return sum(float((seeds[name] * ran[name])[k].sum(dtype=np.float64)) for name, k in counted.items()), count


def per_symbol(grads: Gradients, count: int) -> dict[str, Array]:
    """The gradients of the mean loss, from those of the summed one."""
    return {name: g / g.dtype.type(count) for name, g in grads.params.items()}
