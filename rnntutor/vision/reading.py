"""A learner's own picture: any PNG, PPM or JPEG file becomes 24 × 24 pixels."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from rnntutor.engine.ops import Array
from rnntutor.vision.drawing import SIZE

FORMATS = ("PNG", "PPM", "JPEG")
MAX_BYTES = 50_000_000
MAX_PIXELS = 50_000_000
WHITE = (255, 255, 255)


def read_picture(path: Path) -> Array:
    """The whole of a picture at the size that the network sees, on white where it is no square, (24, 24, 3).

    Raises ValueError, one line, for what is no such file, too large, or all one colour.
    """
    try:
        return _pixels(path)
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or 'the picture is damaged'}") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _pixels(path: Path) -> Array:
    if not path.is_file():
        raise ValueError("there is no such file")
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"at most {MAX_BYTES:,} bytes are read")
    pixels = np.asarray(_fitted(path), np.float64) / 255
    if (pixels == pixels[0, 0]).all():
        raise ValueError("the picture is all one colour; there is nothing to tell of")
    return pixels


def _fitted(path: Path) -> Image.Image:
    """The picture in its right orientation, its transparent parts white, scaled to fit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Pillow, on sizes; ours are checked before anything is unpacked
        try:
            opened = Image.open(path, formats=FORMATS)
        except UnidentifiedImageError as error:
            raise ValueError(f"this is no picture; a {', '.join(FORMATS)} file is wanted") from error
        except (Image.DecompressionBombError, SyntaxError) as error:
            raise ValueError(f"too large, or damaged; at most {MAX_PIXELS:,} pixels are read") from error
        with opened as image:
            width, height = image.size
            if not 0 < width * height <= MAX_PIXELS:
                raise ValueError(f"{width} × {height} pixels; from 1 to {MAX_PIXELS:,} are read")
            turned = ImageOps.exif_transpose(_eight_bits(image)).convert("RGBA")
            ground = Image.new("RGBA", turned.size, (*WHITE, 255))
            whole = Image.alpha_composite(ground, turned).convert("RGB")
            return ImageOps.pad(whole, (SIZE, SIZE), method=Image.Resampling.BOX, color=WHITE)


def _eight_bits(image: Image.Image) -> Image.Image:
    """A picture of greys of 16 bits as one of 8; any other as it is."""
    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.asarray(image, np.float64) / 257).clip(0, 255).astype(np.uint8))
