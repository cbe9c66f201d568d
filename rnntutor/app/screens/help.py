"""Help: the keys, and what is on the screen."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from rnntutor.app.commands import Command
from rnntutor.show.look import Look, plain_ascii

PANELS = (
    ("tape", "a column per timestep: what it reads, the states, what it says, the loss"),
    ("score", "the equations as a program; a pointer at the current line; a box per unit"),
    ("why", "the selected number as formula, as numbers, as result"),
    ("boxes", "+3 means about three tenths of the scale; orange is positive, blue negative"),
    ("dots", "what has not been computed yet, in this direction of time"),
    ("backward", "gradients, read upwards; a finite difference beside each that has one"),
)
_ARROWS = str.maketrans("←→↑↓", "<>^v")


class HelpScreen(ModalScreen[None]):
    """A page over the screen; any of the usual keys closes it."""

    BINDINGS = [
        Binding("escape,question_mark,enter,b", "dismiss", "Close", show=False),
        Binding("q", "app.quit", "Quit", show=False),
    ]

    def __init__(self, commands: Sequence[Command], look: Look, playing: bool) -> None:
        super().__init__()
        self.commands, self.look_now, self.playing = commands, look, playing

    def compose(self) -> ComposeResult:
        """One page of text."""
        with VerticalScroll(id="help"):
            yield Static(self._page(), markup=False)

    def _page(self) -> Content:
        rows = [("Keys\n", "bold")]
        for command in self.commands:
            rows += [(f"  {self._sign(command.signs):10}", "bold $accent"), (f"{command.help}\n", "")]
        if self.playing:
            rows += [("\nOn the screen\n", "bold")]
            for name, what in PANELS:
                rows += [(f"  {name:10}", "bold $accent"), (f"{what}\n", "")]
        rows += [("\n  Ctrl+P lists every command. A click on a box or a timestep goes there.\n", "$text-muted")]
        return Content.assemble(*[(text, style) if style else text for text, style in rows])

    def _sign(self, signs: str) -> str:
        return signs if self.look_now.glyphs.subscripts else plain_ascii(signs.translate(_ARROWS))
