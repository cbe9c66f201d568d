"""Character models: a text, read one character at a time, each to be said one step ahead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

import numpy as np
from numpy.typing import DTypeLike

from rnntutor.engine.arguments import whole
from rnntutor.engine.cell import Cell, parse_cell
from rnntutor.engine.ops import Array
from rnntutor.engine.run import run
from rnntutor.engine.sample import How, speak
from rnntutor.engine.shapes import ranks
from rnntutor.engine.symbols import shown
from rnntutor.engine.syntax import EquationError
from rnntutor.engine.train import Batch
from rnntutor.model import Model
from rnntutor.tasks.episode import Episode
from rnntutor.tasks.pairs import Pair, batch_of, played
from rnntutor.tasks.vocabulary import Vocabulary

READOUT = """
readout:
    y = W_y @ h + b_y                # scores, one per symbol
    p = softmax(y)                   # probabilities, one per symbol
    loss = cross_entropy(p, target)  # -log of the probability of the right one
"""
"""What turns a cell's h into a prediction."""

MAX_TEXT = 10_000_000


def with_readout(cell_text: str, readout: str = READOUT, title: str = "cell") -> str:
    """A cell's text followed by a readout, that of a character model, unless it has a readout or a loss of its own.

    Raises EquationError where the text is wrong, or no readout fits to it.
    """
    cell = parse_cell(cell_text, title)
    if any(line.section == "readout" or line.name == "loss" for line in cell.lines):
        return cell_text
    _check_readable(cell)
    return cell_text.rstrip() + "\n" + readout


def _check_readable(cell: Cell) -> None:
    """Raise EquationError where the readout would not find a vector h, or would share a name."""
    h = cell.step.assigned.get("h")
    if h is None or ranks(cell.step)[h] != 1:
        what = "no line assigns h" if h is None else "h is not a vector"
        hint = "call the state that speaks h, or add a section readout: with a loss"
        raise EquationError(f"{what}, and the readout that is added reads h", title=cell.title, hint=hint)
    for name in ("y", "p", "W_y", "b_y"):
        if name in cell.step.by_name or name in cell.params:
            line = next((k for k in cell.lines if k.name == name), None)
            raise EquationError(
                f"{name} is a name of the readout that is added", title=cell.title, number=line.number if line else 0,
                source=line.text if line else "", hint="choose another, or add a section readout: with a loss",
            )  # fmt: skip


def batches(
    text: str,
    vocabulary: Vocabulary,
    *,
    steps: int,
    batch: int,
    shuffle: int | None = None,
    dtype: DTypeLike = np.float64,
    skip: int = 0,
) -> Iterator[Batch]:
    """Endless training data: the text in `batch` streams side by side, `steps` characters at a time.

    The states carry over within one reading of the text and start afresh with the next. With `shuffle` as a seed,
    the lines of the text come in a new order each time. A text shorter than asked gives shorter batches.
    The first `skip` batches are left out, without being made.
    """
    rng = np.random.default_rng(shuffle)
    lines = [f"{line}\n" for line in text.removesuffix("\n").split("\n")] if "\n" in text else [text]
    while True:
        if shuffle is not None:
            text = "".join(lines[k] for k in rng.permutation(len(lines)))
        size = _per_reading(len(text), steps, batch)
        if skip < size:
            yield from _one_reading(vocabulary.encode(text), vocabulary, steps, batch, dtype, skip)
        skip = max(0, skip - size)


def _streams(size: int, steps: int, batch: int) -> tuple[int, int, int]:
    """Of a text of so many characters: how many streams, how long each is, and how much is read of it at a time."""
    batch = max(1, min(batch, (size - 1) // 2))
    length = (size - 1) // batch
    return batch, length, min(steps, length)


def _per_reading(size: int, steps: int, batch: int) -> int:
    """How many batches a text of so many characters makes."""
    _, length, steps = _streams(size, steps, batch)
    return length // steps


def _one_reading(
    codes: Array, vocabulary: Vocabulary, steps: int, batch: int, dtype: DTypeLike, skip: int
) -> Iterator[Batch]:
    """The whole text once, from some batch on, but for what does not fill a row."""
    batch, length, steps = _streams(len(codes), steps, batch)
    now = codes[: batch * length].reshape(batch, length).T
    then = codes[1 : batch * length + 1].reshape(batch, length).T
    for start in range(skip * steps, length - steps + 1, steps):
        rows = slice(start, start + steps)
        x, target = vocabulary.one_hot(now[rows], dtype), vocabulary.one_hot(then[rows], dtype)
        yield Batch(x, target, fresh=start == 0)


def pair(text: str) -> Pair:
    """Every character is to be said one step ahead. Raises ValueError for a text of fewer than two."""
    if len(text) < 2:
        raise ValueError("a text to play needs at least two characters")
    return Pair(tuple(text[:-1]), tuple(text[1:]))


def episode(model: Model, text: str, title: str) -> Episode:
    """Run a character model over a text of at least two characters; the last one is only ever wanted."""
    return played(model, pair(text), title, _about(model, text))


def _about(model: Model, text: str) -> str:
    return f"{len(model.symbols)} chars · “{shown_text(text)}”"


def spoken(
    model: Model,
    first: str,
    length: int,
    title: str,
    *,
    how: How = "sample",
    temperature: float = 1.0,
    top_k: int | None = None,
    seed: int = 0,
) -> Episode:
    """Let a model speak: it reads `first`, and from then on what it has said itself, `length` characters.

    What it took is what it "wants", so that a loss is -log of the probability (at temperature 1) of what was taken;
    before the last character of `first` it takes nothing. The characters are those of `engine.sample.speak`, which
    explains the other arguments, in double precision. Raises ValueError for a bad argument.
    """
    if not first:
        raise ValueError("first: at least one character to begin with is wanted")
    length, codes = whole("length", length), Vocabulary(model.symbols).encode(first)
    params = {name: np.asarray(p, np.float64) for name, p in model.params.items()}
    init = _after(model, params, first[:-1]) if len(first) > 1 else None
    said = speak(
        model.cell, params, int(codes[-1]), seed=seed, how=how, temperature=temperature, top_k=top_k, init=init
    )
    taken = tuple(model.symbols[k] for k in islice(said, length))
    reads, silent = (*first, *taken[:-1]), (None,) * (len(first) - 1)
    return played(model, Pair(reads, (*silent, *taken)), title, _about(model, first), took=True)


def _after(model: Model, params: Mapping[str, Array], text: str) -> Mapping[str, Array]:
    """The states that a model has after reading a text."""
    batch = batch_of([Pair(tuple(text), (None,) * len(text))], Vocabulary(model.symbols))
    return run(model.cell, params, batch.x, target=batch.target).last


def shown_text(text: str, width: int = 20) -> str:
    """The beginning of a text on one line."""
    line = "".join(shown(symbol) if symbol != " " else " " for symbol in text)
    return line if len(line) <= width else line[: width - 1] + "…"
