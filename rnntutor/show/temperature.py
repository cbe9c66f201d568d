"""The temperatures to choose from: R10 preferred numbers (ISO 3), each about a quarter warmer than the one before."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

TEMPERATURES = (0.1, 0.125, 0.16, 0.2, 0.25, 0.315, 0.4, 0.5, 0.63, 0.8, 1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0)


def warmer(temperature: float) -> float:
    """The next temperature up; the highest stays."""
    return TEMPERATURES[min(bisect_right(TEMPERATURES, temperature), len(TEMPERATURES) - 1)]


def colder(temperature: float) -> float:
    """The next temperature down; the lowest stays."""
    return TEMPERATURES[max(bisect_left(TEMPERATURES, temperature) - 1, 0)]
