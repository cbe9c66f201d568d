"""Trained models as safetensors files: weights, the cell's text, the vocabulary and how it was trained.

Only tensors and text are read. Nothing is unpickled, nothing is executed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from rnntutor.engine.cell import Cell, parse_cell
from rnntutor.engine.ops import Array
from rnntutor.engine.shapes import infer

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
    """Write a model; an existing file is replaced at once or not at all."""
    path = Path(path)
    metadata = {
        "format": FORMAT, "title": model.cell.title, "cell": model.cell.text,
        "symbols": json.dumps(model.symbols), "record": json.dumps(model.record, sort_keys=True),
    }  # fmt: skip
    data = save({name: np.ascontiguousarray(p) for name, p in model.params.items()}, metadata)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def load_model(path: str | Path) -> Model:
    """Read a model. Raises ModelError (a ValueError) in one line: the file, the tensor, what was expected."""
    path = Path(path)
    header, body = _header(path)
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or metadata.get("format") != FORMAT:
        raise ModelError(f"{path}: not a model of rnntutor; its metadata should say format {FORMAT!r}")
    try:
        cell = parse_cell(metadata["cell"], str(metadata.get("title", "cell")))
        symbols, record = json.loads(metadata["symbols"]), json.loads(metadata["record"])
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise ModelError(f"{path}: its metadata cannot be read: {str(error).splitlines()[0]}") from error
    if not _are_names(symbols) or not isinstance(record, dict):
        raise ModelError(f"{path}: symbols should be a list of different texts, record a table")
    params = {name: _tensor(path, name, entry, body) for name, entry in header.items()}
    _check(path, cell, params, len(symbols))
    return Model(cell, {name: params[name] for name in cell.params}, tuple(symbols), record)


def _are_names(symbols: object) -> bool:
    if not isinstance(symbols, list) or not all(isinstance(symbol, str) for symbol in symbols):
        return False
    return len(set(symbols)) == len(symbols)


def _header(path: Path) -> tuple[dict[str, Any], memoryview]:
    """The table of contents and the bytes of the tensors.

    The library checks the whole file first, without reading it: lengths, offsets that overlap, dtypes, JSON.
    """
    try:
        size = _header_size(path)
        with safe_open(path, framework="numpy"):
            data = path.read_bytes()
        header = json.loads(data[8 : 8 + size])
    except ModelError:
        raise
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror or 'cannot be read'}") from error
    except (SafetensorError, ValueError, RecursionError) as error:
        raise ModelError(f"{path}: a damaged safetensors file ({str(error).splitlines()[0]})") from error
    return header, memoryview(data)[8 + size :]


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


def _tensor(path: Path, name: str, entry: Mapping[str, Any], body: memoryview) -> Array:
    read = _DTYPES.get(entry["dtype"])
    if read is None:
        raise ModelError(f"{path}: {name!r} holds {entry['dtype']}; wanted is one of {', '.join(_DTYPES)}")
    start, stop = entry["data_offsets"]
    return read(body[start:stop]).reshape(entry["shape"])


def _check(path: Path, cell: Cell, params: Mapping[str, Array], symbols: int) -> None:
    """All parameters there, of shapes that the equations allow together."""
    missing = [name for name in cell.params if name not in params]
    extra = [name for name in params if name not in cell.params]
    if missing or extra:
        what = f"{missing[0]} is missing" if missing else f"{extra[0]!r} is not in its equations"
        raise ModelError(f"{path}: {what}; wanted are {', '.join(cell.params)}")
    known = {name: p.shape for name, p in params.items()}
    if symbols:
        known = {"x": (symbols,), "target": (symbols,)} | known
    try:
        for program in cell.programs.values():
            infer(program, known)
    except ValueError as error:
        raise ModelError(f"{path}: {str(error).splitlines()[0]}") from error
