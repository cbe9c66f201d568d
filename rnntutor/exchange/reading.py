"""State dicts from files: safetensors, and through an installed PyTorch those that it has pickled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.engine.shapes import Shape
from rnntutor.tensors import ModelError, check_file, checked_path, contents

PICKLED = (".pt", ".pth")
"""How the names of PyTorch's own files end."""
_SAVE = "safetensors.torch.save_file(model.state_dict(), 'weights.safetensors')"


@dataclass(frozen=True, eq=False)
class StateDict:
    """The tensors of a file by name; their numbers are read when asked for."""

    path: Path
    shapes: Mapping[str, Shape]
    metadata: Mapping[str, Any]
    read: Callable[[Iterable[str]], dict[str, Array]]
    """The arrays of some tensors. Raises ModelError for one that does not hold floating-point numbers."""


def read_state_dict(path: str | Path) -> StateDict:
    """The state dict of a file. Raises ModelError in one line: the file, and what was expected."""
    path = checked_path(path)
    if path.suffix in PICKLED:
        return _of_tensors(path, _loaded(path))
    found = contents(path)
    metadata = found.metadata if isinstance(found.metadata, dict) else {}
    return StateDict(path, found.shapes, metadata, found.read)


def _loaded(path: Path) -> Any:
    """What PyTorch reads of its own file: tensors and plain containers, and nothing that could run code."""
    try:
        check_file(path)
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror or 'cannot be read'}") from error
    try:
        import torch
    except ImportError as error:
        raise ModelError(f"{path}: only an installed PyTorch reads this; without it, save with {_SAVE}") from error
    try:  # whatever a damaged file makes PyTorch raise is said in one line
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        what = "no state dict that PyTorch reads with weights_only=True"
        raise ModelError(f"{path}: {what}; save with torch.save(model.state_dict(), …)") from error


def _of_tensors(path: Path, loaded: Any) -> StateDict:
    """The dict of tensors that was saved, alone or as one entry beside others."""
    tensors = _tensors(loaded)
    if not tensors and isinstance(loaded, dict):
        inside = [found for found in map(_tensors, loaded.values()) if found]
        if len(inside) > 1:
            raise ModelError(f"{path}: {len(inside)} state dicts are in it; save one of them alone")
        tensors = inside[0] if inside else {}
    if not tensors:
        raise ModelError(f"{path}: no state dict is in it; save with torch.save(model.state_dict(), …)")

    def read(names: Iterable[str]) -> dict[str, Array]:
        return {name: _array(path, name, tensors[name]) for name in names}

    return StateDict(path, {name: tuple(tensor.shape) for name, tensor in tensors.items()}, {}, read)


def _tensors(loaded: Any) -> dict[str, Any]:
    """The tensors of a dict, by their names."""
    if not isinstance(loaded, dict):
        return {}
    return {name: k for name, k in loaded.items() if isinstance(name, str) and hasattr(k, "is_floating_point")}


def _array(path: Path, name: str, tensor: Any) -> Array:
    """The numbers of a tensor, widened exactly."""
    if not tensor.is_floating_point() or tensor.is_sparse or tensor.is_quantized:
        raise ModelError(f"{path}: {name!r} holds {tensor.dtype}; wanted are dense floating-point numbers")
    return np.asarray(tensor.detach().double().numpy())
