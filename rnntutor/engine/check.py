"""Gradients against finite differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from rnntutor.engine.cell import Cell
from rnntutor.engine.ops import Array
from rnntutor.engine.run import run
from rnntutor.engine.shapes import infer
from rnntutor.engine.syntax import EquationError


def gradcheck(
    cell: Cell,
    params: Mapping[str, Array] | None = None,
    x: Array | None = None,
    *,
    hidden: int = 4,
    input: int = 3,
    steps: int = 4,
    batch: int = 2,
    seed: int = 0,
    epsilon: float = 1e-5,
    **sizes: int,
) -> float:
    """The largest relative error of the gradients of all parameters and of x against central differences.

    The loss is a random weighting of the last state, or the program's own; what is not given is drawn at random.
    A good result is below 1e-6.
    """
    rng = np.random.default_rng(seed)
    if params is None:
        shapes = cell.param_shapes(hidden, input, **sizes)
        params = {name: rng.normal(0, 0.5, shape) for name, shape in shapes.items()}
    params = {name: np.array(p, np.float64) for name, p in params.items()}
    if x is None:
        x = rng.normal(size=(steps, batch, _features(cell, params) or input))
    x = np.array(x, np.float64)
    inputs = _inputs(cell, rng, x, sizes)
    seeds = _seeds(cell, rng, params, x, inputs)

    given = {**params, "x": x}

    def loss(name: str, values: Array) -> float:
        changed = given | {name: values}
        ran = run(cell, {k: changed[k] for k in params}, changed["x"], None, **inputs)
        return float(sum((ran[line] * weight).sum() for line, weight in seeds.items()))

    grads = run(cell, params, x, None, **inputs).backward(seeds)
    return max(_error(partial(loss, name), values, grads[name], epsilon) for name, values in given.items())


def _features(cell: Cell, params: Mapping[str, Array]) -> int:
    """How many features x has, as far as the parameters tell; 0 if they do not."""
    try:
        shapes = infer(cell.step, {name: p.shape for name, p in params.items()})
    except EquationError:
        return 0
    return shapes[cell.step.by_name["x"]][0] if "x" in cell.step.by_name else 0


def _inputs(cell: Cell, rng: np.random.Generator, x: Array, sizes: Mapping[str, int]) -> dict[str, Array]:
    """Further data, drawn at random; a target as a distribution."""
    found: dict[str, Array] = {}
    if "target" in cell.inputs:
        found["target"] = rng.dirichlet(np.ones(sizes["target"]), size=x.shape[:2])
    if cell.init and "v" in cell.init.leaves("input"):
        found["v"] = rng.normal(size=(x.shape[1], sizes["v"]))
    return found


def _seeds(
    cell: Cell, rng: np.random.Generator, params: Mapping[str, Array], x: Array, inputs: Mapping[str, Array]
) -> dict[str, Array]:
    name = (
        "loss"
        if any(line.name == "loss" for line in cell.lines)
        else (cell.states or (cell.lines[-1].name,))[-1]
    )
    return {name: rng.normal(size=run(cell, params, x, None, **inputs)[name].shape)}


def _error(loss: Callable[[Array], float], values: Array, gradient: Array, epsilon: float) -> float:
    """The largest relative error over all numbers of one array."""
    numeric = np.zeros_like(values)
    for where in np.ndindex(values.shape):
        up, down = values.copy(), values.copy()
        up[where] += epsilon
        down[where] -= epsilon
        numeric[where] = (loss(up) - loss(down)) / (2 * epsilon)
    scale = max(float(np.abs(numeric).max()), float(np.abs(gradient).max()), 1e-8)
    return float(np.abs(numeric - gradient).max()) / scale
