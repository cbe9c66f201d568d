"""How the rows of a screen are shared out between its panels."""

from __future__ import annotations

from dataclasses import dataclass

from rnntutor.show import tape
from rnntutor.show.margins import WIDE
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.view import View
from rnntutor.show.views import VIEWS

_LEAST_PROSE = 6
"""Rows that words need."""
_PICTURE = 14
"""Rows that a picture needs to be painted on, and the words give way where there are fewer."""


@dataclass(frozen=True)
class Arrangement:
    """Rows of every panel, and of the air between them."""

    compact: bool
    top: int
    tape: int
    below_tape: int
    body: int
    """The view."""
    below_body: int
    why: int
    above_prose: int = 0
    prose: int = 0


def is_compact(width: int, height: int) -> bool:
    """Whether the small tape is called for."""
    return width < WIDE or height < 32


def arrange(scene: Scene, head: Playhead, view: View, width: int, height: int, prose: int = 0) -> Arrangement:
    """Share out the rows between header and footer: the view first, but not without its why if it has one.

    `prose` is how many rows a lesson's words would like to have; they get two fifths of the room, of a small one half.
    """
    compact = is_compact(width, height)
    rows = tape.height(scene, head, width, compact, view.watches)
    top = 0 if compact else 1
    room = height - 2 - top - rows
    prose = min(prose, max(_LEAST_PROSE, room // 2 if compact else 2 * room // 5))
    if view.brush is not None and room - prose < _PICTURE:
        prose = 0
    above = 1 if prose and not compact else 0
    room -= prose + above
    air = 1 if room >= 12 else 0
    parted = compact and tape.scrolls(scene, head, width, compact, view.watches)  # the bar parts them as well
    below = 0 if parted else air
    wanted = VIEWS[view.name].height
    if wanted is None:
        return Arrangement(compact, top, rows, below, max(1, room - below), 0, 0, above, prose)
    least = 4 if room >= 15 else 2
    body = max(1, min(wanted(scene, head, view), room - air - below - least))
    return Arrangement(compact, top, rows, below, body, air, max(1, room - air - below - body), above, prose)
