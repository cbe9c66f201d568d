"""Shades between colours in steps that look even, and how well two colours can be told apart.

Mixing is done in OKLab (B. Ottosson, A perceptual color space for image processing, 2020), where equal distances look
about equal; contrast is that of WCAG 2.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]

# Linear sRGB to the cone responses to OKLab, and back.
_TO_CONES: Matrix = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB: Matrix = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_FROM_LAB: Matrix = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_FROM_CONES: Matrix = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)


def shades(stops: Sequence[str], count: int) -> list[str]:
    """`count` + 1 colours from the first stop through the others to the last, in steps of equal size."""
    points = [_lab(colour) for colour in stops]
    ends = list(accumulate((math.dist(a, b) for a, b in pairwise(points)), initial=0.0))
    return [_hexadecimal(_between(points, ends, ends[-1] * k / count)) for k in range(count + 1)]


def _between(points: Sequence[Triple], ends: Sequence[float], at: float) -> Triple:
    """The point at a distance along the way; `ends` says how far every stop is."""
    k = min(bisect_right(ends, at), len(ends) - 1) - 1
    share = (at - ends[k]) / (ends[k + 1] - ends[k])
    a, b = points[k], points[k + 1]
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)


def contrast(a: str, b: str) -> float:
    """From 1, the same, to 21, black on white."""
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: str) -> Triple:
    """The amounts of light of "#rrggbb"."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    )
    return red, green, blue


def _lab(colour: str) -> Triple:
    long, medium, short = _times(_TO_CONES, _linear(colour))
    return _times(_TO_LAB, (math.cbrt(long), math.cbrt(medium), math.cbrt(short)))


def _hexadecimal(lab: Triple) -> str:
    """A point of OKLab as "#rrggbb"; what no screen can show becomes the nearest that it can."""
    long, medium, short = _times(_FROM_LAB, lab)
    light = (min(1.0, max(0.0, c)) for c in _times(_FROM_CONES, (long**3, medium**3, short**3)))
    coded = (c * 12.92 if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in light)
    return "#" + "".join(f"{round(255 * c):02x}" for c in coded)


def _times(matrix: Matrix, v: Triple) -> Triple:
    a, b, c = (row[0] * v[0] + row[1] * v[1] + row[2] * v[2] for row in matrix)
    return a, b, c
