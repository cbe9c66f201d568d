"""What a model that came from elsewhere reads: symbols of a vocabulary, or a sequence of numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.exchange.vocabulary import text_of
from rnntutor.tasks.chars import shown_text
from rnntutor.tasks.pairs import names

MOST = 1 << 25
"""Numbers of an input that are read, timesteps times features."""


@dataclass(frozen=True, eq=False)
class Reading:
    """A sequence, batch of one, and what the screen calls it."""

    x: Array = field(repr=False)
    """(T, 1, D)."""
    reads: tuple[str, ...]
    """What each timestep reads; empty for numbers."""
    about: str
    target: Array | None = field(default=None, repr=False)
    """(T, 1, V)."""
    wants: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()


def of_symbols(codes: Sequence[int], symbols: tuple[str, ...], *, predicts: bool) -> Reading:
    """Symbols as one-hot rows; where the model predicts, each is to be said one step ahead and the last only wanted.

    Raises ValueError where there are too few or too many.
    """
    least = 2 if predicts else 1
    if len(codes) < least:
        raise ValueError(f"at least {least} symbols are needed, each to be said one step ahead" if predicts else
                         "at least one symbol is needed")  # fmt: skip
    if len(codes) * len(symbols) > MOST:
        raise ValueError(f"{len(codes):,} symbols of {len(symbols):,} are too many; at most {MOST:,} numbers are read")
    one_hot = np.zeros((len(codes), 1, len(symbols)))
    one_hot[np.arange(len(codes)), 0, codes] = 1
    told = [symbols[k] for k in codes]
    read = told[:-1] if predicts else told
    about = f"{len(symbols)} symbols · “{shown_text((' ' if max(map(len, told)) > 1 else '').join(told))}”"
    return Reading(
        one_hot[: len(read)], names(tuple(read)), about, one_hot[1:] if predicts else None,
        names(tuple(told[1:])) if predicts else (), names(symbols),
    )  # fmt: skip


def of_numbers(path: Path, features: int) -> Reading:
    """The rows of a .npy or .csv file, one a timestep. Raises ValueError naming the file and what was expected."""
    array = _numbers(path)
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or array.shape[1] != features or not len(array):
        raise ValueError(f"{path}: its shape is {array.shape}; wanted is (timesteps, {features}), what the model reads")
    return Reading(array[:, None, :], (), f"{len(array)} timesteps of {path.name}")


def _numbers(path: Path) -> Array:
    """An array of real numbers from a file."""
    what = "a .npy array of real numbers, or a .csv of numbers parted by commas, is wanted"
    if path.suffix not in (".npy", ".csv"):
        raise ValueError(f"{path}: {what}")
    if path.suffix == ".csv":
        return _rows(path)
    try:
        array = np.lib.format.open_memmap(path, mode="r")  # which neither unpickles nor unzips
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or what}") from error
    except (ValueError, EOFError, SyntaxError) as error:
        raise ValueError(f"{path}: {what}") from error
    if array.dtype.kind not in "buif":
        raise ValueError(f"{path}: {what}")
    if array.size > MOST:
        raise ValueError(f"{path}: at most {MOST:,} numbers are read")
    return np.array(array, np.float64)


def _rows(path: Path) -> Array:
    """The numbers of a .csv, without empty lines. Raises ValueError naming the line that is not like the first."""
    rows: list[list[float]] = []
    for number, line in enumerate(text_of(path).splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = [float(word) for word in line.split(",")]
        except ValueError as error:
            raise ValueError(f"{path}: line {number}: numbers parted by commas are wanted") from error
        if rows and len(row) != len(rows[0]):
            raise ValueError(f"{path}: line {number} has {len(row)} numbers; the first has {len(rows[0])}")
        rows.append(row)
    return np.array(rows, np.float64).reshape(len(rows), len(rows[0]) if rows else 0)


# Symbols as numbers.


def encoded(text: str, symbols: tuple[str, ...]) -> list[int]:
    """The numbers of the symbols of a text: its words if all are symbols, else from left to right the longest that fit.

    White space that is no symbol parts symbols. Raises ValueError naming what is not known.
    """
    index = {symbol: k for k, symbol in enumerate(symbols)}
    if all(word in index for word in text.split()) and not any(k.isspace() for k in symbols):
        return [index[word] for word in text.split()]
    longest = "|".join(map(re.escape, sorted(symbols, key=len, reverse=True)))
    codes = []
    for found in re.finditer(rf"({longest})|(.)", text, re.DOTALL):
        if found[1] is not None:
            codes.append(index[found[1]])
        elif not found[2].isspace() or any(k.isspace() for k in symbols):
            raise ValueError(f"the model does not know {found[2]!r}; it knows {_told(symbols)}")
    return codes


def numbered_tokens(text: str, size: int) -> list[int]:
    """Numbers of symbols, parted by spaces or commas. Raises ValueError naming one that is none."""
    codes = []
    for word in text.replace(",", " ").split():
        if not re.fullmatch(r"\d{1,9}", word, re.ASCII) or int(word) >= size:
            raise ValueError(f"tokens: whole numbers from 0 to {size - 1} are wanted, not {word[:20]!r}")
        codes.append(int(word))
    return codes


def _told(symbols: tuple[str, ...]) -> str:
    few = ", ".join(repr(k) for k in symbols[:30])
    return few if len(symbols) <= 30 else f"{few} and {len(symbols) - 30} more"
