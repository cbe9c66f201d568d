"""Help: the keys, and what is on the screen."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from rnntutor.app.commands import Command
from rnntutor.app.screens.base import TutorModal
from rnntutor.show.look import Look

PANELS = (
    ("tape", "A column per timestep: what it reads, the states, what it says, the loss."),
    ("score", "The equations as a program, a pointer at the current line, a box per unit."),
    ("why", "The selected number as formula, as numbers, as result, and where it goes."),
    ("boxes", "+3 is three tenths of the scale. Orange is positive, blue negative."),
    ("edits", "Underlined boxes are not what they were; those set by hand have a star, or stand out."),
    ("dots", "Not computed yet, in this direction of time."),
    (
        "backward",
        "Gradients, read upwards. Beside a gradient stands what happens to the loss when that number is moved.",
    ),
)
_WIDEST = 86


class HelpScreen(TutorModal):
    """A page over the screen; any of the usual keys closes it."""

    def __init__(self, commands: Sequence[Command], look: Look, playing: bool) -> None:
        super().__init__()
        self.commands, self.drawn, self.playing = commands, look, playing

    def compose(self) -> ComposeResult:
        """One page of text."""
        with VerticalScroll(id="help"):
            yield Static(self._page(), markup=False)

    def _page(self) -> Content:
        rows: list[tuple[str, str]] = [("Keys\n", "bold")]
        for command in self.commands:
            rows += self._row(command.signs(self.drawn.glyphs), command.help)
        if self.playing:
            rows.append(("\nOn the screen\n", "bold"))
            for name, what in PANELS:
                rows += self._row(name, what)
        rows.append(
            ("\nCtrl+P lists every command. A click on a box or a timestep goes there.", "$foreground 60%")
        )
        return Content.assemble(*[(text, style) if style else text for text, style in rows])

    def _row(self, name: str, what: str) -> Iterator[tuple[str, str]]:
        """A name and what is said about it, the second line under the first."""
        room = max(20, min(_WIDEST, self.app.size.width * 9 // 10 - 8) - 12)
        yield f"  {name:10}", "bold $accent"
        yield "\n            ".join(textwrap.wrap(what, room)) + "\n", ""
