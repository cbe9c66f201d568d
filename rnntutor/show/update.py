"""One number of a parameter in one update: the optimiser's formula, with the numbers, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnntutor.engine.learning import Stepper
from rnntutor.engine.ops import Array
from rnntutor.engine.optim import Adagrad, Adam
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot, entry, matrices
from rnntutor.show.texts import number
from rnntutor.show.upcoming import descent, upcoming

Where = tuple[int, ...]


@dataclass(frozen=True)
class Rule:
    """How an optimiser changes a number w of a parameter, as text."""

    formula: str
    letters: str
    """What the letters stand for."""


def rule_of(optimiser: str, look: Look) -> Rule:
    """SGD, Adagrad and Adam as `engine.optim` states them."""
    glyphs = look.glyphs
    dot, root, tiny = _dot(look), glyphs.root, glyphs.epsilon
    return {
        "sgd": Rule(f"w - rate {dot} g", ""),
        "adagrad": Rule(f"w - rate {dot} g / {root}(s + {tiny})", f"s: {glyphs.total} g{_squared(look)} so far"),
        "adam": Rule(f"w - rate {dot} m / ({root}v + {tiny})", f"m, v: running means of g, g{_squared(look)}"),
    }[optimiser]


def numbers_of(scene: Scene, spot: Spot, look: Look) -> tuple[str, str, str]:
    """The formula for one number, in one number, and what comes out.

    "+0.51200 - 0.1 · +0.012", "+0.51200 - 0.00120", "+0.51080". Raises ValueError where there is no next iteration.
    """
    step, where = upcoming(scene), entry(scene, spot)
    old, new = (float(params[spot.param][where]) for params in (scene.run.params, step.progress.params))
    shrunk = min(1.0, _over(scene.learning.limit if scene.learning else np.inf, step.progress.norm))
    g = float(descent(scene).gradient[spot.param][where]) * shrunk
    moved = _moved(step.learning.memory, g, spot.param, where, look)
    full = f"{fine(old)} - {step.learning.rate:g} {_dot(look)} {moved}"
    return full, f"{fine(old)} {'-' if new <= old else '+'} {_size(abs(old - new))}", fine(new)


def _over(limit: float, norm: float) -> float:
    return limit / norm if norm else np.inf


def _moved(stepper: Stepper | None, g: float, param: str, where: Where, look: Look) -> str:
    """What the rate multiplies; `stepper` has made the update, so that it remembers what went into it."""
    root = look.glyphs.root
    if isinstance(stepper, Adagrad):
        return f"{number(g)} / {root}({_size(stepper.squares[param][where])} + {_size(stepper.epsilon)})"
    if isinstance(stepper, Adam):
        mean = float(stepper.means[param][where]) / (1 - stepper.beta1**stepper.steps)
        square = float(stepper.squares[param][where]) / (1 - stepper.beta2**stepper.steps)
        return f"{number(mean)} / ({root}{_size(square)} + {_size(stepper.epsilon)})"
    return number(g)


def _size(value: float) -> str:
    return number(float(value), signed=False)


def fine(value: float) -> str:
    """A number with two decimals more than others have: what an update changes is small."""
    return f"{value:+.5f}" if 0.0095 <= abs(value) < 1000 else number(value)


def spot_of(scene: Scene, spot: Spot) -> Spot:
    """The number that was looked at among the weights; where none was, that with the largest gradient."""
    if spot.param in scene.run.params:
        return matrices(scene).to(Spot(spot.param), spot.row, spot.column)
    return scene.remembered("steepest", lambda: _steepest(descent(scene).gradient))


def _steepest(gradient: dict[str, Array]) -> Spot:
    sizes = {name: np.abs(np.nan_to_num(g)) for name, g in gradient.items()}
    name = max(sizes, key=lambda k: float(sizes[k].max(initial=0.0)))
    row, column = divmod(int(sizes[name].argmax()), gradient[name].shape[-1])  # a vector is one row
    return Spot(name, row, column)


def _dot(look: Look) -> str:
    return look.glyphs.dot if look.glyphs.subscripts else "*"


def _squared(look: Look) -> str:
    return look.glyphs.powers[:1] or "**2"
