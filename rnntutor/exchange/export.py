"""Models of ours as state dicts of PyTorch."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from rnntutor.engine.ops import Array
from rnntutor.exchange.cells import Around, called, network
from rnntutor.exchange.mapping import KINDS, Kind, packed
from rnntutor.model import Model
from rnntutor.tensors import ModelError
from rnntutor.writing import replace_file

EMBEDDING, RECURRENT, LINEAR = "embedding", "rnn", "linear"
"""What the modules of a state dict are called that has more than the recurrent layers."""
_SURROUNDINGS = [
    Around(embedding, linear, says)
    for embedding in (False, True)
    for linear, says in ((False, False), (True, False), (True, True))
]
_CAN = "rnn, irnn, lstm and gru-torch, one to several layers, alone or with the readout of a character model"


def state_dict_of(model: Model) -> dict[str, Array]:
    """The weights by the names of PyTorch, in their own precision.

    They are those of an nn.RNN, nn.LSTM or nn.GRU where the cell is nothing else; where there is more, those of a
    module with one of them as `rnn`, and an nn.Linear as `linear` or an nn.Embedding as `embedding`.
    Every bias of ours is PyTorch's bias_ih, and bias_hh is zero but for the candidate of a GRU, which has both.
    Raises ModelError for a cell that PyTorch does not have.
    """
    kind, layers, around = _recognised(model)
    prefix = f"{RECURRENT}." if around.linear or around.embedding else ""
    tensors: dict[str, Array] = {}
    if around.embedding:
        tensors[f"{EMBEDDING}.weight"] = np.asarray(model.params["W_e"]).T
    for layer in range(1, layers + 1):
        own = {name: model.params[called(name, layer, layers)] for gate in kind.gates for name in gate.becomes}
        tensors |= {f"{prefix}{name}_l{layer - 1}": array for name, array in packed(kind, own).items()}
    if around.linear:
        tensors |= {f"{LINEAR}.weight": model.params["W_y"], f"{LINEAR}.bias": model.params["b_y"]}
    return {name: np.ascontiguousarray(array) for name, array in tensors.items()}


def _recognised(model: Model) -> tuple[Kind, int, Around]:
    """The kind of layers, how many, and what is around them: the equations have to be the same."""
    said = [line.text for line in model.cell.lines]
    for kind in KINDS:
        for around in _SURROUNDINGS:
            one = network(kind, 1, around).lines
            per_layer = sum(line.section == "step" for line in one) - around.embedding
            layers = (len(said) - len(one)) // per_layer + 1
            if layers >= 1 and not model.cell.init and said == [k.text for k in network(kind, layers, around).lines]:
                return kind, layers, around
    raise ModelError(f"{model.cell.title}: PyTorch has no such cell; what it has is {_CAN}")


def write_torch(model: Model, path: Path) -> str:
    """Write a state dict as a safetensors file that PyTorch and `rnntutor open` read; what was written, in a line."""
    kind, *_ = _recognised(model)
    metadata = {"format": "pt", "symbols": json.dumps(model.symbols), "nonlinearity": kind.nonlinearity}
    tensors = state_dict_of(model)
    replace_file(path, save(tensors, metadata))
    return f"saved {path}: {kind.layer}, {len(tensors)} tensors: {', '.join(tensors)}"


TARGETS = {"torch": write_torch}
"""What writes a model for another program, by its name."""
