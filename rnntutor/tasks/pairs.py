"""What is read and what is wanted of it, symbol by symbol; at some timesteps that may be nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from rnntutor.engine.cell import Cell
from rnntutor.engine.ops import Array
from rnntutor.engine.run import Run, run
from rnntutor.engine.symbols import shown
from rnntutor.engine.train import Batch, counts_of
from rnntutor.model import Model
from rnntutor.tasks.episode import Episode
from rnntutor.tasks.vocabulary import Vocabulary

Symbols = tuple[str | None, ...]


@dataclass(frozen=True)
class Pair:
    """A sequence to read and one to say, T symbols each. Raises ValueError if they are not equally long."""

    reads: Symbols
    """None where nothing is read: x is all zero."""
    wants: Symbols
    """None where nothing is wanted: the loss does not count."""

    def __post_init__(self) -> None:
        if len(self.reads) != len(self.wants) or not self.reads:
            raise ValueError(
                f"a pair reads {len(self.reads)} symbols and wants {len(self.wants)}; as many are needed, at least one"
            )

    def __len__(self) -> int:
        return len(self.reads)

    @property
    def counts(self) -> tuple[bool, ...]:
        """Where something is wanted, T."""
        return tuple(symbol is not None for symbol in self.wants)

    def padded(self, length: int) -> Pair:
        """The same, with nothing read and nothing wanted after it."""
        more: Symbols = (None,) * (length - len(self))
        return Pair(self.reads + more, self.wants + more)


def batch_of(pairs: Sequence[Pair], vocabulary: Vocabulary, dtype: DTypeLike = np.float64) -> Batch:
    """Pairs side by side from fresh states: x and target (T, B, V), counts (T, B) if there is anything not wanted.

    T is the length of the longest; the others are padded. Raises ValueError naming a symbol that is not known.
    """
    size, length = len(vocabulary), max(map(len, pairs))
    pairs = [pair.padded(length) for pair in pairs]
    one_hot = np.eye(size, dtype=dtype)
    read = np.vstack([one_hot, np.zeros((1, size), dtype)])
    want = np.vstack([one_hot, np.full((1, size), 1 / size, dtype)])
    reads, wants = (_codes([getattr(pair, side) for pair in pairs], vocabulary) for side in ("reads", "wants"))
    counts = wants < size
    return Batch(read[reads], want[wants], fresh=True, counts=None if counts.all() else counts.astype(dtype))


def _codes(rows: Sequence[Symbols], vocabulary: Vocabulary) -> Array:
    """Unit numbers, (T, B); the one after the last stands for nothing."""
    nothing, index = len(vocabulary), vocabulary.index
    vocabulary.encode([symbol for row in rows for symbol in row if symbol is not None])  # names what is unknown
    return np.array([[nothing if k is None else index[k] for k in row] for row in rows], np.intp).T


def played(
    model: Model, pair: Pair, title: str, about: str, *, took: bool = False, batch: Batch | None = None
) -> Episode:
    """Run a model over a pair, in double precision; the gradients are those of the losses that count.

    `about` says what is played; `took`, that the wants are what the model itself has chosen; `batch` are the numbers
    of the pair, where they are not those of its symbols.
    Raises ValueError naming a symbol that the model does not know.
    """
    batch = batch or batch_of([pair], Vocabulary(model.symbols))
    data: dict[str, Any] = {"target": batch.target} if "target" in model.cell.inputs else {}
    ran = run(model.cell, double(model), batch.x, None, **data, **batch.start)
    counts = () if batch.counts is None else pair.counts
    return replace(summed_up(model, pair, title, about, ran, counts_of(batch, ran)), counts=counts, took=took)


def summed_up(model: Model, pair: Pair, title: str, about: str, ran: Run, seed: Array | None = None) -> Episode:
    """The episode of a run over a pair; `seed` says where its losses count, where that is not everywhere."""
    grads = ran.backward() if seed is None else ran.backward({"loss": seed})
    size = ran[_speaking(model.cell)].shape[-1]
    line = f"{_kind(model.cell)}  {size} unit{'s' * (size != 1)} · {about}"
    return Episode(title, line, ran, grads, names(pair.reads), names(pair.wants), names(model.symbols))


def double(model: Model) -> dict[str, Array]:
    """The parameters of a model in double precision."""
    return {name: np.asarray(p, np.float64) for name, p in model.params.items()}


def _kind(cell: Cell) -> str:
    """A cell's title in a word: LSTM; that of a file without its ending."""
    return (cell.title.split() or ["cell"])[0].removesuffix(".eq").upper()


def _speaking(cell: Cell) -> str:
    """The line whose units are told: h, or else the last state, or the last line."""
    return "h" if "h" in cell.step.assigned else (cell.states or (cell.lines[-1].name,))[-1]


def names(symbols: Symbols) -> tuple[str, ...]:
    """What the screen calls symbols; nothing is an empty name."""
    return tuple("" if symbol is None else shown(symbol) for symbol in symbols)
