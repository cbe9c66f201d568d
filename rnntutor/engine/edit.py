"""What if a number, or every number of a value, were another: a run that shares nothing with the old but its past."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rnntutor.engine.given import check_distributions, first_states, index, own
from rnntutor.engine.memory import read_only
from rnntutor.engine.ops import Array
from rnntutor.engine.tape import Edit, Space

if TYPE_CHECKING:
    from rnntutor.engine.run import Run

Edits = tuple[tuple[str, Edit], ...]
Unit = int | Sequence[int | None] | None
"""Which unit of a value, or which row and column of a matrix; None for every one."""


def edited(run: Run, name: str, t: int | None, unit: Unit, value: float, batch: int) -> Run:
    """See `Run.edit`."""
    if not isinstance(name, str):
        raise ValueError(f"name: a text is wanted, not {name!r}")
    value = _number(value)
    if name in run.params:
        return _with_param(run, name, unit, value)
    state = name.removesuffix("_prev")
    if state != name and state in run.cell.states and t is not None:
        if index("t", t, run.steps) > 0:
            return edited(run, state, t - 1, unit, value, batch)
        return _with_start(run, state, unit, value, batch)
    place = run.cell.step.by_name.get(name)
    if place is None:
        raise ValueError(f"name: {name!r} is not a line, an input or a parameter")
    if t is None:
        raise ValueError(f"t: say at which timestep {name} is set")
    t = index("t", t, run.steps)
    rows = (run.plan.shapes[place] or (1,))[0]
    edit = Edit(t, _unit(unit, rows), index("batch", batch, run.batch), value)
    if name in run.inputs:
        data = np.array(run.inputs[name])
        data[edit.t, edit.batch, edit.rows] = value
        if run.cell.compares and name == "target":
            check_distributions(data)
        return _again(replace(run, inputs={**run.inputs, name: data}), t, run.edits)
    if run.cell.step.feeds_loss(place):
        raise ValueError(f"name: the loss is computed from what goes into {name}; edit that instead")
    return _again(run, t, (*run.edits, (name, edit)))


def with_params(run: Run, params: Mapping[str, Array]) -> Run:
    """The run with other numbers in its parameters; values set by hand stay as they were set.

    Raises ValueError for a name that is no parameter, or another shape.
    """
    for name, array in params.items():
        if name not in run.params or np.shape(array) != run.params[name].shape:
            raise ValueError(f"params: {name!r} of shape {np.shape(array)} is no parameter here")
    return _start_again(run, {**run.params, **params}, run.edits)


def with_inputs(run: Run, inputs: Mapping[str, Array]) -> Run:
    """The run with other data, of the same shapes; values set by hand stay as they were set.

    Raises ValueError for a name that is no input, or another shape.
    """
    for name, array in inputs.items():
        if name not in run.inputs or np.shape(array) != run.inputs[name].shape:
            raise ValueError(f"inputs: {name!r} of shape {np.shape(array)} is no input here")
    data = {**run.inputs, **{name: own("inputs", name, array, run.sizes.dtype) for name, array in inputs.items()}}
    return _start_again(replace(run, inputs=data), run.params, run.edits)


def _number(value: float) -> float:
    try:
        if not isinstance(value, bool | str):
            return float(value)
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError(f"value: a number is wanted, not {str(value)[:20]}")


def _unit(unit: Unit, rows: int) -> int | None:
    if unit is None:
        return None
    if isinstance(unit, int | np.integer):
        return index("unit", int(unit), rows)
    raise ValueError(f"unit: a whole number is wanted, not {unit!r}")


def _with_param(run: Run, name: str, unit: Unit, value: float) -> Run:
    param = np.array(run.params[name])
    where = _entries(unit, param.ndim)
    if len(where) != param.ndim or not all(_fits(k, n) for k, n in zip(where, param.shape, strict=True)):
        raise ValueError(f"unit: {unit!r} is not a place in {name}, which has shape {param.shape}")
    param[tuple(slice(None) if k is None else k for k in where)] = value
    return _start_again(run, {**run.params, name: param}, run.edits)


def _entries(unit: Unit, axes: int) -> tuple[int | None, ...]:
    """A place in a parameter, an index per axis."""
    if unit is None:
        return (None,) * axes
    return (unit,) if isinstance(unit, int | np.integer) else tuple(unit) if isinstance(unit, Sequence) else ()


def _fits(k: object, size: int) -> bool:
    return k is None or (isinstance(k, int | np.integer) and bool(-size <= k < size))


def _with_start(run: Run, state: str, unit: Unit, value: float, batch: int) -> Run:
    rows = run.init[state].shape[1]
    edit = Edit(0, _unit(unit, rows), index("batch", batch, run.batch), value)
    return _start_again(run, run.params, (*run.edits, (f"{state}_prev", edit)))


def _start_again(run: Run, params: Mapping[str, Array], edits: Edits) -> Run:
    """A run from the first timestep: the first states anew, for their section may have changed, then the edits."""
    params = run.plan.stacks.copy(params, run.sizes.dtype)
    states, starts = first_states(run.cell, run.plan.shapes, params, run.inputs, run.given_init, run.sizes)
    for name, edit in edits:
        if name.endswith("_prev"):
            state = name.removesuffix("_prev")
            states[state] = np.array(states[state])
            states[state][edit.batch, edit.rows] = edit.value
    init = {name: read_only(array) for name, array in states.items()}
    return _again(replace(run, params=params, init=init, starts=starts), 0, edits)


def _again(run: Run, t: int, edits: Edits) -> Run:
    """The run from timestep `t` on, everything before it copied."""
    by_value: dict[int, list[Edit]] = defaultdict(list)
    for name, edit in edits:
        if name.endswith("_prev"):
            continue  # already in the first states
        by_value[run.plan.normal.places[run.cell.step.by_name[name]]].append(edit)
    space = Space(run.plan.layout, run.sizes)
    for new, old in zip(space.memory.kept, run.kept, strict=True):
        new[...] = old
    run.plan.fill(space, run.params, run.inputs)
    run.plan.put_states(space, run.init)
    space.execute_from(t, by_value)
    return replace(run, space=space, hold=space.memory.hold(), edits=edits)
