"""How well a task is done: against slow and plain ways to the same numbers, and on networks set by hand."""

from typing import Any

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.tasks import adding, chars, success
from rnntutor.tasks.sequences import TASKS, anbn
from rnntutor.tasks.success import CLOSE, MOST, TRIED, Measured, measures_of

ANBN, ADDING = TASKS["anbn"], TASKS["adding"]


def model_of(task: Any, text: str, **params: Any) -> rt.Model:
    """A model with weights set by hand."""
    cell = rt.parse_cell(chars.with_readout(text, task.readout))
    return rt.Model(cell, {name: np.array(p, float) for name, p in params.items()}, task.vocabulary.symbols)


def counter(last: float = 1e9) -> rt.Model:
    """A cell that counts: up with every a, down with every b; past `last` it does not count further.

    It says b while the count is above zero, then the end: the score of b is c - 1/2, that of T is 0.
    """
    counts = f"c = {last:g} - relu({last:g} - (c_prev + n))" if last < 1e9 else "c = c_prev + n"
    return model_of(ANBN, f"n = U @ x\n{counts}\nh = 1 * c", U=[[1, -1, 0]], W_y=[[0], [1], [0]], b_y=[-9, -0.5, 0])


def said_right(model: rt.Model, n: int) -> bool:
    """One string alone, symbol by symbol."""
    batch = ANBN.batch_of(["a" * n + "b" * n])
    says = rt.run(model.cell, model.params, batch.x, target=batch.target)["y"][:, 0].argmax(axis=-1)
    wants = anbn("a" * n + "b" * n).wants
    return all(want is None or model.symbols[int(k)] == want for k, want in zip(says, wants, strict=True))


def test_a_counter_counts_as_far_as_is_tried() -> None:
    assert success.success(ANBN, counter()) == (MOST,)


@pytest.mark.parametrize("last", [1, 15, 16, 17, 40, 64, 65, 200, 256, 300])
def test_a_counter_that_stops_counting(last: int) -> None:
    """It takes the largest count for all larger ones, wherever that lies between the groups that are tried together."""
    assert success.success(ANBN, counter(last)) == (last,)


@pytest.mark.parametrize("seed", range(6))
def test_longest_is_what_single_strings_tell(seed: int) -> None:
    """Of networks with random weights, some of which get the first few strings right."""
    right, rng = counter(5), np.random.default_rng(seed)
    params = {name: p + 0.1 * rng.normal(size=p.shape) for name, p in right.params.items()}
    noisy = rt.Model(right.cell, params, right.symbols)
    fails = [n for n in range(1, 20) if not said_right(noisy, n)]
    assert success.success(ANBN, noisy) == (fails[0] - 1,)


def test_one_that_accepts_a_later_string_alone_has_not_come_further() -> None:
    """All strings up to n are wanted, not any."""
    always_end = model_of(ANBN, "h = 0 * h_prev + U @ x", U=[[0, 0, 0]], W_y=[[0], [0], [0]], b_y=[0, 0, 1])
    assert success.success(ANBN, always_end) == (1,)
    always_b = rt.Model(always_end.cell, {**always_end.params, "b_y": np.array([0.0, 1, 0])}, always_end.symbols)
    assert success.success(ANBN, always_b) == (0,)


def adder(bias: float = 0.0) -> rt.Model:
    """Adds up number times mark, exactly: h keeps 0.5 + (X1 + X2) / 4."""
    text = "m = M @ x\nn = N @ x\nh = h_prev + m * n"
    return model_of(ADDING, text, M=[[0, 0.25]], N=[[1, 0]], W_y=[[1]], b_y=[0.5 + bias])


@pytest.mark.parametrize(("bias", "within"), [(0.0, 1), (0.039, 1), (0.041, 0), (-0.041, 0)])
def test_sums_are_right_up_to_a_limit(bias: float, within: float) -> None:
    share, error = success.success(ADDING, adder(bias))
    assert share == within
    assert error == pytest.approx(bias**2, abs=1e-15)


def test_who_always_says_a_half_has_the_published_error() -> None:
    """1/24, within 5 standard errors of the sequences tried; off by up to 0.04 in 4 * CLOSE - 4 * CLOSE**2 of them.

    X1 + X2 has the density (2 - |s|) / 4, and |s| / 4 < CLOSE where |s| < 4 * CLOSE.
    """
    model = adder()
    silent = rt.Model(model.cell, {**model.params, "W_y": np.zeros((1, 1))}, model.symbols)
    share, error = success.success(ADDING, silent)
    assert error == pytest.approx(1 / 24, abs=5 * 0.0486 / np.sqrt(TRIED))
    expected = 4 * CLOSE - 4 * CLOSE**2
    assert share == pytest.approx(expected, abs=5 * np.sqrt(expected * (1 - expected) / TRIED))


def test_accuracy_of_guessing_and_of_knowing() -> None:
    """A network that always says 0 is right as often as 0 comes; one that holds on to the key, always."""
    task = TASKS["recall"]
    assert task.vocabulary
    size = len(task.vocabulary)
    zeros = np.zeros((1, size))
    guess = model_of(task, "h = 0 * h_prev + U @ x", U=zeros, W_y=zeros.T, b_y=np.eye(size)[0])
    (share,) = success.success(task, guess)
    assert share == pytest.approx(0.25, abs=5 * np.sqrt(0.25 * 0.75 / TRIED))
    keys = np.eye(4, size)
    holds = model_of(task, "h = h_prev + U @ x", U=keys, W_y=keys.T, b_y=-np.r_[np.zeros(4), np.ones(size - 4)])
    assert success.success(task, holds) == (1.0,)


def test_the_loss_of_a_text_is_its_mean() -> None:
    cell = rt.parse_cell(chars.with_readout("h = tanh(W @ [h_prev, x] + b)"))
    model = rt.Model(cell, rt.init_params(cell, 3, 4, target=4), tuple("ehlo"))
    played = chars.episode(model, "hello", "t")
    (loss,) = success.success(TASKS["chars"], model, "hello")
    assert loss == pytest.approx(float(played.run["loss"].mean()), rel=1e-12)


def test_what_is_no_number_is_handed_on() -> None:
    broken = rt.Model(adder().cell, {**adder().params, "b_y": np.array([np.nan])}, adding.FEATURES.symbols)
    assert not np.isfinite(success.success(ADDING, broken)).all()


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.name)
def test_every_task_has_a_measure(task: Any) -> None:
    """A number for each, and a form that writes it."""
    cell = task.played_by(rt.parse_cell("h = tanh(W @ [h_prev, x] + b)"))
    symbols = task.vocabulary.symbols if task.vocabulary else tuple("ehlo")
    params = rt.init_params(cell, 3, len(symbols), target=task.outputs or len(symbols), **task.sizes)
    found: Measured = success.success(task, rt.Model(cell, params, symbols), "hello")
    assert [format(value, scale.form) for value, scale in zip(found, measures_of(task), strict=True)]
