"""What if one number were another: a new run that shares nothing with the old one but its past."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rnntutor.engine.given import check_distributions, first_states, index, start_values
from rnntutor.engine.memory import read_only
from rnntutor.engine.ops import Array
from rnntutor.engine.tape import Edit, Space

if TYPE_CHECKING:
    from rnntutor.engine.run import Run


def edited(run: Run, name: str, t: int | None, unit: int | Sequence[int], value: float, batch: int) -> Run:
    """See `Run.edit`."""
    if not isinstance(value, int | float | np.floating | np.integer) or isinstance(value, bool):
        raise ValueError(f"value: a number is wanted, not {value!r}")
    if name in run.params:
        return _with_param(run, name, unit, float(value))
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
    edit = Edit(t, index("unit", _whole(unit), rows), index("batch", batch, run.batch), float(value))
    if name in run.inputs:
        data = np.array(run.inputs[name])
        data[edit.t, edit.batch, edit.unit] = value
        if name == "target":
            check_distributions(data)
        return _again(replace(run, inputs={**run.inputs, name: data}), t, run.edits)
    if _feeds_loss(run, place):
        raise ValueError(f"name: the loss is computed from what goes into {name}; edit that instead")
    return _again(run, t, (*run.edits, (name, edit)))


def _whole(unit: int | Sequence[int]) -> int:
    if isinstance(unit, int | np.integer):
        return int(unit)
    raise ValueError(f"unit: a whole number is wanted, not {unit!r}")


def _feeds_loss(run: Run, place: int) -> bool:
    return any(node.op == "cross_entropy" and node.args[1] == place for node in run.cell.step.nodes)


def _with_param(run: Run, name: str, unit: int | Sequence[int], value: float) -> Run:
    param = np.array(run.params[name])
    where = (int(unit),) if isinstance(unit, int | np.integer) else tuple(unit)
    if len(where) != param.ndim or not all(-n <= k < n for k, n in zip(where, param.shape, strict=True)):
        raise ValueError(f"unit: {unit!r} is not a place in {name}, which has shape {param.shape}")
    param[where] = value
    return _start_again(run, {**run.params, name: param}, run.init)


def _with_start(run: Run, state: str, unit: int | Sequence[int], value: float, batch: int) -> Run:
    start = np.array(run.init[state])
    start[index("batch", batch, run.batch), index("unit", _whole(unit), start.shape[1])] = value
    return _start_again(run, run.params, {**run.init, state: start})


def _start_again(run: Run, params: Mapping[str, Array], init: Mapping[str, Array]) -> Run:
    """A run from the first timestep with the edits made so far."""
    if run.cell.init is not None and init is run.init:  # its parameter may have changed the first states
        before, _ = first_states(run.cell, run.plan.shapes, run.params, run.inputs, {}, run.sizes)
        after, _ = first_states(run.cell, run.plan.shapes, params, run.inputs, {}, run.sizes)
        init = {k: after[k] if np.array_equal(init[k], before[k]) else init[k] for k in init}
    starts = start_values(run.cell, params, run.inputs)
    return _again(replace(run, params=dict(params), init=init, starts=starts), 0, run.edits)


def _again(run: Run, t: int, edits: tuple[tuple[str, Edit], ...]) -> Run:
    """The run from timestep `t` on, everything before it copied."""
    by_value: dict[int, list[Edit]] = defaultdict(list)
    for name, edit in edits:
        by_value[run.plan.normal.places[run.cell.step.by_name[name]]].append(edit)
    space = Space(run.plan.layout, run.sizes)
    kept = space.memory.kept
    for new, old in zip(kept, run.kept, strict=True):
        new[...] = old
    run.plan.fill(space, run.params, run.inputs)
    run.plan.put_states(space, run.init)
    space.execute_from(t, by_value)
    return replace(run, kept=[read_only(part) for part in kept], edits=edits, space=space)
