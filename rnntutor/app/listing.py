"""The opening list as text: what each entry teaches, and how far the learner is. Pure; no screen.

rows = arrange(entries, width, height)          how much room each entry has
row_of(entry, rows, look, chosen=True)          its lines
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from rnntutor.app.entries import Entry
from rnntutor.course.progress import how_far
from rnntutor.show.look import Look
from rnntutor.show.texts import cut, line_of, pad, shorten, words

WIDE = 100
"""Columns of a terminal from which on a summary has room beside its title."""
_WELCOME = "Step forward and backward through a recurrent network. Every number says where it comes from."
SANDBOX = ("Sandbox", "networks to play with, without questions")
_BAR = 8
_COUNT = len("10 of 10")
_GAP = 3
_TITLE = 36
"""Columns that titles may take where summaries stand beside them."""

Form = Literal["roomy", "close", "compact"]


@dataclass(frozen=True)
class Rows:
    """How the entries share the room."""

    width: int
    form: Form
    """Title and summary with an empty line after them, without it, or one line each."""
    height: int
    """Rows of all of them."""
    titles: int
    """Columns of the titles where summaries stand beside them; 0 where they do not."""
    numbers: bool
    bars: bool


def arrange(entries: Sequence[Entry], width: int, height: int, *, wide: bool = False) -> Rows:
    """The roomiest form in which all entries can be seen; where none is, one line each, and it scrolls."""
    count, headings = len(entries), 1 if first_of_sandbox(entries) else 0  # above it an empty line
    sizes: dict[Form, int] = {
        "roomy": max(0, 3 * count - 1) + headings, "close": 2 * (count + headings), "compact": count + 2 * headings,
    }  # fmt: skip
    form: Form = next((form for form, size in sizes.items() if size <= height), "compact")
    titles = min(_TITLE, max((cell_len(k.title) for k in entries), default=0)) if wide and form == "compact" else 0
    begun = any(k.progress is not None and k.progress.begun for k in entries)
    return Rows(width, form, sizes[form], titles, any(k.number for k in entries), begun)


def is_cut(entries: Sequence[Entry], rows: Rows) -> bool:
    """Whether there are summaries that the list cannot show in full."""
    room = rows.width - _lead(rows)
    return rows.form == "compact" or any(cell_len(entry.summary) > room for entry in entries)


def _lead(rows: Rows) -> int:
    """Columns before a title: the pointer, the number."""
    return 6 if rows.numbers else 2


def first_of_sandbox(entries: Sequence[Entry]) -> int:
    """Where the sandbox begins below a course; 0 where there is only one of the two."""
    kinds = [entry.kind for entry in entries]
    return kinds.index("sandbox") if "sandbox" in kinds else 0


def heading(look: Look, width: int) -> Text:
    """What stands above the sandbox."""
    name, said = SANDBOX
    line = line_of((f"  {name}", look.strong))
    return line.append(_cut(f"   {said}", width - len(name) - 2, look), look.faint)


def row_of(entry: Entry, rows: Rows, look: Look, *, chosen: bool = False) -> Text:
    """The lines of an entry; the title has the colour of the list."""
    lead = f"{look.glyphs.play if chosen else ' '} " + (f"{entry.number or '':>2}  " if rows.numbers else "")
    line = line_of((lead, look.accent() if chosen else look.faint))
    room = rows.width - (_GAP + _BAR + _GAP - 1 + _COUNT if rows.bars else 0)
    line.append(_cut(entry.title, rows.titles or room - len(lead), look), "bold")
    if rows.titles:
        _beside(pad(line, len(lead) + rows.titles), entry.summary, look.soft, room, look)
    elif rows.form != "compact" and cell_len(about := words(entry.about, look)) + _GAP <= room - line.cell_len:
        line.append(" " * _GAP + about, look.faint)
    if reached := progress_of(entry, look):
        pad(line, rows.width - reached.cell_len).append_text(reached)
    if rows.form != "compact":
        line.append(f"\n{' ' * len(lead)}{_cut(entry.summary, rows.width - len(lead), look)}", look.soft)
    return line


def _beside(line: Text, text: str, style: Style, room: int, look: Look) -> None:
    """Words behind others, as far as there is room for some of them."""
    left = room - line.cell_len - _GAP
    if left > _GAP:
        line.append(" " * _GAP + _cut(text, left, look), style)


def _cut(text: str, width: int, look: Look) -> str:
    return shorten(words(text, look), max(0, width), look.glyphs.more)


def progress_of(entry: Entry, look: Look) -> Text | None:
    """A small bar with 4 of 9 behind it, or a tick; nothing for what was not begun."""
    kept = entry.progress
    if kept is None or not (kept.finished or how_far(kept, entry.moments)):
        return None
    if kept.finished:
        line = line_of((look.glyphs.yes.rjust(_BAR), look.good))
    else:
        done = round(_BAR * kept.reached(entry.moments) / entry.moments)
        line = line_of((look.glyphs.window * done, look.accent()), (look.glyphs.rail * (_BAR - done), look.faint))
    return line.append(f"{' ' * (_GAP - 1)}{how_far(kept, entry.moments):>{_COUNT}}", look.soft)


def detail(entry: Entry, look: Look, width: int) -> Text:
    """The summary of one entry, on two lines at the most, where the list has no room for it."""
    text = ": ".join(words(k, look) for k in (entry.about, entry.summary) if k)
    first, *others = textwrap.wrap(text, max(1, width)) or [""]  # by characters: of wide ones it may be too many
    second = shorten(" ".join(others), width, look.glyphs.more)
    return line_of((f"{shorten(first, width, look.glyphs.more)}\n{second}", look.soft))


def found(entries: Sequence[Entry], text: str) -> tuple[Entry, ...]:
    """Those in whose words, or headings inside, every word of the text stands."""
    wanted = text.casefold().split()
    return tuple(k for k in entries if all(word in _words_of(k) or word in k.headings() for word in wanted))


def _words_of(entry: Entry) -> str:
    return f"{entry.number or ''} {entry.title} {entry.about} {entry.summary}".casefold()


def following(entries: Sequence[Entry]) -> Entry | None:
    """Where to go on: what was left unfinished last, or else the next of the course. None before the first start."""
    begun = [k for k in entries if k.progress is not None and k.progress.begun]
    if not begun:
        return None
    last = max(begun, key=lambda k: k.progress.changed if k.progress else 0)
    at = entries.index(last)
    return next((k for k in (last, *entries[at + 1 :], *entries[:at]) if k is last or k.kind == "course"
                 if not (k.progress and k.progress.finished)), None)  # fmt: skip


def called(entry: Entry, look: Look) -> str:
    """3 A character model learns, 4 of 9."""
    name = f"{entry.number} {entry.title}" if entry.number else entry.title
    return ", ".join(k for k in (words(name, look), how_far(entry.progress, entry.moments)) if k)


def greeting(entries: Sequence[Entry], look: Look, opens: str, resumes: str, width: int) -> list[Text]:
    """The first lines: where to go on, or what this is and how to begin. The two keys are named."""
    onward = following(entries)
    if onward is not None:
        begun = onward.progress is not None and onward.progress.begun
        line = line_of(("Continue: " if begun else "Next: ", look.soft), (called(onward, look), look.strong))
        cut(line, width - cell_len(resumes) - _GAP, look)
        return [line.append(f"{' ' * _GAP}{resumes}" if resumes else "", look.accent())]
    if any(k.progress is not None and k.progress.begun for k in entries):
        return [line_of(("Every lesson is finished.", look.text))]
    lines = [line_of((text, look.soft)) for text in textwrap.wrap(_WELCOME, max(1, width))]
    if entries and opens:
        what = f"lesson {entries[0].number}" if entries[0].number else words(entries[0].title, look)
        lines.append(line_of((shorten(f"New here? {opens} opens {what}.", width, look.glyphs.more), look.strong)))
    return lines


def matches(count: int, text: str, look: Look, width: int) -> Text:
    """How many entries a search has found."""
    quotes = look.glyphs.quotes
    said = f"{quotes[0]}{words(text, look)}{quotes[1]}"
    told = f"{count} with {said}" if count else f"Nothing here says {said}."
    return line_of((shorten(told, width, look.glyphs.more), look.text))
