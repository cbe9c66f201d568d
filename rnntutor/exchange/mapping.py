"""Which rows of PyTorch's packed weights are which of our parameters.

PyTorch packs the gates of a layer row-wise: `weight_ih` (gates * H, D) multiplies x, `weight_hh` (gates * H, H)
multiplies h_prev, and each comes with a bias (gates * H,). The order of the gates is that of the documentation of
torch.nn.RNN, torch.nn.LSTM and torch.nn.GRU.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from rnntutor.engine.ops import Array

TENSORS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
"""What a layer holds, without its number."""


@dataclass(frozen=True)
class Gate:
    """One gate: the line that it is, and what its rows of the weights and of the biases become.

    One name takes both sides: [weight_hh, weight_ih], because our columns follow [h_prev, x], and bias_ih + bias_hh,
    which PyTorch only ever adds. Two names take the side of x and that of h_prev.
    """

    line: str
    weights: tuple[str, ...]
    biases: tuple[str, ...]

    @property
    def becomes(self) -> tuple[str, str, str, str]:
        """What its rows of each of TENSORS become, or are a part of."""
        return self.weights[0], self.weights[-1], self.biases[0], self.biases[-1]


@dataclass(frozen=True)
class Kind:
    """A recurrent layer of PyTorch."""

    layer: str
    """What it is called there."""
    cell: str
    """The shipped cell that computes the same."""
    gates: tuple[Gate, ...]
    """In the order of the rows."""
    nonlinearity: str = "tanh"


def _gates(*lines: str) -> tuple[Gate, ...]:
    return tuple(Gate(line, (f"W_{line}",), (f"b_{line}",)) for line in lines)


KINDS = (
    Kind("nn.RNN", "rnn", (Gate("h", ("W",), ("b",)),)),
    Kind("nn.RNN", "irnn", (Gate("h", ("W",), ("b",)),), "relu"),
    Kind("nn.LSTM", "lstm", _gates("i", "f", "g", "o")),
    Kind("nn.GRU", "gru-torch", (*_gates("r", "z"), Gate("n", ("W_nx", "W_nh"), ("b_nx", "b_nh")))),
)
"""The one place where the order of PyTorch's gates stands."""


def unpacked(kind: Kind, tensors: Mapping[str, Array]) -> dict[str, Array]:
    """Our parameters of a layer from PyTorch's, by the names of TENSORS, in double precision."""
    parts = {name: np.split(np.asarray(tensors[name], np.float64), len(kind.gates)) for name in TENSORS}
    ours: dict[str, Array] = {}
    for k, gate in enumerate(kind.gates):
        w_x, w_h, b_x, b_h = (parts[name][k] for name in TENSORS)
        if len(gate.weights) == 1:
            ours |= {gate.weights[0]: np.concatenate([w_h, w_x], axis=1), gate.biases[0]: b_x + b_h}
        else:
            ours |= dict(zip(gate.becomes, (w_x, w_h, b_x, b_h), strict=True))
    return ours


def packed(kind: Kind, params: Mapping[str, Array]) -> dict[str, Array]:
    """PyTorch's tensors of a layer from our parameters; a bias that its two share is bias_ih, and bias_hh zero."""
    rows: dict[str, list[Array]] = {name: [] for name in TENSORS}
    for gate in kind.gates:
        found = [np.asarray(params[name]) for name in gate.becomes]
        if len(gate.weights) == 1:
            weight, _, bias, _ = found
            found = [weight[:, len(bias) :], weight[:, : len(bias)], bias, np.zeros_like(bias)]
        for name, part in zip(TENSORS, found, strict=True):
            rows[name].append(part)
    return {name: np.concatenate(parts) for name, parts in rows.items()}
