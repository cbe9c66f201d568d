"""Numbers given as arguments: what is wrong with one is a ValueError that names it."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np


def above_zero(name: str, value: Any) -> float:
    """A finite number above zero."""
    fits = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    if not (fits and 0 < value <= sys.float_info.max):
        raise ValueError(f"{name}: a number above zero is wanted, not {value!r}")
    return float(value)


def whole(name: str, value: Any, least: int = 1, most: int | None = None) -> int:
    """A whole number from `least` on, and up to `most` if given; one of NumPy's too."""
    fits = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not (fits and least <= value and (most is None or value <= most)):
        until = "" if most is None else f" to {most}"
        raise ValueError(f"{name}: a whole number from {least}{until} is wanted, not {value!r}")
    return int(value)
