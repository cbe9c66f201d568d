"""The engine against PyTorch: figures kept in a file, and with PyTorch installed also fresh ones."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given

import rnntutor as rt
from tests.cases import SIZES, Size, assert_close, seeds, sizes
from tests.frozen.make import load
from tests.frozen.torch_layers import LAYERS, Record, outside_gradients, record, unpack


def assert_engine_matches(figures: Record) -> None:
    """Outputs, and the gradients of weights, inputs and initial states."""
    cell = figures["cell"]
    run = rt.run(rt.load_cell(cell), unpack(cell, figures["weights"]), figures["x"], init=figures["init"])
    grads = run.backward(outside_gradients(figures))
    assert_close(run["h"], figures["h"], "h")
    if cell == "lstm":
        assert_close(run["c"][-1], figures["c_last"], "c")
    assert_close(grads["x"], figures["x_gradient"], "gradient of x")
    for name, gradient in unpack(cell, figures["weight_gradients"], gradient=True).items():
        assert_close(grads[name], gradient, f"gradient of {name}")
    for name, gradient in figures["init_gradients"].items():
        assert_close(grads.init[name], gradient, f"gradient of {name} before t=0")


@pytest.mark.parametrize("figures", load(), ids=lambda figures: f"{figures['cell']}-{figures['x'].shape}")
def test_frozen_figures(figures: Record) -> None:
    assert_engine_matches(figures)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("cell", LAYERS)
def test_fresh_figures(cell: str, size: Size) -> None:
    pytest.importorskip("torch")
    assert_engine_matches(record(cell, *size, seed=11))


@pytest.mark.parametrize("cell", LAYERS)
@given(size=sizes, seed=seeds)
def test_fresh_figures_of_random_sizes(cell: str, size: Size, seed: int) -> None:
    pytest.importorskip("torch")
    assert_engine_matches(record(cell, *size, seed=seed))


@pytest.mark.parametrize("cell", LAYERS)
def test_every_frozen_weight_has_a_name_of_ours(cell: str) -> None:
    """The mapping covers exactly the parameters of the shipped cell: none left out, none invented."""
    figures = next(figures for figures in load() if figures["cell"] == cell)
    (_, _, inputs), hidden = figures["x"].shape, figures["h"].shape[2]
    shapes: dict[str, Any] = rt.load_cell(cell).param_shapes(hidden=hidden, input=inputs)
    assert {name: np.shape(value) for name, value in unpack(cell, figures["weights"]).items()} == shapes
