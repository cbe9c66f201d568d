"""Which symbols a model knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import DTypeLike

from rnntutor.engine.ops import Array


@dataclass(frozen=True)
class Vocabulary:
    """The characters or words that a model knows, in the order of its units."""

    symbols: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Vocabulary:
        """The characters of a text, sorted. Raises ValueError if there are fewer than two."""
        symbols = tuple(sorted(set(text)))
        if len(symbols) < 2:
            raise ValueError(
                f"a text needs at least two different characters to learn from, not {len(symbols)}"
            )
        return cls(symbols)

    def __len__(self) -> int:
        return len(self.symbols)

    @cached_property
    def index(self) -> dict[str, int]:
        """Character to unit."""
        return {symbol: k for k, symbol in enumerate(self.symbols)}

    def encode(self, text: Iterable[str]) -> Array:
        """Unit numbers, (len(text),), of characters or words. Raises ValueError naming one that is not known."""
        unknown = sorted(set(text) - set(self.symbols))
        if unknown:
            between = " " if any(len(symbol) > 1 for symbol in self.symbols) else ""
            raise ValueError(f"the model does not know {unknown[0]!r}; it knows {between.join(self.symbols)!r}")
        return np.array([self.index[symbol] for symbol in text], dtype=np.intp)

    def one_hot(self, codes: Array, dtype: DTypeLike = np.float64) -> Array:
        """(..., V): one where the code is."""
        rows = np.zeros((*codes.shape, len(self)), dtype)  # no table of V² numbers, which 3000 symbols make 72 MB
        np.put_along_axis(rows, codes[..., None], 1, axis=-1)
        return rows
