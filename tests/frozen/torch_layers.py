"""PyTorch's recurrent layers: all that goes in and comes out, and their weights by our names.

PyTorch packs the gates of a layer row-wise: `weight_ih_l0` is (gates * H, D) and multiplies x,
`weight_hh_l0` is (gates * H, H) and multiplies h_prev, and each has a bias of its own, `bias_ih_l0` and
`bias_hh_l0`. The rows stand in the order

    nn.RNN    (one)          h
    nn.LSTM   i, f, g, o     input, forget, candidate, output
    nn.GRU    r, z, n        reset, update, candidate

Our W_k is [rows k of weight_hh, rows k of weight_ih], because its columns follow [h_prev, x]. PyTorch only
ever adds its two biases, so our b_k is their sum. The one exception is the GRU's n, where r multiplies the
bias that came with h_prev: there W_nx, b_nx are the rows n of the ih pair, and W_nh, b_nh those of the hh
pair.

A gradient is unpacked in the same way, except that the gradient of a sum is that of either bias and not
their sum.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Values = dict[str, Array]
Record = dict[str, Any]

LAYERS = {"rnn": "RNN", "lstm": "LSTM", "gru-torch": "GRU"}
ROWS = {"rnn": ("",), "lstm": ("_i", "_f", "_g", "_o"), "gru-torch": ("_r", "_z", "_n")}


def unpack(cell: str, packed: Values, gradient: bool = False) -> Values:
    """Our parameters from PyTorch's packed ones, or our gradients from its packed gradients."""
    parts = {name: np.split(packed[f"{name}_l0"], len(ROWS[cell])) for name in packed_names()}
    ours: Values = {}
    for k, gate in enumerate(ROWS[cell]):
        w_x, w_h, b_x, b_h = (parts[name][k] for name in packed_names())
        if cell == "gru-torch" and gate == "_n":
            ours |= {"W_nx": w_x, "b_nx": b_x, "W_nh": w_h, "b_nh": b_h}
        else:
            ours |= {
                f"W{gate}": np.concatenate([w_h, w_x], axis=1),
                f"b{gate}": b_x if gradient else b_x + b_h,
            }
    return ours


def packed_names() -> tuple[str, ...]:
    """The names of a layer's weights, without the layer's number."""
    return ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def record(cell: str, hidden: int, inputs: int, steps: int, batch: int, seed: int) -> Record:
    """A random layer in float64: weights, inputs, outputs, outside gradients, and what they lead to.

    The loss is sum(dh * output), and for the LSTM + sum(dc_last * c_n), because PyTorch shows only the last
    c.
    """
    import torch

    torch.manual_seed(seed)
    layer = getattr(torch.nn, LAYERS[cell])(inputs, hidden, dtype=torch.float64)
    states = ("h", "c") if cell == "lstm" else ("h",)
    x = torch.randn(steps, batch, inputs, dtype=torch.float64, requires_grad=True)
    init = {s: torch.randn(1, batch, hidden, dtype=torch.float64, requires_grad=True) for s in states}
    output, last = layer(x, tuple(init.values()) if cell == "lstm" else init["h"])
    dh, dc_last = torch.randn_like(output), torch.randn(batch, hidden, dtype=torch.float64)
    loss = (output * dh).sum() + ((last[1][0] * dc_last).sum() if cell == "lstm" else 0)
    loss.backward()
    lstm_only = {"c_last": numpy(last[1][0]), "dc_last": numpy(dc_last)} if cell == "lstm" else {}
    return {
        "cell": cell,
        "weights": {name: numpy(w) for name, w in layer.named_parameters()},
        "x": numpy(x),
        "init": {s: numpy(v[0]) for s, v in init.items()},
        "h": numpy(output),
        "dh": numpy(dh),
        "weight_gradients": {name: numpy(w.grad) for name, w in layer.named_parameters()},
        "x_gradient": numpy(x.grad),
        "init_gradients": {s: numpy(v.grad)[0] for s, v in init.items()},
    } | lstm_only


def numpy(tensor: Any) -> Array:
    """A tensor's numbers in an array of their own."""
    return np.array(tensor.detach().numpy())


def outside_gradients(figures: Record) -> Values:
    """The gradients that reach each line from outside, (T, B, H): what `backward` is to start from."""
    seeds = {"h": figures["dh"]}
    if "dc_last" in figures:
        seeds["c"] = np.zeros_like(figures["dh"])
        seeds["c"][-1] = figures["dc_last"]
    return seeds
