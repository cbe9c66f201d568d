"""A text to train on, made on the spot: 65 symbols, each of which prefers a few successors."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchmarks.fused_memory import Array

SYMBOLS = 65


def text(length: int, seed: int = 0) -> Array:
    """Symbols as numbers; from each, four successors with probabilities 8 : 4 : 2 : 1, and now and then any."""
    draw = np.random.default_rng(seed)
    successors = np.array([draw.permutation(SYMBOLS)[:4] for _ in range(SYMBOLS)])
    choices = draw.choice(4, size=length, p=np.array([8, 4, 2, 1]) / 15).tolist()
    strays = np.where(draw.random(length) < 0.05, draw.integers(SYMBOLS, size=length), -1).tolist()
    table, symbols, symbol = successors.tolist(), [], 0
    for choice, stray in zip(choices, strays, strict=True):
        symbol = stray if stray >= 0 else table[symbol][choice]
        symbols.append(symbol)
    return np.array(symbols)


def batches(symbols: Array, steps: int, batch: int, seed: int = 0) -> Iterator[tuple[Array, Array]]:
    """Endless pairs (inputs, targets) of shape (T, B), from random places."""
    draw = np.random.default_rng(seed)
    offsets = np.arange(steps)[:, None]
    while True:
        places = draw.integers(len(symbols) - steps - 1, size=batch) + offsets
        yield symbols[places], symbols[places + 1]
