"""Training with the fused LSTM: a linear readout, cross-entropy, clipping by the norm, Adam on one flat vector."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from benchmarks import fused
from benchmarks.fused_memory import Array


class Adam:
    """One vector holds all parameters, so that an update is a dozen calls whatever their number."""

    def __init__(self, params: Mapping[str, Array], rate: float, clip: float) -> None:
        self.flat = np.concatenate([value.ravel() for value in params.values()])
        self.grad, self.mean, self.square, self.work = (np.zeros_like(self.flat) for _ in range(4))
        self.rate, self.clip, self.count = rate, clip, 0
        self.params, self.grads = split(self.flat, params), split(self.grad, params)

    def step(self) -> None:
        grad, mean, square, work = self.grad, self.mean, self.square, self.work
        norm = float(np.sqrt(grad @ grad))
        if norm > self.clip:
            grad *= self.clip / norm
        self.count += 1
        mean += np.multiply(np.subtract(grad, mean, out=work), 0.1, out=work)
        np.multiply(grad, grad, out=work)
        square += np.multiply(np.subtract(work, square, out=work), 0.001, out=work)
        np.sqrt(square, out=work)
        work *= 1 / np.sqrt(1 - 0.999**self.count)
        work += 1e-8
        np.divide(mean, work, out=work)
        work *= self.rate / (1 - 0.9**self.count)
        self.flat -= work


def split(flat: Array, like: Mapping[str, Array]) -> dict[str, Array]:
    """Views of a vector in the shapes of `like`."""
    views, start = {}, 0
    for name, value in like.items():
        views[name] = flat[start : start + value.size].reshape(value.shape)
        start += value.size
    return views


def readout(params: Mapping[str, Array], h: Array, targets: Array) -> tuple[float, Array]:
    """The mean loss of the symbols after h (T, H, B), and its gradient by the scores (T, V, B)."""
    scores = np.matmul(params["W_y"], h)
    scores += params["b_y"][:, None]
    scores -= scores.max(1, keepdims=True)
    at = (np.arange(len(targets))[:, None], targets, np.arange(targets.shape[1]))
    right = scores[at]
    np.exp(scores, out=scores)
    total = scores.sum(1)
    scores /= (total * total.size)[:, None]
    scores[at] -= scores.dtype.type(1 / total.size)
    return float((np.log(total) - right).mean()), scores


def fused_side(params: Mapping[str, Array], rate: float, clip: float) -> Callable[[Array, Array], float]:
    """A function that learns from a batch of symbols (T, B) and returns its loss."""
    adam = Adam(params, rate, clip)
    symbols = np.eye(len(params["b_y"]), dtype=adam.flat.dtype)

    def step(inputs: Array, targets: Array) -> float:
        run = fused.run(adam.params, symbols[inputs])
        h = run["h"].transpose(0, 2, 1)
        loss, dy = readout(adam.params, h, targets)
        dh = np.matmul(np.ascontiguousarray(adam.params["W_y"].T), dy)
        grads = run.backward(dh.transpose(0, 2, 1))
        adam.grads["W_y"][...] = np.tensordot(dy, h, ((0, 2), (0, 2)))
        adam.grads["b_y"][...] = dy.sum((0, 2))
        for name in adam.params.keys() - {"W_y", "b_y"}:
            adam.grads[name][...] = grads[name]
        adam.step()
        return loss

    return step
