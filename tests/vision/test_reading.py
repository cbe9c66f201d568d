"""A learner's own picture, good or bad."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rnntutor.vision.drawing import COLOURS, SIZE, parse_drawing
from rnntutor.vision.reading import read_picture

DRAWING = parse_drawing("small red circle 6 6, large blue square 17 17")
BYTES = (DRAWING.pixels * 255).round().astype(np.uint8)


def saved(path: Path, pixels: np.ndarray = BYTES, **options: object) -> Path:
    """A picture as a file."""
    Image.fromarray(pixels).save(path, **options)  # type: ignore[arg-type]
    return path


@pytest.mark.parametrize("name", ["a.png", "a.ppm"])
@pytest.mark.parametrize("times", [1, 4])
def test_a_picture_of_any_size_is_what_was_drawn(tmp_path: Path, name: str, times: int) -> None:
    large = BYTES.repeat(times, axis=0).repeat(times, axis=1)
    np.testing.assert_allclose(read_picture(saved(tmp_path / name, large)), DRAWING.pixels, atol=1 / 255)


def test_what_is_no_square_stands_on_white(tmp_path: Path) -> None:
    wide = np.zeros((10, 40, 3), np.uint8)
    wide[:, :20] = (200, 0, 0)
    found = read_picture(saved(tmp_path / "wide.png", wide))
    assert (found[:8] == 1).all()
    assert (found[-8:] == 1).all()
    assert found[12, 2].tolist() == pytest.approx([200 / 255, 0, 0])


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    clear = np.zeros((SIZE, SIZE, 4), np.uint8)
    clear[6:9, 6:9] = (255, 0, 0, 255)
    found = read_picture(saved(tmp_path / "clear.png", clear))
    assert found[0, 0].tolist() == [1, 1, 1]
    assert found[7, 7].tolist() == [1, 0, 0]


def test_greys_of_sixteen_bits_keep_their_shades(tmp_path: Path) -> None:
    grey = np.linspace(0, 65535, SIZE * SIZE).reshape(SIZE, SIZE).astype(np.uint16)
    found = read_picture(saved(tmp_path / "grey.png", grey))
    np.testing.assert_allclose(found[..., 0], grey / 65535, atol=1 / 255)


def huge_png(width: int, height: int) -> bytes:
    """The head of a picture that is larger than anyone can hold, in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (b"", "this is no picture; a PNG, PPM, JPEG file is wanted"),
        (b"nothing to see here", "this is no picture"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "this is no picture"),
        (b"P6\n0 0\n255\n", "no picture|from 1 to"),
        (b"P6\n2 2\n255\n\x01", "damaged|truncated"),
        (huge_png(30_000, 30_000), "too large|from 1 to"),
        (huge_png(9_000, 9_000), "9000 × 9000 pixels; from 1 to 50,000,000 are read"),
        (huge_png(5, 5), "damaged|truncated|pixels"),
    ],
)
def test_what_is_no_picture_is_told_in_one_line(tmp_path: Path, data: bytes, wanted: str) -> None:
    path = tmp_path / "bad.png"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=wanted) as error:
        read_picture(path)
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)


def test_a_file_that_is_none_and_one_colour_are_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is no such file"):
        read_picture(tmp_path / "none.png")
    with pytest.raises(ValueError, match="there is no such file"):
        read_picture(tmp_path)
    with pytest.raises(ValueError, match="all one colour; there is nothing to tell of"):
        read_picture(saved(tmp_path / "red.png", np.full((9, 9, 3), 7, np.uint8)))


def test_colours_stand_apart() -> None:
    """Those of drawings differ by more than a file's rounding."""
    rgb = np.array([*COLOURS.values()])
    apart = np.abs(rgb[:, None] - rgb[None]).max(axis=2)
    assert apart[~np.eye(len(rgb), dtype=bool)].min() > 0.1
