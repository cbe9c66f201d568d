"""The shipped cells, the softmax readout and the picture's h0 written out by hand, forward and backward.

One declaration of a cell drives everything in the package, so it can be wrong everywhere at once. This file
is the second opinion: it shares no code with the package and must never import it. It is meant to be
checked by reading, so it is slow and plain: one timestep at a time, rows of a batch in the first axis, the
two halves of every weight matrix apart, always float64.

A cell is a pair of functions over one timestep:

    forward(p, x, before)          -> now     the value of every line; `before` holds h_prev (and c_prev)
    backward(p, x, before, now, d) -> Step    `d[line]` reaches the line from outside and from the future

The variants of the LSTM, the IRNN and the MGU stand in `tests.oracle_variants`.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from tests import oracle_variants as variants
from tests.oracle_pieces import Array, Step, Values, affine, affine_backward, sigmoid

__all__ = ["Array", "Step", "Values", "affine"]


class Gradients(NamedTuple):
    """Gradients of a whole run."""

    lines: Values  # each line, (T, B, size)
    x: Array  # (T, B, D)
    params: Values  # summed over time and batch
    params_at: list[Values]  # the same, one timestep at a time
    init: Values  # each state before the first timestep, (B, H)


# RNN --------------------------------------------------------------------------------------------------------


def rnn_forward(p: Values, x: Array, before: Values) -> Values:
    return {"h": np.tanh(affine(p["W"], p["b"], before["h"], x))}


def rnn_backward(p: Values, x: Array, before: Values, now: Values, d: Values) -> Step:
    dh = d["h"]
    da = dh * (1 - now["h"] ** 2)
    dw, db, dh_prev, dx = affine_backward(p["W"], da, before["h"], x)
    return Step({"h": dh}, {"W": dw, "b": db}, dx, {"h": dh_prev})


# LSTM -------------------------------------------------------------------------------------------------------


def lstm_forward(p: Values, x: Array, before: Values) -> Values:
    h_prev, c_prev = before["h"], before["c"]
    i = sigmoid(affine(p["W_i"], p["b_i"], h_prev, x))
    f = sigmoid(affine(p["W_f"], p["b_f"], h_prev, x))
    o = sigmoid(affine(p["W_o"], p["b_o"], h_prev, x))
    g = np.tanh(affine(p["W_g"], p["b_g"], h_prev, x))
    c = f * c_prev + i * g
    return {"i": i, "f": f, "o": o, "g": g, "c": c, "h": o * np.tanh(c)}


def lstm_backward(p: Values, x: Array, before: Values, now: Values, d: Values) -> Step:
    h_prev, c_prev = before["h"], before["c"]
    i, f, o, g, c = (now[name] for name in "ifogc")
    dh = d["h"]
    dc = d["c"] + dh * o * (1 - np.tanh(c) ** 2)
    do = d["o"] + dh * np.tanh(c)
    dg = d["g"] + dc * i
    df = d["f"] + dc * c_prev
    di = d["i"] + dc * g
    dw_i, db_i, dh_i, dx_i = affine_backward(p["W_i"], di * i * (1 - i), h_prev, x)
    dw_f, db_f, dh_f, dx_f = affine_backward(p["W_f"], df * f * (1 - f), h_prev, x)
    dw_o, db_o, dh_o, dx_o = affine_backward(p["W_o"], do * o * (1 - o), h_prev, x)
    dw_g, db_g, dh_g, dx_g = affine_backward(p["W_g"], dg * (1 - g**2), h_prev, x)
    return Step(
        {"i": di, "f": df, "o": do, "g": dg, "c": dc, "h": dh},
        {
            "W_i": dw_i,
            "W_f": dw_f,
            "W_o": dw_o,
            "W_g": dw_g,
            "b_i": db_i,
            "b_f": db_f,
            "b_o": db_o,
            "b_g": db_g,
        },
        dx_i + dx_f + dx_o + dx_g,
        {"h": dh_i + dh_f + dh_o + dh_g, "c": dc * f},
    )


# GRU, as Cho et al. wrote it in 2014 (z keeps the old state): the reset gate acts before the matrix product -


def gru_forward(p: Values, x: Array, before: Values) -> Values:
    h_prev = before["h"]
    z = sigmoid(affine(p["W_z"], p["b_z"], h_prev, x))
    r = sigmoid(affine(p["W_r"], p["b_r"], h_prev, x))
    n = np.tanh(affine(p["W_n"], p["b_n"], r * h_prev, x))
    return {"z": z, "r": r, "n": n, "h": (1 - z) * n + z * h_prev}


def gru_backward(p: Values, x: Array, before: Values, now: Values, d: Values) -> Step:
    h_prev = before["h"]
    z, r, n = now["z"], now["r"], now["n"]
    dh = d["h"]
    dn = d["n"] + dh * (1 - z)
    dz = d["z"] + dh * (h_prev - n)
    dw_n, db_n, d_reset, dx_n = affine_backward(p["W_n"], dn * (1 - n**2), r * h_prev, x)
    dr = d["r"] + d_reset * h_prev
    dw_z, db_z, dh_z, dx_z = affine_backward(p["W_z"], dz * z * (1 - z), h_prev, x)
    dw_r, db_r, dh_r, dx_r = affine_backward(p["W_r"], dr * r * (1 - r), h_prev, x)
    return Step(
        {"z": dz, "r": dr, "n": dn, "h": dh},
        {"W_z": dw_z, "W_r": dw_r, "W_n": dw_n, "b_z": db_z, "b_r": db_r, "b_n": db_n},
        dx_z + dx_r + dx_n,
        {"h": dh * z + d_reset * r + dh_z + dh_r},
    )


# GRU, as PyTorch computes it: the reset gate acts after the matrix product, on its bias too -----------------


def gru_torch_forward(p: Values, x: Array, before: Values) -> Values:
    h_prev = before["h"]
    z = sigmoid(affine(p["W_z"], p["b_z"], h_prev, x))
    r = sigmoid(affine(p["W_r"], p["b_r"], h_prev, x))
    n = np.tanh(x @ p["W_nx"].T + p["b_nx"] + r * (h_prev @ p["W_nh"].T + p["b_nh"]))
    return {"z": z, "r": r, "n": n, "h": (1 - z) * n + z * h_prev}


def gru_torch_backward(p: Values, x: Array, before: Values, now: Values, d: Values) -> Step:
    h_prev = before["h"]
    z, r, n = now["z"], now["r"], now["n"]
    dh = d["h"]
    dn = d["n"] + dh * (1 - z)
    dz = d["z"] + dh * (h_prev - n)
    da_n = dn * (1 - n**2)
    dr = d["r"] + da_n * (h_prev @ p["W_nh"].T + p["b_nh"])
    dw_z, db_z, dh_z, dx_z = affine_backward(p["W_z"], dz * z * (1 - z), h_prev, x)
    dw_r, db_r, dh_r, dx_r = affine_backward(p["W_r"], dr * r * (1 - r), h_prev, x)
    dparams = {"W_z": dw_z, "W_r": dw_r, "b_z": db_z, "b_r": db_r}
    dparams |= {"W_nx": da_n.T @ x, "b_nx": da_n.sum(axis=0)}
    dparams |= {"W_nh": (da_n * r).T @ h_prev, "b_nh": (da_n * r).sum(axis=0)}
    return Step(
        {"z": dz, "r": dr, "n": dn, "h": dh},
        dparams,
        dx_z + dx_r + da_n @ p["W_nx"],
        {"h": dh * z + (da_n * r) @ p["W_nh"] + dh_z + dh_r},
    )


# Readout: y = W_y @ h + b_y, p = softmax(y), loss = cross_entropy(p, target) --------------------------------


def readout_forward(p: Values, h: Array, target: Array) -> Values:
    """The readout at one timestep; the loss is one number per row of the batch."""
    y = h @ p["W_y"].T + p["b_y"]
    e = np.exp(y - y.max(axis=1, keepdims=True))
    prob = e / e.sum(axis=1, keepdims=True)
    return {"y": y, "p": prob, "loss": -(target * np.log(prob)).sum(axis=1)}


def readout_backward(
    p: Values, h: Array, target: Array, now: Values, d: Values
) -> tuple[Values, Values, Array]:
    """Gradients of the readout's lines, of its parameters and of h."""
    prob = now["p"]
    dloss = d["loss"]
    dp = d["p"] - dloss[:, None] * target / prob
    dy = d["y"] + prob * (dp - (dp * prob).sum(axis=1, keepdims=True))
    return {"y": dy, "p": dp, "loss": dloss}, {"W_y": dy.T @ h, "b_y": dy.sum(axis=0)}, dy @ p["W_y"]


# Start: h = W_v @ v + b_v -----------------------------------------------------------------------------------


def picture_forward(p: Values, v: Array) -> Array:
    """h0 from the features v of a picture, (B, Dv)."""
    return v @ p["W_v"].T + p["b_v"]


def picture_backward(p: Values, v: Array, dh0: Array) -> Values:
    """Gradients of W_v, b_v and v from that of h0."""
    return {"W_v": dh0.T @ v, "b_v": dh0.sum(axis=0), "v": dh0 @ p["W_v"]}


# Whole runs -------------------------------------------------------------------------------------------------


class Cell(NamedTuple):
    """The two functions of a cell, and the names of its states, lines and weights."""

    forward: Callable[[Values, Array, Values], Values]
    backward: Callable[[Values, Array, Values, Values, Values], Step]
    states: tuple[str, ...]
    lines: tuple[str, ...]


CELLS = {
    "rnn": Cell(rnn_forward, rnn_backward, ("h",), ("h",)),
    "lstm": Cell(lstm_forward, lstm_backward, ("c", "h"), ("i", "f", "o", "g", "c", "h")),
    "gru": Cell(gru_forward, gru_backward, ("h",), ("z", "r", "n", "h")),
    "gru-torch": Cell(gru_torch_forward, gru_torch_backward, ("h",), ("z", "r", "n", "h")),
    "lstm-peephole": Cell(variants.peephole_forward, variants.peephole_backward, ("c", "h"), tuple("ifgcoh")),
    "lstm-cifg": Cell(variants.cifg_forward, variants.cifg_backward, ("c", "h"), tuple("fiogch")),
    "lstm-nfg": Cell(variants.nfg_forward, variants.nfg_backward, ("c", "h"), tuple("iogch")),
    "lstm-nig": Cell(variants.nig_forward, variants.nig_backward, ("c", "h"), tuple("fogch")),
    "lstm-nog": Cell(variants.nog_forward, variants.nog_backward, ("c", "h"), tuple("ifgch")),
    "irnn": Cell(variants.irnn_forward, variants.irnn_backward, ("h",), ("h",)),
    "mgu": Cell(variants.mgu_forward, variants.mgu_backward, ("h",), ("f", "n", "h")),
}


def param_shapes(cell: str, hidden: int, inputs: int) -> dict[str, tuple[int, ...]]:
    """The shape of every parameter of a cell."""
    both: tuple[int, ...] = (hidden, hidden + inputs)
    bias: tuple[int, ...] = (hidden,)

    def gated(names: str) -> dict[str, tuple[int, ...]]:
        return {f"W_{k}": both for k in names} | {f"b_{k}": bias for k in names}

    shapes: dict[str, dict[str, tuple[int, ...]]] = {
        "rnn": {"W": both, "b": bias},
        "lstm": gated("ifog"),
        "gru": gated("zrn"),
        "gru-torch": {f"W_{k}": both for k in "zr"}
        | {f"b_{k}": bias for k in ("z", "r", "nx", "nh")}
        | {"W_nx": (hidden, inputs), "W_nh": (hidden, hidden)},
        "lstm-peephole": gated("ifog") | {f"p_{k}": bias for k in "ifo"},
        "lstm-cifg": gated("fog"),
        "lstm-nfg": gated("iog"),
        "lstm-nig": gated("fog"),
        "lstm-nog": gated("ifg"),
        "irnn": {"W": both, "b": bias},
        "mgu": gated("fn"),
    }
    return shapes[cell]


def forward(
    cell: str, params: Values, x: Array, init: Mapping[str, Array], target: Array | None = None
) -> Values:
    """Every line of every timestep, (T, B, size); with a target also the readout's y, p and loss."""
    before, history = dict(init), []
    for t in range(len(x)):
        now = CELLS[cell].forward(params, x[t], before)
        before = {state: now[state] for state in CELLS[cell].states}
        if target is not None:
            now |= readout_forward(params, now["h"], target[t])
        history.append(now)
    return {name: np.stack([now[name] for now in history]) for name in history[0]}


def backward(
    cell: str,
    params: Values,
    x: Array,
    init: Mapping[str, Array],
    values: Values,
    seeds: Mapping[str, Array],
    target: Array | None = None,
    window: int | None = None,
) -> Gradients:
    """Backpropagation through time from `seeds`, the outside gradient of any lines, (T, B, size) each.

    With a window, nothing passes from timestep k to k - 1 where k is a multiple of the window.
    """
    states = CELLS[cell].states
    after = {state: np.zeros_like(values[state][0]) for state in states}
    steps: list[Step] = []
    for t in reversed(range(len(x))):
        now = {name: value[t] for name, value in values.items()}
        before = {state: values[state][t - 1] if t > 0 else init[state] for state in states}
        d = {name: seeds[name][t] if name in seeds else np.zeros_like(now[name]) for name in now}
        for state in states:
            d[state] = d[state] + after[state]
        lines: Values = {}
        dparams: Values = {}
        if target is not None:
            lines, dparams, dh = readout_backward(params, now["h"], target[t], now, d)
            d["h"] = d["h"] + dh
        step = CELLS[cell].backward(params, x[t], before, now, d)
        steps.insert(0, Step(step.lines | lines, step.params | dparams, step.x, step.before))
        cut = window is not None and t > 0 and t % window == 0
        after = {state: 0 * g if cut else g for state, g in step.before.items()}
    return Gradients(
        lines={name: np.stack([step.lines[name] for step in steps]) for name in steps[0].lines},
        x=np.stack([step.x for step in steps]),
        params={name: np.sum([step.params[name] for step in steps], axis=0) for name in steps[0].params},
        params_at=[step.params for step in steps],
        init=after,
    )
