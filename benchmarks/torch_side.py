"""The PyTorch side: the fused layers, and a loop over an LSTM cell that shows its gates as PyTorch can."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.fused_memory import Array

torch.set_num_threads(1)

LAYERS: Mapping[str, Callable[[int, int], nn.RNNBase]] = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
LSTM_ORDER = "ifgo"  # in which nn.LSTM stacks its gates


def layer_step(kind: str, hidden: int, x: Array, dh: Array) -> Callable[[], Tensor]:
    """Forward and backward of nn.LSTM, nn.GRU or nn.RNN, with a gradient at every output."""
    inputs = torch.tensor(x, requires_grad=True)
    grad = torch.tensor(dh)
    layer = LAYERS[kind](x.shape[-1], hidden).to(inputs.dtype)

    def step() -> Tensor:
        layer.zero_grad(set_to_none=True)
        inputs.grad = None
        outputs: Tensor = layer(inputs)[0]
        torch.autograd.backward(outputs, grad)
        return outputs

    return step


class CellLoop(nn.Module):
    """An LSTM written as a loop, whose lines keep their gradients at every step."""

    def __init__(self, inputs: int, hidden: int, dtype: torch.dtype) -> None:
        super().__init__()
        self.linear = nn.Linear(hidden + inputs, 4 * hidden, dtype=dtype)

    def forward(self, x: Tensor) -> tuple[Tensor, list[dict[str, Tensor]]]:
        h = c = x.new_zeros(x.shape[1], self.linear.out_features // 4)
        steps = []
        for x_t in x.unbind(0):
            i, f, g, o = self.linear(torch.cat((h, x_t), 1)).chunk(4, 1)
            i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
            c = f * c + i * g
            h = o * torch.tanh(c)
            for line in (i, f, g, o, c, h):
                line.retain_grad()
            steps.append({"i": i, "f": f, "g": g, "o": o, "c": c, "h": h})
        return torch.stack([step["h"] for step in steps]), steps

    def load(self, params: Mapping[str, Array]) -> None:
        """Take the parameters as the engine names them."""
        with torch.no_grad():
            self.linear.weight.copy_(torch.tensor(np.concatenate([params[f"W_{k}"] for k in LSTM_ORDER])))
            self.linear.bias.copy_(torch.tensor(np.concatenate([params[f"b_{k}"] for k in LSTM_ORDER])))


def cell_loop_step(hidden: int, x: Array, dh: Array) -> Callable[[], list[dict[str, Tensor]]]:
    """Forward and backward of the loop, every gate and its gradient kept."""
    inputs = torch.tensor(x, requires_grad=True)
    grad = torch.tensor(dh)
    loop = CellLoop(x.shape[-1], hidden, inputs.dtype)

    def step() -> list[dict[str, Tensor]]:
        loop.zero_grad(set_to_none=True)
        inputs.grad = None
        outputs, kept = loop.forward(inputs)
        torch.autograd.backward(outputs, grad)
        return kept

    return step


def load_layer(layer: nn.LSTM, params: Mapping[str, Array]) -> None:
    """Give nn.LSTM the engine's parameters; it has a second bias, which stays zero."""
    weight = np.concatenate([params[f"W_{gate}"] for gate in LSTM_ORDER])
    bias = np.concatenate([params[f"b_{gate}"] for gate in LSTM_ORDER])
    recurrent, inputs = np.split(weight, [layer.hidden_size], axis=1)
    values = {"weight_hh_l0": recurrent, "weight_ih_l0": inputs, "bias_ih_l0": bias, "bias_hh_l0": 0 * bias}
    layer.load_state_dict({name: torch.tensor(value) for name, value in values.items()})
