"""A caption word by word, and what another picture makes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.play.cursor import Cursor, track_of
from rnntutor.play.painting import painted
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.sentence import sentence
from rnntutor.vision.picture import Picture
from tests.show.captioned import SAID, captioned

PLAIN = Look(plain=True)


def said(played: Scene, cursor: Cursor, width: int = 1000, look: Look = PLAIN) -> list[str]:
    return [line.plain for line in sentence(played, cursor, look, width, 20)]


def probabilities(played: Scene) -> list[str]:
    """Words, and how likely each was."""
    p, symbols = played.run["p"][:, 0], played.symbols
    return [f"{word} {p[t, symbols.index(word)]:.2f}".replace(" 0.", " .") for t, word in enumerate(played.wants)]


def test_what_is_said_so_far() -> None:
    played = captioned()
    last = len(played.forward) - 1
    every = probabilities(played)
    assert said(played, Cursor("forward", 0, 0)) == ["says    ·"]
    assert said(played, Cursor("forward", 2, 0)) == ["says    " + "  ".join([*every[:2], "·"])]
    assert said(played, Cursor("forward", 2, last)) == ["says    " + "  ".join([*every[:3], "·"])]
    assert said(played, Cursor("backward", 1, 0))[0].startswith("says    " + "  ".join(every))


def test_a_cut_is_marked() -> None:
    played = captioned()
    end = track_of(played).end(Cursor())
    assert said(played, end)[0].endswith("… cut after 16 words")


def test_a_telling_with_an_end_is_not_cut() -> None:
    played = captioned()
    assert played.telling is not None
    ended = replace(played, telling=replace(played.telling, end=played.symbols.index(played.wants[-1])))
    assert "cut" not in said(ended, track_of(ended).end(Cursor()))[0]


def test_what_is_wanted_is_known_before() -> None:
    played = captioned(taught=True)
    words = [*SAID.split(), "<END>"]
    assert said(played, Cursor()) == ["wants   " + "  ".join(f"{word} ·" for word in words)]
    assert said(played, track_of(played).end(Cursor())) == ["wants   " + "  ".join(probabilities(played))]


@pytest.fixture
def changed() -> Scene:
    """Another caption than before."""
    first = captioned()
    assert first.picture is not None
    pixels = first.picture.pixels
    others = (first.picture.painted(other) for other in (0 * pixels, 1 - pixels, pixels[::-1], pixels**5))
    scenes = (painted(first, other) for other in others)
    return next(scene for scene in scenes if scene.wants != first.wants)


def test_what_has_changed(changed: Scene) -> None:
    before, now = said(changed, track_of(changed).end(Cursor()))
    assert changed.original is not None
    old = [word for word in changed.original.wants if word]
    assert [word.lstrip("−") for word in before.split()[1:]] == old
    gone = [word[1:] for word in before.split()[1:] if word.startswith("−")]
    fresh = [word[1:] for word in now.split()[1:] if word.startswith("+")]
    assert gone or fresh
    stayed = [word for word in before.split()[1:] if not word.startswith("−")]
    new = now.split(" …")[0].split()[1::2]
    assert stayed == [word for word in new if not word.startswith("+")]
    assert [word.lstrip("+") for word in new] == list(changed.wants)


def test_colours_say_it_too(changed: Scene) -> None:
    before, now = sentence(changed, track_of(changed).end(Cursor()), Look(), 1000, 20)
    assert "−" not in before.plain
    assert "+" not in now.plain
    assert any(span.style.strike for span in before.spans if not isinstance(span.style, str)) or any(
        span.style.underline for span in now.spans if not isinstance(span.style, str))  # fmt: skip


def test_what_is_not_said_yet_is_not_compared(changed: Scene) -> None:
    assert said(changed, Cursor("forward", 0, 0)) == ["says    ·"]


@given(st.integers(0, 15), st.integers(9, 60), st.integers(0, 6), st.booleans())
def test_it_fits(t: int, width: int, height: int, taught: bool) -> None:
    played = captioned(taught=taught)
    cursor = Cursor("forward", min(t, played.steps - 1), len(played.forward) - 1)
    lines = sentence(played, cursor, PLAIN, width, height)
    assert len(lines) <= height
    assert all(line.cell_len <= width for line in lines)


def test_another_picture_that_is_told_alike() -> None:
    first = captioned()
    assert first.picture is not None
    same = painted(first, Picture(first.picture.pixels, None, first.picture.vision))
    assert same.wants == first.wants
    end = track_of(same).end(Cursor())
    assert said(same, end) == [f"{said(first, end)[0]} (as before)"]
