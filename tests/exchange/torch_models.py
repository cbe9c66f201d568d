"""PyTorch models of every kind that is opened: all that goes in and comes out, gate by gate.

PyTorch's layers show neither gates nor their gradients. So they are computed once more by the equations of its
documentation, in PyTorch and with its automatic differentiation; the outcome has to be that of the layers.
"""

from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

import numpy as np

SYMBOLS, FEATURES, UNITS, STEPS = 4, 2, 3, 4
Record = dict[str, Any]


@dataclass(frozen=True)
class Spec:
    """What kind of model."""

    layer: str
    layers: int = 1
    both_ways: bool = False
    bias: bool = True
    embedding: bool = False
    outputs: int = 0
    """Of a linear layer behind; 0 for none, SYMBOLS for a score each."""
    nonlinearity: str = "tanh"


KINDS = [("RNN", "tanh"), ("RNN", "relu"), ("LSTM", "tanh"), ("GRU", "tanh")]
EVERY = [
    Spec(layer, layers, both_ways, bias, embedding, outputs, nonlinearity)
    for (layer, nonlinearity), layers, both_ways, bias, embedding, outputs in product(
        KINDS, (1, 2, 3), (False, True), (False, True), (False, True), (0, 2, SYMBOLS)
    )
]
FROZEN = [
    Spec("RNN", bias=False),
    Spec("RNN", 2, both_ways=True, outputs=2, nonlinearity="relu"),
    Spec("LSTM", 2, embedding=True, outputs=SYMBOLS),
    Spec("LSTM", both_ways=True, embedding=True, outputs=SYMBOLS),
    Spec("GRU", 2, outputs=SYMBOLS),
    Spec("GRU", 2, both_ways=True, bias=False, embedding=True),
]


def model_of(spec: Spec, seed: int) -> Any:
    """A random model in float64, its modules called as somebody might call them."""
    import torch

    torch.manual_seed(seed)
    modules = torch.nn.ModuleDict()
    if spec.embedding:
        modules["embed"] = torch.nn.Embedding(SYMBOLS, FEATURES)
    own = {"nonlinearity": spec.nonlinearity} if spec.layer == "RNN" else {}
    modules["core"] = getattr(torch.nn, spec.layer)(
        FEATURES if spec.embedding else SYMBOLS, UNITS, spec.layers, bias=spec.bias, bidirectional=spec.both_ways, **own
    )
    if spec.outputs:
        modules["out"] = torch.nn.Linear(UNITS * (1 + spec.both_ways), spec.outputs, bias=spec.bias)
    return modules.double()


def record(spec: Spec, seed: int) -> Record:
    """What a random model does with random symbols, and every gradient of its loss."""
    import torch

    model = model_of(spec, seed)
    codes = torch.randint(0, SYMBOLS, (STEPS + 1,))
    x = torch.eye(SYMBOLS, dtype=torch.float64)[codes[:-1]][:, None].requires_grad_()
    reads = x @ model["embed"].weight if spec.embedding else x
    top, _ = model["core"](reads)
    _loss(spec, model, top, codes).backward()
    gradients = {name: numpy(p.grad) for name, p in model.named_parameters()}
    again, lines = _traced(spec, model["core"], reads.detach())
    torch.testing.assert_close(again, top, rtol=1e-12, atol=1e-14)
    loss = _loss(spec, model, again, codes)
    loss.backward()
    return {
        "spec": asdict(spec),
        "codes": codes.tolist(),
        "state": {name: numpy(p) for name, p in model.state_dict().items()},
        "loss": float(loss.detach()),
        "x_gradient": numpy(x.grad),
        "gradients": gradients,
        "lines": {k: {name: numpy(torch.stack(v)) for name, v in found.items()} for k, found in lines.items()},
        "line_gradients": {
            k: {name: numpy(torch.stack([one.grad for one in v])) for name, v in found.items()}
            for k, found in lines.items()
        },
    }  # fmt: skip


def _loss(spec: Spec, model: Any, top: Any, codes: Any) -> Any:
    """The summed cross entropy of what comes next; without scores, the sum of what comes out at the end."""
    import torch

    if spec.outputs == SYMBOLS:
        return torch.nn.functional.cross_entropy(model["out"](top[:, 0]), codes[1:], reduction="sum")
    if spec.outputs:
        return model["out"](top)[-1].sum()
    return top[-1, :, :UNITS].sum() + top[0, :, UNITS:].sum()


def _traced(spec: Spec, core: Any, x: Any) -> tuple[Any, dict[str, dict[str, list[Any]]]]:
    """The layers once more: what comes out, and per layer and direction every line in the order of its timesteps."""
    import torch

    lines: dict[str, dict[str, list[Any]]] = {}
    for k in range(spec.layers):
        sides = []
        for end in ("", "_reverse")[: 1 + spec.both_ways]:
            h, lines[f"l{k}{end}"] = _layer(spec, dict(core.named_parameters()), f"l{k}{end}", x)
            sides.append(h)
        x = torch.cat(sides, dim=-1)
    return x, lines


def _layer(spec: Spec, core: Any, name: str, x: Any) -> tuple[Any, dict[str, list[Any]]]:
    """One layer in one direction: h in the order of the sequence, and all lines in the order of its own timesteps."""
    import torch

    zero = torch.zeros((), dtype=torch.float64)
    w_x, w_h, b_x, b_h = (core.get(f"{k}_{name}", zero) for k in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
    state = {"h": torch.zeros(1, UNITS, dtype=torch.float64), "c": torch.zeros(1, UNITS, dtype=torch.float64)}
    lines: dict[str, list[Any]] = {}
    back = name.endswith("_reverse")
    for read in x.flip(0) if back else x:
        state = _step(spec, read @ w_x.T + b_x, state["h"] @ w_h.T + b_h, state)
        for key, value in state.items():
            value.retain_grad()
            lines.setdefault(key, []).append(value)
    h = torch.stack(lines["h"])
    return (h.flip(0) if back else h), lines


def _step(spec: Spec, a: Any, b: Any, last: dict[str, Any]) -> dict[str, Any]:
    """The equations of PyTorch's documentation, from the two sides of the sum."""
    import torch

    if spec.layer == "RNN":
        return {"h": getattr(torch, spec.nonlinearity)(a + b)}
    if spec.layer == "LSTM":
        i, f, g, o = (a + b).chunk(4, dim=-1)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        c = f * last["c"] + i * g
        return {"i": i, "f": f, "g": g, "o": o, "c": c, "h": o * c.tanh()}
    (r, z, n), (r_h, z_h, n_h) = a.chunk(3, dim=-1), b.chunk(3, dim=-1)
    r, z = (r + r_h).sigmoid(), (z + z_h).sigmoid()
    n = (n + r * n_h).tanh()
    return {"r": r, "z": z, "n": n, "h": (1 - z) * n + z * last["h"]}


def numpy(tensor: Any) -> Any:
    """A tensor's numbers in an array of their own."""
    return np.array(tensor.detach().numpy())
