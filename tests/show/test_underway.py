"""The page of a training: golden lines, and that it fits whatever the numbers are."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.show.look import ASCII, Look
from rnntutor.show.underway import progress_line, sample_line, underway
from rnntutor.training.underway import Standing

LOOKS = (Look(), Look(plain=True), Look(glyphs=ASCII, plain=True))
SOME = Standing(250, 1000, 1.8321, 9411.7, 11.2, "the wo\nlo 世界")


def test_progress() -> None:
    line = progress_line(SOME, Look(), 120).plain
    assert line == "████──────────── 250/1000  smoothed loss 1.832  9,412 chars/s  0:12 left"


def test_nothing_is_known_before_the_first_iteration() -> None:
    line = progress_line(Standing(0, 9, math.log(4), math.nan, math.nan), Look(glyphs=ASCII), 120).plain
    assert line == "---------------- 0/9  smoothed loss 1.386  - chars/s  - left"


def test_what_it_says() -> None:
    assert sample_line(SOME, Look(), 120).plain == "says  the wo⏎lo 世界"
    assert sample_line(SOME, Look(), 12).plain == "says  the w…"
    assert sample_line(Standing(0, 9, 1.0, 1.0, 1.0), Look(glyphs=ASCII), 120).plain == "says  -"


def test_the_curve_points_at_an_iteration() -> None:
    page = underway(SOME, [2.0, 1.5, 1.0, 0.5], 3, Look(), 80, 24)
    assert page[4].plain == "  iteration 3   loss 1.000   loss per symbol after so many iterations"
    assert underway(SOME, [2.0, 1.5, 1.0, 0.5], None, Look(), 80, 24)[4].plain.startswith("  iteration 4   loss 0.500")


odd = st.floats(0) | st.sampled_from([math.nan, math.inf, 1e300, 0.0])


@given(
    losses=st.lists(odd, max_size=300), look=st.sampled_from(LOOKS), width=st.integers(1, 200),
    height=st.integers(0, 60), said=st.text(max_size=60), numbers=st.tuples(odd, odd, odd),
)  # fmt: skip
def test_it_fits(
    losses: list[float], look: Look, width: int, height: int, said: str, numbers: tuple[float, float, float]
) -> None:
    page = underway(Standing(len(losses), 300, *numbers, said), losses, None, look, width, height)
    assert len(page) <= height
    assert all(line.cell_len <= width for line in page)
    assert look.glyphs is not ASCII or "".join(line.plain for line in page).isascii()


@pytest.mark.parametrize(("width", "height"), [(80, 21), (120, 35), (200, 57)])
def test_it_uses_the_room(width: int, height: int) -> None:
    page = underway(SOME, np.linspace(3, 1, 250).tolist(), 100, Look(), width, height)
    assert height * 2 // 3 <= len(page) <= height
