"""Letting a model speak: choose a symbol, feed it back in, go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np

from rnntutor.engine.cell import Cell
from rnntutor.engine.losses import softmax
from rnntutor.engine.ops import Array
from rnntutor.engine.run import run

How = Literal["argmax", "sample"]


def choose(
    scores: Array,
    rng: np.random.Generator,
    *,
    how: How = "sample",
    temperature: float = 1.0,
    top_k: int | None = None,
) -> int:
    """The number of one symbol, from scores (V,) before the softmax.

    "argmax" takes the likeliest; "sample" draws from softmax(scores / temperature), from the `top_k` likeliest
    if given. Raises ValueError for a bad argument.
    """
    scores = np.asarray(scores, np.float64)
    if scores.ndim != 1 or scores.size == 0:
        raise ValueError(f"scores has shape {scores.shape}; wanted is (V,)")
    if how not in ("argmax", "sample"):
        raise ValueError(f"how: 'argmax' or 'sample' is wanted, not {how!r}")
    if top_k is not None and (not isinstance(top_k, int) or not 1 <= top_k <= scores.size):
        raise ValueError(f"top_k: a whole number from 1 to {scores.size} is wanted, not {top_k!r}")
    if how == "argmax":
        return int(scores.argmax())
    if top_k is not None:
        kept = np.argsort(-scores, kind="stable")[:top_k]
        return int(kept[rng.choice(top_k, p=softmax(scores[kept], temperature))])
    return int(rng.choice(scores.size, p=softmax(scores, temperature)))


def speak(
    cell: Cell,
    params: Mapping[str, Array],
    first: int,
    *,
    seed: int = 0,
    how: How = "sample",
    temperature: float = 1.0,
    top_k: int | None = None,
    init: Mapping[str, Array] | None = None,
) -> Iterator[int]:
    """Numbers of symbols without end, the output always fed back in; `first` is read first.

    The cell needs a line `y`, the scores; x is one-hot over the same symbols.
    """
    rng = np.random.default_rng(seed)
    symbol, states = first, init
    size = _symbols(cell, params)
    if not 0 <= first < size:
        raise ValueError(f"first: {first} is out of range; there are {size} symbols, counted from 0")
    while True:
        x = np.eye(size)[[[symbol]]]
        extra = {"target": x} if "target" in cell.inputs else {}
        ran = run(cell, params, x, states, **extra)
        states = ran.last
        symbol = choose(ran["y"][0, 0], rng, how=how, temperature=temperature, top_k=top_k)
        yield symbol


def _symbols(cell: Cell, params: Mapping[str, Array]) -> int:
    """How many scores the readout gives."""
    if not any(line.name == "y" for line in cell.lines):
        raise ValueError(
            "cell: it has no line y to choose from; a readout such as y = W_y @ h + b_y is wanted"
        )
    [*_, rows] = [p.shape[0] for name, p in params.items() if name == "b_y"] or [0]
    if not rows:
        raise ValueError("params: b_y is wanted, one number per symbol")
    return int(rows)
