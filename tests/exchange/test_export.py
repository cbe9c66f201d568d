"""Models of ours as state dicts: PyTorch loads them strictly and agrees, and they come back as they were."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.engine.stack import stacked
from rnntutor.exchange.cells import Around, network
from rnntutor.exchange.export import state_dict_of, write_torch
from rnntutor.exchange.mapping import KINDS
from rnntutor.exchange.network import network_of
from rnntutor.exchange.reading import read_state_dict
from rnntutor.tasks.chars import with_readout

CELLS = {"rnn": "RNN", "irnn": "RNN", "lstm": "LSTM", "gru-torch": "GRU"}
SYMBOLS = ("a", "b", "\n", "d")


def model_of(name: str, layers: int = 1, *, readout: bool = True, dtype: Any = np.float64) -> rt.Model:
    """A model with random weights, biases too."""
    cell = stacked(rt.load_cell(name), layers)
    cell = rt.parse_cell(with_readout(cell.text), cell.title) if readout else cell
    rng = np.random.default_rng(layers)
    shapes = cell.param_shapes(3, 4, **({"target": 4} if readout else {}))
    return rt.Model(cell, {k: rng.normal(size=shape).astype(dtype) for k, shape in shapes.items()}, SYMBOLS)


@pytest.mark.parametrize("readout", [False, True])
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("name", CELLS)
def test_pytorch_agrees(name: str, layers: int, readout: bool) -> None:
    torch = pytest.importorskip("torch")
    model = model_of(name, layers, readout=readout)
    own = {"nonlinearity": "relu"} if name == "irnn" else {}
    core = getattr(torch.nn, CELLS[name])(4, 3, layers, **own).double()
    whole = torch.nn.ModuleDict({"rnn": core, "linear": torch.nn.Linear(3, 4).double()}) if readout else core
    state = {k: torch.from_numpy(array) for k, array in state_dict_of(model).items()}
    whole.load_state_dict(state, strict=True)
    x = np.random.default_rng(9).normal(size=(5, 2, 4))
    top, _ = core(torch.from_numpy(x))
    target = {"target": np.eye(4)[[[0, 1]] * 5]} if readout else {}
    ran = rt.run(model.cell, model.params, x, None, **target)
    np.testing.assert_allclose(ran["h"], top.detach().numpy(), rtol=1e-10, atol=1e-12)
    if readout:
        np.testing.assert_allclose(ran["y"], whole["linear"](top).detach().numpy(), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("readout", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("name", CELLS)
def test_what_is_exported_opens_again(tmp_path: Path, name: str, layers: int, readout: bool) -> None:
    model, path = model_of(name, layers, readout=readout, dtype=np.float32), tmp_path / "a.safetensors"
    said = write_torch(model, path)
    assert str(path) in said
    source = read_state_dict(path)
    opened = network_of(source, None, source.metadata["nonlinearity"])
    (part,) = opened.parts
    assert [line.text for line in part.cell.lines] == [line.text for line in model.cell.lines]
    for param, array in model.params.items():
        np.testing.assert_array_equal(part.params[param], array)
    assert all(array.dtype == np.float32 for array in state_dict_of(model).values())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.cell)
def test_an_embedding(kind: Any) -> None:
    cell = network(kind, 2, Around(embedding=True, linear=True))
    model = rt.Model(cell, rt.init_params(cell, 3, 4, e=2, y=5), SYMBOLS)
    state = state_dict_of(model)
    assert state["embedding.weight"].shape == (4, 2)
    assert state["linear.weight"].shape == (5, 3)
    assert state["rnn.weight_ih_l0"].shape == (3 * len(kind.gates), 2)


@pytest.mark.parametrize("name", ["gru", "lstm-peephole", "mgu", "lstm-cifg"])
def test_cells_that_pytorch_lacks(name: str) -> None:
    with pytest.raises(rt.ModelError, match=f"{name}: PyTorch has no such cell; what it has is rnn"):
        state_dict_of(model_of(name))
