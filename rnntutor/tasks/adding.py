"""The adding problem: of many numbers two are marked, and after the last one their sum is to be told.

As in Hochreiter & Schmidhuber 1997, experiment 4: numbers from -1 to 1; with X1 and X2 the marked ones, the target is
0.5 + (X1 + X2) / 4, and an answer is correct where it is off by less than 0.04. Who always says 0.5 has a mean squared
error of 1/24, or 0.0417. Here one number of each half is marked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from rnntutor.engine.train import Batch
from rnntutor.tasks.pairs import Pair
from rnntutor.tasks.vocabulary import Vocabulary

READOUT = """
readout:
    y = W_y @ h + b_y                # what is told
    loss = (y - target)**2           # squared error
"""
"""What turns a cell's h into a number."""

FEATURES = Vocabulary(("number", "mark"))
"""What each unit of x stands for."""

LENGTH = 30
"""Numbers of a sequence in training."""

_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(\*?)")


def adding(text: str) -> Pair:
    """Reads numbers from -1 to 1, two of them marked by a star, and after the last tells 0.5 + their sum / 4."""
    found = [_NUMBER.fullmatch(word) for word in text.split()]
    numbers = [(float(k[1]), k[2]) for k in found if k and abs(float(k[1])) <= 1]
    marked = [number for number, mark in numbers if mark]
    if len(numbers) != len(found) or len(marked) != 2:
        told = repr(text if len(text) <= 20 else text[:19] + "…")
        raise ValueError(f"adding reads numbers from -1 to 1, two of them marked, such as 0.5* -0.25 1*, not {told}")
    silence = (None,) * (len(numbers) - 1)
    return Pair(tuple(text.split()), (*silence, f"{0.5 + sum(marked) / 4:.6g}"))


def draw(rng: np.random.Generator, length: int = LENGTH) -> str:
    """Numbers of three decimals, one of the first half and one of the second marked."""
    marked = {int(rng.integers(length // 2)), int(rng.integers(length // 2, length))}
    numbers = rng.integers(-1000, 1001, length) / 1000
    return " ".join(f"{number:.3f}{'*' * (k in marked)}" for k, number in enumerate(numbers.tolist()))


def batch_of(pairs: Sequence[Pair], dtype: DTypeLike = np.float64) -> Batch:
    """Pairs side by side from fresh states: x (T, B, 2), target (T, B, 1) and counts (T, B).

    T is the length of the longest; a shorter one begins later, after zeros, so that all end together.
    """
    length, width = max(map(len, pairs)), len(pairs)
    x, target, counts = (np.zeros((length, width, *more), dtype) for more in ((2,), (1,), ()))
    for b, pair in enumerate(pairs):
        rows = slice(length - len(pair), None)
        x[rows, b, 0] = [float((word or "0").rstrip("*")) for word in pair.reads]
        x[rows, b, 1] = [float((word or "").endswith("*")) for word in pair.reads]
        target[-1, b], counts[-1, b] = float(pair.wants[-1] or 0), 1
    return Batch(x, target, fresh=True, counts=counts)
