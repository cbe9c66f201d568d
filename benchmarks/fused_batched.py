"""The fused LSTM for larger batches, on feature-major arrays (T, features, B).

Matrix products are four fifths of the time here; the rest goes by passes over memory, not by calls. So a step of
the way back makes the slopes itself, from values that are in the cache anyway.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from benchmarks.fused_memory import GATES, Array, Backward, Forward, Shape, Tape, by_gate, play


class BatchedForward(Forward):
    """Blocks [o, i, f, g, c_prev] and [h_prev, x, 1] by step."""

    def __init__(self, shape: Shape) -> None:
        steps, batch, inputs, n, _ = shape
        super().__init__(shape, (steps + 2) * (8 * n + inputs + 4) * batch + 10 * n * (n + inputs + 2))

    def bind(self) -> None:
        steps, batch, inputs, n, dtype = self.shape
        self.backs = []
        self.W, self.b = self.new(4 * n, n + inputs), self.new(4 * n)
        self.scaled = self.new(4 * n, n + inputs + 1)
        self.scale, self.half = self.gate_scale(), np.full((), 0.5, dtype)
        self.z, self.u = self.new(steps + 1, n + inputs + 1, batch), self.new(steps + 1, 5 * n, batch)
        self.tc, self.product = self.new(steps, n, batch), self.new(2 * n, batch)
        self.z[:, -1] = 1
        self.tape = [call for t in range(steps) for call in self.step(t, n)]
        lines = {gate: self.u[:-1, k * n : (k + 1) * n] for k, gate in enumerate(GATES)}
        lines |= {"c": self.u[1:, 4 * n :], "h": self.z[1:, :n]}
        self.views = {name: line.transpose(0, 2, 1) for name, line in lines.items()}

    def step(self, t: int, n: int) -> Tape:
        u, tc, c, p = self.u[t], self.tc[t], self.u[t + 1, 4 * n :], self.product
        a, s = u[: 4 * n], u[: 3 * n]
        return [
            (self.scaled.dot, (self.z[t], a)),
            (np.tanh, (a, a)),
            (np.multiply, (s, self.half, s)),
            (np.add, (s, self.half, s)),
            (np.multiply, (u[n : 3 * n], u[3 * n :], p)),
            (np.add, (p[:n], p[n:], c)),
            (np.tanh, (c, tc)),
            (np.multiply, (u[:n], tc, self.z[t + 1, :n])),
        ]

    def sweep(self, params: Mapping[str, Array], x: Array) -> None:
        n = self.shape.hidden
        np.concatenate([params[f"W_{gate}"] for gate in GATES], out=self.W)
        np.concatenate([params[f"b_{gate}"] for gate in GATES], out=self.b)
        np.multiply(self.W, self.scale[:, None], self.scaled[:, :-1])
        np.multiply(self.b, self.scale, self.scaled[:, -1])
        self.z[:-1, n:-1] = x.transpose(0, 2, 1)
        play(self.tape)

    def make_back(self) -> BatchedBackward:
        return BatchedBackward(self)


class BatchedBackward(Backward):
    """da stands as (4H, T, B), so that its sums over t are two products; a step works on a copy in the cache."""

    def __init__(self, forward: BatchedForward) -> None:
        steps, batch, inputs, n, _ = forward.shape
        self.forward = forward
        size = (steps + 2) * (12 * n + 2 * inputs + 8) * batch
        super().__init__(forward.shape, size + 10 * n * (n + inputs + 2) + 12 * n * batch)

    def bind(self) -> None:
        steps, batch, inputs, n, dtype = self.shape
        self.dh, self.dc = self.new(steps, n, batch), self.new(steps, n, batch)
        self.d, self.da = self.new(steps, 4 * n, batch), self.new(4 * n, steps, batch)
        self.k, self.slope, self.da_t = self.new(n, batch), self.new(4 * n, batch), self.new(4 * n, batch)
        self.carry_h, self.carry_c = self.new(n, batch), self.new(n, batch)
        self.Wt, self.one = self.new(n + inputs, 4 * n), np.ones((), dtype)
        self.tape = [call for t in reversed(range(steps)) for call in self.step(t, n)]
        lines = {gate: self.d[:, k * n : (k + 1) * n] for k, gate in enumerate(GATES)} | {
            "h": self.dh,
            "c": self.dc,
        }
        self.views = {name: line.transpose(0, 2, 1) for name, line in lines.items()}
        parts = {f"a_{gate}": self.da[k * n : (k + 1) * n] for k, gate in enumerate(GATES)}
        self.views |= {name: part.transpose(1, 2, 0) for name, part in parts.items()}
        self.bind_rest(steps, batch, inputs, n)

    def step(self, t: int, n: int) -> Tape:
        u, tc, dh, dc, d = self.forward.u[t], self.forward.tc[t], self.dh[t], self.dc[t], self.d[t]
        slope, k, gates = self.slope, self.k, u[: 4 * n]
        return [
            (np.add, (dh, self.carry_h, dh)),
            (np.multiply, (dh, tc, d[:n])),
            (np.multiply, (tc, tc, k)),
            (np.subtract, (self.one, k, k)),
            (np.multiply, (k, u[:n], k)),
            (np.multiply, (k, dh, k)),
            (np.add, (k, self.carry_c, dc)),
            (np.multiply, (dc, u[3 * n : 4 * n], d[n : 2 * n])),
            (np.multiply, (dc, u[4 * n :], d[2 * n : 3 * n])),
            (np.multiply, (dc, u[n : 2 * n], d[3 * n :])),
            (np.multiply, (dc, u[2 * n : 3 * n], self.carry_c)),
            (np.multiply, (gates, gates, slope)),
            (np.subtract, (u[: 3 * n], slope[: 3 * n], slope[: 3 * n])),
            (np.subtract, (self.one, slope[3 * n :], slope[3 * n :])),
            (np.multiply, (slope, d, self.da_t)),
            (self.da[:, t].__setitem__, (..., self.da_t)),
            (self.Wt[:n].dot, (self.da_t, self.carry_h)),
        ]

    def bind_rest(self, steps: int, batch: int, inputs: int, n: int) -> None:
        """The products that no step waits for."""
        z, columns = self.new(n + inputs + 1, steps, batch), steps * batch
        da, dw, dx = (
            self.da.reshape(4 * n, columns),
            self.new(4 * n, n + inputs + 1),
            self.new(inputs, columns),
        )
        self.tape += [
            (z.__setitem__, (..., self.forward.z[:-1].transpose(1, 0, 2))),
            (da.dot, (z.reshape(-1, columns).T, dw)),
            (self.Wt[n:].dot, (da, dx)),
        ]
        self.views |= by_gate(dw, n) | {"x": dx.reshape(inputs, steps, batch).transpose(1, 2, 0)}

    def sweep(self, dh: Array) -> None:
        self.Wt[...] = self.forward.W.T
        self.dh[...] = dh.transpose(0, 2, 1)
        self.carry_h.fill(0)
        self.carry_c.fill(0)
        play(self.tape)
