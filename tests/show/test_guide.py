"""The help page: nothing wider than the page, nothing lost, two columns where there is room."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.show.guide import TWO_COLUMNS, Section, column, guide
from rnntutor.show.look import ASCII, LIGHT, Look
from rnntutor.show.panels import MARKS, PANELS, on_the_screen

LOOKS = (Look(), Look(LIGHT), Look(glyphs=ASCII), Look(plain=True))
text = st.text("abc xyz→长é\x1b", max_size=40)
sections = st.lists(st.tuples(text, st.lists(st.tuples(text, text), max_size=4)), max_size=4)
KEYS: list[Section] = [("Move", [("→ l", "one line on"), ("← h", "one line back")]), ("Go", [("b", "turn")])]
SCREEN: list[Section] = [("On the screen", list(on_the_screen(["tape", "why"])))]


@given(sections, sections, st.integers(20, 140), st.sampled_from(LOOKS))
def test_nothing_is_wider_than_the_page(
    left: list[Section], right: list[Section], width: int, look: Look
) -> None:
    lines = guide(left, right, look, width)
    assert all(line.cell_len <= width for line in lines)
    if not look.glyphs.subscripts:
        assert all(line.plain.isascii() for line in lines)


@pytest.mark.parametrize("width", [20, 40, 60, 90])
def test_no_word_is_lost(width: int) -> None:
    told = " ".join(line.plain for line in column([*KEYS, *SCREEN], Look(), width)).split()
    wanted = [
        word
        for heading, rows in [*KEYS, *SCREEN]
        for part in (heading, *sum(rows, ()))
        for word in part.split()
    ]
    assert "".join(told) == "".join(wanted)


def test_two_columns_where_there_is_room() -> None:
    narrow, wide = (guide(KEYS, SCREEN, Look(), width) for width in (TWO_COLUMNS - 1, TWO_COLUMNS))
    assert narrow[0].plain == "Move"
    assert wide[0].plain.split() == ["Move", "On", "the", "screen"]
    assert wide[1].plain.startswith("  → l        one line on")
    assert wide[1].plain[(TWO_COLUMNS - 4) // 2 + 4 :].startswith("  tape       A column per")


def test_what_is_there_is_told_with_the_marks() -> None:
    assert [name for name, _ in on_the_screen(["why", "tape", "nonsense"])] == ["why", "tape", *MARKS]
    assert not list(on_the_screen([]))
    assert {"tape", "score", "output", "weights", "flow", "compare", "why"} <= set(PANELS)
    assert all(said.isascii() and said.endswith(".") for said in [*PANELS.values(), *MARKS.values()])
