"""Trained models as safetensors files: weights, the cell's text, the vocabulary and how it was trained.

Only tensors and text are read. Nothing is unpickled, nothing is executed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from rnntutor.engine.cell import Cell, parse_cell
from rnntutor.engine.ops import Array
from rnntutor.engine.shapes import Shape, infer
from rnntutor.writing import replace_file

FORMAT = "rnntutor 1"
MAX_HEADER = 1 << 24
MAX_FILE = 1 << 30
_DTYPES: dict[str, Callable[[memoryview], Array]] = {
    "F64": lambda data: np.frombuffer(data, "<f8").astype(np.float64),
    "F32": lambda data: np.frombuffer(data, "<f4").astype(np.float32),
    "F16": lambda data: np.frombuffer(data, "<f2").astype(np.float32),
    "BF16": lambda data: (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32),
}
"""How each kind of number becomes one to compute with, exactly."""
_KINDS = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
"""Those that NumPy has too."""


class ModelError(ValueError):
    """A model file cannot be read: names the file and what was expected."""


@dataclass(frozen=True, eq=False)
class Model:
    """A cell with its weights and what they are about."""

    cell: Cell
    params: Mapping[str, Array]
    symbols: tuple[str, ...] = ()
    """What each unit of x and of the readout stands for."""
    record: Mapping[str, Any] = field(default_factory=dict)
    """How it was trained: the command, the losses."""


def save_model(path: str | Path, model: Model) -> None:
    """Write a model; an existing file is replaced at once or not at all.

    Raises ModelError for what `load_model` would refuse.
    """
    path = _path(path)
    params = {name: np.asarray(p) for name, p in model.params.items()}
    for name, p in params.items():
        if p.dtype.newbyteorder("<").str not in _KINDS.values():
            raise ModelError(f"{path}: {name!r} holds {p.dtype}; wanted is one of {', '.join(_KINDS)}")
    _check_shapes(path, model.cell, {name: p.shape for name, p in params.items()}, len(model.symbols))
    _check_words(path, list(model.symbols), model.record)
    try:
        record = json.dumps(dict(model.record), sort_keys=True)
    except (TypeError, ValueError, RecursionError) as error:
        raise ModelError(f"{path}: record should hold what JSON can: {error}") from error
    metadata = {
        "format": FORMAT, "title": model.cell.title, "cell": model.cell.text,
        "symbols": json.dumps(model.symbols), "record": record,
    }  # fmt: skip
    save_tensors(path, params, metadata)


def load_model(path: str | Path) -> Model:
    """Read a model. Raises ModelError (a ValueError) in one line: the file, the tensor, what was expected.

    The weights are read last, once all that is said about them is right.
    """
    path = _path(path)
    header, start = _header(path)
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or metadata.get("format") != FORMAT:
        raise ModelError(f"{path}: not a model of rnntutor; its metadata should say format {FORMAT!r}")
    try:
        cell = parse_cell(metadata["cell"], str(metadata.get("title", "cell")))
        symbols, record = json.loads(metadata["symbols"]), json.loads(metadata["record"])
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise ModelError(f"{path}: its metadata cannot be read: {str(error).splitlines()[0]}") from error
    _check_words(path, symbols, record)
    _check_kinds(path, header)
    _check_shapes(path, cell, {name: tuple(entry["shape"]) for name, entry in header.items()}, len(symbols))
    params = _tensors(path, start, {name: header[name] for name in cell.params})
    return Model(cell, params, tuple(symbols), record)


def save_tensors(path: Path, tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> None:
    """Write arrays under names, and words; an existing file is replaced at once or not at all."""
    ordered = {name: np.ascontiguousarray(p, p.dtype.newbyteorder("<")) for name, p in tensors.items()}
    replace_file(path, save(ordered, dict(metadata)))


def load_tensors(path: Path) -> tuple[dict[str, Array], dict[str, str]]:
    """What `save_tensors` has written. Raises ModelError for what is no such file."""
    header, start = _header(path)
    metadata = header.pop("__metadata__", {})
    _check_kinds(path, header)
    return _tensors(path, start, header), metadata


def _check_kinds(path: Path, header: Mapping[str, Any]) -> None:
    """Only numbers to compute with."""
    for name, entry in header.items():
        if entry["dtype"] not in _DTYPES:
            raise ModelError(f"{path}: {name!r} holds {entry['dtype']}; wanted is one of {', '.join(_DTYPES)}")


def _tensors(path: Path, start: int, header: Mapping[str, Any]) -> dict[str, Array]:
    """All arrays of a table of contents."""
    try:
        with path.open("rb") as file:
            return {name: _tensor(file, start, entry) for name, entry in header.items()}
    except (OSError, ValueError) as error:
        raise ModelError(f"{path}: its numbers cannot be read: {error}") from error


def _path(path: object) -> Path:
    if not isinstance(path, str | os.PathLike):
        raise ModelError(f"path: where a model is, as a text or a Path, is wanted, not {path!r}")
    return Path(path)


def _check_words(path: Path, symbols: object, record: object) -> None:
    if not _are_names(symbols) or not isinstance(record, Mapping):
        raise ModelError(f"{path}: symbols should be a list of different texts, record a table")


def _are_names(symbols: object) -> bool:
    if not isinstance(symbols, list) or not all(isinstance(symbol, str) for symbol in symbols):
        return False
    return len(set(symbols)) == len(symbols)


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """The table of contents, and where the bytes of the tensors start.

    The library checks the whole file first, without reading it: lengths, offsets that overlap, dtypes, JSON.
    """
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
    return header, 8 + size


def _header_size(path: Path) -> int:
    """The length of the header, if this is a file that may be read at all."""
    if path.exists() and not path.is_file():
        raise ModelError(f"{path}: this is not a file")
    with path.open("rb") as file:
        start = file.read(8)
        size = int.from_bytes(start, "little")
        if len(start) < 8 or not 2 <= size <= MAX_HEADER:
            raise ModelError(f"{path}: not a safetensors file; its header would have {size:,} bytes")
        if os.fstat(file.fileno()).st_size > MAX_FILE:
            raise ModelError(f"{path}: at most {MAX_FILE:,} bytes are read")
        return size


def _tensor(file: BinaryIO, start: int, entry: Mapping[str, Any]) -> Array:
    """One array of numbers, read from its place in the file."""
    first, last = entry["data_offsets"]
    file.seek(start + first)
    data = file.read(last - first)
    return _DTYPES[entry["dtype"]](memoryview(data)).reshape(entry["shape"])


def _check_shapes(path: Path, cell: Cell, shapes: Mapping[str, Shape], symbols: int) -> None:
    """All parameters there, of shapes that the equations allow together."""
    missing = [name for name in cell.params if name not in shapes]
    extra = [name for name in shapes if name not in cell.params]
    if missing or extra:
        what = f"{missing[0]} is missing" if missing else f"{extra[0]!r} is not in its equations"
        raise ModelError(f"{path}: {what}; wanted are {', '.join(cell.params)}")
    known = {"x": (symbols,), **shapes} if symbols else shapes
    if symbols and cell.compares:  # otherwise the target is no distribution over the symbols
        known = {"target": (symbols,), **known}
    try:
        for program in cell.programs.values():
            infer(program, known)
    except ValueError as error:
        raise ModelError(f"{path}: {str(error).splitlines()[0]}") from error
