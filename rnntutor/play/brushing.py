"""What a brush does to a picture. Pure; no screen."""

from __future__ import annotations

import numpy as np

from rnntutor.show.brush import Brush
from rnntutor.vision.drawing import COLOURS, GROUND, SIZE
from rnntutor.vision.picture import Picture


def dabbed(picture: Picture, brush: Brush, *, erase: bool = False, tall: int = 1) -> Picture:
    """The picture with the colour, or the ground, where the brush is; `tall` pixels from there downwards.

    The same picture where that changes nothing.
    """
    pixels = np.array(picture.pixels)
    pixels[brush.row : min(brush.row + tall, SIZE), brush.column] = GROUND if erase else COLOURS[brush.colour]
    return picture if (pixels == picture.pixels).all() else picture.painted(pixels)


def shoved(picture: Picture, brush: Brush, down: int, right: int) -> Picture:
    """The picture with the shape that is held elsewhere; the same where it would leave it or touch another.

    Raises ValueError where no drawing is known, or no shape is held.
    """
    if brush.shape is None:
        raise ValueError("brush: it holds no shape")
    after = picture.moved(brush.shape, down, right)
    return picture if after.drawing == picture.drawing else after


def shapes_of(picture: Picture) -> int:
    """How many shapes can be moved: none once something was painted by hand."""
    return len(picture.drawing.shapes) if picture.drawing is not None else 0
