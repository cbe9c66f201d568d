"""Pictures on a screen of letters: a half block shows two pixels, one above the other, in a single column.

blocks(of_pixels(pixels, look), look)        # (24, 24, 3) in 12 lines of 24 columns

Where there are no half blocks, or no colours, a letter stands for both pixels: R where both are red, r where one is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np
from rich.style import Style
from rich.text import Text

from rnntutor.engine.ops import Array
from rnntutor.show.look import LEVELS, Look, Palette
from rnntutor.show.shades import contrast
from rnntutor.show.texts import line_of
from rnntutor.vision.drawing import COLOURS, GROUND

Pixel = tuple[int, int]
"""A row and a column."""


def _letters() -> dict[str, str]:
    """A letter for every colour: its first one, or the last where that is taken."""
    found: dict[str, str] = {}
    for name in COLOURS:
        first = name[0].upper()
        found[name] = name[-1].upper() if first in found.values() else first
    return found


LETTERS = _letters()
"""What stands for a colour where colours cannot be seen."""


@dataclass(frozen=True, eq=False)
class Raster:
    """A picture to be drawn; an odd number of rows has half a line at its end."""

    colours: Array
    """(R, C, 3), from 0 to 1."""
    signs: Array
    """(R, C): the character that stands for a pixel where its colour cannot; a blank for nothing."""


def of_pixels(pixels: Array) -> Raster:
    """A picture in its own colours, (R, C, 3); the sign of a pixel is that of the nearest colour with a name."""
    known = np.array([*COLOURS.values(), GROUND])
    far = ((_sound(pixels)[:, :, None] - known) ** 2).sum(axis=-1)
    return Raster(pixels, np.array([*LETTERS.values(), " "])[far.argmin(axis=-1)])


def of_heat(values: Array, scale: float, look: Look) -> Raster:
    """Numbers (R, C) as shades of the house; their signs are tenths of the scale."""
    scaled = np.clip(np.nan_to_num(values / scale, nan=0.0, posinf=1.0, neginf=-1.0), -1, 1)
    return Raster(_heat(look.palette)[LEVELS + np.rint(scaled * LEVELS).astype(int)], tenths(values / scale))


def of_strength(pixels: Array, strength: Array, look: Look) -> Raster:
    """A dimmed picture with a glow where `strength` (R, C), from 0 to 1, is large."""
    dim, glow, ground = 0.3, _rgb(look.palette.positive), _rgb(look.palette.background)
    grey = _sound(pixels).mean(axis=-1, keepdims=True)
    share = np.clip(np.nan_to_num(strength, nan=0.0, posinf=1.0), 0, 1)[..., None]
    marks = tenths(strength)
    signs = np.where(marks == " ", of_pixels(pixels).signs, marks)
    return Raster((ground + dim * (grey - ground)) * (1 - share) + glow * share, signs)


def tenths(values: Array) -> Array:
    """One character for each of the numbers, which are 1 at full scale: tenths, a blank for less, ? for no number."""
    sizes = np.minimum(1.0, np.nan_to_num(np.abs(values), nan=0.0, posinf=1.0))
    marks = np.array([" ", *"123456789"])[np.minimum(9, (sizes * 10 + 1e-9).astype(int))]
    return np.where(np.isnan(values), "?", marks)


def _sound(colours: Array) -> Array:
    """Colours from 0 to 1, whatever they were."""
    found: Array = np.clip(np.nan_to_num(colours, nan=0.0, posinf=1.0, neginf=0.0), 0, 1)
    return found


def _rgb(colour: str) -> Array:
    return np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])


@lru_cache(maxsize=4)
def _heat(palette: Palette) -> Array:
    """The colours of all shades, the most negative first."""
    look = Look(palette)
    return np.array([_rgb(look.heat_colour((k - LEVELS) / LEVELS)) for k in range(2 * LEVELS + 1)])


# Drawing.


def blocks(raster: Raster, look: Look, marked: Pixel | None = None) -> list[Text]:
    """The picture as lines, C columns wide; `marked` is a pixel that stands out."""
    codes, signs = _even(_codes(raster.colours), _code(_rgb(look.palette.background))), _even(raster.signs, " ")
    lines = []
    for y, (above, below) in enumerate(zip(codes[::2].tolist(), codes[1::2].tolist(), strict=True)):
        together = [_of_both(a, b) for a, b in zip(signs[2 * y], signs[2 * y + 1], strict=True)]
        line = line_of()
        for pair, cells in groupby(zip(above, below, together, strict=True), key=lambda cell: cell[:2]):
            shown = [sign for *_, sign in cells]
            line.append(*_piece(pair, "".join(shown), look))
        lines.append(line)
    if marked is not None:
        y, x = marked[0] // 2, marked[1]
        lines[y] = _marked(lines[y], x, codes[2 * y : 2 * y + 2, x].tolist(), marked[0] % 2, look)
    return lines


def _piece(pair: tuple[int, ...], signs: str, look: Look) -> tuple[str, Style]:
    """Neighbours of the same colours."""
    if look.plain or not look.glyphs.upper:
        return signs, _inked(*pair)
    return look.glyphs.upper * len(signs), _of_two(*pair)


def _marked(line: Text, x: int, pair: list[int], half: int, look: Look) -> Text:
    """The line with one of its pixels in the colour of the playhead."""
    parts = line.divide([x, x + 1])
    if look.plain or not look.glyphs.upper:
        mark = Text("v" if half else "^", look.selected)
    else:
        pair[half] = _code(_rgb(look.palette.accent))
        mark = Text(look.glyphs.upper, _of_two(*pair))
    return Text.assemble(parts[0], mark, parts[2], no_wrap=True, end="")


def _of_both(a: str, b: str) -> str:
    """The sign of two pixels: small where it is only one's; figures go before letters."""
    if a == b:
        return a
    return max(a, b, key=lambda c: (c.isdigit(), c)).lower()


def _even(rows: Array, filling: object) -> Array:
    """With one row more where the number is odd."""
    if len(rows) % 2 == 0:
        return rows
    return np.concatenate([rows, np.full_like(rows[:1], filling)])


def _codes(colours: Array) -> Array:
    found: Array = np.rint(255 * _sound(colours)).astype(int) @ np.array([1 << 16, 1 << 8, 1])
    return found


def _code(colour: Array) -> int:
    return int(_codes(colour))


@lru_cache(maxsize=4096)
def _of_two(above: int, below: int) -> Style:
    return Style(color=f"#{above:06x}", bgcolor=f"#{below:06x}")


@lru_cache(maxsize=4096)
def _inked(above: int, below: int) -> Style:
    """The mean of two colours with ink that can be read on it."""
    mean = "".join(f"{(above >> k & 255) + (below >> k & 255) >> 1:02x}" for k in (16, 8, 0))
    return Style(color=max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, f"#{mean}")), bgcolor=f"#{mean}")


# Sizes.


def scaled(pixels: Array, side: int) -> Array:
    """A square picture (N, N, ·) in `side` rows and columns: each is the mean of what it covers."""
    weights = _covered(len(pixels), side)
    found: Array = np.einsum("ri,cj,ij...->rc...", weights, weights, pixels)
    return found


@lru_cache(maxsize=32)
def _covered(count: int, side: int) -> Array:
    """What share of each new row every old one is, (side, count)."""
    ends = np.arange(side + 1) * count / side
    old = np.arange(count)
    shared = np.minimum(ends[1:, None], old + 1) - np.maximum(ends[:-1, None], old)
    found: Array = np.maximum(shared, 0) * side / count
    return found
