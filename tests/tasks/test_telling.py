"""Telling: what is said is read next, until the end or a limit."""

from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnntutor as rt
from rnntutor.tasks.telling import Telling, with_edits
from tests.engine.test_beam import CELLS, END, case


@given(seed=st.integers(0, 30), text=st.sampled_from(CELLS[:2]), how=st.sampled_from(["argmax", "sample"]))
def test_it_says_what_the_engine_says_up_to_the_end(seed: int, text: str, how: Any) -> None:
    cell, params, _ = case(seed, text)
    telling = Telling(0, END, 8, how, temperature=0.7, seed=seed)
    spoken = list(islice(rt.speak(cell, params, 0, seed=seed, how=how, temperature=0.7), 8))
    wanted = spoken[: spoken.index(END) + 1] if END in spoken else spoken
    assert list(telling.told(cell, params)[0]) == wanted


@given(seed=st.integers(0, 30), text=st.sampled_from(CELLS), limit=st.integers(1, 6))
def test_the_run_reads_what_was_said_and_wants_what_is_said(seed: int, text: str, limit: int) -> None:
    cell, params, data = case(seed, text)
    said, ran = Telling(0, END, limit, "sample", seed=seed).told(cell, params, data)
    assert ran.steps == len(said) <= limit
    assert ran["x"][:, 0].argmax(axis=1).tolist() == [0, *said[:-1]]
    assert ran.inputs["target"][:, 0].argmax(axis=1).tolist() == list(said)
    assert END not in said[:-1]


@given(seed=st.integers(0, 30))
def test_what_is_set_by_hand_takes_part_in_the_choice(seed: int) -> None:
    cell, params, _ = case(seed)
    telling = Telling(0, END, 6)
    _, ran = telling.told(cell, params)
    loud = ran.edit("h", t=0, unit=None, value=1.0)
    said, again = telling.told(cell, params, edits=loud.edits)
    assert (again["h"][0] == 1).all()
    assert said == tuple(again["y"][:, 0].argmax(axis=1))


def test_a_row_given_is_read_instead() -> None:
    cell, params, _ = case(3)
    rows = np.eye(3)
    said, ran = Telling(0, None, 4).told(cell, params, rows={2: rows[1], 9: rows[0]})
    assert ran["x"][2, 0].tolist() == [0, 1, 0]
    assert ran["x"][3, 0].argmax() == said[2]


def test_edits_beyond_the_end_are_left_out() -> None:
    cell, params, _ = case(3)
    _, long = Telling(0, None, 6).told(cell, params)
    _, short = Telling(0, None, 2).told(cell, params)
    edited = with_edits(short, long.edit("f", t=1, unit=0, value=0.0).edit("f", t=5, unit=0, value=0.0).edits)
    assert edited["f"][1, 0, 0] == 0
    assert len(edited.edits) == 1


@pytest.mark.parametrize(
    ("setting", "wanted"),
    [
        ({"limit": 0}, "limit: a whole number from 1 to 100 is wanted, not 0"),
        ({"how": "loudest"}, "how: 'argmax' or 'sample' is wanted, not 'loudest'"),
        ({"temperature": 0}, "temperature: a number above zero is wanted, not 0"),
        ({"seed": -1}, "seed: a whole number from 0 is wanted, not -1"),
    ],
)
def test_a_wrong_setting_is_named(setting: dict[str, Any], wanted: str) -> None:
    with pytest.raises(ValueError, match=wanted):
        Telling(0, **setting)


def test_a_first_symbol_that_is_none_is_named() -> None:
    cell, params, _ = case(0)
    with pytest.raises(ValueError, match="first: a whole number from 0 to 2 is wanted, not 7"):
        Telling(7).told(cell, params)
