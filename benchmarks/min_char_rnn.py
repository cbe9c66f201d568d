"""Training in the well-known manner of Karpathy's min-char-rnn, retold: the yardstick for characters per second.

It keeps what makes that program what it is: float64, a batch of one, one-hot columns, dictionaries by step, a
Python loop each way, clipping at 5, Adagrad, and the state carried from one stretch of text to the next.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.fused_memory import Array

Weights = dict[str, Array]
ByStep = dict[int, Array]


def initial(hidden: int, symbols: int, seed: int = 0) -> Weights:
    """Small random weights, no bias."""
    draw = np.random.default_rng(seed)
    sizes = {"xh": (hidden, symbols), "hh": (hidden, hidden), "hy": (symbols, hidden)}
    weights = {name: draw.normal(size=size) * 0.01 for name, size in sizes.items()}
    return weights | {"h": np.zeros((hidden, 1)), "y": np.zeros((symbols, 1))}


def forward(
    w: Weights, inputs: list[int], targets: list[int], h: Array
) -> tuple[float, ByStep, ByStep, ByStep]:
    """The loss, and one-hot input, state and probabilities of every step."""
    xs: ByStep = {}
    hs: ByStep = {-1: h}
    ps: ByStep = {}
    loss = 0.0
    for t, symbol in enumerate(inputs):
        xs[t] = np.zeros((w["y"].shape[0], 1))
        xs[t][symbol] = 1
        hs[t] = np.tanh(w["xh"] @ xs[t] + w["hh"] @ hs[t - 1] + w["h"])
        scores = w["hy"] @ hs[t] + w["y"]
        ps[t] = np.exp(scores) / np.sum(np.exp(scores))
        loss -= np.log(ps[t][targets[t], 0])
    return float(loss), xs, hs, ps


def backward(w: Weights, targets: list[int], xs: ByStep, hs: ByStep, ps: ByStep) -> Weights:
    """The gradients, summed step by step from the last to the first."""
    grads = {name: np.zeros_like(value) for name, value in w.items()}
    carry = np.zeros_like(hs[0])
    for t in reversed(range(len(targets))):
        dy = ps[t].copy()
        dy[targets[t]] -= 1
        da = (w["hy"].T @ dy + carry) * (1 - hs[t] * hs[t])
        grads["hy"] += dy @ hs[t].T
        grads["y"] += dy
        grads["h"] += da
        grads["xh"] += da @ xs[t].T
        grads["hh"] += da @ hs[t - 1].T
        carry = w["hh"].T @ da
    for grad in grads.values():
        np.clip(grad, -5, 5, out=grad)
    return grads


def trainer(hidden: int, symbols: int, rate: float = 0.1) -> Callable[[list[int], list[int]], float]:
    """A function that learns from a stretch of text and returns its loss."""
    weights = initial(hidden, symbols)
    memory = {name: np.zeros_like(value) for name, value in weights.items()}
    state = {"h": np.zeros((hidden, 1))}

    def step(inputs: list[int], targets: list[int]) -> float:
        loss, xs, hs, ps = forward(weights, inputs, targets, state["h"])
        for name, grad in backward(weights, targets, xs, hs, ps).items():
            memory[name] += grad * grad
            weights[name] -= rate * grad / np.sqrt(memory[name] + 1e-8)
        state["h"] = hs[len(inputs) - 1]
        return loss

    return step
