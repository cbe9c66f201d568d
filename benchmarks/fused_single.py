"""The fused LSTM for a batch of one: a step is a handful of calls on short vectors, so their number is everything.

What it settled on, by measurement: `dot` as a bound method, by position; the whole [h, x, 1] in one product while
the weights stay in the first-level cache; and never a broadcast inside the loop, because a copy by `__setitem__`
and a plain product cost less than half of a broadcasting product.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from benchmarks.fused_memory import GATES, Array, Backward, Forward, Shape, Tape, by_gate, play

CACHE = 40_000  # bytes of weights that stay in the first-level cache beside everything else


class SingleForward(Forward):
    """Rows [tanh(c), o', i', f', g, c_prev], where o' is tanh(a_o / 2), and rows [h_prev, x, 1]."""

    def __init__(self, shape: Shape) -> None:
        steps, _, inputs, n, _ = shape
        super().__init__(shape, (steps + 2) * (20 * n + inputs + 64) + 8 * n * (n + inputs + 16))

    def bind(self) -> None:
        steps, _, inputs, n, _ = self.shape
        self.backs = []
        self.hoisted = 4 * n * (n + inputs + 1) * self.store.itemsize > CACHE
        self.bind_weights(n, n + inputs)
        self.z = z = self.new_rows(steps + 1, n + inputs + 1)
        self.u = u = self.new(steps + 1, 6 * n)
        self.s, self.ax, self.product = self.new(steps, 3 * n), self.new(steps, 4 * n), self.new(2 * n)
        self.halves = np.full(3 * n, 0.5, self.shape.dtype)
        z[:, -1] = 1
        self.tape = [call for t in range(steps) for call in self.step(t, n)]
        lines = {gate: self.s[:, k * n : (k + 1) * n] for k, gate in enumerate("oif")}
        lines |= {"g": u[:-1, 4 * n : 5 * n], "c": u[1:, 5 * n :], "h": z[1:, :n]}
        self.views = {name: line[:, None] for name, line in lines.items()}

    def bind_weights(self, n: int, width: int) -> None:
        """W as it is for the way back, and transposed with the sigmoids' rows halved for [h, x, 1] @ Wt."""
        self.W, self.Wt = self.new(4 * n, width), self.new(width + 1, 4 * n)
        scale, bias = self.gate_scale(), self.Wt[-1]
        self.puts = [(f"W_{gate}", self.W[k * n : (k + 1) * n].__setitem__) for k, gate in enumerate(GATES)]
        self.puts += [(f"b_{gate}", bias[k * n : (k + 1) * n].__setitem__) for k, gate in enumerate(GATES)]
        self.load: Tape = [(np.multiply, (self.W.T, scale, self.Wt[:-1])), (np.multiply, (bias, scale, bias))]

    def step(self, t: int, n: int) -> Tape:
        u, s, z, c, p = self.u[t], self.s[t], self.z[t], self.u[t + 1, 5 * n :], self.product
        a = u[n : 5 * n]
        start: Tape = [(z.dot, (self.Wt, a))]
        if self.hoisted:
            start = [(z[:n].dot, (self.Wt[:n], a)), (np.add, (a, self.ax[t], a))]
        return [
            *start,
            (np.tanh, (a, a)),
            (np.multiply, (a[: 3 * n], self.halves, s)),
            (np.add, (s, self.halves, s)),
            (np.multiply, (s[n:], u[4 * n :], p)),
            (np.add, (p[:n], p[n:], c)),
            (np.tanh, (c, u[:n])),
            (np.multiply, (s[:n], u[:n], self.z[t + 1, :n])),
        ]

    def sweep(self, params: Mapping[str, Array], x: Array) -> None:
        for name, put in self.puts:
            put(..., params[name])
        play(self.load)
        n = self.shape.hidden
        self.z[:-1, n:-1] = x[:, 0]
        if self.hoisted:
            self.z[:-1, n:].dot(self.Wt[n:], self.ax)
        play(self.tape)

    def make_back(self) -> SingleBackward:
        return SingleBackward(self)


class SingleBackward(Backward):
    """Rows [dh K, da_o, dh_out of the step before, da_i, da_f, da_g, dc_prev]: the middle five meet `W`.

    So dh_out is added by the product with the weights, through an identity between W_o and W_i.
    """

    def __init__(self, forward: SingleForward) -> None:
        steps, _, inputs, n, _ = forward.shape
        self.forward = forward
        super().__init__(forward.shape, (steps + 2) * (40 * n + inputs) + 20 * n * (3 * n + inputs + 2))

    def bind(self) -> None:
        steps, _, inputs, n, _ = self.shape
        self.doubled = 10 * n * n * self.store.itemsize < CACHE // 2
        self.r, self.da, self.dc = self.new(steps + 1, 7 * n), self.new(steps, 4 * n), self.new(steps, n)
        self.dh2, self.dc4 = self.new(steps, 2 * n), self.new(4 * n)
        self.dh = self.dh2[:, :n] if self.doubled else self.new(steps, n)
        self.k_h, self.k_c = self.new(steps, 2 * n), self.new(steps, 4 * n)
        self.bind_weights(n)
        self.tape = self.slopes(steps, n) + [call for t in reversed(range(steps)) for call in self.step(t, n)]
        self.bind_rest(steps, inputs, n)

    def bind_weights(self, n: int) -> None:
        """The columns of h, twice while that costs nothing: then the product gives two copies of dh."""
        w = self.forward.W
        self.W = self.new(5 * n, 2 * n if self.doubled else n)
        self.load: Tape = []
        for column in range(0, self.W.shape[1], n):
            part = self.W[:, column : column + n]
            part[n : 2 * n] = np.eye(n)
            self.load += [
                (part[:n].__setitem__, (..., w[:n, :n])),
                (part[2 * n :].__setitem__, (..., w[n:, :n])),
            ]

    def slopes(self, steps: int, n: int) -> Tape:
        """Everything that multiplies a gradient, for all steps at once.

        A sigmoid's slope is (1 - t * t) / 4 in its own tanh t: one formula for all six columns of a row.
        """
        u, s = self.forward.u[:-1], self.forward.s
        slope, top = self.new(steps, 6 * n), self.new(steps, 6 * n)
        top[:] = 1
        top[:, n : 4 * n] = 0.25
        return [
            (np.multiply, (u, u, slope)),
            (np.multiply, (slope, top, slope)),
            (np.subtract, (top, slope, slope)),
            (np.multiply, (s[:, :n], slope[:, :n], self.k_h[:, :n])),
            (np.multiply, (u[:, :n], slope[:, n : 2 * n], self.k_h[:, n:])),
            (np.multiply, (u[:, 4 * n :], slope[:, 2 * n : 4 * n], self.k_c[:, : 2 * n])),
            (np.multiply, (s[:, n : 2 * n], slope[:, 4 * n : 5 * n], self.k_c[:, 2 * n : 3 * n])),
            (self.k_c[:, 3 * n :].__setitem__, (..., s[:, 2 * n :])),
        ]

    def step(self, t: int, n: int) -> Tape:
        r, later, dh, k = self.r[t], self.r[t + 1], self.dh[t], self.k_h[t]
        start: Tape = [
            (later[n : 6 * n].dot, (self.W, dh)),
            (np.multiply, (dh, k[:n], r[:n])),
            (np.multiply, (dh, k[n:], r[n : 2 * n])),
        ]
        if self.doubled:
            dh2 = self.dh2[t]
            start = [(later[n : 6 * n].dot, (self.W, dh2)), (np.multiply, (dh2, k, r[: 2 * n]))]
        return [
            *start,
            (np.add, (r[:n], later[6 * n :], self.dc[t])),
            (self.dc4.reshape(4, n).__setitem__, (..., self.dc[t])),
            (np.multiply, (self.dc4, self.k_c[t], r[3 * n :])),
        ]

    def bind_rest(self, steps: int, inputs: int, n: int) -> None:
        """What no step waits for: the gates' gradients before the slopes, and the sums over t."""
        u, s, r, da = self.forward.u[:-1], self.forward.s, self.r[:-1], self.da
        d_if, d_g, d_o = self.new(steps, 2, n), self.new(steps, n), self.new(steps, n)
        dw, dx = self.new(4 * n, n + inputs + 1), self.new(steps, inputs)
        self.tape += [
            (np.multiply, (self.dc[:, None], u[:, 4 * n :].reshape(steps, 2, n), d_if)),
            (np.multiply, (self.dc, s[:, n : 2 * n], d_g)),
            (np.multiply, (self.dh, u[:, :n], d_o)),
            (da[:, :n].__setitem__, (..., r[:, n : 2 * n])),
            (da[:, n:].__setitem__, (..., r[:, 3 * n : 6 * n])),
            (da.T.dot, (self.forward.z[:-1], dw)),
            (da.dot, (self.forward.W[:, n:], dx)),
        ]
        lines = {"h": self.dh, "c": self.dc, "i": d_if[:, 0], "f": d_if[:, 1], "g": d_g, "o": d_o, "x": dx}
        lines |= {f"a_{gate}": da[:, k * n : (k + 1) * n] for k, gate in enumerate(GATES)}
        self.views = {name: line[:, None] for name, line in lines.items()} | by_gate(dw, n)

    def sweep(self, dh: Array) -> None:
        n = self.shape.hidden
        play(self.load)
        self.r[1:, 2 * n : 3 * n] = dh[:, 0]
        play(self.tape)
