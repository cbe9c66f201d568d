"""A model that speaks: what it took is what `speak` says, and what its losses are of."""

from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnntutor as rt
from rnntutor.tasks.chars import spoken
from tests.tasks.test_chars import a_model

HOWS: list[dict[str, Any]] = [{}, {"how": "argmax"}, {"temperature": 0.3}, {"top_k": 2, "temperature": 3.0}]


def symbols_of(model: rt.Model, first: str, length: int, **how: Any) -> list[str]:
    """What the engine says after reading `first` one character at a time."""
    codes, states = [model.symbols.index(k) for k in first], None
    for code in codes[:-1]:
        x = np.eye(len(model.symbols))[None, None, code]
        states = rt.run(model.cell, model.params, x, states, target=x).last
    said = rt.speak(model.cell, model.params, codes[-1], init=states, **how)
    return [model.symbols[k] for k in islice(said, length)]


@given(first=st.text(alphabet="ehlo", min_size=1, max_size=5), length=st.integers(1, 8), seed=st.integers(0, 99),
       how=st.sampled_from(HOWS))  # fmt: skip
def test_it_takes_what_speak_says(first: str, length: int, seed: int, how: dict[str, Any]) -> None:
    model = a_model()
    told = spoken(model, first, length, "Speaks", seed=seed, **how)
    said = symbols_of(model, first, length, seed=seed, **how)
    silent = len(first) - 1
    assert told.took
    assert told.run.steps == silent + length
    assert told.wants == (*[""] * silent, *said)
    assert told.reads == (*first, *said[:-1])
    assert told.counts == (() if silent == 0 else (*[False] * silent, *[True] * length))


def test_a_loss_is_of_what_was_taken() -> None:
    """At temperature 1, whatever the temperature was that it spoke with."""
    told = spoken(a_model(), "he", 6, "", temperature=2.0, seed=4)
    for t in range(1, 7):
        p = told.run["p"][t, 0, told.symbols.index(told.wants[t])]
        assert told.run["loss"][t, 0] == pytest.approx(-np.log(p), rel=1e-9)


def test_it_says_what_it_is() -> None:
    told = spoken(a_model(), "h", 3, "A title", how="argmax")
    assert told.title == "A title"
    assert told.about == "LSTM  5 units · 4 chars · “h”", "what it will say is not told in its heading"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"first": ""}, "first: at least one character"),
    ({"first": "hx"}, "does not know 'x'"),
    ({"length": 0}, "length: a whole number from 1"),
    ({"length": 2.5}, "length: a whole number from 1"),
    ({"temperature": 0}, "temperature"),
    ({"top_k": 9}, "top_k"),
    ({"how": "guess"}, "how: "),
]


@pytest.mark.parametrize(("given_", "words"), WRONG)
def test_wrong_arguments_are_named(given_: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        spoken(a_model(), **{"first": "h", "length": 2, "title": "", **given_})
