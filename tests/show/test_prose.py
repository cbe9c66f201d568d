"""What a lesson says, drawn: golden lines, and properties for any words and any room."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.show.look import ASCII, LIGHT, Look
from rnntutor.show.prose import Block, Passage, choice_at, full_height, prose

ASKED = Passage(
    "4 of 9",
    "The forget gate keeps",
    (
        Block((
            ("f multiplies the old cell state, so c₁[3] is ", ""), ("+0.940", "value"),
            (" and is not written over.", ""),
        )),
        Block((("Will h₂[3] be larger or smaller?", ""),), "question"),
        Block((("larger", ""),), "choice", "1"),
        Block((("smaller", ""),), "choice", "2"),
        Block((("Think of a sigmoid.", ""),), "hint", "hint"),
        Block((("1 to 2 answers", ""),), "note"),
    ),
)  # fmt: skip
SMALL = """\
 4 of 9   The forget gate keeps
  f multiplies the old cell state, so c₁[3] is +0.940 and is
  not written over.
  Will h₂[3] be larger or smaller?
  1 larger     2 smaller
  hint  Think of a sigmoid.
  1 to 2 answers"""
WIDE = """\
 4 of 9   The forget gate keeps
    f multiplies the old cell state, so c₁[3] is +0.940 and is not written over.

    Will h₂[3] be larger or smaller?
    1 larger     2 smaller
    hint  Think of a sigmoid.
    1 to 2 answers"""
SHORT = """\
 4 of 9   The forget gate keeps
  … 2 more lines: m
  Will h₂[3] be larger or smaller?
  1 larger     2 smaller
  hint  Think of a sigmoid.
  1 to 2 answers"""
SHORTEST = """\
 4 of 9   The forget gate keeps
  f multiplies the old cell state, so c₁[3] is +0.940 and is
  … 5 more lines: m"""


def drawn(passage: Passage, width: int, height: int = 99, look: Look | None = None) -> str:
    return "\n".join(line.plain for line in prose(passage, look or Look(), width, height, "m"))


@pytest.mark.parametrize(
    ("width", "height", "wanted"), [(64, 99, SMALL), (120, 99, WIDE), (64, 6, SHORT), (64, 3, SHORTEST)]
)
def test_golden(width: int, height: int, wanted: str) -> None:
    assert drawn(ASKED, width, height) == wanted


def test_ascii() -> None:
    assert drawn(ASKED, 64, look=Look(glyphs=ASCII, plain=True)) == SMALL.replace("₁", "1").replace("₂", "2")


def test_in_ascii_a_product_is_a_star_and_what_parts_our_own_words_a_dash() -> None:
    blocks = (Block((("f · c′ is ", ""), ("0.5", "value"))), Block((("H hint · n skips", ""),), "note"))
    said = drawn(Passage("1 of 1", "t", blocks), 70, look=Look(glyphs=ASCII))
    assert "f * c' is 0.5" in said
    assert "H hint - n skips" in said
    assert "f · c′ is 0.5" in drawn(Passage("1 of 1", "t", blocks), 70)


def test_long_choices_have_a_line_each() -> None:
    choices = tuple(Block((("as long as this " * 3, ""),), "choice", str(k)) for k in (1, 2))
    passage = Passage("1 of 1", "t", choices)
    assert [line.plain[:4] for line in prose(passage, Look(), 70, 9)[1:]] == ["  1 ", "  2 "]
    assert [choice_at(passage, Look(), 70, 9, y) for y in range(-1, 4)] == [0, 0, 1, 2, 0]


def test_where_a_choice_stands() -> None:
    row = SMALL.splitlines().index("  1 larger     2 smaller")
    found = [choice_at(ASKED, Look(), 64, x, row) for x in range(64)]
    assert found == [0] * 2 + [1] * 8 + [0] * 5 + [2] * 9 + [0] * 40
    assert not any(choice_at(ASKED, Look(), 64, x, y) for x in range(64) for y in range(9) if y != row)


def test_right_and_wrong_do_not_need_colour() -> None:
    passage = Passage("1 of 1", "t", (Block((("Yes", ""),), "right"), Block((("No", ""),), "wrong")))
    assert drawn(passage, 80) == " 1 of 1   t\n  ✓ Yes\n  ✗ No"
    assert drawn(passage, 80, look=Look(glyphs=ASCII, plain=True)) == " 1 of 1   t\n  ok Yes\n  no No"


def test_an_escape_sequence_is_harmless() -> None:
    passage = Passage("1 of 1", "\x1b[31mt", (Block((("\x1b]0;x\x07[/] [@click=app.quit]a[/]", ""),)),))
    told = drawn(passage, 80)
    assert "\x1b" not in told
    assert "[@click=app.quit]a[/]" in told


kinds = st.sampled_from(["text", "item", "formula", "quote", "question", "hint", "right", "wrong", "note", "choice"])
styles = st.sampled_from(["", "em", "strong", "code", "value"])
blocks = st.builds(
    Block, st.lists(st.tuples(st.text(max_size=60), styles), max_size=4).map(tuple), kinds, st.sampled_from("123")
)
passages = st.builds(Passage, st.just("4 of 9"), st.text(max_size=90), st.lists(blocks, max_size=6).map(tuple))
looks = st.sampled_from([Look(), Look(LIGHT), Look(glyphs=ASCII, plain=True)])


@given(passages, looks, st.integers(20, 200), st.integers(0, 30))
def test_any_words_fit(passage: Passage, look: Look, width: int, height: int) -> None:
    lines = prose(passage, look, width, height, "m")
    assert len(lines) == min(height, full_height(passage, look, width))
    assert all(line.cell_len <= width for line in lines)
    assert all("\n" not in line.plain for line in lines)
    if not look.glyphs.subscripts:
        assert all(line.plain.isascii() for line in lines)
