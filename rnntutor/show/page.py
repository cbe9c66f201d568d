"""A whole screen as lines of text: the panels one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from rnntutor.show import chrome, score, tape
from rnntutor.show.layout import arrange
from rnntutor.show.look import Look
from rnntutor.show.scene import Playhead, Scene
from rnntutor.show.why import why


def page(scene: Scene, head: Playhead, look: Look, width: int, height: int) -> list[Text]:
    """Header, tape, score and why, as the player shows them; at most `height` - 1 lines, the footer's left out."""
    rows = arrange(scene, head.direction, width, height)
    drawn = [chrome.header(scene, head, look, width), *[Text("")] * rows.top]
    drawn += [*tape.tape(scene, head, look, width, rows.compact), *[Text("")] * rows.below_tape]
    drawn += [*score.score(scene, head, look, width, rows.score), *[Text("")] * rows.below_score]
    return [*drawn, *why(scene, head, look, width, rows.why)]


def as_plain(lines: Sequence[Text]) -> str:
    """Lines without their colours; trailing blanks go."""
    return "\n".join(line.plain.rstrip() for line in lines).rstrip()
