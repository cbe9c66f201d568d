"""Trained models as safetensors files: weights, the cell's text, the vocabulary and how it was trained.

Only tensors and text are read. Nothing is unpickled, nothing is executed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import save

from rnntutor.engine.cell import Cell, parse_cell
from rnntutor.engine.ops import Array

FORMAT = "rnntutor 1"
MAX_HEADER = 1 << 24
_DTYPES = {"F64": np.float64, "F32": np.float32, "F16": np.float16}


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
    if not _are_texts(symbols) or not isinstance(record, dict):
        raise ModelError(f"{path}: symbols should be a list of texts, record a table")
    params = {name: _tensor(path, name, entry, body) for name, entry in header.items()}
    _check(path, cell, params, len(symbols))
    return Model(cell, {name: params[name] for name in cell.params}, tuple(symbols), record)


def _are_texts(symbols: object) -> bool:
    return isinstance(symbols, list) and all(isinstance(symbol, str) for symbol in symbols)


def _header(path: Path) -> tuple[dict[str, Any], memoryview]:
    """The table of contents and the bytes of the tensors.

    The library checks the whole file first: lengths, offsets that overlap, dtypes, JSON.
    """
    from safetensors import deserialize

    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            if not 2 <= size <= MAX_HEADER:
                raise ModelError(f"{path}: not a safetensors file; its header would have {size:,} bytes")
            data = (size.to_bytes(8, "little") + file.read()) if size else b""
        deserialize(data)
        header = json.loads(data[8 : 8 + size])
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror or 'cannot be read'}") from error
    except (SafetensorError, ValueError, RecursionError) as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError(f"{path}: a damaged safetensors file ({str(error).splitlines()[0]})") from error
    return header, memoryview(data)[8 + size :]


def _tensor(path: Path, name: str, entry: Mapping[str, Any], body: memoryview) -> Array:
    dtype = _DTYPES.get(entry["dtype"])
    if dtype is None:
        raise ModelError(f"{path}: {name} holds {entry['dtype']}; wanted is one of {', '.join(_DTYPES)}")
    start, stop = entry["data_offsets"]
    array = np.frombuffer(body[start:stop], dtype).reshape(entry["shape"])
    return array.astype(np.float32) if dtype is np.float16 else array.copy()


def _check(path: Path, cell: Cell, params: Mapping[str, Array], symbols: int) -> None:
    """All parameters there, of shapes that the equations allow together."""
    from rnntutor.engine.shapes import infer

    missing = [name for name in cell.params if name not in params]
    extra = [name for name in params if name not in cell.params]
    if missing or extra:
        what = f"{missing[0]} is missing" if missing else f"{extra[0]} is not in its equations"
        raise ModelError(f"{path}: {what}; wanted are {', '.join(cell.params)}")
    known = {name: p.shape for name, p in params.items()}
    if symbols:
        known = {"x": (symbols,), "target": (symbols,)} | known
    try:
        for program in cell.programs.values():
            infer(program, known)
    except ValueError as error:
        raise ModelError(f"{path}: {str(error).splitlines()[0]}") from error
