"""Letting a model speak: choose a symbol, feed it back in, go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np

from rnntutor.engine.arguments import whole
from rnntutor.engine.cell import Cell
from rnntutor.engine.losses import softmax
from rnntutor.engine.ops import Array
from rnntutor.engine.run import run
from rnntutor.engine.shapes import infer

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
    if given. A score of -inf is never chosen. Raises ValueError for a bad argument.
    """
    scores = np.asarray(scores, np.float64)
    if scores.ndim != 1 or scores.size == 0:
        raise ValueError(f"scores has shape {scores.shape}; wanted is (V,)")
    if not np.isfinite(scores.max()):
        raise ValueError(f"scores: the largest should be a finite number, not {scores.max()}")
    if not isinstance(rng, np.random.Generator):
        raise ValueError(f"rng: numpy.random.default_rng makes one, not {type(rng).__name__}")
    if how not in ("argmax", "sample"):
        raise ValueError(f"how: 'argmax' or 'sample' is wanted, not {how!r}")
    if top_k is not None:
        top_k = whole("top_k", top_k, most=scores.size)
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

    The cell needs a line `y`, the scores; x is one-hot over the same symbols. Raises ValueError for a bad argument.
    """
    spoken = speak_together(
        cell, params, first, [seed], how=how, temperature=temperature, top_k=top_k, init=init
    )
    return (int(symbols[0]) for symbols in spoken)


def speak_together(
    cell: Cell,
    params: Mapping[str, Array],
    first: int,
    seeds: Sequence[int],
    *,
    how: How = "sample",
    temperature: float = 1.0,
    top_k: int | None = None,
    init: Mapping[str, Array] | None = None,
    data: Mapping[str, Array] | None = None,
) -> Iterator[Array]:
    """What `speak` says with each of B seeds, side by side as one batch: (B,) numbers of symbols at a time.

    Scores differ from those of a batch of one by rounding, which no draw notices unless a model is chaotic for long.
    `init` maps states to (B, H), and `data` is what an `init` section reads, (B, F) each. Raises ValueError for a bad
    argument.
    """
    rngs = [np.random.default_rng(seed) for seed in seeds]
    rows = np.eye(symbols_of(cell, params))
    first = whole("first", first, least=0, most=len(rows) - 1)

    def after(symbols: Array, states: Mapping[str, Array] | None) -> tuple[Array, Mapping[str, Array]]:
        """What is said after these symbols, and the states that go on from there."""
        x = rows[None, symbols]
        given = {**(data or {}), **({"target": x} if "target" in cell.inputs else {})}
        ran = run(cell, params, x, states, **given)
        pairs = zip(ran["y"][0], rngs, strict=True)
        chosen = [choose(y, rng, how=how, temperature=temperature, top_k=top_k) for y, rng in pairs]
        return np.array(chosen), ran.last

    def said(symbols: Array, states: Mapping[str, Array]) -> Iterator[Array]:
        while True:
            yield symbols
            symbols, states = after(symbols, states)

    # The first is said at once, so that a bad argument is told here.
    return said(*after(np.full(len(rngs), first), init))


def symbols_of(cell: Cell, params: Mapping[str, Array]) -> int:
    """How many scores the readout gives, as the shapes of the parameters tell."""
    place = cell.step.assigned.get("y")
    if place is None:
        raise ValueError(
            "cell: it has no line y to choose from; a readout such as y = W_y @ h + b_y is wanted"
        )
    shape = infer(cell.step, {name: np.shape(p) for name, p in params.items()})[place]
    if len(shape) != 1:
        raise ValueError("cell: its line y should be a vector, one score per symbol")
    return shape[0]
