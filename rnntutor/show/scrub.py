"""The bar under the tape: where in a long run the columns in sight are, and the playhead."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text

from rnntutor.show.look import Look
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import line_of


@dataclass(frozen=True)
class Bar:
    """Columns `start` to `stop` stand for all timesteps."""

    steps: int
    start: int
    stop: int

    def column(self, t: int) -> int:
        """Where a timestep is."""
        return self.start + t * (self.stop - self.start - 1) // max(1, self.steps - 1)

    def timestep(self, x: int) -> int:
        """The first timestep that is at a column, or the nearest end; the last column is the last timestep."""
        x = max(self.start, min(x, self.stop - 1)) - self.start
        room = max(1, self.stop - self.start - 1)
        return min(self.steps - 1, -(-x * (self.steps - 1) // room))


def lay_out(steps: int, label: int, width: int) -> Bar:
    """The bar between the label and the last timestep's number."""
    return Bar(steps, label, max(label + 2, width - len(str(steps - 1)) - 4))


def scrub(head: Playhead, bar: Bar, seen: range, look: Look) -> Text:
    """0 ──━━█━━────── 99999: thick where timesteps are in sight."""
    line = line_of(("0".rjust(bar.start - 1) + " ", look.faint))
    at, first, last = bar.column(head.t), bar.column(seen.start), bar.column(seen.stop - 1)
    for start, stop, sign, style in (
        (bar.start, first, look.glyphs.rail, look.faint),
        (first, at, look.glyphs.window, look.soft),
        (at, at + 1, look.glyphs.full, look.accent(head.direction)),
        (at + 1, last + 1, look.glyphs.window, look.soft),
        (max(at, last) + 1, bar.stop, look.glyphs.rail, look.faint),
    ):
        line.append(sign * (stop - start), style)
    return line.append(f" {bar.steps - 1}", look.faint)
