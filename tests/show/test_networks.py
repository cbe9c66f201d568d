"""Networks side by side: the numbers of each, nothing ahead of the playhead, in every size and look."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.play.cursor import Cursor, Direction
from rnntutor.play.knobs import turned
from rnntutor.play.together import together
from rnntutor.show.look import ASCII, LIGHT, Look
from rnntutor.show.networks import full_height, lay_out, networks
from rnntutor.show.scene import Scene
from tests.show.flows import broken, far
from tests.show.scenes import scene, silent

LOOKS = (Look(), Look(LIGHT), Look(glyphs=ASCII), Look(plain=True), Look(glyphs=ASCII, plain=True))


def three() -> Scene:
    """Three cells over one word."""
    return together(scene("rnn"), [scene("lstm"), scene("gru")])


SCENES = (
    three(), turned(three(), "sigma_max", 2.0), together(far("rnn"), [far("lstm")]),
    together(silent(), [silent(), silent()]), together(broken(np.nan), [broken(np.inf)]),
)  # fmt: skip


@given(st.sampled_from(SCENES), st.sampled_from(("forward", "backward")), st.integers(0, 3), st.integers(60, 200),
       st.integers(0, 48), st.sampled_from(LOOKS))  # fmt: skip
def test_it_fits(played: Scene, direction: Direction, t: int, width: int, height: int, look: Look) -> None:
    sheet = lay_out(played, Cursor(direction, t, 0), look, width, height)
    assert len(sheet.lines) <= height
    assert max((line.cell_len for line in sheet.lines), default=0) <= width
    assert look.glyphs is not ASCII or all(line.plain.isascii() for line in sheet.lines)
    if height > 1:
        assert t in sheet.times
    for y, line in enumerate(sheet.lines[1:], 1):
        assert line.plain[2:].split()[0] == str(sheet.timestep(y))


@pytest.mark.parametrize("t", range(4))
def test_each_says_what_its_own_run_says(t: int) -> None:
    played = three()
    head = Cursor("forward", t, len(played.forward) - 1)
    heading, *rows = networks(played, head, Look(plain=True), 120, full_height(played))
    starts = [heading.plain.index(each.called) for each in (played, *played.beside)]
    for each, start, stop in zip((played, *played.beside), starts, [*starts[1:], 120], strict=True):
        for at, row in enumerate(rows):
            p = each.run["p"][at, 0]
            said = f" {each.symbols[int(p.argmax())]} {p.max():.2f}".replace("0.", ".")
            assert (said in row.plain[start:stop]) == (at <= t)


WORD = """\
                rnn h                lstm h               gru h
  0 h  want e   -+++-+-+ l .27            -   e .27 ✓       -    - l .28
◀ 1 e  want l   +-++-+-- h .33       - - +-   h .28       + +  -   o .28
  2 l  want l   + + -- - l .36 ✓      -  + -  h .28        -  +++- o .31
  3 l  want o   +--+++ + h .30        -  ++-- h .27       --  +++- o .34 ✓"""


def test_a_word_in_three_networks() -> None:
    lines = networks(three(), Cursor("backward", 1, 0), Look(plain=True), 80, 12)
    assert "\n".join(line.plain.rstrip() for line in lines) == WORD


def test_after_an_edit_what_was_before_stands_there_too() -> None:
    lines = networks(SCENES[1], Cursor("forward", 0, 0), Look(), 120, 12)
    assert lines[0].plain.split() == ["rnn", "h", "before", "h", "lstm", "h", "gru", "h"]
    narrow = networks(SCENES[1], Cursor("forward", 0, 0), Look(), 64, 12)
    assert narrow[0].plain.endswith("more")
