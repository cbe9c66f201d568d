"""Measurements: the texts against speaking one by one, the gradients against hand-written ones, every message."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rnntutor as rt
from rnntutor.course.measures import MEASURES, MOST, measured, samples, truncation, variety, with_settings
from rnntutor.engine.query import parse_query
from rnntutor.play.episodes import scene_of
from rnntutor.race.result import Finish, Result, Scale
from rnntutor.show.replay import knowing, replayed
from rnntutor.show.scene import Scene
from rnntutor.tasks.sequences import episode
from rnntutor.training import Settings, untrained
from tests import oracle
from tests.cases import FEW_CELLS
from tests.show.scenes import scene, silent

TEXT = "hello hello hallo"
SPOKEN = scene("lstm", TEXT)


def alone(played: Scene, first: str, seed: int, **options: Any) -> Iterator[str]:
    """What is said with one seed, symbol by symbol."""
    run, symbols = played.run, played.symbols
    return (symbols[k] for k in rt.speak(run.cell, run.params, symbols.index(first), seed=seed, **options))


@given(
    first=st.sampled_from("helo "),
    stop=st.sampled_from(["o", " ", None]),
    count=st.integers(1, 12),
    length=st.integers(1, 15),
    options=st.sampled_from([{}, {"how": "argmax"}, {"temperature": 0.7}, {"top_k": 2}]),
)
@settings(max_examples=40, deadline=None)
def test_texts(first: str, stop: str | None, count: int, length: int, options: dict[str, Any]) -> None:
    """Those that the model says one by one, cut at the stop symbol."""
    wanted = []
    for seed in range(count):
        said = "".join(islice(alone(SPOKEN, first, seed, **options), length))
        before, _, _ = said.partition(stop) if stop else (said, "", "")
        wanted.append(("" if first == stop else first) + before)
    found = samples(SPOKEN, first=first, stop=stop, count=count, length=length, **options)
    assert found == tuple(text.replace(" ", "␣") for text in wanted)
    measures = variety(
        SPOKEN, first=first, stop=stop, count=count, length=length, words=[wanted[0], "zzz"], **options
    )
    assert measures == {
        "distinct": len(dict.fromkeys(wanted)),
        "known": pytest.approx(wanted.count(wanted[0]) / count, rel=1e-15),
        "length": pytest.approx(sum(map(len, wanted)) / count, rel=1e-15),
    }


def test_the_likeliest_is_always_the_same() -> None:
    assert variety(SPOKEN, first="h", how="argmax", count=30, length=9) == {"distinct": 1.0, "length": 10.0}


def test_weights_that_were_edited_speak() -> None:
    """With a bias beyond all others the model says nothing but that."""
    unit = SPOKEN.symbols.index("a")
    run = SPOKEN.run.edit("b_y", unit=unit, value=1e4)
    assert samples(replace(SPOKEN, run=run), first="h", count=2, length=5) == ("haaaaa", "haaaaa")


def test_many_texts_are_said_quickly() -> None:
    """200 texts of 12 symbols with 32 units; the quickest of three, as a pause of the process is not ours."""
    played, times = scene("lstm", TEXT, 32), []
    for _ in range(3):
        start = time.perf_counter()
        variety(played, first="h", count=200, length=12)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.5


# Truncation.


def by_hand(name: str, window: int | None) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The gradients of all parameters as one vector, by the hand-written cells."""
    run = scene(name, TEXT).run
    params, x, target = dict(run.params), run["x"], run["target"]
    zeros = {state: np.zeros((1, 8)) for state in oracle.CELLS[name].states}
    values = oracle.forward(name, params, x, zeros, target)
    ones = {"loss": np.ones((len(x), 1))}
    grads = oracle.backward(name, params, x, zeros, values, ones, target, window).params
    return np.concatenate([grads[key].ravel() for key in sorted(grads)])


@pytest.mark.parametrize("name", FEW_CELLS)
def test_truncation(name: str) -> None:
    """Of 16 timesteps; a window of 25 cuts nothing."""
    found, full = truncation(scene(name, TEXT)), by_hand(name, None)
    for window in (1, 5):
        part = by_hand(name, window)
        error = np.sqrt(((part - full) ** 2).sum() / (full**2).sum())
        cosine = (part * full).sum() / np.sqrt((part**2).sum() * (full**2).sum())
        assert found[f"error_{window}"] == pytest.approx(error, rel=1e-9)
        assert found[f"cosine_{window}"] == pytest.approx(cosine, rel=1e-12)
        assert error > 0
        assert cosine < 1
    assert found["error_25"] == 0.0
    assert found["cosine_25"] == pytest.approx(1, rel=1e-15)
    assert list(found)[-1] == "bytes_full"


def test_bytes_by_hand() -> None:
    """Eight bytes for each of 6 lines of 8, y and p of 6, the loss, and x and target of 6; c and h of 8 before them."""
    found = truncation(SPOKEN, windows=[1, 5, 16, 40])
    each, before = 8 * (6 * 8 + 6 + 6 + 1 + 6 + 6), 8 * (8 + 8)
    assert [found[f"bytes_{k}"] for k in (1, 5)] == [each + before, 5 * each + before]
    assert found["bytes_16"] == found["bytes_40"] == found["bytes_full"] == 16 * each + before


def test_truncation_of_what_has_no_loss() -> None:
    """The gradients from outside are those that the scene was played with; a truncated scene is compared in full."""
    played = silent()
    found = truncation(played, windows=(1, 2))
    run, seeds = played.run, {"h": np.ones((5, 1, 6))}
    full, part = (run.backward(seeds, window).params for window in (None, 2))
    gap = sum(((part[k] - full[k]) ** 2).sum() for k in full) / sum((full[k] ** 2).sum() for k in full)
    assert found["error_2"] == pytest.approx(np.sqrt(gap), rel=1e-12)
    cut = replace(played, grads=run.backward(seeds, 1))
    assert truncation(cut, windows=(1, 2)) == found


def test_no_gradient_at_all() -> None:
    """Nothing to compare: nan, and no warning."""
    played = silent()
    nothing = replace(played, grads=played.run.backward({"h": np.zeros((5, 1, 6))}))
    found = truncation(nothing, windows=[2])
    assert np.isnan([found["error_2"], found["cosine_2"]]).all()


# Settings.


def test_facts_have_the_name_of_the_measurement() -> None:
    """And a query can ask for them."""
    told = measured("names", "variety", SPOKEN, {"first": "h", "count": 5}) | measured(
        "cut", "truncation", SPOKEN, {"windows": [2]}
    )
    keys = "names_distinct names_length cut_error_2 cut_cosine_2 cut_bytes_2 cut_bytes_full"
    assert list(told) == keys.split()
    assert all(type(value) is float for value in told.values())
    query = parse_query("cut_error_2 < 1 and names_distinct <= 5", knowing(SPOKEN, told))
    assert query.at(0) is True


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("variety", {}, "first is missing"),
        ("variety", {"first": "h", "depth": 3},
         "depth is not a setting; there are words, first, stop, count, length, how, temperature, top_k"),
        ("variety", {"first": "q"}, "first: 'q' is not a symbol; there are ␣ a e h l o"),
        ("variety", {"first": 3}, "first: 3 is not a symbol; there are ␣ a e h l o"),
        ("variety", {"first": "h", "stop": "x"}, "stop: 'x' is not a symbol; there are ␣ a e h l o"),
        ("variety", {"first": "h", "count": 0}, f"count: a whole number from 1 to {MOST} is wanted, not 0"),
        ("variety", {"first": "h", "count": 1000, "length": 101},
         "length: a whole number from 1 to 100 is wanted, not 101"),
        ("variety", {"first": "h", "length": "12"}, "length: a whole number from 1 to 1000 is wanted, not '12'"),
        ("variety", {"first": "h", "how": "beam"}, "how: 'argmax' or 'sample' is wanted, not 'beam'"),
        ("variety", {"first": "h", "temperature": 0}, "temperature: a number above zero is wanted, not 0"),
        ("variety", {"first": "h", "top_k": 9}, "top_k: a whole number from 1 to 6 is wanted, not 9"),
        ("variety", {"first": "h", "words": "names.txt"}, "words: a list of texts is wanted, with at least one in it"),
        ("variety", {"first": "h", "words": []}, "words: a list of texts is wanted, with at least one in it"),
        ("variety", {"first": "h", "words": ["a", 3]}, "words: a list of texts is wanted, with at least one in it"),
        ("value", {"query": 3}, "query: a text is wanted, such as 'total(loss)', not 3"),
        ("value", {"query": "loss[t]"},
         "query: one number for the whole run is wanted, such as total(loss), not loss[t]"),
        ("value", {"query": "h[2]"}, "query: one number for the whole run is wanted, such as total(loss), not h[2]"),
        ("value", {"query": "h[2,0] > 1"},
         "query: one number for the whole run is wanted, such as total(loss), not h[2,0] > 1"),
        ("truncation", {"window": 3}, "window is not a setting; there are windows"),
        ("truncation", {"windows": []}, "windows: a list of whole numbers is wanted, such as [1, 5, 25], not []"),
        ("truncation", {"windows": 5}, "windows: a list of whole numbers is wanted, such as [1, 5, 25], not 5"),
        ("truncation", {"windows": [5, 0]}, "windows: a whole number from 1 is wanted, not 0"),
        ("speed", {}, "kind should be one of value, variety, truncation, race, success, stored, not 'speed'"),
    ],
)  # fmt: skip
def test_messages(kind: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^mine: {re.escape(message)}$"):
        measured("mine", kind, SPOKEN, given)


def test_a_value_stays_while_the_run_is_edited() -> None:
    """What a query gave before all edits is there to compare with."""
    before = measured("before", "value", SPOKEN, {"query": "total(loss)"})
    assert before == {"before_value": pytest.approx(float(SPOKEN.run["loss"].sum()), rel=1e-15)}
    known = knowing(SPOKEN, before)
    edited = replayed(known, known.run.edit("W_f", unit=(0, 0), value=3.0))
    assert parse_query("before_value", edited).at(0) == before["before_value"]
    assert parse_query("total(loss) != before_value", edited).at(0)


@pytest.mark.parametrize("name", ["", "3a", "a b", "a-b", None])
def test_names_that_no_query_could_read(name: Any) -> None:
    with pytest.raises(ValueError, match=r"^name: letters, digits and _ are wanted, a letter first, not"):
        measured(name, "truncation", SPOKEN, {})


def test_what_does_not_speak() -> None:
    with pytest.raises(ValueError, match=r"^mine: cell: a line y with a score for each of 0 symbols is wanted$"):
        measured("mine", "variety", silent(), {"first": "h"})
    with pytest.raises(ValueError, match=r"^cell: a line y with a score for each of 2 symbols is wanted$"):
        samples(replace(SPOKEN, symbols=("a", "b")), first="a")


def test_symbols_that_look_alike() -> None:
    played = replace(SPOKEN, symbols=("�", "�", "e", "h", "l", "o"))
    with pytest.raises(ValueError, match="first: 2 symbols look like '�'"):
        samples(played, first="�")


def test_samples_take_settings_too() -> None:
    given = {"first": "h", "count": 3}
    assert with_settings("mine", samples, SPOKEN, given) == samples(SPOKEN, first="h", count=3)
    with pytest.raises(ValueError, match=r"^mine: words is not a setting; there are first, stop, count"):
        with_settings("mine", samples, SPOKEN, given | {"words": ["a"]})


def test_every_kind_can_be_measured() -> None:
    """With no more than what has no default."""
    needed = {"value": {"query": "total(loss)"}, "variety": {"first": "h"}}
    for kind in set(MEASURES) - {"race", "success", "stored"}:  # those have tests of their own
        found = measured("mine", kind, SPOKEN, needed.get(kind, {}))
        assert found
        assert all(key.startswith("mine_") for key in found)


def test_a_race_that_is_kept() -> None:
    """Its median, lowest and highest, under names that queries can read."""
    scale = Scale("longest n", "how far", high=True, form=".0f")
    runs = [Finish("lstm+forget", 3, 96, seed, 10, 1.0, 0.1, (value,)) for seed, value in enumerate((5.0, 9.0, 7.0))]
    lost = Finish("rnn", 3, 40, 0, 10, 1.0, None, (), "the loss is nan")
    text = Result("rnntutor race", "anbn", 10, "units", (scale,), (*runs, lost)).as_json()
    told = measured("far", "race", SPOKEN, {"file": text})
    assert told["far_lstm_forget"] == 7
    assert (told["far_lstm_forget_lowest"], told["far_lstm_forget_highest"]) == (5, 9)
    assert np.isnan(told["far_rnn"])
    with pytest.raises(ValueError, match="far: this is not JSON"):
        measured("far", "race", SPOKEN, {"file": "nonsense"})


def test_how_well_a_task_is_done() -> None:
    begun = Settings(task="parity", cell="rnn", hidden=3, iterations=1)
    played = scene_of(episode(untrained(begun, ""), "1011", ""))
    told = measured("try", "success", played, {"task": "parity"})
    assert list(told) == ["try_accuracy"]
    assert 0 <= told["try_accuracy"] <= 1
    with pytest.raises(ValueError, match="try: task: one of chars, "):
        measured("try", "success", played, {"task": "nonesuch"})


def test_what_was_stored_is_told() -> None:
    text = '{"command": "rnntutor measure", "measures": {"true of unseen": 0.25, "different": 3}}'
    assert measured("mine", "stored", SPOKEN, {"file": text}) == {"mine_true_of_unseen": 0.25, "mine_different": 3.0}
    for bad in ("", "[]", "{}", '{"measures": {"a": "b"}}', '{"measures": 3}'):
        with pytest.raises(ValueError, match="wanted is what rnntutor measure --out writes"):
            measured("mine", "stored", SPOKEN, {"file": bad})
