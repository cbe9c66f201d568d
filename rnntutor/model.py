"""Trained models as safetensors files: weights, the cell's text, the vocabulary and how it was trained.

Only tensors and text are read. Nothing is unpickled, nothing is executed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save

from rnntutor.engine.cell import Cell, parse_cell
from rnntutor.engine.ops import Array
from rnntutor.engine.shapes import Shape, infer
from rnntutor.tensors import ModelError, checked_path, contents
from rnntutor.writing import replace_file

FORMAT = "rnntutor 1"
_KINDS = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
"""The kinds of numbers that are written."""


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
    path = checked_path(path)
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
    found = contents(path)
    path, metadata = found.path, found.metadata
    if not _says_so(metadata):
        raise ModelError(f"{path}: not a model of rnntutor; its metadata should say format {FORMAT!r}")
    try:
        cell = parse_cell(metadata["cell"], str(metadata.get("title", "cell")))
        symbols, record = json.loads(metadata["symbols"]), json.loads(metadata["record"])
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise ModelError(f"{path}: its metadata cannot be read: {str(error).splitlines()[0]}") from error
    _check_words(path, symbols, record)
    found.check_numbers(found.entries)
    _check_shapes(path, cell, found.shapes, len(symbols))
    params = found.read(cell.params)
    return Model(cell, params, tuple(symbols), record)


def save_tensors(path: Path, tensors: Mapping[str, Array], metadata: Mapping[str, str]) -> None:
    """Write arrays under names, and words; an existing file is replaced at once or not at all."""
    ordered = {name: np.ascontiguousarray(p, p.dtype.newbyteorder("<")) for name, p in tensors.items()}
    replace_file(path, save(ordered, dict(metadata)))


def load_tensors(path: Path) -> tuple[dict[str, Array], dict[str, str]]:
    """What `save_tensors` has written. Raises ModelError for what is no such file."""
    found = contents(path)
    return found.read(found.entries), found.metadata


def is_own(path: Path) -> bool:
    """Whether a file with weights is a model of ours. Raises ModelError for a damaged safetensors file."""
    return path.suffix == ".safetensors" and _says_so(contents(path).metadata)


def _says_so(metadata: object) -> bool:
    return isinstance(metadata, dict) and metadata.get("format") == FORMAT


def _check_words(path: Path, symbols: object, record: object) -> None:
    if not _are_names(symbols) or not isinstance(record, Mapping):
        raise ModelError(f"{path}: symbols should be a list of different texts, record a table")


def _are_names(symbols: object) -> bool:
    if not isinstance(symbols, list) or not all(isinstance(symbol, str) for symbol in symbols):
        return False
    return len(set(symbols)) == len(symbols)


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
