"""A whole screen as lines of text: the panels one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from rnntutor.show import chrome, tape
from rnntutor.show.layout import Arrangement, arrange
from rnntutor.show.look import Look
from rnntutor.show.prose import Passage, full_height, prose
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.trail import trail
from rnntutor.show.view import View
from rnntutor.show.views import VIEWS
from rnntutor.show.why import why

_SCORE = View()


def page(
    scene: Scene, head: Playhead, look: Look, width: int, height: int, view: View = _SCORE,
    passage: Passage | None = None,
) -> list[Text]:  # fmt: skip
    """Header, tape, view, why and a lesson's words, as the player shows them; at most `height` - 1 lines.

    The footer's line is left out.
    """
    rows = _rows(scene, head, look, width, height, view, passage)
    drawn = panels(scene, head, look, width, height, view, passage)
    lines = [chrome.header(scene, head, look, width), *[Text("")] * rows.top]
    lines += [*drawn["tape"], *[Text("")] * rows.below_tape, *drawn[view.name]]
    lines += [*[Text("")] * (rows.body - len(drawn[view.name])), *[trail(scene, head, look, width)] * rows.below_body]
    lines += drawn.get("why", [])
    air = [Text("")] * (height - 1 - rows.prose - len(lines))
    return [*lines, *air, *drawn["prose"]] if passage is not None else lines


def panels(
    scene: Scene, head: Playhead, look: Look, width: int, height: int, view: View = _SCORE,
    passage: Passage | None = None,
) -> dict[str, list[Text]]:  # fmt: skip
    """The panels of a screen by name: the tape, the view, why if there is room for it, and a lesson's words."""
    rows = _rows(scene, head, look, width, height, view, passage)
    drawn = {
        "tape": tape.tape(scene, head, look, width, rows.compact, view.watches),
        view.name: VIEWS[view.name].draw(scene, head, view, look, width, rows.body),
    }
    if rows.why:
        drawn["why"] = why(scene, head, look, width, rows.why, view.looked_at)
    if passage is not None:
        drawn["prose"] = prose(passage, look, width, rows.prose)
    return drawn


def _rows(
    scene: Scene, head: Playhead, look: Look, width: int, height: int, view: View, passage: Passage | None
) -> Arrangement:
    words = full_height(passage, look, width) if passage is not None else 0
    return arrange(scene, head, view, width, height, words)


def as_plain(lines: Sequence[Text]) -> str:
    """Lines without their colours; trailing blanks go."""
    return "\n".join(line.plain.rstrip() for line in lines).rstrip()
