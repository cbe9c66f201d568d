"""Safetensors files: the table of contents, checked before anything is believed, and the tensors.

Only tensors and text are read. Nothing is unpickled, nothing is executed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from rnntutor.engine.ops import Array
from rnntutor.engine.shapes import Shape

MAX_HEADER = 1 << 24
MAX_FILE = 1 << 30
DTYPES: dict[str, Callable[[memoryview], Array]] = {
    "F64": lambda data: np.frombuffer(data, "<f8").astype(np.float64),
    "F32": lambda data: np.frombuffer(data, "<f4").astype(np.float32),
    "F16": lambda data: np.frombuffer(data, "<f2").astype(np.float32),
    "BF16": lambda data: (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32),
}
"""How each kind of number becomes one to compute with, exactly."""


class ModelError(ValueError):
    """A model file cannot be read: names the file and what was expected."""


@dataclass(frozen=True)
class Contents:
    """What a file says that it holds."""

    path: Path
    entries: dict[str, dict[str, Any]]
    """By tensor: its dtype, its shape, and where its bytes are."""
    metadata: Any
    start: int
    """Where the bytes of the tensors begin."""

    @property
    def shapes(self) -> dict[str, Shape]:
        """The shapes by tensor."""
        return {name: tuple(entry["shape"]) for name, entry in self.entries.items()}

    def check_numbers(self, names: Iterable[str]) -> None:
        """Raise ModelError for a tensor that does not hold floating-point numbers."""
        for name in names:
            kind = self.entries[name]["dtype"]
            if kind not in DTYPES:
                raise ModelError(f"{self.path}: {name!r} holds {kind}; wanted is one of {', '.join(DTYPES)}")

    def read(self, names: Iterable[str]) -> dict[str, Array]:
        """The arrays of these tensors, and of no others. Raises ModelError where they cannot be read."""
        names = tuple(names)
        self.check_numbers(names)
        try:
            return {name: self._tensor(name) for name in names}
        except (OSError, ValueError) as error:
            raise ModelError(f"{self.path}: its weights cannot be read: {error}") from error

    def _tensor(self, name: str) -> Array:
        """One array of numbers, read from its place in the file."""
        entry = self.entries[name]
        first, last = entry["data_offsets"]
        with self.path.open("rb") as file:
            file.seek(self.start + first)
            data = file.read(last - first)
        return DTYPES[entry["dtype"]](memoryview(data)).reshape(entry["shape"])


def contents(path: str | Path) -> Contents:
    """The table of contents of a file. Raises ModelError in one line.

    The library checks the whole file first, without reading it: lengths, offsets that overlap, dtypes, JSON.
    """
    path = checked_path(path)
    try:
        size = _header_size(path)
        with safe_open(path, framework="numpy"), path.open("rb") as file:
            header = json.loads(file.read(8 + size)[8:])
    except ModelError:
        raise
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror or 'cannot be read'}") from error
    except (SafetensorError, ValueError, RecursionError) as error:
        raise ModelError(f"{path}: a damaged safetensors file ({str(error).splitlines()[0]})") from error
    return Contents(path, header, header.pop("__metadata__", {}), 8 + size)


def checked_path(path: object) -> Path:
    """A path. Raises ModelError for what is none."""
    if not isinstance(path, str | os.PathLike):
        raise ModelError(f"path: where a model is, as a text or a Path, is wanted, not {path!r}")
    return Path(path)


def _header_size(path: Path) -> int:
    """The length of the header, if this is a file that may be read at all."""
    check_file(path)
    with path.open("rb") as file:
        start = file.read(8)
        size = int.from_bytes(start, "little")
        if len(start) < 8 or not 2 <= size <= MAX_HEADER:
            raise ModelError(f"{path}: not a safetensors file; its header would have {size:,} bytes")
        return size


def check_file(path: Path) -> None:
    """Raise ModelError for what is no file, or too large a one; OSError where there is none."""
    if path.exists() and not path.is_file():
        raise ModelError(f"{path}: this is not a file")
    if path.stat().st_size > MAX_FILE:
        raise ModelError(f"{path}: at most {MAX_FILE:,} bytes are read")
