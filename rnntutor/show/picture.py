"""Lines of text, and what can be pointed at in them."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text


@dataclass(frozen=True)
class Picture:
    """Lines, and spots: line, first and last-plus-one column, and the number of the operand that stands there."""

    lines: tuple[Text, ...] = ()
    spots: tuple[tuple[int, int, int, int], ...] = ()

    def hit(self, x: int, y: int) -> int | None:
        """The operand at a place of the picture."""
        return next((k for row, start, stop, k in self.spots if y == row and start <= x < stop), None)

    def moved(self, rows: int, columns: int = 0) -> tuple[tuple[int, int, int, int], ...]:
        """The spots as they lie in a larger picture."""
        return tuple((row + rows, start + columns, stop + columns, k) for row, start, stop, k in self.spots)

    def counted_from(self, first: int) -> Picture:
        """The same with the operands counted from `first`."""
        return Picture(self.lines, tuple((row, start, stop, k + first) for row, start, stop, k in self.spots))

    def above(self, below: Picture, gap: int = 0) -> Picture:
        """This one with another under it, and empty lines between."""
        if not self.lines or not below.lines:
            return self if self.lines else below
        first = len(self.lines) + gap
        return Picture((*self.lines, *[Text("")] * gap, *below.lines), self.spots + below.moved(first))

    def cropped(self, start: int, height: int) -> Picture:
        """Some of its lines."""
        lines = self.lines[start : start + max(0, height)]
        return Picture(lines, tuple(spot for spot in self.moved(-start) if 0 <= spot[0] < len(lines)))
