"""Feature maps side by side: what every channel of a convolution sees, and where."""

from __future__ import annotations

import numpy as np
from rich.text import Text

from rnntutor.engine.ops import Array
from rnntutor.show.halfblocks import blocks, of_heat
from rnntutor.show.look import Look
from rnntutor.show.scales import largest, round_up
from rnntutor.show.texts import line_of

_SIDES = (24, 12, 8, 6, 4)
"""Pixels that the side of a tile may have."""

_SHARE = 0.99
"""What part of the numbers lies within the scale: the few largest are cut, so that the others can be told apart."""


def scale_of_maps(maps: Array) -> float:
    """What counts as a full pixel, the same for every channel, so that they can be compared."""
    return round_up(largest([maps], _SHARE))


def tiles(maps: Array, scale: float, look: Look, width: int, height: int) -> tuple[list[Text], int]:
    """Maps (rows, columns, C) as lines, and how many of the channels are there; tiles as large as fit.

    A smaller tile shows of every part of the map what is farthest from zero, a larger one repeats its pixels.
    """
    size, count = len(maps), maps.shape[-1]
    sides = [k for k in _SIDES if k % size == 0 or size % k == 0] or [size]
    side = next((k for k in sides if _room(k, width, height) >= count), sides[-1])
    shown, beside = min(count, _room(side, width, height)), max(1, (width + 1) // (side + 1))
    drawn = [blocks(of_heat(_sized(maps[..., k], side), scale, look), look) for k in range(shown)]
    rows = [drawn[k : k + beside] for k in range(0, shown, beside)]
    lines: list[Text] = []
    for row in rows:
        lines += [] if not lines else [Text("")]
        lines += [Text(" ", end="").join(parts) for parts in zip(*row, strict=True)]
    return [line_of().append_text(line) for line in lines], shown


def _room(side: int, width: int, height: int) -> int:
    """How many tiles fit."""
    return max(0, (width + 1) // (side + 1)) * max(0, (height + 1) // ((side + 1) // 2 + 1))


def _sized(plane: Array, side: int) -> Array:
    """One map in another size; both are multiples of one of them."""
    size = len(plane)
    if side >= size:
        return plane.repeat(side // size, axis=0).repeat(side // size, axis=1)
    part = size // side
    parts = plane.reshape(side, part, side, part).swapaxes(1, 2).reshape(side, side, -1)
    farthest = np.abs(np.nan_to_num(parts)).argmax(axis=-1)[..., None]
    found: Array = np.take_along_axis(parts, farthest, axis=-1)[..., 0]
    return found
