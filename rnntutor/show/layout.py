"""How the rows of a screen are shared out between its panels."""

from __future__ import annotations

from dataclasses import dataclass

from rnntutor.show import tape
from rnntutor.show.rows import full_height
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.view import View


@dataclass(frozen=True)
class Arrangement:
    """Rows of every panel, and of the air between them."""

    compact: bool
    top: int
    tape: int
    below_tape: int
    score: int
    below_score: int
    why: int


def is_compact(width: int, height: int) -> bool:
    """Whether the small tape is called for."""
    return width < 100 or height < 32


def arrange(scene: Scene, head: Playhead, view: View, width: int, height: int) -> Arrangement:
    """Share out the rows between header and footer: the score first, but never without its why."""
    compact = is_compact(width, height)
    rows = tape.height(scene, head, width, compact, view.watches)
    top = 0 if compact else 1
    room = height - 2 - top - rows
    air = 1 if room >= 12 else 0
    parted = compact and tape.scrolls(scene, head, width, compact, view.watches)  # the bar parts them as well
    below = 0 if parted else air
    least = 4 if room >= 15 else 2
    scored = max(1, min(full_height(scene, head), room - air - below - least))
    return Arrangement(compact, top, rows, below, scored, air, max(1, room - air - below - scored))
