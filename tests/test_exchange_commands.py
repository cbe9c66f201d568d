"""rnntutor open, show and export with models from PyTorch and for it."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

import rnntutor as rt
from rnntutor.course.lessons import lessons_folder
from tests.course.foreign import weights
from tests.exchange.torch_models import FROZEN
from tests.test_cli import invoke, refusal

HELLO = lessons_folder() / "hello" / "model.safetensors"
LSTM, LSTM_BOTH, GRU = FROZEN[2], FROZEN[3], FROZEN[4]


def test_a_screen_and_every_number(tmp_path: Path) -> None:
    path = weights(LSTM, tmp_path)
    assert "reads x   3" in invoke("show", str(path), "--tokens", "3 1 2", "--width", "120").output
    told = json.loads(invoke("show", str(path), "--tokens", "3 1 2", "--format", "json", "--at", "t=1").output)
    assert (told["reads"], told["wants"], told["steps"]) == ("1", "2", 2)
    moment = invoke("show", str(path), "--tokens", "3 1 2", "--moment", "layer-2").output
    assert "2 of 3   nn.LSTM core, layer 2" in moment


def test_every_number_of_the_other_direction(tmp_path: Path) -> None:
    path = weights(LSTM_BOTH, tmp_path)
    words = ("show", str(path), "--tokens", "3 1 2 0", "--format", "json", "--moment", "layer-1-from-the-end")
    first = json.loads(invoke(*words).output)
    assert (first["reads"], first["t"], first["line"]) == ("2", 0, "e")
    last = json.loads(invoke(*words, "--at", "backward t=2 line=dh").output)
    assert (last["reads"], last["t"], last["line"], last["pass"]) == ("3", 2, "dh", "backward")


def test_a_text_with_its_vocabulary(tmp_path: Path) -> None:
    (tmp_path / "v.json").write_text('["h", "e", "l", "o"]')
    path = weights(GRU, tmp_path)
    shown = invoke("show", str(path), "--text", "hello", "--vocabulary", str(tmp_path / "v.json")).output
    assert "4 symbols · “hello”" in shown


def test_our_own_models_open_as_well() -> None:
    assert invoke("show", str(HELLO), "--text", "hello").output.count("\n") > 10
    refused = invoke("show", str(HELLO), "--tokens", "1 2")
    assert "--tokens is for a model from PyTorch" in str(refused.exception)


def test_there_and_back(tmp_path: Path) -> None:
    out = tmp_path / "out.safetensors"
    said = invoke("export", str(HELLO), "--to", "torch", "-o", str(out)).output
    assert said.startswith(f"saved {out}: nn.LSTM, 6 tensors: ")
    model, tensors = rt.load_model(HELLO), load_file(out)
    units = len(model.params["b_i"])
    np.testing.assert_array_equal(tensors["rnn.weight_hh_l0"][:units], model.params["W_i"][:, :units])
    np.testing.assert_array_equal(tensors["linear.weight"], model.params["W_y"])
    ours, theirs = (
        json.loads(invoke("show", str(path), "--text", "hello", "--format", "json", "--at", "t=3").output)
        for path in (HELLO, out)
    )
    assert ours["lines"] == theirs["lines"]


def test_what_open_says(tmp_path: Path) -> None:
    path = weights(LSTM, tmp_path)
    assert f"{path}: say what it reads" in refusal("open", str(path))
    assert f"{path}: it has no vocabulary of its 4 symbols" in refusal("open", str(path), "--text", "hello")
    assert "No such file" in refusal("open", str(tmp_path / "none.safetensors"), "--tokens", "1")
    (tmp_path / "a.safetensors").write_bytes(b"PK\x03\x04" + bytes(99))
    assert "not a safetensors file" in refusal("open", str(tmp_path / "a.safetensors"), "--tokens", "1")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("export", str(HELLO), "--to", "torch", "-o", "no/where.safetensors"), "no: there is no such folder"),
        (("export", "none.safetensors", "--to", "torch", "-o", "a.safetensors"), "none.safetensors: No such file"),
        (("export", str(HELLO), "--to", "other", "-o", "a.safetensors"), "'other' is not one of 'torch', 'numpy'"),
        (("play", "hello", "--sequence", "a.npy"), "--sequence is for a model from PyTorch"),
        (("play", str(HELLO), "--watch"), "--watch is for a lesson's folder"),
        (("open", "weights.bin"), "weights.bin: the name of a file with weights ends in one of .safetensors"),
        (("open", str(HELLO), "--nonlinearity", "sigmoid"), "'sigmoid' is not one of 'tanh', 'relu'"),
    ],
)
def test_what_cannot_be_done(
    words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = invoke(*words)
    assert said in (getattr(ran.exception, "message", "") or str(ran.exception))


def test_a_cell_that_pytorch_lacks(tmp_path: Path) -> None:
    cell = rt.load_cell("gru")
    rt.save_model(tmp_path / "a.safetensors", rt.Model(cell, rt.init_params(cell, 2, 3)))
    ran = invoke("export", str(tmp_path / "a.safetensors"), "--to", "torch", "-o", str(tmp_path / "b.safetensors"))
    assert "gru: PyTorch has no such cell" in str(ran.exception)
    assert not (tmp_path / "b.safetensors").exists()
