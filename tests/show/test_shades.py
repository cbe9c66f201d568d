"""Shades can be told apart by everybody: colour blindness and distances are computed here with code of its own."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.engine.ops import Array
from rnntutor.show.look import DARK, LEVELS, LIGHT, Look, Palette
from rnntutor.show.shades import contrast, shades

VISIONS = {
    "usual": np.eye(3),
    # Machado, Oliveira and Fernandes 2009, severity 1, for linear sRGB.
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
PALETTES = pytest.mark.parametrize("palette", [DARK, LIGHT], ids=lambda palette: palette.name)
SEEN = pytest.mark.parametrize("vision", VISIONS.values(), ids=VISIONS)


def linear(colours: list[str]) -> Array:
    """Amounts of light, one row per colour."""
    coded = np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in colours]) / 255
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def lab(light: Array) -> Array:
    """CIELAB under D65."""
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    xyz = light @ to_xyz.T / to_xyz.sum(axis=1)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


def seen(colours: list[str], vision: Array) -> Array:
    """Colours as somebody sees them, in CIELAB."""
    return lab(np.clip(linear(colours) @ vision.T, 0, 1))


def apart(one: Array, other: Array) -> Array:
    """How different colours look: CIEDE2000 (Sharma, Wu and Dalal 2005). About 1 can just be seen side by side."""
    mean = (np.hypot(one[:, 1], one[:, 2]) + np.hypot(other[:, 1], other[:, 2])) / 2
    grey = 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + 25.0**7)))
    a1, a2 = one[:, 1] * (1 + grey), other[:, 1] * (1 + grey)
    c1, c2 = np.hypot(a1, one[:, 2]), np.hypot(a2, other[:, 2])
    h1, h2 = (np.degrees(np.arctan2(b, a)) % 360 for a, b in ((a1, one[:, 2]), (a2, other[:, 2])))
    turn = np.where(c1 * c2 == 0, 0, (h2 - h1 + 180) % 360 - 180)
    dl, dc = other[:, 0] - one[:, 0], c2 - c1
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    lightness, chroma = (one[:, 0] + other[:, 0]) / 2, (c1 + c2) / 2
    hue = np.where(c1 * c2 == 0, h1 + h2, (h1 + turn / 2) % 360)
    t = (
        1 - 0.17 * np.cos(np.radians(hue - 30)) + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6)) - 0.20 * np.cos(np.radians(4 * hue - 63))
    )  # fmt: skip
    sl = 1 + 0.015 * (lightness - 50) ** 2 / np.sqrt(20 + (lightness - 50) ** 2)
    sc, sh = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    twist = -np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))
    twist = twist * 2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    squared = (dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + twist * (dc / sc) * (dh / sh)
    return np.asarray(np.sqrt(squared))


def backgrounds(palette: Palette) -> list[str]:
    """Every shade, most negative first."""
    return [Look(palette).heat_colour(k / LEVELS) for k in range(-LEVELS, LEVELS + 1)]


def test_the_yardstick() -> None:
    """Pairs from the paper's own table."""
    one = np.array(
        [
            [50, 2.6772, -79.7751],
            [50, 2.5, 0],
            [50, 2.5, 0],
            [60.2574, -34.0099, 36.2677],
            [2.0776, 0.0795, -1.1350],
        ]
    )
    other = np.array(
        [
            [50, 0, -82.7485],
            [73, 25, -18],
            [50, 0, -2.5],
            [60.4626, -34.1751, 39.4387],
            [0.9033, -0.0636, -0.5514],
        ]
    )
    assert apart(one, other) == pytest.approx([2.0425, 27.1492, 4.3065, 1.2644, 0.9082], abs=1e-4)


@SEEN
@PALETTES
def test_signs_can_be_told_apart(palette: Palette, vision: Array) -> None:
    """From the first digit on; ten times what can just be seen is plain at a glance, in a box of two columns."""
    found = seen(backgrounds(palette), vision)
    up, down = found[LEVELS + 1 :], found[LEVELS - 1 :: -1]
    assert apart(up, down)[1:].min() > 10
    assert apart(up, down)[5:].min() > 25
    digits = range(5, LEVELS)
    assert min(apart(up[[j]], down[[k]])[0] for j in digits for k in digits) > 25, "of whatever size"


@SEEN
@PALETTES
def test_neighbours_can_be_told_apart(palette: Palette, vision: Array) -> None:
    """Every step can be seen, and none is a leap: a strip is read as a whole, not step by step."""
    found = seen(backgrounds(palette), vision)
    steps = apart(found[1:], found[:-1])
    assert steps.min() > 1
    assert steps.max() < 8


@SEEN
@PALETTES
def test_marks_can_be_told_from_every_shade(palette: Palette, vision: Array) -> None:
    """The selected box and one that was set by hand. They are bold, or have a star, besides."""
    found = seen(backgrounds(palette), vision)
    for style in (Look(palette).selected, Look(palette).by_hand):
        assert style.bgcolor is not None
        mark = seen([style.bgcolor.name], vision)
        assert apart(found, np.repeat(mark, len(found), axis=0)).min() > 8


@PALETTES
def test_every_digit_can_be_read(palette: Palette) -> None:
    """4.5 is what WCAG asks for."""
    for k in range(-LEVELS, LEVELS + 1):
        style = Look(palette).heat(k / LEVELS)
        assert style.color is not None
        assert style.bgcolor is not None
        assert contrast(style.color.name, style.bgcolor.name) >= 4.5, k


@PALETTES
def test_small_numbers_are_calm(palette: Palette) -> None:
    """Zero is hardly more than the background, and every step leads farther from it."""
    found = seen([palette.background, *backgrounds(palette)], np.eye(3))
    away = apart(np.repeat(found[[0]], 2 * LEVELS + 1, axis=0), found[1:])
    assert away[LEVELS] < 6
    assert (np.diff(away[LEVELS:]) > 0).all()
    assert (np.diff(away[LEVELS::-1]) > 0).all()


colours = st.integers(0, 0xFFFFFF).map(lambda k: f"#{k:06x}")


@given(st.lists(colours, min_size=2, max_size=4, unique=True), st.integers(1, 30))
def test_shades_lead_from_the_first_to_the_last(stops: list[str], count: int) -> None:
    found = shades(stops, count)
    assert len(found) == count + 1
    assert (found[0], found[-1]) == (stops[0], stops[-1])


def test_greys_stay_grey() -> None:
    found = shades(["#000000", "#ffffff"], 10)
    assert [colorsys.rgb_to_hls(*(int(k[j : j + 2], 16) for j in (1, 3, 5)))[2] for k in found] == [0] * 11
    assert found == sorted(found)


def test_contrast() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#123456", "#123456") == 1
