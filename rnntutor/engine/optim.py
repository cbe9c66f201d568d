"""Optimisers and gradient clipping. An update returns new parameters and leaves the old ones alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from rnntutor.engine.arguments import above_zero
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

    def __post_init__(self) -> None:
        above_zero("rate", self.rate)

    def update(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> Params:
        """One step downhill."""
        return {name: p - p.dtype.type(self.rate) * g for name, p, g in _pairs(params, grads)}


@dataclass
class Adagrad:
    """p ← p - rate · g / √(Σ g² + epsilon), the sum over all steps so far (Duchi et al. 2011), as in min-char-rnn."""

    rate: float = 0.1
    epsilon: float = 1e-8
    squares: Params = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        above_zero("rate", self.rate)
        above_zero("epsilon", self.epsilon)

    def update(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> Params:
        """One step downhill."""
        return {name: self._one(name, p, g) for name, p, g in _pairs(params, grads)}

    def _one(self, name: str, p: Array, g: Array) -> Array:
        number = p.dtype.type
        squares = _kept(self.squares, name, p)
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

    def __post_init__(self) -> None:
        above_zero("rate", self.rate)
        above_zero("epsilon", self.epsilon)
        for name, beta in (("beta1", self.beta1), ("beta2", self.beta2)):
            if beta != 0 and above_zero(name, beta) >= 1:
                raise ValueError(f"{name}: a number below one is wanted, not {beta!r}")

    def update(self, params: Mapping[str, Array], grads: Mapping[str, Array]) -> Params:
        """One step downhill."""
        pairs = list(_pairs(params, grads))
        self.steps += 1
        return {name: self._one(name, p, g) for name, p, g in pairs}

    def _one(self, name: str, p: Array, g: Array) -> Array:
        number = p.dtype.type
        mean = _kept(self.means, name, p)
        square = _kept(self.squares, name, p)
        mean += number(1 - self.beta1) * (g - mean)
        square += number(1 - self.beta2) * (g * g - square)
        scale = np.sqrt(square)
        scale *= number(1 / np.sqrt(1 - self.beta2**self.steps))
        scale += number(self.epsilon)
        better: Array = p - number(self.rate / (1 - self.beta1**self.steps)) * mean / scale
        return better


OPTIMISERS: dict[str, type[SGD | Adagrad | Adam]] = {"sgd": SGD, "adagrad": Adagrad, "adam": Adam}


def _pairs(params: Mapping[str, Array], grads: Mapping[str, Array]) -> Iterator[tuple[str, Array, Array]]:
    """Every parameter with its gradient, both floating-point numbers of the parameter's precision."""
    for name, values in params.items():
        if name not in grads:
            raise ValueError(f"grads: {name} is missing; there are {', '.join(grads) or 'none'}")
        p, g = _floats(values), _floats(grads[name])
        if p.shape != g.shape:
            raise ValueError(f"grads: {name} has shape {g.shape}; the parameter has {p.shape}")
        with np.errstate(over="ignore"):
            g = g.astype(p.dtype, copy=False)
        yield name, p, g


def _kept(store: Params, name: str, p: Array) -> Array:
    """What an optimiser remembers of a parameter; zeros at first."""
    kept = store.setdefault(name, np.zeros_like(p))
    if kept.shape != p.shape:
        raise ValueError(f"params: {name} has shape {p.shape}; it had {kept.shape} before")
    return kept


def _floats(values: Array) -> Array:
    """Whole numbers as float64; what is floating-point already as it is."""
    array = np.asarray(values)
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def global_norm(grads: Mapping[str, Array]) -> float:
    """√(Σ g²) over all gradients together; exact for numbers whose squares would overflow."""
    largest, rest = _norm({name: _floats(g) for name, g in grads.items()})
    return largest * rest


def _norm(grads: Mapping[str, Array]) -> tuple[float, float]:
    """The largest number and the norm in units of it, neither of which can overflow."""
    largest = max((float(np.abs(g).max()) for g in grads.values() if g.size), default=0.0)
    if largest == 0 or not np.isfinite(largest):
        return largest, 1.0
    return largest, float(
        np.sqrt(sum(np.square(np.divide(g, largest, dtype=np.float64)).sum() for g in grads.values()))
    )


def clip_by_norm(grads: Mapping[str, Array], limit: float) -> Params:
    """g ← g · limit / ‖g‖ where ‖g‖ > limit, all gradients together (Pascanu et al. 2013); NaN and inf stay."""
    limit = above_zero("limit", limit)
    floats = {name: _floats(g) for name, g in grads.items()}
    largest, rest = _norm(floats)
    if not (np.isfinite(largest) and largest * rest > limit):
        return {name: g.copy() for name, g in floats.items()}
    number = np.result_type(*floats.values()).type  # precise enough for the largest of them all
    return {
        name: (g / number(largest) * number(limit / rest)).astype(g.dtype, copy=False)
        for name, g in floats.items()
    }


def clip_by_value(grads: Mapping[str, Array], limit: float) -> Params:
    """Every number into [-limit, limit]."""
    limit = above_zero("limit", limit)
    return {name: _clipped(_floats(g), limit) for name, g in grads.items()}


def _clipped(g: Array, limit: float) -> Array:
    """NaN stays, and so does inf under a limit beyond the precision of g."""
    return g.copy() if limit > np.finfo(g.dtype).max else np.clip(g, -limit, limit)
