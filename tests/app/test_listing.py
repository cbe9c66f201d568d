"""The opening list as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.app.entries import Entry
from rnntutor.app.listing import (
    arrange,
    called,
    detail,
    following,
    found,
    greeting,
    heading,
    is_cut,
    matches,
    progress_of,
    row_of,
)
from rnntutor.cli.opening import list_entries
from rnntutor.course.progress import Progress
from rnntutor.course.store import Store
from rnntutor.show.look import ASCII, Look
from tests.app.courses import SOME, course
from tests.app.courses import progress_of as kept_of
from tests.app.episodes import episode

LOOKS = [Look(), Look(plain=True), Look(glyphs=ASCII)]


def drawn(entries: Sequence[Entry], width: int, height: int, *, wide: bool = False, look: Look = LOOKS[0]) -> str:
    """The whole list, the second entry marked."""
    rows = arrange(entries, width, height, wide=wide)
    return "\n".join(row_of(k, rows, look, chosen=n == 1).plain for n, k in enumerate(entries))


def test_two_lines_each_where_there_is_room() -> None:
    assert drawn(course(SOME)[:4], 60, 8) == (
        "   1  A loop with memory   LSTM 8                ✓  10 of 10\n"
        "      What a loop with memory is about, and why it is so: a…\n"
        "▶  2  Unrolled in time   LSTM 8           ━───────   2 of 11\n"
        "      What unrolled in time is about, and why it is so: a r…\n"
        "   3  A character model learns   LSTM 8   ━━━─────   4 of 12\n"
        "      What a character model learns is about, and why it is…\n"
        "   4  Sampling   LSTM 8\n"
        "      What sampling is about, and why it is so: a recurrent…"
    )


def test_progress_ends_where_the_row_does() -> None:
    lines = drawn(course(SOME), 60, 1).splitlines()
    assert [len(line) for line in lines[:3]] == [60, 60, 60]


def test_one_line_each_where_there_is_not() -> None:
    look = Look(glyphs=ASCII)
    assert drawn(course(SOME)[:4], 60, 7, look=look) == (
        "   1  A loop with memory                        ok  10 of 10\n"
        ">  2  Unrolled in time                    =-------   2 of 11\n"
        "   3  A character model learns            ===-----   4 of 12\n"
        "   4  Sampling"
    )


def test_summaries_beside_the_titles_on_a_wide_screen() -> None:
    lines = drawn(course(SOME), 116, 30, wide=True).splitlines()
    assert len(lines) == 17
    assert lines[1] == (
        "▶  2  Unrolled in time           What unrolled in time is about, and why it is so: a recurrent…"
        "   ━───────   2 of 11"
    )
    assert {line.index("What ") for line in lines[:14]} == {33}


def test_without_a_course_there_are_no_numbers() -> None:
    assert drawn(course(lessons=0)[:2], 60, 7) == (
        "  hello   LSTM 8\n"
        "  An LSTM of 8 units learned one word. Walk through it numb…\n"
        "▶ The elements   LSTM 32\n"
        "  An LSTM of 32 units learned the names of the 118 elements…"
    )


@pytest.mark.parametrize(
    ("height", "form"), [(51, "roomy"), (50, "close"), (36, "close"), (35, "compact"), (1, "compact")]
)
def test_the_roomiest_form_that_fits(height: int, form: str) -> None:
    """Seventeen entries, and two lines for the heading of the sandbox."""
    rows = arrange(course(), 80, height)
    assert rows.form == form
    assert rows.height == {"roomy": 51, "close": 36, "compact": 19}[form]


ENTRIES = st.builds(
    Entry, st.text(), st.text(), st.text(), st.just(episode), st.integers(0, 99),
    st.sampled_from(["course", "sandbox"]), st.text(min_size=1), st.integers(0, 99), st.integers(0, 9),
    st.none() | st.builds(kept_of, st.just("x"), st.integers(0, 120), st.integers(0, 59), finished=st.booleans()),
)  # fmt: skip


@given(st.lists(ENTRIES, max_size=4), st.integers(52, 130), st.integers(1, 60), st.booleans(), st.sampled_from(LOOKS))
def test_no_line_is_too_wide(entries: list[Entry], width: int, height: int, wide: bool, look: Look) -> None:
    rows = arrange(entries, width, height, wide=wide)
    texts = [row_of(k, rows, look, chosen=not n) for n, k in enumerate(entries)]
    texts += [heading(look, width), matches(len(entries), "x" * 200, look, width)]
    texts += [detail(k, look, width) for k in entries] + greeting(entries, look, "Enter", "c", width)
    for text in texts:
        assert all(line.cell_len <= width for line in text.split("\n"))
        assert look.glyphs is not ASCII or text.plain.isascii()
    per_entry = 1 if rows.form == "compact" else 2
    assert all(row_of(k, rows, look).plain.count("\n") == per_entry - 1 for k in entries)


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        (None, None),
        (Progress("x"), None),
        (kept_of("x", 0, 1), "────────    0 of 9"),
        (kept_of("x", 4, 1), "━━━━────    4 of 9"),
        (kept_of("x", 40, 1), "━━━━━━━━    9 of 9"),
        (kept_of("x", 4, 1, finished=True), "       ✓    9 of 9"),
    ],
)
def test_how_far_one_is(kept: Progress | None, told: str | None) -> None:
    entry = Entry("t", "", "", episode, moments=9, progress=kept)
    shown = progress_of(entry, Look())
    assert (shown and shown.plain) == told


def test_a_network_without_moments_is_only_ticked() -> None:
    entry = Entry("t", "", "", episode, progress=kept_of("x", 2))
    assert progress_of(entry, Look()) is None
    assert called(entry, Look()) == "t"


def names(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.title for entry in entries]


def test_searching() -> None:
    entries = course()
    assert names(found(entries, "gate")) == ["Four gates"]
    assert names(found(entries, "  LEARNS caption ")) == ["A caption learns"]
    assert names(found(entries, "118")) == ["The elements"]
    assert names(found(entries, "14 own")) == ["Your own text and model"]
    assert found(entries, "") == entries
    assert found(entries, "xyzzy") == ()


def test_searching_the_headings() -> None:
    """Read when they are needed, once, and only where titles and summaries do not say it."""
    read: list[str] = []

    def headings() -> str:
        read.append("headings")
        return "the constant error carousel"

    entries = tuple(replace(k, headings=headings if k.number == 2 else str) for k in course())
    assert found(entries, entries[1].title) == (entries[1],)
    assert not read
    assert found(entries, "Carousel") == (entries[1],)
    assert read
    listed = {k.id: k for k in list_entries(Store(Path("nowhere")))}
    title = "the next character"
    assert title in listed["a-character-model-learns"].headings()
    assert listed["a-character-model-learns"] in found(tuple(listed.values()), "The next character")
    assert all("{#" not in k.headings() for k in listed.values())
    assert matches(2, "gate", Look(), 80).plain == "2 with “gate”"
    assert matches(0, "ga\x1bte", Look(glyphs=ASCII), 80).plain == 'Nothing here says "ga?te".'


def test_where_to_go_on() -> None:
    entries = course(SOME)
    assert following(course()) is None
    assert following(entries) == entries[2]
    assert following(course([*SOME, kept_of("hello", 1, 30)])) == course([*SOME, kept_of("hello", 1, 30)])[14]
    done = course([*SOME[:2], kept_of("lesson-3", 9, 9, finished=True)])
    assert following(done) == done[3], "the next one of the course"
    last = course([kept_of(f"lesson-{k}", 9, k, finished=True) for k in range(2, 15)])
    assert following(last) == last[0], "what was passed over comes after the end"
    everything = course([kept_of(f"lesson-{k}", 9, k, finished=True) for k in range(1, 15)])
    assert following(everything) is None
    assert [k.plain for k in greeting(everything, Look(), "Enter", "c", 80)] == ["Every lesson is finished."]


def test_the_first_line() -> None:
    def said(entries: tuple[Entry, ...], width: int = 100, opens: str = "Enter") -> list[str]:
        return [k.plain for k in greeting(entries, Look(), opens, "c", width)]

    assert said(course(SOME)) == ["Continue: 3 A character model learns, 4 of 12   c"]
    assert said(course(SOME), 30) == ["Continue: 3 A character m…   c"]
    assert said(course(SOME[:1])) == ["Next: 2 Unrolled in time   c"]
    assert said(course())[1:] == ["New here? Enter opens lesson 1."]
    assert said(course(lessons=0))[1:] == ["New here? Enter opens hello."]
    assert len(said(course(), 54)) == 3
    assert len(said(course(), opens="")) == len(said(())) == 1


def test_a_summary_that_is_cut_is_said_elsewhere() -> None:
    entries = [replace(course()[0], summary="x" * 54), replace(course()[1], summary="x" * 55)]
    rows = arrange(entries, 60, 9)
    assert [is_cut([k], rows) for k in entries] == [False, True]
    assert [k.plain.splitlines()[1].endswith("…") for k in (row_of(k, rows, Look()) for k in entries)] == [False, True]
    assert is_cut(entries, arrange(entries, 60, 2))


def test_words_from_outside_are_harmless() -> None:
    entry = replace(course()[0], title="a\x1b[2J[/b]", summary="\u202e[@click=app.quit]x[/]", about="\n")
    rows = arrange([entry], 60, 3)
    assert row_of(entry, rows, Look()).plain == "   1  a�[2J[/b]   �\n      �[@click=app.quit]x[/]"
