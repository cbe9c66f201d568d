"""Training: the loss falls, states carry over, what is reported is true, and divergence is told."""

import warnings
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.engine.optim import OPTIMISERS, global_norm
from rnntutor.engine.train import iteration, loss_of
from rnntutor.tasks.chars import READOUT, batches, with_readout
from rnntutor.tasks.vocabulary import Vocabulary
from tests.cases import (
    FEW_CELLS,
    Values,
    assert_close,
    assert_matches_differences,
    numeric_gradient,
    one_hot,
)

TEXT = "the cat sat on the mat "
VOCABULARY = Vocabulary.of(TEXT)


def a_model(name: str = "lstm", hidden: int = 12, dtype: Any = np.float64) -> tuple[rt.Cell, Values]:
    """A shipped cell with a readout, and fresh parameters."""
    cell = rt.parse_cell(with_readout(rt.load_cell(name).text), name)
    size = len(VOCABULARY)
    return cell, rt.init_params(cell, hidden, size, target=size, seed=1, dtype=dtype)


def data(steps: int = 6, batch: int = 1, text: str = TEXT) -> Iterator[rt.Batch]:
    """Endless batches of the text."""
    return batches(text, VOCABULARY, steps=steps, batch=batch)


class Still:
    """An optimiser that changes nothing, and keeps the gradients."""

    def __init__(self) -> None:
        self.seen: list[Values] = []

    def update(self, params: Any, grads: Any) -> Values:
        """Remember."""
        self.seen.append(dict(grads))
        return dict(params)


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("cell", FEW_CELLS)
def test_the_loss_falls(cell: str, optimiser: str) -> None:
    """From about ln V, the loss of a guess, to a fraction of it."""
    rate = {"sgd": 0.5, "adagrad": 0.1, "adam": 0.02}[optimiser]
    model, params = a_model(cell)
    told = list(rt.train(model, params, islice(data(), 400), OPTIMISERS[optimiser](rate=rate)))
    assert told[0].loss == pytest.approx(np.log(len(VOCABULARY)), rel=0.15)
    assert np.mean([progress.loss for progress in told[-20:]]) < 0.3 * told[0].loss


def test_chunks_carry_the_states() -> None:
    """Chunks forward give the loss of one run over the whole text, for nothing is updated in between."""
    model, params = a_model()
    [whole] = islice(data(steps=22), 1)
    ran = rt.run(model, params, whole.x, target=whole.target)
    chunks = [rt.Batch(whole.x[k : k + 6], whole.target[k : k + 6]) for k in range(0, 22, 6)]
    told = list(rt.train(model, params, chunks, Still()))
    for k, progress in enumerate(told):
        assert progress.loss == pytest.approx(ran["loss"][6 * k : 6 * k + 6].mean(), rel=1e-12)


def test_gradients_stop_at_the_chunks() -> None:
    """Truncated: the gradients of the chunks add up to those of a run whose gradients stop every 6 steps."""
    model, params = a_model()
    [whole] = islice(data(steps=18), 1)
    still = Still()
    chunks = [rt.Batch(whole.x[k : k + 6], whole.target[k : k + 6]) for k in (0, 6, 12)]
    list(rt.train(model, params, chunks, still, clip=None))
    expected = rt.run(model, params, whole.x, target=whole.target).backward(window=6)
    for name in params:
        np.testing.assert_allclose(
            6 * sum(g[name] for g in still.seen), expected[name], rtol=1e-9, atol=1e-12
        )


def test_a_fresh_batch_starts_from_zero() -> None:
    model, params = a_model()
    [batch] = islice(data(), 1)
    again = [rt.Batch(batch.x, batch.target, fresh=fresh) for fresh in (True, True, False)]
    first, fresh, carried = (progress.loss for progress in rt.train(model, params, again, Still()))
    assert fresh == first
    assert carried != first


def test_the_report_is_true() -> None:
    """Counted from 1, the loss a symbol before the update, the norm before clipping, the parameters after."""
    model, params = a_model()
    [batch] = islice(data(steps=5, batch=3), 1)
    [told] = rt.train(model, params, [batch], rt.SGD(0.1), clip=0.01)
    ran = rt.run(model, params, batch.x, target=batch.target)
    grads = {name: g / 15 for name, g in ran.backward().params.items()}
    assert told.iteration == 1
    assert told.loss == pytest.approx(ran["loss"].sum() / 15, rel=1e-12)
    assert told.norm == pytest.approx(global_norm(grads), rel=1e-12)
    for name, p in params.items():
        np.testing.assert_allclose(told.params[name], p - 0.1 * grads[name] * 0.01 / told.norm, rtol=1e-12)


@pytest.mark.parametrize("clip", [0.05, None])
def test_only_what_is_too_long_is_clipped(clip: float | None) -> None:
    model, params = a_model()
    still = Still()
    [told] = rt.train(model, params, islice(data(), 1), still, clip=clip)
    assert global_norm(still.seen[0]) == pytest.approx(told.norm if clip is None else clip, rel=1e-12)
    assert told.norm > 0.05


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_float32_stays(optimiser: str) -> None:
    model, params = a_model(dtype=np.float32)
    chunks = batches(TEXT, VOCABULARY, steps=6, batch=1, dtype=np.float32)
    *_, told = rt.train(model, params, islice(chunks, 5), OPTIMISERS[optimiser]())
    assert {p.dtype for p in told.params.values()} == {np.dtype(np.float32)}


def test_divergence_is_told() -> None:
    """An absurd rate without clipping: one error that says where."""
    cell = rt.parse_cell("h = relu(W @ [h_prev, x] + b)\n" + READOUT)
    params = rt.init_params(cell, 8, len(VOCABULARY), target=len(VOCABULARY), seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        with pytest.raises(rt.Diverged, match="iteration"):
            list(rt.train(cell, params, islice(data(), 400), rt.SGD(1e6), clip=None))


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_what_is_no_number_does_not_train(number: float) -> None:
    model, params = a_model()
    params["b_y"][0] = number
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        with pytest.raises(rt.Diverged, match="iteration 1"):
            list(rt.train(model, params, islice(data(), 2), rt.SGD()))


def test_training_needs_a_loss() -> None:
    cell = rt.load_cell("rnn")
    [batch] = islice(data(), 1)
    with pytest.raises(ValueError, match="target"):
        list(rt.train(cell, rt.init_params(cell, 3, len(VOCABULARY)), [batch], rt.SGD()))


@pytest.mark.parametrize("clip", [0.0, -1.0, np.nan, np.inf, "a"])
def test_a_wrong_clip_is_told_by_the_call(clip: Any) -> None:
    with pytest.raises(ValueError, match="clip: "):
        rt.train(*a_model(), data(), rt.SGD(), clip=clip)


# Losses that count only at some timesteps.


def a_small_problem(seed: int = 0) -> tuple[rt.Cell, Values, rt.Batch]:
    """A small network, T = 5, B = 3, and a loss that counts here and there."""
    rng = np.random.default_rng(seed)
    cell = rt.parse_cell(with_readout(rt.load_cell("rnn").text), "rnn")
    counts = (rng.random((5, 3)) < 0.5).astype(float)
    counts[4, 0] = 1
    x, target = one_hot(rng, 5, 3, 4), one_hot(rng, 5, 3, 4)
    return cell, rt.init_params(cell, 3, 4, target=4, seed=seed), rt.Batch(x, target, counts=counts)


def masked_mean(cell: rt.Cell, params: Values, batch: rt.Batch) -> float:
    """The mean loss where it counts, written by hand."""
    assert batch.counts is not None
    losses = rt.run(cell, params, batch.x, target=batch.target)["loss"]
    steps, streams = losses.shape
    kept = [losses[t, b] for t in range(steps) for b in range(streams) if batch.counts[t, b]]
    return float(sum(kept) / len(kept))


@pytest.mark.parametrize("seed", range(3))
def test_only_what_counts_is_learned(seed: int) -> None:
    """Loss and gradient are those of the mean over what counts."""
    cell, params, batch = a_small_problem(seed)
    still = Still()
    [told] = rt.train(cell, params, [batch], still, clip=None)
    assert told.loss == pytest.approx(masked_mean(cell, params, batch), rel=1e-12)
    for name, p in params.items():
        numeric = numeric_gradient(lambda: masked_mean(cell, params, batch), p)
        assert_matches_differences(still.seen[0][name], numeric, name)


def test_targets_that_do_not_count_do_not_matter() -> None:
    cell, params, batch = a_small_problem()
    assert batch.counts is not None
    other = np.where(batch.counts[..., None] == 1, batch.target, 0.25)
    seen = [Still(), Still()]
    one, same = (
        next(rt.train(cell, params, [replace(batch, target=target)], still))
        for target, still in zip((batch.target, other), seen, strict=True)
    )
    assert one.loss == same.loss
    for name in params:
        np.testing.assert_array_equal(seen[0].seen[0][name], seen[1].seen[0][name])


def test_counts_of_timesteps_hold_for_the_whole_batch() -> None:
    cell, params, batch = a_small_problem()
    counts = np.array([0, 1, 0, 0, 1])
    both = [replace(batch, counts=counts), replace(batch, counts=np.repeat(counts[:, None], 3, axis=1) == 1)]
    one, same = (next(rt.train(cell, params, [k], rt.SGD(0.1))) for k in both)
    assert one.loss == same.loss
    for name in params:
        np.testing.assert_array_equal(one.params[name], same.params[name])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_counting_everything_is_what_happens_without_counts(dtype: Any) -> None:
    model, params = a_model(dtype=dtype)
    [batch] = islice(batches(TEXT, VOCABULARY, steps=5, batch=3, dtype=dtype), 1)
    every = replace(batch, counts=np.ones(5))
    one, same = (next(rt.train(model, params, [k], rt.SGD(0.1))) for k in (batch, every))
    assert one.loss == pytest.approx(same.loss, rel=1e-12)
    for name, p in one.params.items():
        assert_close(same.params[name], p, name, dtype)


WRONG_COUNTS = {
    "too short": (np.ones(4), r"counts has shape \(4,\); wanted is \(5,\) or \(5, 3\)"),
    "of the batch": (np.ones(3), r"counts has shape \(3,\)"),
    "one row": (np.ones((5, 1)), r"counts has shape \(5, 1\)"),
    "weights": (np.full(5, 0.5), "counts: 1 where the loss counts"),
    "nan": (np.full(5, np.nan), "counts: 1 where the loss counts"),
    "nothing": (np.zeros((5, 3)), "at least one of them 1"),
}


@pytest.mark.parametrize("name", WRONG_COUNTS)
def test_wrong_counts_are_told(name: str) -> None:
    counts, words = WRONG_COUNTS[name]
    cell, params, batch = a_small_problem()
    with pytest.raises(ValueError, match=words):
        next(rt.train(cell, params, [replace(batch, counts=counts)], rt.SGD()))


def test_one_iteration_is_a_step_of_training() -> None:
    model, params = a_model()
    [batch] = islice(data(), 1)
    [told] = rt.train(model, params, [batch], rt.Adam(), clip=0.05)
    ran = rt.run(model, params, batch.x, target=batch.target)
    for grads in (None, ran.backward()):
        again = iteration(1, ran, rt.Adam(), 0.05, grads=grads)
        assert (again.iteration, again.loss, again.norm) == (told.iteration, told.loss, told.norm)
        assert all((again.params[name] == told.params[name]).all() for name in params)


def test_one_iteration_learns_only_what_counts() -> None:
    """The mean is over the timesteps that count, and so is its gradient."""
    model, params = a_model()
    [batch] = islice(data(), 1)
    ran = rt.run(model, params, batch.x, target=batch.target)
    counted = np.array([1, 0, 0, 1, 0, 1.0])[:, None]
    total, count = loss_of(ran, {"loss": counted})
    assert count == 3
    assert total == pytest.approx(ran["loss"][[0, 3, 5]].sum(), rel=1e-14)
    told = iteration(1, ran, rt.SGD(1.0), seeds={"loss": counted})
    assert told.loss == pytest.approx(ran["loss"][[0, 3, 5]].mean(), rel=1e-14)
    g = ran.backward({"loss": counted})
    for name, p in params.items():
        np.testing.assert_allclose(told.params[name], p - g[name] / 3, rtol=1e-12, atol=1e-15)
    with pytest.raises(ValueError, match="no timestep counts"):
        loss_of(ran, {"loss": np.zeros((6, 1))})
