"""Layers: a stack is the cells run one after the other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnntutor as rt
from rnntutor.engine.stack import stacked

NAMES = ("rnn", "lstm", "gru", "gru-torch")


@given(st.sampled_from(NAMES), st.integers(1, 4), st.integers(0, 99))
def test_a_stack_is_one_cell_after_the_other(name: str, layers: int, seed: int) -> None:
    cell = rt.load_cell(name)
    whole = stacked(cell, layers)
    params = rt.init_params(whole, hidden=3, input=4, seed=seed)
    x = np.random.default_rng(seed).normal(size=(5, 2, 4))
    ran = rt.run(whole, params, x)
    below = x
    for layer in range(1, layers + 1):
        number = str(layer) if layer < layers else ""
        own = {param: params[param + number] for param in cell.params}
        one = rt.run(cell, own, below)
        for line in cell.lines:
            np.testing.assert_allclose(ran[line.name + number], one[line.name], rtol=1e-12, atol=1e-14)
        below = one["h"]


@pytest.mark.parametrize("name", NAMES)
def test_gradients_of_a_stack_hold_against_finite_differences(name: str) -> None:
    assert rt.gradcheck(stacked(rt.load_cell(name), 3)) < 1e-7


def test_layers_are_stepped_one_after_the_other() -> None:
    whole = stacked(rt.load_cell("lstm"), 2)
    assert [line.name for line in whole.lines] == ["i1", "f1", "o1", "g1", "c1", "h1", "i", "f", "o", "g", "c", "h"]
    assert whole.states == ("c1", "h1", "c", "h")
    assert whole.lines[6].text == "i = sigmoid(W_i @ [h_prev, h1] + b_i)"
    assert whole.lines[4].caption == "layer 1: cell state"
    back = [line.name for line in whole.backward(("h",)).lines if line.kind == "value"]
    assert back.index("dc") < back.index("da_i") < back.index("dh1") < back.index("dc1") < back.index("da_i1")


def test_one_layer_is_the_cell_itself() -> None:
    cell = rt.load_cell("gru")
    assert stacked(cell, 1) is cell


@pytest.mark.parametrize(
    ("text", "layers", "said"),
    [
        ("h = tanh(W @ [h_prev, x])", 0, "layers: a whole number from 1"),
        ("h = tanh(W @ [h_prev, x])", True, "layers: a whole number from 1"),
        ("h1 = tanh(W @ x)\nh = tanh(h1 + U @ h_prev)", 2, "h1 is a name of the cell already"),
        ("h = tanh(W @ x)", 2, "only a cell with a state"),
        ("h = tanh(W @ [h_prev, x])\nreadout:\n    y = V @ h", 2, "without init and readout"),
    ],
)
def test_what_cannot_be_stacked_is_told(text: str, layers: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        stacked(rt.parse_cell(text), layers)
