"""The check of gradients by finite differences: small where they are right, large where one is wrong."""

from dataclasses import replace

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
