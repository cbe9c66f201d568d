"""The adding problem: numbers instead of symbols, and a squared error instead of a cross-entropy."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnntutor as rt
from rnntutor.tasks import adding
from rnntutor.tasks.chars import with_readout
from rnntutor.tasks.sequences import TASKS, episode
from rnntutor.training import Settings, record_of, training

ADDING = TASKS["adding"]
numbers = st.integers(-1000, 1000).map(lambda k: k / 1000)


@given(values=st.lists(numbers, min_size=2, max_size=20), data=st.data())
def test_the_target_is_the_sum_of_what_is_marked(values: list[float], data: st.DataObject) -> None:
    one, two = data.draw(st.lists(st.integers(0, len(values) - 1), min_size=2, max_size=2, unique=True))
    pair = adding.adding(" ".join(f"{v:.3f}{'*' * (k in (one, two))}" for k, v in enumerate(values)))
    assert pair.wants[:-1] == (None,) * (len(values) - 1)
    assert float(pair.wants[-1] or "nan") == pytest.approx(0.5 + (values[one] + values[two]) / 4, abs=1e-6)


UNREADABLE = ("", "0.5", "0.5*", "0.5* 1* 1*", "2* 1*", "nan* 1*", "inf* 1*", "1e0* 1*", "a* 1*", "1** 1*")


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_sum(text: str) -> None:
    with pytest.raises(ValueError, match="adding reads numbers from -1 to 1, two of them marked") as caught:
        adding.adding(text)
    assert "\n" not in str(caught.value)


def test_numbers_side_by_side_end_together() -> None:
    batch = ADDING.batch_of(["0.5* -1*", "0.1 -0.3* .2 1*"])
    np.testing.assert_array_equal(batch.x[..., 0].T, [[0, 0, 0.5, -1], [0.1, -0.3, 0.2, 1]])
    np.testing.assert_array_equal(batch.x[..., 1].T, [[0, 0, 1, 1], [0, 1, 0, 1]])
    np.testing.assert_allclose(batch.target[-1, :, 0], [0.375, 0.675], rtol=1e-12)
    assert batch.counts is not None
    np.testing.assert_array_equal(batch.counts, [[0, 0]] * 3 + [[1, 1]])


def test_drawn_numbers_are_as_published() -> None:
    """One mark in each half, and the error of always saying 0.5 is 1/24: within 5 standard errors of 4000 draws."""
    batches = list(islice(ADDING.batches(40, seed=1), 100))
    x, target = (np.concatenate([getattr(k, side) for k in batches], axis=1) for side in ("x", "target"))
    half = adding.LENGTH // 2
    assert (x[:half, :, 1].sum(axis=0) == 1).all()
    assert (x[half:, :, 1].sum(axis=0) == 1).all()
    assert np.abs(x[..., 0]).max() <= 1
    squares = (target[-1, :, 0] - 0.5) ** 2
    assert abs(squares.mean() - 1 / 24) < 5 * squares.std() / np.sqrt(squares.size)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "irnn"])
def test_the_gradient_of_a_squared_error(cell: str) -> None:
    """Against finite differences; and of what is told, twice the difference."""
    program = rt.parse_cell(with_readout(rt.load_cell(cell).text, adding.READOUT), cell)
    assert rt.gradcheck(program, target=1) < 1e-6
    x, target = np.random.default_rng(1).normal(size=(2, 5, 3, 1))
    run = rt.run(program, rt.init_params(program, 4, 1, target=1), x, target=target)
    np.testing.assert_allclose(run.backward()["y"], 2 * (run["y"] - target), rtol=1e-12)


def test_the_loss_of_training_is_the_mean_squared_error() -> None:
    """Of the answers alone, and its gradient that of the mean: compared with one iteration by hand."""
    settings = Settings(task="adding", cell="rnn", hidden=4, batch=3, iterations=1, optimiser="sgd", rate=1.0, clip=0)
    [(progress, model)] = training(settings.checked(), "", {})
    cell = model.cell
    before = rt.init_params(cell, 4, 2, target=1)
    [batch] = islice(ADDING.batches(3, 0), 1)
    run = rt.run(cell, before, batch.x, target=batch.target)
    off = run["y"][-1, :, 0] - batch.target[-1, :, 0]
    assert progress.loss == pytest.approx(float((off**2).mean()), rel=1e-12)
    step = before["b_y"] - model.params["b_y"]
    np.testing.assert_allclose(step, [(2 * off).mean()], rtol=1e-10)


def test_an_lstm_learns_to_add(tmp_path: Path) -> None:
    """Far below the 1/24 of always saying 0.5; and its file is read and played again."""
    settings = Settings(task="adding", cell="lstm", hidden=12, batch=16, iterations=700).checked()
    steps = list(training(settings, "", record_of(settings, "", "")))
    model = steps[-1][1]
    assert np.mean([progress.loss for progress, _ in steps[-20:]]) < 0.1 / 24
    rt.save_model(tmp_path / "m.safetensors", model)
    again = rt.load_model(tmp_path / "m.safetensors")
    told = episode(again, "0.5* -0.3 0.7* -0.9", "adding")
    assert told.wants == ("", "", "", "0.8")
    assert told.reads == ("0.5*", "-0.3", "0.7*", "-0.9")
    assert told.counts == (False, False, False, True)
    assert not told.grads["loss"][:3].any()
    np.testing.assert_allclose(told.grads["loss"][-1], 1)
