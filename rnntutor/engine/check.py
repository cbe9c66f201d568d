"""Gradients against finite differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from rnntutor.engine.arguments import above_zero, whole
from rnntutor.engine.cell import Cell
from rnntutor.engine.ops import Array
from rnntutor.engine.run import run
from rnntutor.engine.shapes import Shape, infer
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
    A good result is below 1e-6; NaN where a number is none. Raises ValueError for a bad argument.
    """
    if not isinstance(cell, Cell):
        raise ValueError(f"cell: load_cell or parse_cell makes one, not {type(cell).__name__}")
    epsilon = above_zero("epsilon", epsilon)
    lead = whole("steps", steps), whole("batch", batch)
    rng = np.random.default_rng(seed)
    if params is None:
        shapes = cell.param_shapes(hidden, input, **sizes)
        params = {name: rng.normal(0, 0.5, shape) for name, shape in shapes.items()}
    params = {name: np.array(p, np.float64) for name, p in params.items()}
    known = {name: p.shape for name, p in params.items()} | cell.named_sizes(sizes)
    if x is not None:
        x = np.array(x, np.float64)
        known["x"] = x.shape[-1:]
    features = _features(cell, known, whole("input", input))
    if x is None:
        x = rng.normal(size=(*lead, features["x"]))
    inputs = _inputs(cell, rng, x, features)
    seeds = _seeds(cell, rng, params, x, inputs)

    given = {**params, "x": x} if "x" in cell.inputs else params

    def loss(name: str, values: Array) -> float:
        changed = {"x": x, **given, name: values}
        ran = run(cell, {k: changed[k] for k in params}, changed["x"], None, **inputs)
        return float(sum((ran[line] * weight).sum() for line, weight in seeds.items()))

    grads = run(cell, params, x, None, **inputs).backward(seeds)
    errors = [_error(partial(loss, name), values, grads[name], epsilon) for name, values in given.items()]
    return float(np.max(errors, initial=0.0))  # where max() may pass over a NaN


def _features(cell: Cell, known: Mapping[str, Shape], otherwise: int) -> dict[str, int]:
    """How many features each input has, as far as the shapes known tell; `otherwise` for x if they do not."""
    try:
        shapes = infer(cell.step, known)
    except EquationError:
        shapes = infer(cell.step, {"x": (otherwise,), **known})
    found = {"x": otherwise} | {name: shapes[place][0] for name, place in cell.step.leaves("input").items()}
    if cell.init:
        states = {name: shapes[cell.step.by_name[name]] for name in cell.states}
        starts = infer(cell.init, {**known, **states})
        found |= {name: starts[place][0] for name, place in cell.init.leaves("input").items()}
    return found


def _inputs(cell: Cell, rng: np.random.Generator, x: Array, features: Mapping[str, int]) -> dict[str, Array]:
    """Further data, drawn at random; a target as a distribution."""
    found: dict[str, Array] = {}
    for name, axes in cell.data.items():
        lead = x.shape[:2] if axes == 3 else x.shape[1:2]
        if name == "target":
            found[name] = rng.dirichlet(np.ones(features[name]), size=lead)
        elif name != "x":
            found[name] = rng.normal(size=(*lead, features[name]))
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
    with np.errstate(invalid="ignore"):
        error = np.abs(numeric - gradient).max()
        scale = np.max([np.abs(numeric).max(), np.abs(gradient).max(), 1e-8])
        return float(error / scale)
