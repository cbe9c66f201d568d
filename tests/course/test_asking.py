"""Numbers as answers: worked out where they are arithmetic, and never read from the run."""

import math

import pytest

import rnntutor as rt
from rnntutor.course.asking import figured
from tests.show.scenes import scene


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("-0.5", -0.5), (" −0,5 ", -0.5), ("1e-3", 1e-3), ("0.8**39", 0.8**39), ("5/638.272", 5 / 638.272),
        ("exp(-4)", math.exp(-4)), ("log(0.8) * 39", 39 * math.log(0.8)),
        ("1 - 1/(1 + exp(-2))", 1 - 1 / (1 + math.exp(-2))),
        ("1/0", math.inf),
    ],
)  # fmt: skip
def test_arithmetic(text: str, wanted: float) -> None:
    assert figured(scene(), text) == pytest.approx(wanted)


@pytest.mark.parametrize(
    "text", ["", "nonsense", "c[1,2]", "T", "t", "total(loss)", "3 > 2", "0.8**", "print(1)", "[1, 2]", "2**0.5"]
)
def test_what_is_no_arithmetic(text: str) -> None:
    with pytest.raises(ValueError, match=r"wanted|unknown|complete|empty|language|power|joins|function"):
        figured(scene(), text)


def test_a_power_of_a_cell_stays_small() -> None:
    with pytest.raises(ValueError, match="from 2 to 9"):
        rt.parse_cell("h = x**10")
