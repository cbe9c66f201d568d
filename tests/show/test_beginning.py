"""How a picture becomes the first state, and how the gradient comes back to it, against matrix products."""

from __future__ import annotations

import re

import numpy as np
import pytest

from rnntutor.play.cursor import Cursor, track_of
from rnntutor.play.history import edited
from rnntutor.play.target import target_of
from rnntutor.show.beginning import beginning_of, strips, terms
from rnntutor.show.change import Place
from rnntutor.show.look import ASCII, Look
from rnntutor.show.operands import operands
from rnntutor.show.scene import Scene
from rnntutor.show.score import score
from rnntutor.show.texts import number
from rnntutor.show.why import why
from tests.show.captioned import captioned
from tests.show.scenes import scene

PLAIN = Look(plain=True)


def swept(played: Scene) -> Cursor:
    """The end of the backward pass."""
    return track_of(played).end(Cursor("backward"))


@pytest.mark.parametrize("name", ["lstm", "rnn"])
def test_the_first_state(name: str) -> None:
    played = captioned(name)
    run, made = played.run, beginning_of(played, PLAIN)
    assert made is not None
    assert played.picture is not None
    expected = run.params["W_v"] @ played.picture.v + run.params["b_v"]
    np.testing.assert_allclose(made.values, expected)
    np.testing.assert_allclose([made.of(k).value for k in range(len(expected))], expected)
    assert (made.name(PLAIN, "3"), made.formula(PLAIN)) == ("h₋₁[3]", "W_v·v + b_v")
    assert (made.name(Look(glyphs=ASCII)), made.formula(Look(glyphs=ASCII))) == ("h'[0]", "W_v.v + b_v")
    assert beginning_of(scene(), PLAIN) is None
    assert strips(scene(), Cursor(), PLAIN, 80) == terms(scene(), Cursor(), PLAIN, 80) == []


@pytest.mark.parametrize("width", [30, 50, 90, 400])
def test_the_terms_add_up(width: int) -> None:
    played = edited(captioned(), Place("b_v", None, (3,)), 0.25)
    made = beginning_of(played, PLAIN)
    assert made is not None
    (line,) = terms(played, Cursor(unit=3), PLAIN, width)
    head, _, said = line.plain.partition(" = ")
    assert head == f"h₋₁[3] {number(float(made.values[3]))}"
    parts = [float(part.rsplit(" ", 1)[1]) for part in said.split("; ")]
    assert sum(parts) == pytest.approx(float(made.values[3]), abs=0.0006 * len(parts))
    assert parts[-1] == 0.25
    products = played.run.params["W_v"][3] * played.run.inputs["v"][0]
    shown = [int(k) for k in re.findall(r"(?<!_)v\[(\d+)]", said)]
    largest = np.argsort(-np.abs(products), kind="stable")[: len(shown)]
    np.testing.assert_allclose(np.abs(products[shown]), np.abs(products[largest]))
    assert len(shown) >= (width >= 90)
    assert said.startswith("v[") is bool(shown)


def test_a_state_that_was_set_by_hand() -> None:
    played = edited(captioned(), Place("h_prev", 0, (3,)), 0.5)
    (line,) = terms(played, Cursor(unit=3), PLAIN, 80)
    assert line.plain == "h₋₁[3] +0.500 = set by hand"


def test_gradients_come_once_the_start_is_swept() -> None:
    played = captioned(taught=True)
    before = [line.plain for line in strips(played, track_of(played).previous_line(swept(played)), PLAIN, 100)]
    after = [line.plain for line in strips(played, swept(played), PLAIN, 100)]
    assert [line.split()[0] for line in after] == ["v", "h₋₁", "dh₋₁", "dv"]
    assert set("".join(before[2].split()[1:])) == {"·"}
    assert before[3].endswith("once t 0 is swept")
    dh, v = played.grads.init["h"] + played.grads.init["c"], played.run.inputs["v"]  # both begin as the same
    assert after[3].endswith(f"‖dW_v‖ {np.linalg.norm(np.outer(dh, v)):.3f}   ‖db_v‖ {np.linalg.norm(dh):.3f}")
    assert [line.plain.split()[0] for line in strips(played, Cursor(), PLAIN, 100)] == ["v", "h₋₁"]


@pytest.mark.parametrize("value", [np.nan, np.inf, -1e300])
@pytest.mark.parametrize("width", [8, 31, 80])
def test_numbers_that_are_none_can_be_drawn(value: float, width: int) -> None:
    played = edited(captioned("rnn", taught=True), Place("W_v", None, (0, 0)), value)
    lines = strips(played, swept(played), PLAIN, width)
    assert len(lines) == 4
    assert all(line.cell_len <= max(width, 8) for line in lines)
    assert len(terms(played, swept(played), PLAIN, width)) == 1


def test_why_leads_to_the_picture() -> None:
    """From a gate to the first state, and what that is made of."""
    played, cursor = captioned(), Cursor("forward", 0, 0, 2)
    operand = next(k for k in operands(played, cursor, PLAIN) if k.label.startswith("h₋₁"))
    there = track_of(played).go(cursor, target_of(played, cursor, operand))
    lines = [line.plain for line in why(played, there, PLAIN, 100, 12)]
    assert lines[0].endswith("the start, h₋₁ = W_v·v + b_v: no timestep came before")
    assert any(line.strip().startswith(f"W_v[{operand.index[0]},") for line in lines)
    assert any("= W_v·v + b_v" in line.plain for line in score(played, cursor, PLAIN, 120, 30))
    assert not any("W_v" in line.plain for line in score(played, Cursor("forward", 1, 0), PLAIN, 120, 30))
    assert not any("W_v" in line.plain for line in why(scene(), Cursor(), PLAIN, 100, 12))
