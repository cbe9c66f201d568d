"""The table of a race and its line of progress, as text."""

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.race.result import Result
from rnntutor.race.running import Contestant, Event
from rnntutor.show.look import ASCII, Look
from rnntutor.show.race import progress_line, race_table
from rnntutor.training import Settings
from tests.race.test_result import HIGH, LOW, finish, result, results

PLAIN = Look(glyphs=ASCII, plain=True)
RACE = result(
    *(finish("rnn", k, value, error, seconds=2.25) for k, (value, error) in enumerate([(0.25, 4e-2), (0.5, 3e-2)])),
    *(finish("lstm+forget", k, value, 1e-4) for k, value in enumerate([0.875, 1.0])),
    finish("irnn", 0, diverged="the loss is inf at iteration 2"),
    scales=(HIGH, LOW),
)
TABLE = """\
recall   accuracy: the share of right answers
2 seeds each · at most 50 iterations · about as many parameters as rnn

cell         units  params  median  lowest  highest       MSE  seconds  lowest to highest
lstm+forget      4     100   0.938   0.875    1.000  1.00e-04      1.0                  ●──●
rnn              4     100   0.375   0.250    0.500  3.50e-02      2.2  ●─────●
irnn             4     100       -       -        -         -      1.0
irnn seed 0 diverged: the loss is inf at iteration 2"""


def drawn(race: Result, look: Look = PLAIN, width: int = 100) -> str:
    """The table as text, without what no eye sees."""
    return "\n".join(line.plain.rstrip() for line in race_table(race, look, width))


def test_a_table() -> None:
    assert drawn(RACE, Look()) == TABLE


def test_a_table_in_ascii() -> None:
    text = drawn(RACE)
    assert text.isascii()
    assert text == TABLE.replace("·", "-").replace("●", "o").replace("─", "-")


def test_no_word_of_the_head_is_lost() -> None:
    head = drawn(RACE, Look(), 40).split("\n\n")[0]
    assert max(map(len, head.splitlines())) <= 40
    assert head.split() == TABLE.split("\n\n", maxsplit=1)[0].split()


def test_a_cell_with_hardly_any_units_is_told() -> None:
    small = replace(finish("gru", 0, 0.25), hidden=1)
    played = result(finish("rnn", 0, 0.5), small)
    assert drawn(played, width=120).splitlines()[-1] == (
        "gru with 1 unit: so few say little. Name the cell with the most parameters first, or take more units."
    )
    assert "so few" not in drawn(replace(played, same="units"))
    assert "so few" not in drawn(RACE)


def test_the_bar_of_progress_makes_way() -> None:
    assert progress_line(event(), Look(), 51).plain == "2/6 lstm seed 1 ████──── 4/8  loss 0.125  1:02 left"


def test_the_picture_makes_way() -> None:
    """Where there is no room for all columns; the numbers stay."""
    narrow = drawn(RACE, Look(), 76)
    assert "lowest to highest" not in narrow
    assert "0.375   0.250    0.500  3.50e-02      2.2" in narrow


@given(race=results(), width=st.integers(1, 160), look=st.sampled_from([Look(), PLAIN]))
def test_any_race_fits(race: Result, width: int, look: Look) -> None:
    lines = race_table(race, look, width)
    assert max(line.cell_len for line in lines) <= width
    assert look.glyphs is not ASCII or all(line.plain.isascii() for line in lines)


def event(**changes: Any) -> Event:
    """A run half done."""
    contestant = Contestant("lstm", Settings(task="recall", iterations=8), 100)
    fields: dict[str, Any] = {"run": 2, "runs": 6, "seed": 1, "iteration": 4, "loss": 0.125, "left": 61.2}
    return Event(contestant=contestant, **fields | changes)


def test_a_line_of_progress() -> None:
    assert progress_line(event(), Look(), 90).plain == "2/6 lstm seed 1 ████████──────── 4/8  loss 0.125  1:02 left"
    assert progress_line(event(), PLAIN, 90).plain == "2/6 lstm seed 1 ########-------- 4/8  loss 0.125  1:02 left"


@pytest.mark.parametrize("loss", [math.nan, math.inf, 1e300, 0.0])
@given(width=st.integers(1, 100))
def test_any_progress_fits(loss: float, width: int) -> None:
    for look in (Look(), PLAIN):
        line = progress_line(event(loss=loss, left=1e7), look, width)
        assert line.cell_len <= width
        assert look.glyphs is not ASCII or line.plain.isascii()
