"""The ways back to the timestep before, and that a heading says its scale and nothing runs into it."""

from __future__ import annotations

import re

import pytest

from rnntutor.play.cursor import Cursor
from rnntutor.play.learning import learned
from rnntutor.show.look import ASCII, Look
from rnntutor.show.scene import Scene
from rnntutor.show.score import score
from rnntutor.show.tape import tape
from rnntutor.show.ways import way_back
from tests.show.scenes import learner, scene


@pytest.mark.parametrize(
    ("cell", "line", "said"),
    [
        ("rnn", "dh_prev", "through a matrix"),
        ("lstm", "dh_prev", "through a matrix"),
        ("lstm", "dc_prev", "no matrix"),
        ("lstm-nfg", "dc_prev", "no matrix"),
        ("lstm-peephole", "dc_prev", "no matrix"),
        ("gru", "dh_prev", "3 of 4 terms through a matrix"),  # dh ⊙ z; du_n ⊙ r, W_r and W_z multiply matrices
        ("gru-torch", "dh_prev", "3 of 4 terms through a matrix"),
        ("mgu", "dh_prev", "2 of 3 terms through a matrix"),
    ],
)
def test_ways(cell: str, line: str, said: str) -> None:
    played = scene(cell)
    assert way_back(played, next(k for k in played.grads.program.lines if k.name == line)) == said


@pytest.mark.parametrize("look", [Look(), Look(near=True), Look(glyphs=ASCII), Look(glyphs=ASCII, near=True)])
@pytest.mark.parametrize("growth", [1e-3, 0.1, 2.0, 1e4])
@pytest.mark.parametrize("hidden", [1, 2, 8, 64])
def test_the_heading_of_a_backward_score_says_its_scale(hidden: int, growth: float, look: Look) -> None:
    for cell in ("rnn", "lstm"):
        played = scene(cell, hidden=hidden, growth=growth)
        for width in (60, 64, 70, 76, 80, 84, 100, 120):
            heading = score(played, Cursor("backward", 2), look, width, 30)[0].plain
            assert re.search(rf"{re.escape(look.glyphs.plus_minus)}[\d.e+-]+(\s|$)", heading)
            assert not re.search(r"\Sunit", heading)


def test_losses_of_about_nothing_have_short_bars() -> None:
    played = learned(learner(), 400)
    head = Cursor("forward", 3, len(played.forward) - 1)
    assert 0 < played.counted_losses.max() < 0.03
    assert "█" not in tape_of(played, head)
    assert "█" in tape_of(scene(), head)  # and of losses that are some, the largest is full


def tape_of(played: Scene, head: Cursor) -> str:
    """The row of the losses."""
    return next(line.plain for line in tape(played, head, Look(), 120) if line.plain.split()[:1] == ["loss"])
