"""The check of gradients by finite differences: small where they are right, large where one is wrong."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.engine.ops import OPS
from rnntutor.tasks.chars import READOUT
from tests.cases import CELL_NAMES

EVERY_OPERATION = """
init:
    h = tanh(W_v @ v)
step:
    a = sigmoid(W_a @ [h_prev, x] + b_a)
    b = relu(U @ x) + exp(0.1 * h_prev) - log(1 + a**2)
    h = tanh(b) / (1 + a) - a * h_prev
"""
# An operation -> a wrong vector-Jacobian product for its first operand.
WRONG = {
    "add": "d + d",
    "sub": "-d",
    "mul": "d * a",
    "div": "d * b",
    "matmul": "outer(d + d, b)",
    "sigmoid": "d * y",
    "tanh": "d * (1 - y)",
    "relu": "d",
    "exp": "d * a",
    "log": "d * a",
}


@pytest.mark.parametrize("name", CELL_NAMES)
def test_shipped_cells(name: str) -> None:
    assert rt.gradcheck(rt.load_cell(name)) < 1e-7
    assert rt.gradcheck(rt.parse_cell(rt.load_cell(name).text + READOUT), target=3) < 1e-6


def test_every_operation_is_right() -> None:
    assert rt.gradcheck(rt.parse_cell(EVERY_OPERATION), v=2) < 1e-6


@pytest.mark.parametrize("op", WRONG)
def test_a_wrong_gradient_is_found(op: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = OPS[op].vjp
    monkeypatch.setitem(OPS, op, replace(OPS[op], vjp=(WRONG[op], *right[1:])))
    assert rt.gradcheck(rt.parse_cell(EVERY_OPERATION), v=2) > 1e-3


def test_given_numbers_stay() -> None:
    cell = rt.load_cell("rnn")
    rng = np.random.default_rng(0)
    params, x = rt.init_params(cell, 3, 2), rng.normal(size=(4, 2, 2))
    kept = x.copy()
    assert rt.gradcheck(cell, params, x) < 1e-7
    np.testing.assert_array_equal(x, kept)
    np.testing.assert_array_equal(params["W"], rt.init_params(cell, 3, 2)["W"])


def test_sizes_follow_from_the_parameters() -> None:
    """Of a target too, and of what the states start from."""
    cell = rt.parse_cell(rt.load_cell("rnn").text + READOUT)
    params = rt.init_params(cell, 4, 3, target=5, seed=1)
    x = np.random.default_rng(0).normal(size=(4, 2, 3))
    assert rt.gradcheck(cell, params, x) < 1e-6
    assert rt.gradcheck(cell, params) < 1e-6
    start = rt.parse_cell(EVERY_OPERATION)
    assert rt.gradcheck(start, rt.init_params(start, 3, 2, v=4, seed=1)) < 1e-6


def test_a_cell_that_does_not_read_x() -> None:
    assert rt.gradcheck(rt.parse_cell("h = tanh(W @ h_prev + b)")) < 1e-6


def test_a_cell_without_matrices() -> None:
    cell = rt.parse_cell("h = tanh(h_prev * x + b)")
    assert rt.gradcheck(cell, hidden=3) < 1e-6
    assert rt.gradcheck(cell, {"b": np.ones(5)}) < 1e-6


def test_what_is_no_number_is_told() -> None:
    """Wherever it is: the first error or the last, however small the others are."""
    cell = rt.load_cell("rnn")
    params = rt.init_params(cell, 3, 2, seed=1)
    for name in params:
        broken = {key: p.copy() for key, p in params.items()}
        broken[name].flat[-1] = np.nan
        assert not np.isfinite(rt.gradcheck(cell, broken))


@pytest.mark.parametrize(
    ("what", "wrong"),
    [
        ("cell", {"cell": "lstm"}),
        ("epsilon", {"epsilon": 0}),
        ("epsilon", {"epsilon": np.nan}),
        ("steps", {"steps": 0}),
        ("batch", {"batch": 1.5}),
        ("hidden", {"hidden": 0}),
        ("input", {"input": -1}),
        ("hiden", {"hiden": 4}),
        ("x", {"x": np.zeros(3)}),
    ],
)
def test_wrong_arguments_are_named(what: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=rf"\b{what}\b"):
        rt.gradcheck(**{"cell": rt.load_cell("lstm")} | wrong)
