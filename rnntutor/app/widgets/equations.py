"""The text of a cell, to be written on: what cannot be shown or read is kept out, and the wrong place is marked."""

from __future__ import annotations

import re

from rich.style import Style
from rich.text import Text
from textual.reactive import reactive
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from rnntutor.app.messages import TextRefused
from rnntutor.engine.parse import MAX_TEXT
from rnntutor.engine.syntax import EquationError
from rnntutor.show.look import Look
from rnntutor.tasks.drafting import tidy

_WORD = re.compile(r"\w+|.?")


class Equations(TextArea):
    """Textual's text area in our colours: captions are soft, and the place of an error is underlined."""

    look: reactive[Look] = reactive(Look(), init=False)
    error: reactive[EquationError | None] = reactive(None, init=False)
    """What is wrong, if its place is known."""

    def __init__(self, text: str) -> None:
        super().__init__(tidy(text), show_line_numbers=True, soft_wrap=False, compact=True, tab_behavior="focus",
                         highlight_cursor_line=False, max_checkpoints=200, id="equations")  # fmt: skip
        self.cursor_blink = False

    def edit(self, edit: Edit) -> EditResult:
        """Every change by keys and pastes comes through here. What is too long is refused whole."""
        edit.text = self._fitting(edit)
        return super().edit(edit)

    def _fitting(self, edit: Edit) -> str:
        """The text that comes in, or what was there if that would be too much."""
        there = self.get_text_range(*sorted((edit.from_location, edit.to_location)))
        length = len(self.text) - len(there) + len(edit.text)
        if length > MAX_TEXT:
            self.post_message(TextRefused(f"{length:,} characters would be too many; at most {MAX_TEXT:,} are read"))
            return there
        return tidy(edit.text)

    def watch_look(self) -> None:
        """Other colours."""
        self.notify_style_update()

    def watch_error(self) -> None:
        """Another place."""
        self.notify_style_update()
        self.refresh()

    def get_line(self, line_index: int) -> Text:
        """A line with its caption and its wrong place told apart."""
        line = super().get_line(line_index)
        if not self.look.glyphs.subscripts:
            line = Text("".join(k if " " <= k <= "~" else "?" for k in line.plain), end="", no_wrap=True)
        caption = line.plain.find("#")
        if caption >= 0:
            line.stylize(self.look.soft, caption)
        if self.error is not None and self.error.number == line_index + 1:
            start, stop = self._wrong(line.plain, self.error.column)
            line.stylize(self.look.bad + Style(underline=True), start, stop)
        return line

    @staticmethod
    def _wrong(line: str, column: int) -> tuple[int, int]:
        """The word at a column that is counted from the first letter; behind the end, the last letter."""
        start = min(len(line) - len(line.lstrip()) + column, max(0, len(line) - 1))
        found = _WORD.match(line, start)
        return start, found.end() if found else start + 1

    def render_line(self, y: int) -> Strip:
        """As Textual draws it; every segment has a style, and an empty line that is marked no block."""
        strip = super().render_line(y)
        if self.look.glyphs.subscripts:
            return strip
        return Strip([type(k)(k.text.replace("▌", "_"), k.style, k.control) for k in strip])
