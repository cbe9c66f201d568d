"""The matrix products of an LSTM and nothing else: below this time no NumPy program of it can come."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike

from benchmarks.fused_memory import Tape, play


def products_step(hidden: int, inputs: int, batch: int, steps: int, dtype: DTypeLike) -> Callable[[], None]:
    """[h, x] by step forward, W.T @ da by step backward, then dW and dx as one product each over all steps."""
    draw = np.random.default_rng(0)

    def new(*shape: int) -> np.ndarray:
        return draw.normal(size=shape).astype(dtype)

    width = hidden + inputs
    w, w_h, w_x = new(4 * hidden, width), new(hidden, 4 * hidden), new(inputs, 4 * hidden)
    z, a, dh = new(steps, width, batch), new(steps, 4 * hidden, batch), new(hidden, batch)
    flat_a, flat_z = new(4 * hidden, steps * batch), new(width, steps * batch)
    dw, dx = new(4 * hidden, width), new(inputs, steps * batch)
    tape: Tape = [(w.dot, (z[t], a[t])) for t in range(steps)]
    tape += [(w_h.dot, (a[t], dh)) for t in range(steps)]
    tape += [(flat_a.dot, (flat_z.T, dw)), (w_x.dot, (flat_a, dx))]
    return lambda: play(tape)
