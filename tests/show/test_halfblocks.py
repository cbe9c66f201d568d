"""Pictures as half blocks, against the colours that come out of them; feature maps as tiles."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from rich.style import Style
from rich.text import Text

from rnntutor.show.halfblocks import LETTERS, blocks, of_heat, of_pixels, of_strength, scaled, tenths
from rnntutor.show.look import ASCII, DARK, LIGHT, Look
from rnntutor.show.tiles import tiles
from rnntutor.vision.drawing import COLOURS, parse_drawing
from tests.cases import Array

PLAIN = Look(plain=True)
LOOKS = (Look(), Look(LIGHT), PLAIN, Look(glyphs=ASCII), Look(LIGHT, glyphs=ASCII, plain=True))
numbers = st.floats(allow_nan=True, allow_infinity=True, width=64)


def colours_of(lines: list[Text]) -> Array:
    """The pixels of half blocks, (rows, columns, 3) from 0 to 255: read back from the styles of every column."""
    found = np.zeros((2 * len(lines), len(lines[0].plain), 3), int)
    for y, line in enumerate(lines):
        assert set(line.plain) == {"▀"}
        for span in line.spans:
            assert isinstance(span.style, Style)
            for row, colour in enumerate((span.style.color, span.style.bgcolor)):
                assert colour is not None
                found[2 * y + row, span.start : span.end] = colour.get_truecolor()
    return found


@given(arrays(np.uint8, st.tuples(st.sampled_from([2, 4, 6]), st.integers(1, 6), st.just(3))))
def test_every_pixel_has_its_colour(pixels: Array) -> None:
    lines = blocks(of_pixels(pixels / 255), Look())
    assert len(lines) == len(pixels) / 2
    assert (colours_of(lines) == pixels).all()


def test_an_odd_row_ends_on_the_background() -> None:
    lines = blocks(of_pixels(np.zeros((3, 2, 3))), Look())
    assert (colours_of(lines)[2] == 0).all()
    assert (colours_of(lines)[3] == [int(DARK.background[k : k + 2], 16) for k in (1, 3, 5)]).all()


def test_letters_without_colours() -> None:
    drawing = parse_drawing("small red circle 6 7, large black square 17 16")
    lines = [line.plain.rstrip() for line in blocks(of_pixels(drawing.pixels), PLAIN)]
    assert lines == [
        "", "",
        "     rRRRr",
        "     RRRRR",
        "      rrr",
        "",
        "            kkkkkkkkk",
        "            KKKKKKKKK",
        "            KKKKKKKKK",
        "            KKKKKKKKK",
        "            KKKKKKKKK",
        "",
    ]  # fmt: skip


def test_every_colour_has_a_letter_of_its_own() -> None:
    assert len(set(LETTERS.values())) == len(COLOURS) == len(LETTERS)
    for name, letter in LETTERS.items():
        assert letter.lower() in name
        assert blocks(of_pixels(np.full((2, 1, 3), COLOURS[name])), PLAIN)[0].plain == letter


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("pixel", [(0, 0), (3, 1), (5, 4)])
def test_a_marked_pixel_stands_out(look: Look, pixel: tuple[int, int]) -> None:
    raster = of_pixels(np.full((6, 5, 3), 0.5))
    plain, marked = blocks(raster, look), blocks(raster, look, pixel)
    differ = [y for y in range(3) if plain[y] != marked[y]]
    assert differ == [pixel[0] // 2]
    assert [line.cell_len for line in marked] == [5, 5, 5]


@given(arrays(np.float64, (5, 4), elements=numbers), st.sampled_from(LOOKS), st.sampled_from([1.0, 1e-300, 1e300]))
def test_any_numbers_can_be_drawn(values: Array, look: Look, scale: float) -> None:
    with np.errstate(all="ignore"):
        drawn = blocks(of_heat(values, scale, look), look)
        glowing = blocks(of_strength(np.zeros((5, 4, 3)), values, look), look)
    assert [line.cell_len for line in drawn + glowing] == [4] * 6


def test_tenths_are_figures() -> None:
    assert "".join(tenths(np.array([0, 0.09, 0.1, -0.35, 0.99, 1, 7, np.inf, np.nan]))) == "  139999?"


def test_figures_go_before_letters() -> None:
    red = np.broadcast_to(COLOURS["red"], (2, 2, 3))
    assert blocks(of_strength(red, np.array([[0.0, 0.7], [0.5, 0.0]]), PLAIN), PLAIN)[0].plain == "57"


@given(arrays(np.float64, (24, 24, 3), elements=st.floats(0, 1)), st.integers(1, 24))
def test_a_smaller_picture_keeps_its_light(pixels: Array, side: int) -> None:
    smaller = scaled(pixels, side)
    assert smaller.shape == (side, side, 3)
    np.testing.assert_allclose(smaller.mean(axis=(0, 1)), pixels.mean(axis=(0, 1)), atol=1e-12)
    if 24 % side == 0:
        parts = pixels.reshape(side, 24 // side, side, 24 // side, 3).mean(axis=(1, 3))
        np.testing.assert_allclose(smaller, parts, atol=1e-12)


@given(
    st.sampled_from([24, 12, 6]), st.integers(1, 40), st.integers(1, 160), st.integers(0, 40), st.sampled_from(LOOKS)
)
def test_tiles_fit(size: int, count: int, width: int, height: int, look: Look) -> None:
    maps = np.random.default_rng(0).random((size, size, count))
    lines, shown = tiles(maps, 1.0, look, width, height)
    assert len(lines) <= height
    assert all(line.cell_len <= width for line in lines)
    assert 0 <= shown <= count
    if width >= 49 and height >= 40:
        assert shown == count


def test_a_small_tile_shows_what_is_largest() -> None:
    maps = np.zeros((12, 12, 30))
    maps[7, 3, :] = -1.0
    lines, shown = tiles(maps, 1.0, PLAIN, 49, 19)
    assert shown == 30
    assert "".join(line.plain for line in lines).count("9") == 30
