"""Packed matrices against a plain assembly of their blocks, and how many calls a step takes."""

from typing import Any

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.engine.tape import Space
from rnntutor.engine.weights import Pack
from tests.cases import Array
from tests.engine.runs import cells


def ran(cell: str, batch: int, hidden: int = 4) -> tuple[Any, Any, dict[str, Array]]:
    """A run, its gradients and the parameters given."""
    rng = np.random.default_rng(0)
    loaded = rt.load_cell(cell)
    shapes = loaded.param_shapes(hidden=hidden, input=3)
    params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    x, dh = (rng.normal(size=(5, batch, size)) for size in (3, hidden))
    run = rt.run(loaded, params, x)
    return run, run.backward({"h": dh}), params


def assembled(pack: Pack, params: dict[str, Array]) -> Array:
    """The matrix block by block."""

    def block(weight: Any) -> Array:
        whole = params[weight.name]
        part = whole[:, None] if weight.vector else whole[:, weight.start : weight.stop]
        scaled: Array = weight.scale * (part.T if weight.transposed else part)
        return scaled

    return np.block([[block(weight) for weight in row] for row in pack.blocks])


@pytest.mark.parametrize("batch", [1, 3])
@cells
def test_packed_matrices(cell: str, batch: int) -> None:
    run, grads, params = ran(cell, batch)
    spaces: list[Space] = [run.space, grads.space]
    assert any(space.layout.packs for space in spaces)
    for space in spaces:
        for pack, matrix in zip(space.layout.packs, space.memory.packs, strict=True):
            np.testing.assert_array_equal(matrix, assembled(pack, params))


@cells
def test_parameters_are_copies(cell: str) -> None:
    """In the order of the text, read-only, and untouched by what happens to those that were given."""
    run, _, params = ran(cell, 1)
    before = {name: array.copy() for name, array in params.items()}
    for array in params.values():
        array[...] = 0
    assert list(run.params) == list(before)
    assert "W_none" not in run.params
    for name, array in before.items():
        np.testing.assert_array_equal(run.params[name], array)
        with pytest.raises(ValueError, match="read-only"):
            run.params[name][...] = 1


@pytest.mark.parametrize(
    ("cell", "forward", "backward"), [("rnn", 2, 3), ("lstm", 8, 7), ("gru", 10, 8), ("gru-torch", 11, 5)]
)
def test_calls_of_a_step(cell: str, forward: int, backward: int) -> None:
    """For a batch of one their number decides about the speed; one more than now is a step back."""
    run, grads, _ = ran(cell, 1)
    calls = [(len(space.tape) - around(space)) / run.steps for space in (run.space, grads.space)]
    assert calls == [forward, backward]


def around(space: Space) -> int:
    """The calls of a tape that do not belong to a step."""
    return len(space.layout.totals) + sum(len(space.layout.calls[phase]) for phase in (0, 1, 3))
