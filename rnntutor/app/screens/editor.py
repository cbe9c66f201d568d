"""The editor: the equations of a cell, and beside them what they mean, as one writes."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.events import Resize
from textual.widgets import Static

from rnntutor.app.commands import EDITOR, bindings
from rnntutor.app.screens.keeping import Keeping
from rnntutor.app.widgets.equations import Equations
from rnntutor.app.widgets.footer import FooterLine
from rnntutor.app.widgets.prompt import Prompt
from rnntutor.show.draft import LANGUAGE
from rnntutor.show.guide import Section

WIDE = 110
"""Columns from which on text and meaning stand side by side."""
_AROUND = 4
"""Columns beside the meaning: its air, and the scroll bar."""
_LEAST = 4
"""Rows of the text, at least."""


class EditorScreen(Keeping):
    """Shares the screen out between the text and its meaning."""

    BINDINGS = bindings(EDITOR)
    commands = EDITOR
    leaving = "draft.leave"

    def compose(self) -> ComposeResult:
        """Title, text, meaning, footer."""
        yield Static(id="title", markup=False)
        with Container(id="desk"):
            yield Equations(self.written.text)
            with VerticalScroll(id="meaning"):
                yield Static(markup=False)
        yield FooterLine(EDITOR).data_bind(EditorScreen.look)
        yield Prompt()
        yield self.too_small()

    def on_mount(self) -> None:
        """Begin to write."""
        super().on_mount()
        self.equations.look = self.look
        self.kept = self.equations.text
        self.name_it()
        self.equations.focus()

    def on_screen_resume(self) -> None:
        """Back from the player, or from a page."""
        if not self.typing:
            self.equations.focus()

    def on_resize(self, event: Resize) -> None:
        """Side by side, or one below the other."""
        super().on_resize(event)
        self.set_class(event.size.width >= WIDE, "wide")
        if self.has_class("small"):
            self.stop_typing()
        elif self.focused is None and not self.typing:
            self.call_after_refresh(self.equations.focus)
        self.read()

    def room(self) -> int:
        """Columns for what the text means."""
        width = self.size.width
        return max(1, (width - width // 2 if width >= WIDE else width) - _AROUND)

    def draw(self) -> None:
        """The text has as many rows as it needs, up to half of them."""
        super().draw()
        if not self.has_class("wide"):
            wanted = self.equations.document.line_count + 1
            self.equations.styles.height = max(_LEAST, min(wanted, (self.size.height - 2) // 2))
        else:
            self.equations.styles.height = "1fr"

    def sections(self) -> list[Section]:
        """The language, for the help page."""
        return [("The language", LANGUAGE)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is asked the screen's own keys rest, and where nothing fits all but leaving do."""
        return not self.typing and (not self.has_class("small") or action == "leave")

    def action_other(self) -> None:
        """To what the text means, which scrolls, and back."""
        meaning = self.query_one("#meaning", VerticalScroll)
        if self.equations.has_focus:
            meaning.focus()
            self.say(f"{self.look.glyphs.arrows[2:]} scroll; {self.sign('draft.other')} returns to the text")
        else:
            self.equations.focus()
            self.say("")
