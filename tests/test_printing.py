"""`rnntutor show`: a screen as text, and every number of it as JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

from rnntutor.cli.opening import open_lesson
from rnntutor.course.lessons import find_lesson
from rnntutor.printing import as_json, as_text
from rnntutor.tasks.episode import Episode

SCREEN = """\
 why  c₂[3]  =  f₂[3] · c₁[3]   +  i₂[3] · g₂[3]
"""


@pytest.fixture(scope="module")
def hello() -> Episode:
    episode: Episode = open_lesson(find_lesson("hello"))
    return episode


def test_a_screen_has_tape_score_and_why(hello: Episode) -> None:
    text = as_text(hello, "forward t=2 line=c unit=3", 120)
    assert SCREEN.rstrip() in text
    assert "▶ forward · t 2 · line c · unit 3" in text
    assert f"{hello.run['c'][2, 0, 3]:+.3f}" in text
    assert max(map(len, text.splitlines())) <= 120
    assert text == text.rstrip()


def test_ascii_is_ascii(hello: Episode) -> None:
    assert as_text(hello, "backward t=1 line=dc", 100, ascii_only=True).isascii()


def test_json_holds_every_line_of_the_timestep(hello: Episode) -> None:
    told = json.loads(as_json(hello, "t=2 line=c unit=3"))
    assert (told["pass"], told["t"], told["line"], told["unit"]) == ("forward", 2, "c", 3)
    for line in told["lines"]:
        np.testing.assert_array_equal(line["values"], hello.run[line["name"]][2, 0])
    np.testing.assert_array_equal(told["given"]["h_prev"], hello.run["h_prev"][2, 0])


def test_json_of_the_way_back_holds_shares_and_totals(hello: Episode) -> None:
    told = [json.loads(as_json(hello, f"backward t={t} line=dW_f")) for t in range(hello.run.steps)]
    assert {one["line"] for one in told} == {"dW_f"}
    shares = [line["values"] for one in told for line in one["lines"] if line["name"] == "dW_f"]
    np.testing.assert_allclose(np.sum(shares, axis=0), told[0]["totals"]["W_f"], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("place", "word"),
    [
        ("t=9", "t=9"),
        ("unit=8 line=c", "unit=8"),
        ("line=q", "'q'"),
        ("sideways", "'sideways'"),
        ("t=-9", "t=-9 is out of range; there are 4 timesteps"),
        ("t=2.5", "'t=2.5'"),
        ("line=", "'line='"),
        ("backward line=c", "'c'"),
    ],
)
def test_a_bad_place_is_told_in_one_line(hello: Episode, place: str, word: str) -> None:
    with pytest.raises(ValueError, match="--at") as told:
        as_text(hello, place, 120)
    assert word in str(told.value)
    assert "\n" not in str(told.value)
