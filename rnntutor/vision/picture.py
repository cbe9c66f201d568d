"""A picture that a network is shown: its pixels, and what is seen in them.

Picture.of(parse_drawing("small red circle 6 6, large blue square 17 17"))
picture.v                    # (F,), the feature
picture.painted(pixels)      # other pixels; what was drawn there is no longer known
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.vision.drawing import SIZE, Drawing
from rnntutor.vision.network import Sight, Vision, load_vision


@dataclass(frozen=True, eq=False)
class Picture:
    """24 × 24 pixels. Raises ValueError for another shape, or numbers that are not from 0 to 1."""

    pixels: Array = field(repr=False)
    """(24, 24, 3): red, green and blue."""
    drawing: Drawing | None = None
    """What is drawn there; None for what was painted by hand, or is a learner's own."""
    vision: Vision = field(default_factory=load_vision, repr=False)

    def __post_init__(self) -> None:
        pixels = np.asarray(self.pixels, np.float64)
        if pixels.shape != (SIZE, SIZE, 3):
            raise ValueError(f"pixels: shape ({SIZE}, {SIZE}, 3) is wanted, not {pixels.shape}")
        if not ((pixels >= 0) & (pixels <= 1)).all():
            raise ValueError("pixels: numbers from 0 to 1 are wanted")

    @classmethod
    def of(cls, drawing: Drawing) -> Picture:
        """The picture of a drawing."""
        return cls(drawing.pixels, drawing)

    @cached_property
    def sight(self) -> Sight:
        """What is seen in it, as a batch of one."""
        return self.vision.see(self.pixels)

    @property
    def v(self) -> Array:
        """The feature, (F,)."""
        v: Array = self.sight.v[0]
        return v

    def painted(self, pixels: Array) -> Picture:
        """With other pixels; a drawing is known only as long as nothing was painted on it."""
        return Picture(pixels, None, self.vision)

    def moved(self, k: int, down: int, right: int) -> Picture:
        """With a shape of its drawing elsewhere. Raises ValueError where no drawing is known."""
        if self.drawing is None:
            raise ValueError("picture: it has been painted on, so its shapes can no longer be moved")
        drawing = self.drawing.moved(k, down, right)
        return Picture(drawing.pixels, drawing, self.vision)
