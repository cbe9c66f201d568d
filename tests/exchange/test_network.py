"""A PyTorch model as it is opened against PyTorch: every line, every gradient, of every kind of model."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from rnntutor.exchange.network import Network, Played, network_of
from rnntutor.exchange.reading import read_state_dict
from tests.cases import Array
from tests.exchange.torch_models import EVERY, FROZEN, SYMBOLS, Record, Spec, record
from tests.frozen.make import load_models
from tests.frozen.torch_layers import packed_names, unpack

CELLS = {"RNN": "rnn", "LSTM": "lstm", "GRU": "gru-torch"}


def close(ours: Array, theirs: Array, what: str) -> None:
    """Equal to 1e-10, the figures themselves being below ten."""
    np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-10, err_msg=what)


def opened(figures: Record, folder: Path) -> Network:
    """The networks of a recorded state dict."""
    path = folder / "weights.safetensors"
    save_file(figures["state"], path)
    nonlinearity = figures["spec"]["nonlinearity"] if figures["spec"]["layer"] == "RNN" else None
    return network_of(read_state_dict(path), None, nonlinearity)


def assert_matches(figures: Record, folder: Path) -> None:
    """All that PyTorch computed is what the networks of ours compute."""
    codes, spec = np.array(figures["codes"], int), Spec(**figures["spec"])
    one_hot = np.eye(SYMBOLS)[codes][:, None]
    network = opened(figures, folder)
    assert (network.found.directions == 2, network.found.depth) == (spec.both_ways, spec.layers)
    assert (network.around.embedding, network.around.linear) == (spec.embedding, bool(spec.outputs))
    played = network.play(one_hot[:-1], one_hot[1:])
    lowest = [k for k in played if any(layer.number == 1 for layer in k.part.layers)]
    close(np.sum([in_order(k, k.grads["x"]) for k in lowest], axis=0), figures["x_gradient"], "x")
    for k in played:
        for layer in k.part.layers:
            number = str(layer.number) if layer.number < spec.layers and not spec.both_ways else ""
            name = f"l{layer.number - 1}{'_reverse' * layer.from_end}"
            assert_lines(k, number, figures["lines"][name], figures["line_gradients"][name], name)
            assert_weights(k, number, figures["gradients"], name, spec)
    assert_around(played, lowest, figures)


def in_order(played: Played, values: Array) -> Array:
    """Values in the order of the sequence."""
    return values[::-1] if played.part.from_end else values


def assert_lines(played: Played, number: str, values: Record, gradients: Record, what: str) -> None:
    """Gates and states of a layer, and the gradients of all of them."""
    for line, value in values.items():
        close(played.run[line + number], value, f"{line} of {what}")
        close(played.grads[line + number], gradients[line], f"gradient of {line} of {what}")


def assert_weights(played: Played, number: str, gradients: Record, name: str, spec: Spec) -> None:
    """The gradients of a layer's weights, and of its biases where it has any."""
    units = gradients[f"core.weight_hh_{name}"].shape[1]
    none = np.zeros(len(gradients[f"core.weight_hh_{name}"]))
    assert units == played.run["h" + number].shape[-1]
    packed = {f"{k}_l0": gradients.get(f"core.{k}_{name}", none) for k in packed_names()}
    for param, gradient in unpack(CELLS[spec.layer], packed, gradient=True).items():
        if spec.bias or param.startswith("W"):
            ours = param + number
            close(played.grads[ours], gradient, f"gradient of {ours} of {name}")


def assert_around(played: tuple[Played, ...], lowest: list[Played], figures: Record) -> None:
    """The embedding, the linear layer and the loss."""
    gradients, last = figures["gradients"], played[-1]
    if "embed.weight" in gradients:
        close(np.sum([k.grads["W_e"].T for k in lowest], axis=0), gradients["embed.weight"], "embedding")
    if "out.weight" in gradients:
        close(last.grads["W_y"], gradients["out.weight"], "W_y")
    if "out.bias" in gradients:
        close(last.grads["b_y"], gradients["out.bias"], "b_y")
    if figures["spec"]["outputs"] == SYMBOLS:
        close(last.run["loss"].sum(), np.array(figures["loss"]), "loss")


def called(figures: Any) -> str:
    """A name for a test."""
    spec = figures if isinstance(figures, Spec) else Spec(**figures["spec"])
    ways = "both" if spec.both_ways else "one"
    return f"{spec.layer}-{spec.nonlinearity}-{spec.layers}-{ways}-{spec.bias}-{spec.embedding}-{spec.outputs}"


@pytest.mark.parametrize("figures", load_models(), ids=called)
def test_frozen_figures(figures: Record, tmp_path: Path) -> None:
    assert_matches(figures, tmp_path)


def test_figures_are_frozen_of_every_kind() -> None:
    assert [Spec(**figures["spec"]) for figures in load_models()] == FROZEN


@pytest.mark.parametrize("spec", EVERY, ids=called)
def test_fresh_figures(spec: Spec, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    assert_matches(record(spec, seed=EVERY.index(spec)), tmp_path)


def test_something_is_compared(tmp_path: Path) -> None:
    """A weight that is off by a little is noticed."""
    figures = load_models()[2]
    figures["state"]["core.weight_hh_l0"][1, 1] += 1e-6
    with pytest.raises(AssertionError):
        assert_matches(figures, tmp_path)
