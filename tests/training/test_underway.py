"""A training under way: any of its iterations again, and going on where it was stopped, both bit for bit."""

import math
import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rnntutor as rt
from rnntutor.engine.optim import OPTIMISERS
from rnntutor.engine.train import Diverged
from rnntutor.tasks.chars import batches
from rnntutor.tasks.sequences import TASKS
from rnntutor.tasks.vocabulary import Vocabulary
from rnntutor.training import Settings, training
from rnntutor.training.resuming import beside, load_training, save_training
from rnntutor.training.underway import Underway

HEBREW = "\u05e9\u05dc\u05d5\u05dd\n\u05e2\u05d5\u05dc"
TEXTS = ["hello world\nab\n" * 4, "世界和平\n世界" * 9, HEBREW * 5, "e\u0301a\u0300e\n" * 9, "🙂🙃🙂🙂\n🙃" * 9, "ab"]
ways = st.fixed_dictionaries(
    {
        "text": st.sampled_from(TEXTS),
        "optimiser": st.sampled_from(sorted(OPTIMISERS)),
        "cell": st.sampled_from(["rnn", "lstm"]),
        "steps": st.integers(1, 9),
        "batch": st.integers(1, 4),
        "layers": st.integers(1, 2),
        "shuffle": st.booleans(),
        "precision": st.sampled_from([32, 64]),
        "seed": st.integers(0, 3),
    }
)


def begun(table: Mapping[str, Any], iterations: int) -> Underway:
    """Before the first iteration."""
    wanted = Settings.of({"hidden": 3, **table, "iterations": iterations})
    return Underway.begun(wanted, wanted.text)


def to_the_end(under: Underway) -> Underway:
    """All its iterations."""
    while not under.over:
        under.advance()
    return under


def same(one: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    """Every number."""
    assert one.keys() == other.keys()
    for name, p in one.items():
        np.testing.assert_array_equal(p, other[name])
        assert p.dtype == other[name].dtype


@settings(deadline=None, max_examples=30)
@given(table=ways, skip=st.integers(0, 60))
def test_batches_that_are_left_out_are_the_ones_before(table: dict[str, Any], skip: int) -> None:
    text = table["text"]
    how: dict[str, Any] = {"steps": table["steps"], "batch": table["batch"]}
    how["shuffle"] = table["seed"] if table["shuffle"] else None
    all_of_them = islice(batches(text, Vocabulary.of(text), **how), skip, skip + 3)
    for one, other in zip(all_of_them, batches(text, Vocabulary.of(text), **how, skip=skip), strict=False):
        np.testing.assert_array_equal(one.x, other.x)
        np.testing.assert_array_equal(one.target, other.target)
        assert one.fresh == other.fresh


@settings(deadline=None, max_examples=20)
@given(table=ways, iterations=st.integers(1, 30))
def test_it_is_the_training_of_the_library(table: dict[str, Any], iterations: int) -> None:
    under = begun(table, iterations)
    reports = list(training(under.settings, under.text, {}))
    for progress, _ in reports:
        mine = under.advance()
        assert (mine.iteration, mine.loss, mine.norm) == (progress.iteration, progress.loss, progress.norm)
        same(mine.params, progress.params)
    assert under.over


@settings(deadline=None, max_examples=20)
@given(table=ways, iterations=st.integers(1, 40), share=st.floats(0, 1))
def test_any_iteration_again(table: dict[str, Any], iterations: int, share: float) -> None:
    under, k = begun(table, iterations), round(share * iterations)
    expected = to_the_end(begun(table, k)).point if k else begun(table, 1).point
    point = to_the_end(under).at(k)
    assert point.iteration == k
    same(point.params, expected.params)
    assert vars(point.stepper).keys() == vars(expected.stepper).keys()
    last = under.model()
    to_the_end(under)
    same(last.params, under.model().params)


def test_points_are_few_and_still_lead_anywhere() -> None:
    table = {"text": "hello", "cell": "rnn", "hidden": 2}
    under = to_the_end(begun(table, 700))
    assert len(under._points) <= 64
    assert under._points[0].iteration == 0
    steps = np.diff([point.iteration for point in under._points])
    assert set(steps) == {under._spacing}
    for k in (0, 1, 255, 256, 257, 699, 700):
        same(under.at(k).params, to_the_end(begun(table, k)).point.params if k else begun(table, 1).point.params)


@pytest.mark.parametrize("k", [-1, 4])
def test_an_iteration_that_was_not_made(k: int) -> None:
    with pytest.raises(ValueError, match=f"from 0 to 3 is wanted, not {k}"):
        to_the_end(begun({"text": "hello"}, 3)).at(k)


@settings(deadline=None, max_examples=25)
@given(table=ways, before=st.integers(1, 20), after=st.integers(1, 20))
def test_going_on_is_as_never_having_stopped(table: dict[str, Any], before: int, after: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "m.safetensors"
        save_training(path, to_the_end(begun(table, before)))
        on = to_the_end(load_training(path, more=after))
        whole = to_the_end(begun(table, before + after))
        assert list(on.losses) == list(whole.losses)
        assert on.smoothed == whole.smoothed
        same(on.model().params, whole.model().params)
        assert on.model().record == whole.model().record
        assert on.first == before
        save_training(path, on)
        assert rt.load_model(path).record["iterations"] == before + after


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if task.draw])
def test_a_task_goes_on_as_well(name: str, tmp_path: Path) -> None:
    path, table = tmp_path / "m.safetensors", {"task": name, "cell": "rnn", "batch": 2}
    save_training(path, to_the_end(begun(table, 3)))
    same(to_the_end(load_training(path, more=4)).point.params, to_the_end(begun(table, 7)).point.params)


def test_one_that_was_stopped_goes_on_to_its_end(tmp_path: Path) -> None:
    path, under = tmp_path / "m.safetensors", begun({"text": "hello"}, 9)
    for _ in range(4):
        under.advance()
    save_training(path, under)
    on = load_training(path)
    assert (on.iteration, on.settings.iterations) == (4, 9)
    same(to_the_end(on).point.params, to_the_end(under).point.params)


def test_the_text_may_have_moved(tmp_path: Path) -> None:
    path, text = tmp_path / "m.safetensors", tmp_path / "a.txt"
    text.write_text("hello hello")
    wanted = Settings.of({"file": str(text), "hidden": 2, "iterations": 2})
    save_training(path, to_the_end(Underway.begun(wanted, "hello hello")))
    text.rename(tmp_path / "b.txt")
    with pytest.raises(ValueError, match=r"a\.txt: No such file"):
        load_training(path, more=1)
    assert to_the_end(load_training(path, file=str(tmp_path / "b.txt"), more=1)).iteration == 3
    (tmp_path / "b.txt").write_text("hello hellO")
    with pytest.raises(ValueError, match=r"b\.txt: this is not the text that .* has learned so far"):
        load_training(path, file=str(tmp_path / "b.txt"), more=1)


def test_what_cannot_be_gone_on_with(tmp_path: Path) -> None:
    """Each in one line that names the file."""
    path, under = tmp_path / "m.safetensors", to_the_end(begun({"text": "hello"}, 3))
    save_training(path, under)

    def refused(words: str, more: int | None = 1) -> None:
        with pytest.raises(ValueError, match=re.escape(words)) as caught:
            load_training(path, more=more)
        assert "\n" not in str(caught.value)

    refused("all 3 iterations are made; say how many more, with --iterations", None)
    refused("iterations: a whole number from 1 is wanted, not 0", 0)
    rt.save_model(path, under.model(under.at(2)))
    refused("m.training.safetensors: this does not belong to")
    save_training(path, under)
    beside(path).write_bytes(b"\x80\x04 a pickle")
    refused("m.training.safetensors: not a safetensors file")
    beside(path).unlink()
    refused("m.training.safetensors: there is no such file")
    rt.save_model(path, replace(under.model(), record={}))
    beside(path).touch()
    refused("m.training.safetensors: ")


def test_a_training_that_diverges_stays_where_it_was(tmp_path: Path) -> None:
    (tmp_path / "mine.eq").write_text("h = W @ [h_prev, x]")
    table = {"cell": str(tmp_path / "mine.eq"), "optimiser": "sgd", "rate": 1e9, "clip": 0.0}
    under = begun({"text": "hello world", **table}, 50)
    with pytest.raises(Diverged, match="at iteration"):
        to_the_end(under)
    assert len(under.losses) == under.iteration
    assert np.isfinite(under.losses).all()
    same(under.at(under.iteration).params, under.point.params)
    assert under.last_good().iteration == under.iteration - 1


def test_the_smoothed_loss_is_that_of_min_char_rnn() -> None:
    under = to_the_end(begun({"text": "hello"}, 5))
    expected = math.log(4)
    for loss in under.losses:
        expected = expected * 0.999 + loss * 0.001
    assert under.smoothed == pytest.approx(expected, rel=1e-12)


def test_three_thousand_symbols() -> None:
    text = "".join(chr(0x4E00 + k) for k in range(3000))
    under = to_the_end(begun({"text": text, "precision": 32}, 2))
    assert len(under.model().symbols) == 3000
    assert np.isfinite(under.losses).all()
