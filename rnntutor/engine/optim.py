"""Optimisers and gradient clipping. An update returns new parameters and leaves the old ones alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from rnntutor.engine.ops import Array

Params = dict[str, Array]


class Optimiser(Protocol):
    """Anything that turns parameters and gradients into better parameters."""

    def update(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> Params:
        """One step downhill."""
        ...


@dataclass
class SGD:
    """p ← p - rate · g."""

    rate: float = 0.1

    def update(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> Params:
        """One step downhill."""
        return {name: p - p.dtype.type(self.rate) * grads[name] for name, p in params.items()}


@dataclass
class Adagrad:
    """p ← p - rate · g / √(Σ g² + epsilon), the sum over all steps so far (Duchi et al. 2011), as in min-char-rnn."""

    rate: float = 0.1
    epsilon: float = 1e-8
    squares: Params = field(default_factory=dict, repr=False)

    def update(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> Params:
        """One step downhill."""
        return {name: self._one(name, p, grads[name]) for name, p in params.items()}

    def _one(self, name: str, p: Array, g: Array) -> Array:
        number = p.dtype.type
        squares = self.squares.setdefault(name, np.zeros_like(p))
        squares += g * g
        better: Array = p - number(self.rate) * g / np.sqrt(squares + number(self.epsilon))
        return better


@dataclass
class Adam:
    """p ← p - rate · m̂ / (√v̂ + epsilon), running means of g and g² without their bias (Kingma & Ba 2015)."""

    rate: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    steps: int = 0
    means: Params = field(default_factory=dict, repr=False)
    squares: Params = field(default_factory=dict, repr=False)

    def update(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> Params:
        """One step downhill."""
        self.steps += 1
        return {name: self._one(name, p, grads[name]) for name, p in params.items()}

    def _one(self, name: str, p: Array, g: Array) -> Array:
        number = p.dtype.type
        mean = self.means.setdefault(name, np.zeros_like(p))
        square = self.squares.setdefault(name, np.zeros_like(p))
        mean += number(1 - self.beta1) * (g - mean)
        square += number(1 - self.beta2) * (g * g - square)
        scale = np.sqrt(square)
        scale *= number(1 / np.sqrt(1 - self.beta2**self.steps))
        scale += number(self.epsilon)
        better: Array = p - number(self.rate / (1 - self.beta1**self.steps)) * mean / scale
        return better


OPTIMISERS: dict[str, type[SGD | Adagrad | Adam]] = {"sgd": SGD, "adagrad": Adagrad, "adam": Adam}


def global_norm(grads: Mapping[str, Array]) -> float:
    """√(Σ g²) over all gradients together; exact for numbers whose squares would overflow."""
    largest, rest = _norm(grads)
    return largest * rest


def _norm(grads: Mapping[str, Array]) -> tuple[float, float]:
    """The largest number and the norm in units of it, neither of which can overflow."""
    largest = max((float(np.abs(g).max()) for g in grads.values() if g.size), default=0.0)
    if largest == 0 or not np.isfinite(largest):
        return largest, 1.0
    return largest, float(
        np.sqrt(sum(np.square(g / largest, dtype=np.float64).sum() for g in grads.values()))
    )


def clip_by_norm(grads: Mapping[str, Array], limit: float) -> Params:
    """g ← g · limit / ‖g‖ where ‖g‖ > limit, all gradients together (Pascanu et al. 2013); NaN and inf stay."""
    _positive(limit)
    largest, rest = _norm(grads)
    if not (np.isfinite(largest) and largest * rest > limit):
        return {name: g.copy() for name, g in grads.items()}
    return {name: g / g.dtype.type(largest) * g.dtype.type(limit / rest) for name, g in grads.items()}


def clip_by_value(grads: Mapping[str, Array], limit: float) -> Params:
    """Every number into [-limit, limit]."""
    _positive(limit)
    return {name: np.clip(g, -limit, limit) for name, g in grads.items()}


def _positive(limit: float) -> None:
    if not (np.isfinite(limit) and limit > 0):
        raise ValueError(f"limit: a number above zero is wanted, not {limit!r}")
