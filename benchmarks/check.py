"""`python -m benchmarks.check`: the fused yardstick against PyTorch's autograd, every line and every gradient."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import DTypeLike

from benchmarks import fused
from benchmarks.fused_memory import Array
from benchmarks.torch_side import LSTM_ORDER, CellLoop

SIZES = (
    (8, 8, 1, 20),
    (32, 32, 1, 50),
    (5, 3, 1, 7),
    (5, 3, 4, 7),
    (16, 12, 3, 9),
    (128, 128, 32, 50),
)  # H, D, B, T


def differences(
    hidden: int, inputs: int, batch: int, steps: int, dtype: DTypeLike
) -> Iterator[tuple[str, float]]:
    """The largest difference of each value and gradient, relative to the largest element."""
    draw = np.random.default_rng(1)
    params = fused.random_params(hidden, inputs, dtype)
    x = draw.normal(size=(steps, batch, inputs)).astype(dtype)
    dh = draw.normal(size=(steps, batch, hidden)).astype(dtype)
    for name, theirs, ours in pairs(params, x, dh):
        yield name, float(np.abs(theirs - ours).max() / np.abs(theirs).max())


def pairs(params: dict[str, Array], x: Array, dh: Array) -> Iterator[tuple[str, Array, Array]]:
    """(name, PyTorch's array, ours). The second run of the same shape shows that memory is used again soundly."""
    run = fused.run(params, x)
    kept = {gate: run[gate] for gate in "ifogch"}
    before = {gate: values.copy() for gate, values in kept.items()}
    grads = fused.run(params, x).backward(dh)
    inputs = torch.tensor(x, requires_grad=True)
    loop = CellLoop(x.shape[-1], dh.shape[-1], inputs.dtype)
    loop.load(params)
    outputs, lines = loop(inputs)
    outputs.backward(torch.tensor(dh))
    del run
    fused.run(params, x + 1)
    for gate in "ifogch":
        values = torch.stack([step[gate] for step in lines]).detach()
        slopes = torch.stack([gradient(step[gate]) for step in lines])
        yield gate, values.numpy(), kept[gate]
        yield f"kept {gate}", before[gate], kept[gate]
        yield f"d{gate}", slopes.numpy(), grads[gate]
    yield "dx", gradient(inputs).numpy(), grads["x"]
    for k, gate in enumerate(LSTM_ORDER):
        rows = slice(k * dh.shape[-1], (k + 1) * dh.shape[-1])
        yield f"dW_{gate}", gradient(loop.linear.weight)[rows].numpy(), grads[f"W_{gate}"]
        yield f"db_{gate}", gradient(loop.linear.bias)[rows].numpy(), grads[f"b_{gate}"]


def gradient(tensor: torch.Tensor) -> torch.Tensor:
    """What backward left; that it left something is part of the check."""
    assert tensor.grad is not None
    return tensor.grad


def check(dtype: DTypeLike, bound: float) -> None:
    """Print the worst difference at every size, and refuse to go on above the bound."""
    for size in SIZES:
        name, worst = max(differences(*size, dtype), key=lambda pair: pair[1])
        print(
            f"H, D, B, T = {size!s:20} {np.dtype(dtype).name}: largest relative difference {worst:.1e} ({name})"
        )
        if not worst < bound:
            raise SystemExit(f"the fused yardstick is wrong: {name} differs by {worst:.1e}")


def main() -> None:
    """Both widths."""
    check("float64", 1e-12)
    check("float32", 1e-4)


if __name__ == "__main__":
    main()
