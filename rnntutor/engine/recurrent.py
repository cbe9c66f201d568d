"""The recurrent part of a cell's parameters: what multiplies the state before, how far it can stretch it, and f's bias.

recurrent_of(run)                       {"W": (0, 1, …)}: the columns that multiply what comes from the timestep before
with_sigma_max(params, columns, 1.3)    parameters whose recurrent matrices all have this largest singular value
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rnntutor.engine.ops import LEAVES, Array
from rnntutor.engine.program import Carry, Program
from rnntutor.engine.shapes import Shape

if TYPE_CHECKING:
    from rnntutor.engine.run import Run

Columns = Mapping[str, tuple[int, ...]]
"""Parameter to the columns of it that multiply a state before, or something made of one, such as r ⊙ h′."""

_SLOPES = {"tanh": 1.0, "sigmoid": 0.25, "relu": 1.0}
"""γ: the largest slope of an activation."""


def recurrent_of(run: Run, before: str = "") -> Columns:
    """The recurrent columns of a run's parameters, of one state before such as "h_prev" if that is given."""
    return recurrent(run.cell.step, run.plan.shapes, before)


def recurrent(step: Program, shapes: Sequence[Shape], before: str = "") -> Columns:
    """The columns of every parameter that multiply a state before; `shapes` are those of the program's nodes."""
    found: dict[str, set[int]] = {}
    for node in step.nodes:
        if node.op == "matmul" and step.nodes[node.args[0]].op == "param":
            columns = list(_from_before(step, shapes, node.args[1], before))
            if columns:
                found.setdefault(step.nodes[node.args[0]].name, set()).update(columns)
    return {name: tuple(sorted(columns)) for name, columns in found.items()}


def _from_before(step: Program, shapes: Sequence[Shape], place: int, before: str) -> Iterator[int]:
    """The rows of an operand that come from a state before."""
    row, node = 0, step.nodes[place]
    for part in node.args if node.op == "concat" else (place,):
        size = shapes[part][0]
        if _is_carried(step, part, before):
            yield from range(row, row + size)
        row += size


def _is_carried(step: Program, place: int, before: str) -> bool:
    """Whether a formula reads a state before by itself; what has a line of its own is a value of this timestep."""
    node = step.nodes[place]
    if node.op in LEAVES or node.name:
        return node.op == "prev" and before in ("", node.name)
    return any(_is_carried(step, arg, before) for arg in node.args)


def sigma_max(matrix: Array) -> float:
    """The largest singular value; nan where a number is not finite, 0 of a matrix without numbers."""
    values = np.asarray(matrix, np.float64)
    if not np.isfinite(values).all():
        return np.nan
    return float(np.linalg.svd(values, compute_uv=False)[0]) if values.size else 0.0


def largest_sigma(params: Mapping[str, Array], columns: Columns) -> float:
    """The largest σ_max of all recurrent matrices; nan where there is none, or where one is no matrix of numbers."""
    found = [sigma_max(params[name][:, where]) for name, where in columns.items()]
    return float(np.max(found)) if found else np.nan


def with_sigma_max(params: Mapping[str, Array], columns: Columns, value: float) -> dict[str, Array]:
    """The parameters with every recurrent matrix rescaled, so that its largest singular value is `value`.

    Raises ValueError where there is none, where one is zero or not finite, and for a value that is no size.
    """
    if not (np.isfinite(value) and value >= 0):
        raise ValueError(f"sigma_max: zero or a number above it is wanted, not {value}")
    if not columns:
        raise ValueError("sigma_max: no matrix multiplies the state before here")
    new = dict(params)
    for name, where in columns.items():
        now = sigma_max(params[name][:, where])
        if not (np.isfinite(now) and now > 0):
            what = "are all zero, and no factor changes that" if now == 0 else "are not finite"
            raise ValueError(f"sigma_max: the recurrent numbers of {name} {what}")
        new[name] = np.array(params[name])
        new[name][:, where] *= value / now
    return new


def forget_biases(step: Program) -> tuple[str, ...]:
    """The biases of the gates that keep a state: b_f where c = f * c_prev + … and f = sigmoid(… + b_f).

    The name does not matter: b_z of a GRU, whose z keeps the state, is one; b_f of an MGU, whose f overwrites, is none.
    """
    nodes = step.nodes
    gates = [k for carry in step.carries for k in _factors(step, carry) if nodes[k].op == "sigmoid"]
    found = [b for gate in gates for b in _terms(step, nodes[gate].args[0]) if nodes[b].op == "param"]
    return tuple(dict.fromkeys(nodes[place].name for place in found))


def _factors(step: Program, carry: Carry) -> Iterator[int]:
    """What a state before is multiplied with, element by element, in a term of the state: f in c = f * c_prev + …."""
    for term in _terms(step, carry.source):
        args = step.nodes[term].args
        if step.nodes[term].op == "mul" and carry.leaf in args:
            yield from (k for k in args if k != carry.leaf)


@dataclass(frozen=True)
class Keeper:
    """What says how much of a state is kept."""

    gate: str
    """The line of a gate between 0 and 1."""
    rest: bool = False
    """Whether it is what the gate leaves of 1."""

    def __str__(self) -> str:
        return f"1 - {self.gate}" if self.rest else self.gate

    def mean(self, run: Run) -> float:
        """Over all timesteps and units."""
        mean = float(run[self.gate].mean())
        return 1 - mean if self.rest else mean


def keeper_of(step: Program, state: str) -> Keeper | None:
    """f of an LSTM's c, z of a GRU's h, 1 - f of an MGU's; None where no gate keeps the state."""
    nodes = step.nodes
    for carry in step.carries:
        for place in _factors(step, carry) if carry.name == state else ():
            node, inner = nodes[place], [nodes[k] for k in nodes[place].args]
            left = node.op == "sub" and inner[0].value == 1 and inner[1].op == "sigmoid"
            if node.name and (node.op == "sigmoid" or left):
                return Keeper(node.name)
            if left and inner[1].name:
                return Keeper(inner[1].name, rest=True)
    return None


def mean_forget_bias(params: Mapping[str, Array], names: Sequence[str]) -> float:
    """The mean of the biases of the forget gates; nan where there are none."""
    return float(np.mean([np.mean(params[name]) for name in names])) if names else np.nan


def with_forget_bias(params: Mapping[str, Array], names: Sequence[str], value: float) -> dict[str, Array]:
    """The parameters with one number added to each bias of a forget gate, so that its mean is `value`.

    Fresh biases are zero, so that theirs are `value` then. Raises ValueError where there is none.
    """
    if not np.isfinite(value):
        raise ValueError(f"forget_bias: a number is wanted, not {value}")
    if not names:
        raise ValueError("forget_bias: no gate with a bias keeps a state here")
    return {**params, **{name: params[name] + (value - params[name].mean()) for name in names}}


@dataclass(frozen=True)
class Plain:
    """A cell whose only state is h = activation(W @ [h_prev, x] + …): how much longer a gradient can get per step."""

    state: str
    param: str
    slope: float
    """γ."""


def plain(step: Program) -> Plain | None:
    """The cell as a plain one; None where it is none.

    Then ‖∂h_t/∂h_{t-1}‖ = ‖diag(activation′) W_h‖ ≤ γ · σ_max(W_h) (Pascanu, Mikolov and Bengio, 2013).
    """
    if len(step.carries) != 1:
        return None
    (carry,) = step.carries
    source = step.nodes[carry.source]
    summed = source.args[0] if source.op in _SLOPES else carry.source  # without an activation its slope is 1
    terms = [k for k in _terms(step, summed) if _reads_before(step, k)]
    if len(terms) != 1 or step.nodes[terms[0]].op != "matmul":
        return None
    matrix, vector = step.nodes[terms[0]].args
    parts = step.nodes[vector].args if step.nodes[vector].op == "concat" else (vector,)
    before = [step.nodes[k].op for k in parts if _reads_before(step, k)]
    if before != ["prev"] or step.nodes[matrix].op != "param":
        return None
    return Plain(carry.name, step.nodes[matrix].name, _SLOPES.get(source.op, 1.0))


def _terms(step: Program, place: int) -> Iterator[int]:
    """The terms of a sum, through all lines and brackets."""
    node = step.nodes[place]
    if node.op not in ("add", "copy"):
        yield place
        return
    for arg in node.args:
        yield from _terms(step, arg)


def _reads_before(step: Program, place: int) -> bool:
    """Whether a value depends on a state before, however far behind."""
    node = step.nodes[place]
    return node.op == "prev" or any(_reads_before(step, arg) for arg in node.args)
