"""The variants of the LSTM, the IRNN and the MGU written out by hand, as `tests.oracle` does for the first cells.

Shares no code with the package.
"""

import numpy as np

from tests.oracle_pieces import Array, Step, Values, affine, affine_backward, sigmoid

# What the variants of the LSTM have in common is only how gates come from h_prev and x.


def gates(p: Values, x: Array, h_prev: Array, names: str) -> Values:
    """What goes into the gates, before their squashing."""
    return {k: affine(p[f"W_{k}"], p[f"b_{k}"], h_prev, x) for k in names}


def gates_backward(p: Values, x: Array, h_prev: Array, da: Values) -> tuple[Values, Array, Array]:
    """Gradients of the weights and biases, of x, and of h_prev, from those of what goes into the gates."""
    params: Values = {}
    dx, dh_prev = np.zeros_like(x), np.zeros_like(h_prev)
    for k in da:
        params[f"W_{k}"], params[f"b_{k}"], dh_k, dx_k = affine_backward(p[f"W_{k}"], da[k], h_prev, x)
        dx, dh_prev = dx + dx_k, dh_prev + dh_k
    return params, dx, dh_prev


# Peepholes: i and f see c_prev, o sees the new c -----------------------------------------------------------


def peephole_forward(p: Values, x: Array, before: Values) -> Values:
    h_prev, c_prev = before["h"], before["c"]
    a = gates(p, x, h_prev, "ifog")
    i = sigmoid(a["i"] + p["p_i"] * c_prev)
    f = sigmoid(a["f"] + p["p_f"] * c_prev)
    g = np.tanh(a["g"])
    c = f * c_prev + i * g
    o = sigmoid(a["o"] + p["p_o"] * c)
    return {"i": i, "f": f, "g": g, "c": c, "o": o, "h": o * np.tanh(c)}


def peephole_backward(p: Values, x: Array, before: Values, now: Values, d: Values) -> Step:
    h_prev, c_prev = before["h"], before["c"]
    i, f, o, g, c = (now[name] for name in "ifogc")
    dh = d["h"]
    do = d["o"] + dh * np.tanh(c)
    da_o = do * o * (1 - o)
    dc = d["c"] + dh * o * (1 - np.tanh(c) ** 2) + da_o * p["p_o"]
    dg, df, di = d["g"] + dc * i, d["f"] + dc * c_prev, d["i"] + dc * g
    da_i, da_f = di * i * (1 - i), df * f * (1 - f)
    params, dx, dh_prev = gates_backward(p, x, h_prev, {"i": da_i, "f": da_f, "o": da_o, "g": dg * (1 - g**2)})
    params |= {"p_i": (da_i * c_prev).sum(axis=0), "p_f": (da_f * c_prev).sum(axis=0), "p_o": (da_o * c).sum(axis=0)}
    dc_prev = dc * f + da_i * p["p_i"] + da_f * p["p_f"]
    return Step({"i": di, "f": df, "g": dg, "c": dc, "o": do, "h": dh}, params, dx, {"h": dh_prev, "c": dc_prev})


# Coupled gates: i = 1 - f -----------------------------------------------------------------------------------


def cifg_forward(p: Values, x: Array, before: Values) -> Values:
    a = gates(p, x, before["h"], "fog")
    f, o, g = sigmoid(a["f"]), sigmoid(a["o"]), np.tanh(a["g"])
    c = f * before["c"] + (1 - f) * g
    return {"f": f, "i": 1 - f, "o": o, "g": g, "c": c, "h": o * np.tanh(c)}


def cifg_backward(p: Values, x: Array, before: Values, now: Values, d: Values) -> Step:
    f, i, o, g, c = (now[name] for name in "fiogc")
    dh = d["h"]
    dc = d["c"] + dh * o * (1 - np.tanh(c) ** 2)
    do, dg, di = d["o"] + dh * np.tanh(c), d["g"] + dc * i, d["i"] + dc * g
    df = d["f"] + dc * before["c"] - di
    da = {"f": df * f * (1 - f), "o": do * o * (1 - o), "g": dg * (1 - g**2)}
    params, dx, dh_prev = gates_backward(p, x, before["h"], da)
    return Step({"f": df, "i": di, "o": do, "g": dg, "c": dc, "h": dh}, params, dx, {"h": dh_prev, "c": dc * f})


# No forget gate: c = c_prev + i * g -------------------------------------------------------------------------


def nfg_forward(p: Values, x: Array, before: Values) -> Values:
    a = gates(p, x, before["h"], "iog")
    i, o, g = sigmoid(a["i"]), sigmoid(a["o"]), np.tanh(a["g"])
    c = before["c"] + i * g
    return {"i": i, "o": o, "g": g, "c": c, "h": o * np.tanh(c)}


def nfg_backward(p: Values, x: Array, before: Values, now: Values, d: Values) -> Step:
    i, o, g, c = (now[name] for name in "iogc")
    dh = d["h"]
    dc = d["c"] + dh * o * (1 - np.tanh(c) ** 2)
    do, dg, di = d["o"] + dh * np.tanh(c), d["g"] + dc * i, d["i"] + dc * g
    da = {"i": di * i * (1 - i), "o": do * o * (1 - o), "g": dg * (1 - g**2)}
    params, dx, dh_prev = gates_backward(p, x, before["h"], da)
    return Step({"i": di, "o": do, "g": dg, "c": dc, "h": dh}, params, dx, {"h": dh_prev, "c": dc})


# No input gate: c = f * c_prev + g --------------------------------------------------------------------------


def nig_forward(p: Values, x: Array, before: Values) -> Values:
    a = gates(p, x, before["h"], "fog")
    f, o, g = sigmoid(a["f"]), sigmoid(a["o"]), np.tanh(a["g"])
    c = f * before["c"] + g
    return {"f": f, "o": o, "g": g, "c": c, "h": o * np.tanh(c)}


def nig_backward(p: Values, x: Array, before: Values, now: Values, d: Values) -> Step:
    f, o, g, c = (now[name] for name in "fogc")
    dh = d["h"]
    dc = d["c"] + dh * o * (1 - np.tanh(c) ** 2)
    do, dg, df = d["o"] + dh * np.tanh(c), d["g"] + dc, d["f"] + dc * before["c"]
    da = {"f": df * f * (1 - f), "o": do * o * (1 - o), "g": dg * (1 - g**2)}
    params, dx, dh_prev = gates_backward(p, x, before["h"], da)
    return Step({"f": df, "o": do, "g": dg, "c": dc, "h": dh}, params, dx, {"h": dh_prev, "c": dc * f})


# No output gate: h = tanh(c) --------------------------------------------------------------------------------


def nog_forward(p: Values, x: Array, before: Values) -> Values:
    a = gates(p, x, before["h"], "ifg")
    i, f, g = sigmoid(a["i"]), sigmoid(a["f"]), np.tanh(a["g"])
    c = f * before["c"] + i * g
    return {"i": i, "f": f, "g": g, "c": c, "h": np.tanh(c)}


def nog_backward(p: Values, x: Array, before: Values, now: Values, d: Values) -> Step:
    i, f, g = (now[name] for name in "ifg")
    dh = d["h"]
    dc = d["c"] + dh * (1 - now["h"] ** 2)
    dg, df, di = d["g"] + dc * i, d["f"] + dc * before["c"], d["i"] + dc * g
    da = {"i": di * i * (1 - i), "f": df * f * (1 - f), "g": dg * (1 - g**2)}
    params, dx, dh_prev = gates_backward(p, x, before["h"], da)
    return Step({"i": di, "f": df, "g": dg, "c": dc, "h": dh}, params, dx, {"h": dh_prev, "c": dc * f})


# IRNN: h = relu(...) ----------------------------------------------------------------------------------------


def irnn_forward(p: Values, x: Array, before: Values) -> Values:
    a = affine(p["W"], p["b"], before["h"], x)
    return {"h": np.where(a > 0, a, 0.0)}


def irnn_backward(p: Values, x: Array, before: Values, now: Values, d: Values) -> Step:
    dh = d["h"]
    dw, db, dh_prev, dx = affine_backward(p["W"], np.where(now["h"] > 0, dh, 0.0), before["h"], x)
    return Step({"h": dh}, {"W": dw, "b": db}, dx, {"h": dh_prev})


# MGU: one gate, which writes and forgets --------------------------------------------------------------------


def mgu_forward(p: Values, x: Array, before: Values) -> Values:
    h_prev = before["h"]
    f = sigmoid(affine(p["W_f"], p["b_f"], h_prev, x))
    n = np.tanh(affine(p["W_n"], p["b_n"], f * h_prev, x))
    return {"f": f, "n": n, "h": (1 - f) * h_prev + f * n}


def mgu_backward(p: Values, x: Array, before: Values, now: Values, d: Values) -> Step:
    h_prev = before["h"]
    f, n = now["f"], now["n"]
    dh = d["h"]
    dn = d["n"] + dh * f
    dw_n, db_n, d_left, dx_n = affine_backward(p["W_n"], dn * (1 - n**2), f * h_prev, x)
    df = d["f"] + dh * (n - h_prev) + d_left * h_prev
    dw_f, db_f, dh_f, dx_f = affine_backward(p["W_f"], df * f * (1 - f), h_prev, x)
    return Step(
        {"f": df, "n": dn, "h": dh},
        {"W_f": dw_f, "b_f": db_f, "W_n": dw_n, "b_n": db_n},
        dx_n + dx_f,
        {"h": dh * (1 - f) + d_left * f + dh_f},
    )
