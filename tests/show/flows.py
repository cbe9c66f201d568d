"""Runs whose gradients have a long way to go, and runs in which they do not arrive as numbers."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from rnntutor.engine.cell import init_params, parse_cell
from rnntutor.engine.ops import Array
from rnntutor.engine.run import Run, run
from rnntutor.show.scene import Scene
from tests.show.scenes import cell_of

_LETTERS = "abcd"


def random_run(name: str, steps: int, hidden: int, growth: float) -> Run:
    """A cell with random weights over random letters."""
    cell = cell_of(name)
    params = init_params(cell, hidden, len(_LETTERS), seed=3, target=len(_LETTERS))
    codes = np.eye(len(_LETTERS))[np.random.default_rng(0).integers(len(_LETTERS), size=(steps, 1))]
    params = {key: growth * value for key, value in params.items()}
    return run(cell, params, codes, target=np.roll(codes, -1, axis=0))


def as_scene(played: Run, seeds: dict[str, Array] | None = None, window: int | None = None) -> Scene:
    """A run with its gradients."""
    reads = tuple(_LETTERS[k] for k in played["x"][:, 0].argmax(axis=-1))
    return Scene(played, played.backward(seeds, window), "Flow", "", reads, (), tuple(_LETTERS))


@lru_cache(maxsize=16)
def far(name: str = "lstm", steps: int = 40, hidden: int = 16, growth: float = 1.0) -> Scene:
    """Only the last timestep has a loss."""
    last = np.zeros((steps, 1))
    last[-1] = 1
    return as_scene(random_run(name, steps, hidden, growth), {"cost" if name == "stranger" else "loss": last})


@lru_cache(maxsize=4)
def truncated(window: int = 10, steps: int = 40) -> Scene:
    """Gradients stop every so many timesteps."""
    return as_scene(random_run("lstm", steps, 8, 1.0), None, window)


@lru_cache(maxsize=4)
def broken(value: float) -> Scene:
    """The state of one unit was set to nan or infinity at t 5."""
    with np.errstate(all="ignore"):
        return as_scene(random_run("rnn", 12, 6, 1.0).edit("h", t=5, unit=2, value=value))


@lru_cache(maxsize=1)
def overflowing() -> Scene:
    """A linear recurrence that multiplies by 1e30 at every timestep, and by 0 at one: 0, numbers and inf."""
    cell = parse_cell("h = x * h_prev")
    x = np.full((16, 1, 2), 1e30)
    x[2] = 0
    played = run(cell, {}, x, init={"h": np.ones((1, 2))})
    last = np.zeros((16, 1, 2))
    last[-1] = 1
    with np.errstate(all="ignore"):
        return Scene(played, played.backward({"h": last}), "Linear", "", ("x",) * 16)


@lru_cache(maxsize=1)
def stateless() -> Scene:
    """Nothing is carried through time."""
    cell = parse_cell("h = tanh(W @ x)")
    played = run(cell, {"W": np.ones((3, 2))}, np.ones((4, 1, 2)))
    return Scene(played, played.backward({"h": np.ones((4, 1, 3))}), "Stateless", "", ("x",) * 4)


@lru_cache(maxsize=1)
def unreached() -> Scene:
    """c never reaches h, which alone has a loss: its gradient is zero."""
    cell = parse_cell("c = 0.5 * c_prev + x\nh = tanh(U @ h_prev + x)")
    played = run(cell, {"U": np.eye(2)}, np.ones((4, 1, 2)))
    return Scene(played, played.backward({"h": np.ones((4, 1, 2))}), "Unreached", "", ("x",) * 4)
