"""State dicts from files: numbers widened exactly, nothing unpickled, every fault one line that names the file."""

import builtins
import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from rnntutor.exchange.network import network_of
from rnntutor.exchange.reading import read_state_dict
from rnntutor.tensors import ModelError
from tests.exchange.torch_models import Spec, model_of
from tests.test_model import DAMAGED, Trap, a_zip, entry, packed

RAN: list[str] = []


class Run:
    """Unpickling this leaves a trace."""

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return RAN.append, ("ran",)


def lstm(folder: Path, dtype: Any = np.float32) -> tuple[Path, dict[str, Any]]:
    """A file with an LSTM of two units that reads three numbers."""
    rng = np.random.default_rng(1)
    shapes = {"weight_ih_l0": (8, 3), "weight_hh_l0": (8, 2), "bias_ih_l0": (8,), "bias_hh_l0": (8,)}
    tensors = {name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()}
    save_file(tensors, folder / "a.safetensors")
    return folder / "a.safetensors", tensors


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_numbers_are_widened_exactly(tmp_path: Path, dtype: Any) -> None:
    path, tensors = lstm(tmp_path, dtype)
    params = network_of(read_state_dict(path), None, None).parts[0].params
    wide = {name: array.astype(np.float64) for name, array in tensors.items()}
    np.testing.assert_array_equal(params["W_f"], np.hstack([wide["weight_hh_l0"], wide["weight_ih_l0"]])[2:4])
    np.testing.assert_array_equal(params["b_g"], (wide["bias_ih_l0"] + wide["bias_hh_l0"])[4:6])
    assert all(array.dtype == np.float64 for array in params.values())


def test_bfloat16(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file as save_torch

    state = {name: tensor.bfloat16() for name, tensor in torch.nn.GRU(3, 2).state_dict().items()}
    save_torch(state, tmp_path / "b.safetensors")
    torch.save(state, tmp_path / "b.pt")
    for name in ("b.safetensors", "b.pt"):
        params = network_of(read_state_dict(tmp_path / name), None, None).parts[0].params
        np.testing.assert_array_equal(params["W_nx"], state["weight_ih_l0"][4:].double().numpy())


@pytest.mark.parametrize("what", [k for k in DAMAGED if DAMAGED[k][1] in ("damaged", "not a safetensors file")])
def test_a_damaged_file(tmp_path: Path, what: str) -> None:
    data, said = DAMAGED[what]
    assert_told(tmp_path / "a.safetensors", data, said)


def assert_told(path: Path, data: bytes, said: str) -> None:
    """One line, at once, that names the file."""
    path.write_bytes(data)
    start = time.perf_counter()
    with pytest.raises(ValueError, match=said) as error:
        network_of(read_state_dict(path), None, None)
    assert time.perf_counter() - start < 1
    assert str(error.value).startswith(f"{path}: ")
    assert "\n" not in str(error.value)


def test_files_that_are_no_recurrent_network(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    assert_told(path, packed({"fc.weight": entry([3, 5], 0)}, bytes(120)), "no recurrent layer is in it")
    whole = packed({"weight_ih_l0": entry([4, 1], 0, "I64"), "weight_hh_l0": entry([4, 1], 32)}, bytes(64))
    assert_told(path, whole, "'weight_ih_l0' holds I64; wanted is one of F64, F32, F16, BF16")
    deep = {f"weight_{side}_l{k}": entry([4, 1], 64 * k + 32 * (side == "hh"))
            for k in range(40) for side in ("ih", "hh")}  # fmt: skip
    assert_told(path, packed(deep, bytes(64 * 40)), "at most 100 are read")


def test_weights_that_are_not_finite_open(tmp_path: Path) -> None:
    path, tensors = lstm(tmp_path)
    tensors["weight_hh_l0"][0, 0], tensors["bias_ih_l0"][3] = np.nan, np.inf
    save_file(tensors, path)
    played = network_of(read_state_dict(path), None, None).play(np.ones((3, 1, 3)))
    assert np.isnan(played[0].run["h"]).any()


# PyTorch's own files.


def test_files_of_pytorch(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    model = model_of(Spec("LSTM", 2, outputs=4), seed=3)
    state = model.state_dict()
    torch.save(state, tmp_path / "a.pt")
    torch.save({"model": state, "epoch": 3, "optimiser": {"state": {}}}, tmp_path / "b.pth")
    for name in ("a.pt", "b.pth"):
        params = network_of(read_state_dict(tmp_path / name), None, None).parts[0].params
        np.testing.assert_array_equal(params["W_y"], state["out.weight"].numpy())


def test_other_files_of_pytorch(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    model = model_of(Spec("LSTM"), seed=3)
    state = model.state_dict()
    whole = {name: tensor.to(torch.int8) for name, tensor in state.items()}
    for made, said in [
        (model, "no state dict that PyTorch reads with weights_only=True"),
        ({"a": state, "b": state}, "2 state dicts are in it; save one of them alone"),
        ([1, 2], "no state dict is in it"),
        ({"a": 1}, "no state dict is in it"),
        (whole, "'core.weight_ih_l0' holds torch.int8; wanted are dense floating-point numbers"),
    ]:
        torch.save(made, tmp_path / "a.pt")
        assert_told(tmp_path / "a.pt", (tmp_path / "a.pt").read_bytes(), said)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", bytes(100), a_zip(), pickle.dumps(Run()), pickle.dumps(Trap())],
                         ids=["empty", "cut", "NUL", "zip", "pickle", "trap"])  # fmt: skip
def test_nothing_is_unpickled(tmp_path: Path, data: bytes) -> None:
    pytest.importorskip("torch")
    assert_told(tmp_path / "a.pt", data, "no state dict that PyTorch reads with weights_only=True")
    assert not RAN


def test_without_pytorch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: Any) -> Any:
        if name == "torch":
            raise ImportError(name)
        return real(name, *rest)

    (tmp_path / "a.pt").write_bytes(b"anything")
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(ModelError, match=r"a\.pt: only an installed PyTorch reads this; without it, save with safet"):
        read_state_dict(tmp_path / "a.pt")


def test_no_file(tmp_path: Path) -> None:
    for name in ("a.pt", "a.safetensors"):
        with pytest.raises(ModelError, match="No such file"):
            read_state_dict(tmp_path / name)
    (tmp_path / "b.pt").mkdir()
    with pytest.raises(ModelError, match="this is not a file"):
        read_state_dict(tmp_path / "b.pt")
