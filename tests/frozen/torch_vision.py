"""The convolutional network in PyTorch, and the figures that are kept of it.

python -m tests.frozen.torch_vision       writes vision.json anew; needs torch (the file was made with 2.13, float64)
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from rnntutor.vision.drawing import COLOURS
from rnntutor.vision.network import PAIRS, POOLED, fresh_vision
from tests.cases import Array

FILE = Path(__file__).with_name("vision.json")
SEEDS = (1, 2)
KEPT = 40
"""Numbers of each kind that are kept: every so manieth."""


def pictures(seed: int) -> tuple[Array, Array]:
    """Two pictures of random pixels, and a gradient of their features."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(size=(2, 24, 24, 3))
    return x, rng.normal(size=fresh_vision(seed).see(x).v.shape)


def seen_by_torch(seed: int) -> tuple[Array, Array]:
    """The features of the pictures, and the gradient of the pixels."""
    import torch

    params = {name: torch.tensor(p) for name, p in fresh_vision(seed).params.items()}
    x, dv = pictures(seed)
    pixels = torch.tensor(x, requires_grad=True)
    y: Any = (1 - pixels).permute(0, 3, 1, 2)
    for k in range(1, 5):
        kernel = params[f"W_conv{k}"].permute(3, 2, 0, 1)
        y = torch.nn.functional.conv2d(y, kernel, params[f"b_conv{k}"], padding="same")
        y = torch.relu(y) if k < 4 else torch.sigmoid(y)
        y = torch.nn.functional.max_pool2d(y, 2) if k <= POOLED else y
    lefts, rights = (torch.tensor(side) for side in zip(*PAIRS, strict=True))
    shapes, colours = (y[:, lefts] * y[:, rights]).amax(dim=(2, 3)), y[:, : len(COLOURS)]
    lines = [colours.amax(dim=axis).permute(0, 2, 1).flatten(1) for axis in (3, 2)]
    v: Any = torch.cat([shapes, *lines], dim=1)
    v.backward(torch.tensor(dv))
    assert pixels.grad is not None
    return v.detach().numpy(), pixels.grad.numpy()


def some(a: Array) -> list[float]:
    """A few of many numbers, from all over."""
    flat = a.ravel()
    return [float(k) for k in flat[:: max(1, flat.size // KEPT)]]


if __name__ == "__main__":
    figures = {str(seed): [some(a) for a in seen_by_torch(seed)] for seed in SEEDS}
    FILE.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
