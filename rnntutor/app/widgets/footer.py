"""The bottom line: keys and what they do; each can be clicked."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.events import Click
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from rnntutor.app.bindings import keymap_of
from rnntutor.app.commands import Command, hints
from rnntutor.show.footer import footer, footer_hit, notice
from rnntutor.show.look import Look


class FooterLine(Widget, can_focus=False):
    """Shell over `show.footer`."""

    labels: reactive[dict[str, str]] = reactive(dict[str, str])
    """What some commands are called now; empty for what does not work now."""
    look: reactive[Look] = reactive(Look())
    notice: reactive[str] = reactive("")
    """What is said instead of the keys; empty for nothing."""

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self.commands = commands

    def on_mount(self) -> None:
        """The keys that hold."""
        self.commands = keymap_of(self.app).of(self.commands)

    def _hints(self) -> list[tuple[Command, str, str]]:
        return list(hints(self.commands, self.labels, self.size.width < 100, self.look.glyphs))

    def render_line(self, y: int) -> Strip:
        """The line."""
        width, base = self.size.width, self.visual_style.rich_style
        hinted = [(signs, label) for _, signs, label in self._hints()]
        line = notice(self.notice, self.look, width) if self.notice else footer(hinted, self.look, width)
        segments = [
            Segment(text, base + style if style else base) for text, style, _ in line.render(self.app.console)
        ]
        return Strip([k for k in segments if k.text]).adjust_cell_length(width, base)

    async def on_click(self, event: Click) -> None:
        """Do what the key would do."""
        shown = [] if self.notice else self._hints()
        k = footer_hit([(signs, label) for _, signs, label in shown], event.x, self.size.width)
        if k is not None:
            await self.screen.run_action(shown[k][0].action)
