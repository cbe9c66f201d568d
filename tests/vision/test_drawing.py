"""Drawings stay inside, keep apart, and can be written down."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.vision.drawing import (
    COLOURS,
    GROUND,
    KINDS,
    REACH,
    SIZE,
    Drawing,
    Shape,
    parse_drawing,
    random_drawing,
)
from rnntutor.vision.picture import Picture

drawings = st.builds(
    lambda seed, unseen: random_drawing(np.random.default_rng(seed), unseen=unseen), st.integers(0, 999), st.booleans()
)


def test_a_picture_in_letters() -> None:
    drawing = parse_drawing("small red circle 3 3, small blue square 3 9, small green triangle 3 15, ".strip(", "))
    names = {rgb: name[0] for name, rgb in COLOURS.items()} | {GROUND: "."}
    rows = ["".join(names[tuple(pixel)] for pixel in row) for row in drawing.pixels]
    assert rows[:7] == [
        "........................",
        "..rrr..bbbbb...g........",
        ".rrrrr.bbbbb...g........",
        ".rrrrr.bbbbb..ggg.......",
        ".rrrrr.bbbbb..ggg.......",
        "..rrr..bbbbb.ggggg......",
        "........................",
    ]


@given(drawings)
def test_a_random_drawing_can_be_written_and_read(drawing: Drawing) -> None:
    assert parse_drawing(drawing.text) == drawing
    assert 2 <= len(drawing.shapes) <= 3


@given(drawings)
def test_shapes_cover_pixels_of_their_own(drawing: Drawing) -> None:
    masks = [shape.mask for shape in drawing.shapes]
    assert (np.sum(masks, axis=0) <= 1).all()
    for shape, mask in zip(drawing.shapes, masks, strict=True):
        rows, columns = np.nonzero(mask)
        assert abs(rows - shape.row).max() <= REACH[shape.size]
        assert abs(columns - shape.column).max() <= REACH[shape.size]
        assert (drawing.pixels[mask] == COLOURS[shape.colour]).all()
    assert (drawing.pixels[~np.any(masks, axis=0)] == GROUND).all()


@given(drawings)
def test_any_two_lie_clearly_to_each_other(drawing: Drawing) -> None:
    opposite = {"above": "below", "below": "above", "left of": "right of", "right of": "left of"}
    for one, other in combinations(drawing.shapes, 2):
        found = list(one.relations(other))
        assert found
        assert [opposite[relation] for relation in found] == list(other.relations(one))


@given(seed=st.integers(0, 999))
def test_training_never_sees_some_pairs(seed: int) -> None:
    assert not random_drawing(np.random.default_rng(seed)).unseen
    assert random_drawing(np.random.default_rng(seed), unseen=True).unseen


@given(drawings, st.integers(0, 1), st.integers(-30, 30), st.integers(-30, 30))
def test_a_moved_shape_stays_inside_and_apart(drawing: Drawing, k: int, down: int, right: int) -> None:
    moved = drawing.moved(k, down, right)
    assert parse_drawing(moved.text) == moved
    assert [(s.size, s.colour, s.kind) for s in moved.shapes] == [(s.size, s.colour, s.kind) for s in drawing.shapes]


def every_kind() -> Iterator[Shape]:
    """A shape of each size and kind, in the middle."""
    yield from (Shape(size, "red", kind, 12, 12) for size in REACH for kind in KINDS)


def test_no_two_kinds_look_alike() -> None:
    masks = [shape.mask.tobytes() for shape in every_kind()]
    assert len(set(masks)) == len(masks)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "should be as in: small red circle 6 7"),
        ("small red circle 6", "should be as in"),
        ("small pink circle 6 7", "colour: one of red, green, .* is wanted, not 'pink'"),
        ("huge red circle 6 7", "size: one of small, large is wanted, not 'huge'"),
        ("small red star 6 7", "kind: one of circle, .* is wanted, not 'star'"),
        ("small red circle 1 7", "row: the centre of a small shape is from 2 to 21, not 1"),
        ("large red circle 7 23", "column: the centre of a large shape is from 4 to 19, not 23"),
        ("small red circle 6 7, small blue cross 8 9", "touch; leave a pixel between them"),
        (", ".join(["small red circle 3 3"] * 4), "one to 3 shapes are wanted, not 4"),
        ("small red circle -6 7", "should be as in"),
        ("small red circle 6 99999999999", "should be as in"),
    ],
)
def test_what_is_no_drawing_is_told(text: str, wanted: str) -> None:
    with pytest.raises(ValueError, match=wanted) as error:
        parse_drawing(text)
    assert "\n" not in str(error.value)


def test_a_painted_picture_forgets_its_drawing() -> None:
    picture = Picture.of(parse_drawing("small red circle 6 7"))
    other = picture.painted(np.ones((SIZE, SIZE, 3)))
    assert other.drawing is None
    assert picture.moved(0, 3, 0).drawing == parse_drawing("small red circle 9 7")
    with pytest.raises(ValueError, match="its shapes can no longer be moved"):
        other.moved(0, 1, 0)


@pytest.mark.parametrize(
    ("pixels", "wanted"),
    [
        (np.ones((3, 3, 3)), "shape"),
        (np.full((24, 24, 3), 2.0), "from 0 to 1"),
        (np.full((24, 24, 3), np.nan), "from 0 to 1"),
    ],
)
def test_pixels_that_are_none_are_told(pixels: np.ndarray, wanted: str) -> None:
    with pytest.raises(ValueError, match=wanted):
        Picture(pixels)
