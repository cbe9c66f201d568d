"""What can be said of a drawing, against a reading of the words that shares nothing with it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.tasks.captions import WORDS, captions, is_true, random_caption
from rnntutor.vision.drawing import COLOURS, KINDS, Drawing, parse_drawing
from tests.vision.test_drawing import drawings

TWO = parse_drawing("small red circle 6 6, large blue square 17 17")


def holds(caption: str, drawing: Drawing) -> bool:
    """Whether a caption holds, word by word: an oracle."""
    words = caption.split()
    if words[0] in ("two", "three"):
        same = [s for s in drawing.shapes if words[1] == "shapes" or words[1].startswith(s.kind)]
        return len(same) == {"two": 2, "three": 3}[words[0]]
    parts = [part.split() for part in f" {caption}".split(" a ")[1:]]
    names = [{word for word in part if word in {*COLOURS, *KINDS, "small", "large"}} for part in parts]
    fits = [[s for s in drawing.shapes if name <= {s.size, s.colour, s.kind}] for name in names]
    rest = [w for w in parts[0] if w in ("above", "below", "left", "right", "top", "bottom", "middle", "and")]
    way = rest[0]
    if len(parts) == 1:
        third = {"top": "row", "bottom": "row", "left": "column", "right": "column"}
        band = {"top": 0, "left": 0, "bottom": 2, "right": 2}
        return any(
            (s.row // 8 == s.column // 8 == 1) if way == "middle" else getattr(s, third[way]) // 8 == band[way]
            for s in fits[0]
        )
    down, right = {"above": (-1, 0), "below": (1, 0), "left": (0, -1), "right": (0, 1), "and": (0, 0)}[way]
    pairs = [(a, b) for a in fits[0] for b in fits[1] if a is not b]
    return any(way == "and" or down * (a.row - b.row) + right * (a.column - b.column) >= 3 for a, b in pairs)


@given(drawings)
def test_every_caption_is_true_and_made_of_known_words(drawing: Drawing) -> None:
    found = captions(drawing)
    assert len(set(found)) == len(found)
    for caption in found:
        assert is_true(caption, drawing)
        assert holds(caption, drawing)
        assert set(caption.split()) <= set(WORDS)


@given(drawings, drawings)
def test_captions_of_another_drawing_are_judged_as_the_oracle_does(drawing: Drawing, other: Drawing) -> None:
    for caption in captions(other):
        assert is_true(caption, drawing) == holds(caption, drawing)


@given(drawings, st.integers(0, 99))
def test_a_random_caption_is_one_of_the_right_ones(drawing: Drawing, seed: int) -> None:
    assert random_caption(drawing, np.random.default_rng(seed)) in captions(drawing)


@pytest.mark.parametrize(
    ("caption", "right"),
    [
        ("a small red circle above a blue square", True),
        ("a large blue square right of a red circle", True),
        ("two shapes", True),
        ("a red circle at the top", True),
        ("a large red circle above a blue square", False),
        ("a red circle below a blue square", False),
        ("a red square above a blue circle", False),
        ("a red circle above a red circle", False),
        ("two circles", False),
        ("a red circle in the middle", False),
        ("a red circle above", False),
        ("circle red a", False),
        ("", False),
    ],
)
def test_what_is_true_of_two_shapes(caption: str, right: bool) -> None:
    assert is_true(caption, TWO) == right
