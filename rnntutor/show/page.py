"""A whole screen as lines of text: the panels one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from rnntutor.show import chrome, tape
from rnntutor.show.layout import arrange
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.trail import trail
from rnntutor.show.view import View
from rnntutor.show.views import VIEWS
from rnntutor.show.why import why

_SCORE = View()


def page(scene: Scene, head: Playhead, look: Look, width: int, height: int, view: View = _SCORE) -> list[Text]:
    """Header, tape, view and why, as the player shows them; at most `height` - 1 lines, the footer's left out."""
    rows = arrange(scene, head, view, width, height)
    drawn = panels(scene, head, look, width, height, view)
    lines = [chrome.header(scene, head, look, width), *[Text("")] * rows.top]
    lines += [*drawn["tape"], *[Text("")] * rows.below_tape, *drawn[view.name]]
    lines += [*[Text("")] * (rows.body - len(drawn[view.name])), *[trail(scene, head, look, width)] * rows.below_body]
    return lines + drawn.get("why", [])


def panels(
    scene: Scene, head: Playhead, look: Look, width: int, height: int, view: View = _SCORE
) -> dict[str, list[Text]]:
    """The panels of a screen by name: the tape, the view, and why if there is room for it."""
    rows = arrange(scene, head, view, width, height)
    drawn = {
        "tape": tape.tape(scene, head, look, width, rows.compact, view.watches),
        view.name: VIEWS[view.name].draw(scene, head, view, look, width, rows.body),
    }
    return drawn | ({"why": why(scene, head, look, width, rows.why, view.looked_at)} if rows.why else {})


def as_plain(lines: Sequence[Text]) -> str:
    """Lines without their colours; trailing blanks go."""
    return "\n".join(line.plain.rstrip() for line in lines).rstrip()
