"""Training as one does it in PyTorch: nn.LSTM, nn.Linear, cross-entropy, clipping by the norm, Adam."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import nn
from torch.nn.functional import cross_entropy, one_hot

from benchmarks.fused_memory import Array
from benchmarks.torch_side import load_layer


def torch_side(params: Mapping[str, Array], rate: float, clip: float) -> Callable[[Array, Array], float]:
    """A function that learns from a batch of symbols (T, B) and returns its loss.

    nn.LSTM adds two biases; one rests at zero, or learning would run at double rate along it.
    """
    symbols, hidden = params["W_y"].shape
    lstm, linear = nn.LSTM(symbols, hidden), nn.Linear(hidden, symbols)
    load_layer(lstm, params)
    lstm.bias_hh_l0.requires_grad_(False)
    with torch.no_grad():
        linear.weight.copy_(torch.tensor(params["W_y"]))
        linear.bias.copy_(torch.tensor(params["b_y"]))
    learned = [*(p for p in lstm.parameters() if p.requires_grad), *linear.parameters()]
    adam = torch.optim.Adam(learned, rate)

    def step(inputs: Array, targets: Array) -> float:
        adam.zero_grad(set_to_none=True)
        outputs, _ = lstm(one_hot(torch.from_numpy(inputs), symbols).float())
        loss = cross_entropy(linear(outputs).flatten(0, 1), torch.from_numpy(targets).flatten())
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(learned, clip)
        adam.step()
        return loss.item()

    return step
