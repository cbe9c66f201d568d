"""The list of what can be opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.widgets import OptionList
from textual.widgets.option_list import Option

from rnntutor.app.entries import Entry
from rnntutor.app.listing import Rows, first_of_sandbox, heading, row_of
from rnntutor.show.look import Look

MARGIN = 4
"""Columns of the list that its rows do not have: the margin, the scroll bar, one before it."""


class EntryList(OptionList, inherit_bindings=False):
    """Shell over `app.listing`, without keys of its own: those of the screen would never be heard otherwise."""

    entries: tuple[Entry, ...] = ()
    drawn: tuple[Rows, Look] | None = None
    marked: int | None = None
    """The option that has the pointer."""

    def show(self, entries: Sequence[Entry], rows: Rows, look: Look, chosen: Entry | None) -> None:
        """Other entries, or the same in another way; the pointer at one of them."""
        self.entries, self.drawn, self.marked = tuple(entries), (rows, look), None
        self.set_options(self._listed(rows, look))
        self.styles.height, self.styles.width = rows.height, rows.width + MARGIN
        ids = [entry.id or entry.title for entry in self.entries]
        wanted = chosen and (chosen.id or chosen.title)
        at = ids.index(wanted) if wanted in ids else 0
        self.highlighted = self._place(at) if ids else None

    def _listed(self, rows: Rows, look: Look) -> Iterator[Option]:
        sandbox = first_of_sandbox(self.entries)
        for k, entry in enumerate(self.entries):
            if k and (rows.form == "roomy" or k == sandbox):
                yield Option(" ", disabled=True)
            if k and k == sandbox:
                yield Option(heading(look, rows.width), disabled=True)
            yield Option(row_of(entry, rows, look), id=str(k))

    def _place(self, at: int) -> int:
        """The option of an entry."""
        return self.get_option_index(str(at))

    @property
    def entry(self) -> Entry | None:
        """The one that is marked."""
        option = self.highlighted_option
        return self.entries[int(option.id)] if option is not None and option.id else None

    def watch_highlighted(self, highlighted: int | None) -> None:
        """The pointer goes along, so that no colour is needed to see it."""
        for place in (self.marked, highlighted):
            if place is not None and self.drawn is not None:
                option = self.get_option_at_index(place)
                if option.id:
                    row = row_of(self.entries[int(option.id)], *self.drawn, chosen=place == highlighted)
                    self.replace_option_prompt_at_index(place, row)
        self.marked = highlighted
        super().watch_highlighted(highlighted)
