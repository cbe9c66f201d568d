"""The picture view: what stands where, at every size, and what a click hits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.play.cursor import Cursor, track_of
from rnntutor.play.history import edited
from rnntutor.play.painting import painted
from rnntutor.show.brush import Brush
from rnntutor.show.change import Place
from rnntutor.show.look import ASCII, LIGHT, Look
from rnntutor.show.page import panels
from rnntutor.show.pictures import lay_out, pictures, showings
from rnntutor.show.prose import Block, Passage
from rnntutor.show.scene import Scene
from rnntutor.show.view import View
from rnntutor.vision.drawing import SIZE
from tests.show.captioned import captioned, seen
from tests.show.scenes import scene

PLAIN = Look(plain=True)
LOOKS = (Look(), Look(LIGHT), PLAIN, Look(glyphs=ASCII, plain=True), Look(LIGHT, glyphs=ASCII))
SHOWN = showings(seen())

brushes = st.none() | st.builds(Brush, st.integers(0, 23), st.integers(0, 23), shape=st.none() | st.integers(0, 1))
views = st.builds(View, st.just("picture"), shown=st.sampled_from(SHOWN), brush=brushes)


@st.composite
def places(draw: st.DrawFn) -> tuple[Scene, Cursor]:
    """A caption that is said, learned, or said of a picture that was painted, and a playhead."""
    played = captioned(draw(st.sampled_from(["lstm", "rnn"])), taught=draw(st.booleans()))
    if draw(st.booleans()):
        played = painted(played, seen().moved(0, 8, 1))
    track = track_of(played)
    cursor = Cursor(draw(st.sampled_from(["forward", "backward"])), unit=draw(st.integers(0, 50)))
    return played, track.at(cursor, draw(st.integers(0, track.length(cursor) - 1)))


@given(places(), views, st.integers(20, 210), st.integers(0, 60), st.sampled_from(LOOKS))
def test_it_fits_everywhere(at: tuple[Scene, Cursor], view: View, width: int, height: int, look: Look) -> None:
    lines = pictures(*at, view, look, width, height)
    assert len(lines) <= height
    assert all(line.cell_len <= width for line in lines)
    if look.glyphs is ASCII:
        assert all(line.plain.isascii() for line in lines)


@given(places(), views, st.integers(60, 210), st.integers(6, 40))
def test_what_is_clicked(at: tuple[Scene, Cursor], view: View, width: int, height: int) -> None:
    sheet = lay_out(*at, view, Look(), width, height)
    hits = {(x, y): sheet.pixel(x, y) for x in range(width) for y in range(height)}
    found = [pixel for pixel in hits.values() if pixel is not None]
    assert len(set(found)) == len(found) == sheet.side * sheet.side // 2
    if sheet.side == SIZE:
        assert set(found) == {(row, column) for row in range(0, SIZE, 2) for column in range(SIZE)}
        for (x, y), pixel in hits.items():
            if pixel is not None and view.shown == "picture" and view.brush is None:
                assert sheet.lines[y].plain[x] == "▀"


def test_a_small_screen() -> None:
    played = captioned(taught=True)
    cursor = Cursor("forward", 2, len(played.forward) - 1, 5)
    drawn = [line.plain.rstrip() for line in pictures(played, cursor, View("picture"), PLAIN, 80, 14)]
    assert drawn[0].split()[:4] == ["24", "×", "24", "v"]
    left = [line[1:28].rstrip() for line in drawn[1:13]]
    assert left == [
        "│                        │", "│                        │",
        "│    rRRRr               │",
        "│    RRRRR               │",
        "│     rrr                │",
        "│                        │",
        "│             bbbbbbbbb  │",
        "│             BBBBBBBBB  │",
        "│             BBBBBBBBB  │",
        "│             BBBBBBBBB  │",
        "│             BBBBBBBBB  │",
        "│                        │",
    ]  # fmt: skip
    right = [line[28:].strip() for line in drawn]
    assert right[2].startswith("h₋₁[5] ")
    assert right[4].startswith("wants   a .")
    assert any(line.startswith("p₂  next word   T 1   reads “small”   wants “red”") for line in right)
    assert drawn[13].startswith("  R red, G green")


def test_a_picture_in_little_room_is_smaller() -> None:
    sheet = lay_out(captioned(), Cursor(), View("picture"), PLAIN, 80, 8)
    assert (sheet.side, sheet.x, sheet.y) == (16, 2, 0)
    assert sheet.pixel(2, 0) == (0, 0)
    assert sheet.pixel(17, 7) == (21, 22)


def test_equations_where_there_is_room() -> None:
    played, cursor = captioned(), Cursor()
    tall = [line.plain for line in pictures(played, cursor, View("picture"), PLAIN, 120, 30)]
    assert any("the cell at t 0" in line for line in tall)
    assert not any("why" in line for line in tall)
    taller = [line.plain for line in pictures(played, cursor, View("picture"), PLAIN, 200, 50)]
    assert any(line.startswith(" why ") for line in taller)
    maps = [line.plain for line in pictures(played, cursor, View("picture", shown="conv1"), PLAIN, 120, 30)]
    assert not any("the cell" in line for line in maps)


@pytest.mark.parametrize("name", SHOWN[1:-1])
def test_maps_by_name(name: str) -> None:
    lines = [line.plain for line in pictures(captioned(), Cursor(), View("picture", shown=name), PLAIN, 200, 40)]
    maps = seen().sight.maps[name]
    after = "σ" if name == SHOWN[-2] else "ReLU"
    said = f"{name}   {maps.shape[-1]} maps of {len(maps[0])} × {len(maps[0])} after {after}"
    assert any(said in line for line in lines)


def test_where_the_word_comes_from() -> None:
    played = captioned(taught=True)
    view = View("picture", shown="gradient")
    before = [line.plain for line in pictures(played, Cursor("forward", 2, 0), view, PLAIN, 120, 20)]
    assert any("where the word at t 2 comes from: once it is said" in line for line in before)
    after = [line.plain for line in pictures(played, Cursor("forward", 2, 8), view, PLAIN, 120, 20)]
    assert "∂log p(red) / ∂pixel" in after[0]
    assert any("largest" in line for line in after)
    assert sum(line[4:28].count("9") for line in after[1:13]) >= 1


def test_the_brush() -> None:
    view = View("picture", brush=Brush(9, 3, "blue"))
    lines = [line.plain for line in pictures(captioned(), Cursor(), view, PLAIN, 80, 16)]
    assert lines[0].index("▾") == lines[5].index("v") == 2 + 3
    assert lines[5].startswith(" ▶")
    assert any("paints blue, brush at row 9 column 3" in line for line in lines)
    held = View("picture", brush=Brush(shape=1))
    lines = [line.plain for line in pictures(captioned(), Cursor(), held, PLAIN, 80, 16)]
    assert any("moves the large blue square, at row 17 column 17" in line for line in lines)
    assert lines[0].index("▾") == 2 + 17
    assert lines[1 + 8].startswith(" ▶")


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e200])
def test_numbers_that_are_none(value: float) -> None:
    played = edited(captioned("rnn", taught=True), Place("W_v", None, (0, 0)), value)
    for shown in SHOWN:
        for cursor in (Cursor("forward", 2, len(played.forward) - 1), track_of(played).end(Cursor("backward"))):
            lines = pictures(played, cursor, View("picture", shown=shown), Look(), 120, 20)
            assert all(line.cell_len <= 120 for line in lines)


def test_without_a_picture() -> None:
    assert [line.plain for line in pictures(scene(), Cursor(), View("picture"), PLAIN, 80, 10)] == [
        " This network sees no picture."
    ]


def test_words_give_way_to_a_picture_that_is_painted_on() -> None:
    words = Passage("1 of 1", "title", (Block((("word " * 300, ""),)),))
    played, cursor = captioned(), Cursor()
    reading = panels(played, cursor, PLAIN, 80, 24, View("picture"), words)
    painting = panels(played, cursor, PLAIN, 80, 24, View("picture", brush=Brush()), words)
    assert reading["prose"]
    assert not painting["prose"]
    assert len(painting["picture"]) >= 13
    large = panels(played, cursor, PLAIN, 120, 38, View("picture", brush=Brush()), words)
    assert large["prose"]
    assert len(large["picture"]) >= 13
