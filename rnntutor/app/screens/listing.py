"""What a list of entries does on the screen: it is drawn as there is room, chosen from, and searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rich.text import Text
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Resize
from textual.reactive import reactive
from textual.widgets import OptionList, Static

from rnntutor.app.bindings import key_sign
from rnntutor.app.commands import HOME, bindings
from rnntutor.app.entries import Entry
from rnntutor.app.listing import WIDE, arrange, detail, following, found, greeting, is_cut, matches
from rnntutor.app.messages import PromptChanged, PromptLeft, PromptTyped
from rnntutor.app.screens.base import TutorScreen
from rnntutor.app.widgets.entries import MARGIN, EntryList
from rnntutor.app.widgets.footer import FooterLine
from rnntutor.app.widgets.prompt import SearchPrompt
from rnntutor.show.look import Look

_SEARCH = "Enter opens the marked entry; Esc shows all of them again"
_AROUND = 5
"""Rows of the screen beside list and greeting: title, footer, and air."""
_WIDEST = 130
"""Columns of a row; in wider ones the eye would lose its way to the end."""
_INDENT = 6
"""Columns beside greeting and summary."""
_DETAIL = 3
"""Rows of the summary below the list."""


class Listing(TutorScreen):
    """Greeting and list, and the keys of both."""

    BINDINGS = bindings(HOME)

    sought: reactive[str] = reactive("", init=False)
    """What is searched for; empty for nothing."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self.entries = tuple(entries)

    def compose(self) -> ComposeResult:
        """Title, greeting, list, the summary of one entry, notice, footer."""
        yield Static(Content("rnntutor"), id="title", markup=False)
        yield Static(id="welcome", markup=False)
        yield EntryList(id="entries", markup=False)
        yield Static(id="detail", markup=False)
        yield Static(id="notice", classes="hidden", markup=False)
        yield FooterLine(HOME).data_bind(Listing.look)
        yield SearchPrompt()
        yield self.too_small()

    def on_mount(self) -> None:
        """Begin where one left off. Textual calls what the class above does here as well."""
        self.draw(following(self.entries))

    def on_resize(self, event: Resize) -> None:
        """Share out the rows anew."""
        super().on_resize(event)
        if self.has_class("small") and self.typing:
            self.stop_searching()
        self.draw(self.listed.entry)

    def watch_look(self, _: Look) -> None:
        """Other signs, other words."""
        if self.is_mounted:
            self.draw(self.listed.entry)

    def watch_sought(self) -> None:
        """Only what is searched for."""
        self.draw(self.listed.entry)

    @property
    def listed(self) -> EntryList:
        """The list."""
        return self.query_one(EntryList)

    def open(self, entry: Entry) -> None:
        """Open an entry."""
        raise NotImplementedError

    def say(self, text: str) -> None:
        """A quiet line under the list."""
        notice = self.query_one("#notice", Static)
        notice.update(Content(text))
        notice.set_class(not text, "hidden")

    def draw(self, chosen: Entry | None) -> None:
        """Greeting and list, as there is room."""
        (width, height), look = self.size, self.look
        if not height:
            return
        listed, head = found(self.entries, self.sought), self._head(width - _INDENT)
        self.query_one("#welcome", Static).update(Text("\n").join(head))
        room, columns = height - _AROUND - len(head), min(width - MARGIN, _WIDEST)
        rows = arrange(listed, columns, room, wide=width >= WIDE)
        cut = is_cut(listed, rows)
        if cut:
            room -= _DETAIL
            rows = arrange(listed, columns, room, wide=width >= WIDE)
        self.query_one("#detail").set_class(not cut, "hidden")
        self.listed.show(listed, replace(rows, height=min(rows.height, room)), look, chosen)

    def _head(self, width: int) -> list[Text]:
        """What stands above the list."""
        if self.sought:
            return [matches(len(found(self.entries, self.sought)), self.sought, self.look, width)]
        self.query_one(FooterLine).labels = {} if following(self.entries) else {"entry.continue": ""}
        opens, resumes = (key_sign(self.app, name, self.look.glyphs) for name in ("entry.open", "entry.continue"))
        return greeting(self.entries, self.look, opens, resumes, width)

    # Choosing.

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another entry: what was said of the one before is over."""
        entry, drawn = self.listed.entry, self.listed.drawn
        if entry is not None and drawn is not None:
            said = detail(entry, self.look, self.size.width - _INDENT) if is_cut([entry], drawn[0]) else ""
            self.query_one("#detail", Static).update(said)

    def action_move(self, by: int) -> None:
        """Another entry."""
        self.listed.action_cursor_down() if by > 0 else self.listed.action_cursor_up()

    def action_end(self, by: int) -> None:
        """The first or the last entry."""
        self.listed.action_last() if by > 0 else self.listed.action_first()

    def action_open(self) -> None:
        """Open the entry that is marked."""
        entry = self.listed.entry
        if entry is not None:
            self.open(entry)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click."""
        self.action_open()

    # Searching.

    @property
    def typing(self) -> bool:
        """Whether something is searched for, so that keys are letters."""
        return self.is_mounted and self.query_one(SearchPrompt).is_open

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is typed the screen's own keys rest."""
        return not self.typing

    def action_search(self) -> None:
        """Ask for words; the list narrows with every letter."""
        self.say("")
        self.query_one(SearchPrompt).open("search", "search ")
        self.query_one(FooterLine).notice = _SEARCH

    def on_prompt_changed(self, message: PromptChanged) -> None:
        """Every letter."""
        self.sought = message.text.strip()

    def on_prompt_typed(self, _: PromptTyped) -> None:
        """Enter: open what is marked."""
        entry = self.listed.entry
        if entry is not None:
            self.stop_searching()
            self.open(entry)

    def on_prompt_left(self, _: PromptLeft) -> None:
        """Escape: everything again."""
        self.stop_searching()

    def stop_searching(self) -> None:
        """Back to all entries, and to the keys."""
        self.query_one(SearchPrompt).close()
        self.query_one(FooterLine).notice = ""
        self.sought = ""
        self.listed.focus()
