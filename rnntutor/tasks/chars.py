"""Character models: a text, read one character at a time, each to be said one step ahead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import DTypeLike

from rnntutor.engine.cell import parse_cell
from rnntutor.engine.learning import Learning
from rnntutor.engine.ops import Array
from rnntutor.engine.run import run
from rnntutor.engine.symbols import shown
from rnntutor.engine.train import Batch
from rnntutor.model import Model
from rnntutor.tasks.episode import Episode

READOUT = """
readout:
    y = W_y @ h + b_y                # scores, one per character
    p = softmax(y)                   # probabilities of the next character
    loss = cross_entropy(p, target)  # -log of the probability of the right one
"""
"""What turns a cell's h into a prediction."""

MAX_TEXT = 10_000_000


@dataclass(frozen=True)
class Vocabulary:
    """The characters that a model knows, in the order of its units."""

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

    def encode(self, text: str) -> Array:
        """Unit numbers, (len(text),). Raises ValueError naming a character that is not known."""
        unknown = sorted(set(text) - set(self.symbols))
        if unknown:
            raise ValueError(f"the model does not know {unknown[0]!r}; it knows {''.join(self.symbols)!r}")
        return np.array([self.index[symbol] for symbol in text], dtype=np.intp)

    def one_hot(self, codes: Array, dtype: DTypeLike = np.float64) -> Array:
        """(..., V): one where the code is."""
        return np.eye(len(self), dtype=dtype)[codes]


def with_readout(cell_text: str) -> str:
    """A cell's text followed by the readout of a character model, unless it has a readout or a loss of its own."""
    own = any(line.section == "readout" or line.name == "loss" for line in parse_cell(cell_text).lines)
    return cell_text if own else cell_text.rstrip() + "\n" + READOUT


def batches(
    text: str,
    vocabulary: Vocabulary,
    *,
    steps: int,
    batch: int,
    shuffle: int | None = None,
    dtype: DTypeLike = np.float64,
) -> Iterator[Batch]:
    """Endless training data: the text in `batch` streams side by side, `steps` characters at a time.

    The states carry over within one reading of the text and start afresh with the next. With `shuffle` as a seed,
    the lines of the text come in a new order each time. A text shorter than asked gives shorter batches.
    """
    rng = np.random.default_rng(shuffle)
    lines = [f"{line}\n" for line in text.removesuffix("\n").split("\n")] if "\n" in text else [text]
    while True:
        if shuffle is not None:
            text = "".join(lines[k] for k in rng.permutation(len(lines)))
        yield from _one_reading(vocabulary.encode(text), vocabulary, steps, batch, dtype)


def _one_reading(
    codes: Array, vocabulary: Vocabulary, steps: int, batch: int, dtype: DTypeLike
) -> Iterator[Batch]:
    """The whole text once, but for what does not fill a row."""
    batch = max(1, min(batch, (len(codes) - 1) // 2))
    length = (len(codes) - 1) // batch
    now = codes[: batch * length].reshape(batch, length).T
    then = codes[1 : batch * length + 1].reshape(batch, length).T
    steps = min(steps, length)
    for start in range(0, length - steps + 1, steps):
        rows = slice(start, start + steps)
        x, target = vocabulary.one_hot(now[rows], dtype), vocabulary.one_hot(then[rows], dtype)
        yield Batch(x, target, fresh=start == 0)


def episode(model: Model, text: str, title: str, learning: Learning | None = None) -> Episode:
    """Run a character model over a text of at least two characters; the last one is only ever wanted."""
    if len(text) < 2:
        raise ValueError("a text to play needs at least two characters")
    vocabulary = Vocabulary(model.symbols)
    codes = vocabulary.one_hot(vocabulary.encode(text))[:, None]
    params = {name: np.asarray(p, np.float64) for name, p in model.params.items()}
    ran = run(model.cell, params, codes[:-1], target=codes[1:])
    names = tuple(shown(symbol) for symbol in text)
    hidden = ran["h"].shape[-1]
    kind = model.cell.title.split()[0].upper()
    about = f"{kind}  {hidden} units · {len(vocabulary)} chars · “{shown_text(text)}”"
    symbols = tuple(shown(symbol) for symbol in model.symbols)
    return Episode(title, about, ran, ran.backward(), names[:-1], names[1:], symbols, learning)


def shown_text(text: str, width: int = 20) -> str:
    """The beginning of a text on one line."""
    line = "".join(shown(symbol) if symbol != " " else " " for symbol in text)
    return line if len(line) <= width else line[: width - 1] + "…"
