"""How training begins: the identity for what comes back, and gates that keep."""

from typing import Any

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.engine.recurrent import forget_biases, keeper_of

BIASES = {
    "lstm": ("b_f",), "lstm-peephole": ("b_f",), "lstm-cifg": ("b_f",), "lstm-nig": ("b_f",), "lstm-nog": ("b_f",),
    "gru": ("b_z",), "gru-torch": ("b_z",), "rnn": (), "irnn": (), "lstm-nfg": (), "mgu": (),
}  # fmt: skip
"""Of every shipped cell, the biases of the gates that multiply its state before, read off its equations by hand."""


@pytest.mark.parametrize("name", rt.shipped_cells())
def test_the_gates_that_keep(name: str) -> None:
    assert forget_biases(rt.load_cell(name).step) == BIASES[name]


def test_the_forget_bias_is_all_that_changes() -> None:
    """In every layer; an LSTM with zero weights then keeps sigmoid(1) of its cell."""
    cell = rt.stacked(rt.load_cell("lstm"), 2)
    plain, begun = rt.init_params(cell, 3, 2, seed=1), rt.init_params(cell, 3, 2, seed=1, forget_bias=1)
    for key, value in begun.items():
        np.testing.assert_array_equal(value, np.ones(3) if key in ("b_f", "b_f1") else plain[key])
    lstm = rt.load_cell("lstm")
    zero = {key: 0 * p for key, p in rt.init_params(lstm, 3, 2).items()} | {"b_f": begun["b_f"]}
    run = rt.run(lstm, zero, np.zeros((4, 1, 2)), init={"c": np.ones((1, 3))})
    np.testing.assert_allclose(run["c"][-1, 0], (1 / (1 + np.exp(-1.0))) ** 4, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["irnn", "rnn", "lstm", "gru-torch"])
def test_the_identity(name: str, dtype: Any) -> None:
    """On what multiplies h before; what multiplies x, and the biases, stay as they were."""
    cell = rt.load_cell(name)
    plain = rt.init_params(cell, 3, 2, seed=1, dtype=dtype)
    begun = rt.init_params(cell, 3, 2, seed=1, dtype=dtype, recurrent="identity")
    for key, value in begun.items():
        assert value.dtype == dtype
        if value.shape[-1] in (3, 5) and value.ndim == 2:
            np.testing.assert_array_equal(value[:, :3], np.eye(3), err_msg=key)
            np.testing.assert_array_equal(value[:, 3:], plain[key][:, 3:])
        else:
            np.testing.assert_array_equal(value, plain[key])


def test_an_irnn_keeps_what_it_has() -> None:
    """With the identity and nothing read, a state that is not negative stays to the last bit, and so its gradient."""
    cell = rt.load_cell("irnn")
    params = rt.init_params(cell, 4, 3, seed=2, recurrent="identity")
    start = np.abs(np.random.default_rng(0).normal(size=(1, 4)))
    run = rt.run(cell, params, np.zeros((100, 1, 3)), init={"h": start})
    np.testing.assert_array_equal(run["h"][-1], start)
    seed = np.zeros((100, 1, 4))
    seed[-1] = 1
    np.testing.assert_array_equal(run.backward({"h": seed}).init["h"], np.ones((1, 4)))


def test_columns_follow_the_text() -> None:
    """Whatever stands first in the joined vector."""
    cell = rt.parse_cell("m = 0.5 * m_prev + x\nh = tanh(W @ [x, h_prev, m_prev])")
    begun = rt.init_params(cell, 2, 2, recurrent="identity")["W"]
    np.testing.assert_array_equal(begun[:, 2:], np.hstack([np.eye(2), np.eye(2)]))


WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "unknown start": ("rnn", {"recurrent": "orthogonal"}, "recurrent: one of uniform, identity is wanted"),
    "no start": ("rnn", {"recurrent": None}, "recurrent: one of uniform, identity"),
    "bias NaN": ("lstm", {"forget_bias": np.nan}, "forget_bias: a finite number is wanted, not nan"),
    "bias without end": ("lstm", {"forget_bias": 10**400}, "forget_bias: a finite number"),
    "bias as truth": ("lstm", {"forget_bias": True}, "forget_bias: a finite number"),
    "no gate": ("rnn", {"forget_bias": 1.0}, "forget_bias: rnn has no gate with a bias that multiplies its state"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_start_that_there_is_not(what: str) -> None:
    name, options, words = WRONG[what]
    with pytest.raises(ValueError, match=words):
        rt.init_params(rt.load_cell(name), 3, 2, **options)


def test_weights_that_cannot_be_the_identity() -> None:
    cell = rt.parse_cell("g = relu(W @ h_prev)\nh = tanh(V @ g + U @ x)")
    with pytest.raises(ValueError, match=r"recurrent: the identity is square; W has 3 × 2 for the state before"):
        rt.init_params(cell, 2, 2, g=3, recurrent="identity")
    with pytest.raises(ValueError, match="recurrent: cell has no weights that multiply a state"):
        rt.init_params(rt.parse_cell("h = tanh(h_prev * b + x)"), 2, 2, recurrent="identity")


@pytest.mark.parametrize(
    ("name", "state", "said"),
    [
        ("lstm", "c", "f"), ("lstm", "h", "None"), ("gru", "h", "z"), ("gru-torch", "h", "z"), ("mgu", "h", "1 - f"),
        ("rnn", "h", "None"), ("lstm-nfg", "c", "None"), ("lstm-cifg", "c", "f"), ("lstm-peephole", "c", "f"),
    ],
)  # fmt: skip
def test_what_keeps_a_state(name: str, state: str, said: str) -> None:
    cell = rt.load_cell(name)
    keeper = keeper_of(cell.step, state)
    assert str(keeper) == said
    if keeper is not None:
        params = rt.init_params(cell, 4, 3, seed=1)
        played = rt.run(cell, params, np.random.default_rng(0).normal(size=(5, 1, 3)))
        gate = played[keeper.gate]
        assert keeper.mean(played) == pytest.approx((1 - gate).mean() if keeper.rest else gate.mean())
