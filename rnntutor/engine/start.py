"""What training begins with beyond random numbers: the identity for what comes back, and gates that keep."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.engine.program import Program
from rnntutor.engine.shapes import Shape

RECURRENT = ("uniform", "identity")
"""How the weights on a state of the timestep before may begin."""


def check_start(recurrent: object, forget_bias: Any) -> None:
    """Raise ValueError for a start that there is not."""
    if recurrent not in RECURRENT:
        raise ValueError(f"recurrent: one of {', '.join(RECURRENT)} is wanted, not {recurrent!r}")
    fits = isinstance(forget_bias, int | float | np.integer | np.floating) and not isinstance(forget_bias, bool)
    if not (fits and abs(forget_bias) <= sys.float_info.max):
        raise ValueError(f"forget_bias: a finite number is wanted, not {forget_bias!r}")


def set_identity(program: Program, shapes: Sequence[Shape], params: Mapping[str, Array]) -> None:
    """Make every block of weights that multiplies a state before the identity, as Le et al. 2015 begin their IRNN.

    `shapes` are those of all nodes. Raises ValueError where there is no such block, or one that is not square.
    """
    blocks = list(recurrent_blocks(program, shapes))
    if not blocks:
        raise ValueError(f"recurrent: {program.title} has no weights that multiply a state of the timestep before")
    for name, columns in blocks:
        rows, width = params[name].shape[0], columns.stop - columns.start
        if rows != width:
            raise ValueError(f"recurrent: the identity is square; {name} has {rows} × {width} for the state before")
        params[name][:, columns] = np.eye(rows, dtype=params[name].dtype)


def recurrent_blocks(program: Program, shapes: Sequence[Shape]) -> Iterator[tuple[str, slice]]:
    """The parameters that multiply a state of the timestep before, each with the columns that do."""
    nodes = program.nodes
    for node in nodes:
        if node.op != "matmul" or nodes[node.args[0]].op != "param":
            continue
        matrix, operand = node.args
        start = 0
        for place in nodes[operand].args if nodes[operand].op == "concat" else (operand,):
            width = shapes[place][0]
            if nodes[place].op == "prev":
                yield nodes[matrix].name, slice(start, start + width)
            start += width


def forget_biases(program: Program) -> tuple[str, ...]:
    """The biases of the gates that keep a state: b_f where c = f * c_prev + ... and f = sigmoid(... + b_f)."""
    nodes, found = program.nodes, []
    for carry in program.carries:
        for term in _terms(program, carry.source):
            if nodes[term].op == "mul" and carry.leaf in nodes[term].args:
                gates = [k for k in nodes[term].args if nodes[k].op == "sigmoid"]
                found += [b for gate in gates for b in _terms(program, nodes[gate].args[0]) if nodes[b].op == "param"]
    return tuple(dict.fromkeys(nodes[place].name for place in found))


def set_forget_bias(program: Program, params: Mapping[str, Array], value: float) -> None:
    """Begin with gates that keep, as Gers et al. 2000 and Jozefowicz et al. 2015 advise (a bias of 1).

    Raises ValueError for a cell without such a gate.
    """
    biases = forget_biases(program)
    if not biases:
        raise ValueError(f"forget_bias: {program.title} has no gate with a bias that multiplies its state before")
    for name in biases:
        params[name][:] = value


def _terms(program: Program, place: int) -> Iterator[int]:
    """What is added up at a place, through all brackets."""
    node = program.nodes[place]
    if node.op in ("add", "copy"):
        for arg in node.args:
            yield from _terms(program, arg)
    else:
        yield place
