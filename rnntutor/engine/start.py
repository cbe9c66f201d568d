"""What training begins with beyond random numbers: the identity for what comes back, and gates that keep."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.engine.program import Program
from rnntutor.engine.recurrent import forget_biases, recurrent
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
    """Make every block of weights on a state before the identity, as Le et al. 2015 begin their IRNN.

    `shapes` are those of all nodes. Raises ValueError where there is no such block, or one that is not square.
    """
    of_states = [recurrent(program, shapes, f"{carry.name}_prev") for carry in program.carries]
    blocks = [(name, list(columns)) for found in of_states for name, columns in found.items()]
    if not blocks:
        raise ValueError(f"recurrent: {program.title} has no weights that multiply a state of the timestep before")
    for name, columns in blocks:
        rows, width = params[name].shape[0], len(columns)
        if rows != width:
            raise ValueError(f"recurrent: the identity is square; {name} has {rows} × {width} for the state before")
        params[name][:, columns] = np.eye(rows, dtype=params[name].dtype)


def set_forget_bias(program: Program, params: Mapping[str, Array], value: float) -> None:
    """Begin with gates that keep, as Gers et al. 2000 and Jozefowicz et al. 2015 advise (a bias of 1).

    Raises ValueError for a cell without such a gate.
    """
    biases = forget_biases(program)
    if not biases:
        raise ValueError(f"forget_bias: {program.title} has no gate with a bias that multiplies its state before")
    for name in biases:
        params[name][:] = value
