"""Where a word comes from, against finite differences of every step from a pixel to the word's log-probability."""

from __future__ import annotations

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.play.cursor import Cursor
from rnntutor.play.painting import painted
from rnntutor.show.origin import origin_of
from rnntutor.show.scene import Scene
from rnntutor.vision.picture import Picture
from tests.cases import Array
from tests.show.captioned import captioned, seen
from tests.show.scenes import scene


def noisy() -> Picture:
    """A picture in which no two pixels are alike, so that no ReLU stands at its kink and no maximum is shared."""
    return seen().painted(np.random.default_rng(5).uniform(0.2, 0.8, (24, 24, 3)))


def log_probability(played: Scene, pixels: Array, t: int) -> float:
    """Of the word at `t`, had the picture these pixels: everything is run again."""
    assert played.picture is not None
    run = played.run
    v = played.picture.vision.see(pixels).v
    again = rt.run(run.cell, run.params, run.inputs["x"], target=run.inputs["target"], v=v)
    return float(np.log(again["p"][t, 0, played.symbols.index(played.wants[t])]))


@pytest.mark.parametrize("taught", [False, True])
@pytest.mark.parametrize("t", [0, 3])
def test_against_finite_differences(taught: bool, t: int) -> None:
    played = painted(captioned("rnn", taught=taught), noisy())
    assert played.picture is not None
    found = origin_of(played, Cursor("forward", t, len(played.forward) - 1))
    assert found is not None
    assert found.word == played.wants[t]
    size = 1e-6
    strongest = np.argsort(-found.strength.ravel())[[0, 5, 50]]
    for place in strongest:
        row, column = divmod(int(place), 24)
        for colour in range(3):
            moved = [np.array(played.picture.pixels) for _ in range(2)]
            for sign, pixels in zip((1, -1), moved, strict=True):
                pixels[row, column, colour] += sign * size
            up, down = (log_probability(played, pixels, t) for pixels in moved)
            assert found.gradient[row, column, colour] == pytest.approx((up - down) / (2 * size), rel=1e-4, abs=1e-7)
    np.testing.assert_allclose(found.strength, np.abs(found.gradient).sum(axis=2))
    assert found.largest == found.strength.max()


def test_not_before_the_word_is_said() -> None:
    played = captioned()
    assert origin_of(played, Cursor("forward", 1, 0)) is None
    assert origin_of(played, Cursor("forward", 1, len(played.forward) - 1)) is not None
    assert origin_of(scene(), Cursor("forward", 1, len(scene().forward) - 1)) is None
