"""Help: the keys, and what is on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from rnntutor.app.commands import Command, Group
from rnntutor.app.screens.base import TutorModal
from rnntutor.show.guide import Section, guide
from rnntutor.show.look import Look
from rnntutor.show.panels import on_the_screen

_BESIDES = [("Ctrl+P", "every command, by name"), ("mouse", "a click on a box or a timestep goes there")]


class HelpScreen(TutorModal):
    """Shell over `show.guide`; any of the usual keys closes it."""

    closing = ("help", "draft.help")

    def __init__(
        self, commands: Sequence[Command], look: Look, panels: Sequence[str] = (), told: Sequence[Section] = ()
    ) -> None:
        super().__init__()
        self.commands, self.drawn, self.panels, self.told = commands, look, panels, tuple(told)

    def compose(self) -> ComposeResult:
        """One page of text."""
        with VerticalScroll(id="help"):
            yield Static(markup=False)

    def on_resize(self) -> None:
        """Another width, another page; the frame takes a tenth, its air six columns, the scroll bar one."""
        width = min(self.app.size.width * 9 // 10, 130) - 7
        self.query_one("#help > Static", Static).update(Text("\n").join(self.page(width)))

    def page(self, width: int) -> list[Text]:
        """The keys by groups, and what is on the screen."""
        told = list(on_the_screen(self.panels))
        on_screen: list[Section] = [("On the screen", told)] if told else []
        return guide(list(self._keys()), [*on_screen, *self.told], self.drawn, max(20, width))

    def _keys(self) -> Iterator[Section]:
        for group in get_args(Group):
            rows = [(k.signs(self.drawn.glyphs) or "-", k.help) for k in self.commands if k.group == group]
            if rows:
                yield group.capitalize(), rows if group != "elsewhere" else [*rows, *_BESIDES]
