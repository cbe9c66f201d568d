"""What a picture is painted with: a brush of one pixel, a colour, and perhaps a shape that is moved instead."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rnntutor.vision.drawing import COLOURS, SIZE


@dataclass(frozen=True)
class Brush:
    """Where the brush is, and what it does."""

    row: int = SIZE // 2
    column: int = SIZE // 2
    colour: str = next(iter(COLOURS))
    shape: int | None = None
    """Which shape of the drawing is held, so that it moves instead of the brush; None for none."""

    def moved(self, down: int, right: int) -> Brush:
        """Elsewhere, but inside the picture."""
        row, column = (max(0, min(k, SIZE - 1)) for k in (self.row + down, self.column + right))
        return replace(self, row=row, column=column)

    def holding(self, shapes: int, by: int) -> Brush:
        """With the next of so many shapes, or the one before; between the last and the first none."""
        after = ((-1 if self.shape is None else self.shape) + by + 1) % (shapes + 1) - 1
        return replace(self, shape=None if after < 0 else after)
