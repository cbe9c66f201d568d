"""The backward pass of a run: the same machine, going through time the other way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from rnntutor.engine.differentiate import differentiate
from rnntutor.engine.evaluate import evaluate
from rnntutor.engine.ops import Array
from rnntutor.engine.plan import Plan, backward_plan
from rnntutor.engine.shapes import infer
from rnntutor.engine.memory import Sizes, at_time, read_only
from rnntutor.engine.tape import Space

if TYPE_CHECKING:
    from rnntutor.engine.run import Gradients, Run


def backward(run: Run, seeds: Mapping[str, Any] | None, window: int | None) -> Gradients:
    """See `Run.backward`."""
    from rnntutor.engine.run import Gradients

    given = _seeds(run, seeds)
    if window is not None and (not isinstance(window, int) or isinstance(window, bool) or window < 1):
        raise ValueError(f"window: a whole number from 1 is wanted, not {window!r}")
    plan = _plan(run, tuple(sorted(given)))
    space = _prepare(run, plan, given, window or 0)
    space.execute()
    cuts = space.mend_cuts()
    kept, totals = ([read_only(array) for array in arrays] for arrays in (space.memory.kept, space.memory.totals))
    space.lent = False
    return Gradients(run, plan.program, plan, kept, totals, window, cuts)


def _seeds(run: Run, seeds: Mapping[str, Any] | None) -> dict[str, Array]:
    """The gradients from outside, checked."""
    if not seeds:
        if seeds is None and "loss" in run.cell.step.assigned:
            return {}
        raise ValueError("seeds: name at least one line, such as {'h': dh}; only a program with a loss needs none")
    given = {}
    for name, values in seeds.items():
        place = run.cell.step.assigned.get(name)
        if place is None:
            raise ValueError(f"seeds: {name!r} is not a line; there are {', '.join(k.name for k in run.cell.lines)}")
        array = np.asarray(values, run.sizes.dtype)
        wanted = (run.steps, run.batch, *run.plan.shapes[place])
        if array.shape != wanted:
            raise ValueError(f"seeds[{name!r}] has shape {array.shape}; wanted is {wanted}")
        given[name] = array
    return given


def _plan(run: Run, seeds: tuple[str, ...]) -> Plan:
    """The plan of this backward pass, from the cell's store."""
    key = (id(run.plan), seeds)
    plans = run.cell.plans
    if key not in plans:
        known = {name: array.shape[-1:] for name, array in run.inputs.items()}
        plans[key] = backward_plan(run.cell, run.plan, known | {n: p.shape for n, p in run.params.items()}, seeds)
    found: Plan = plans[key]
    return found


def _prepare(run: Run, plan: Plan, seeds: Mapping[str, Array], window: int) -> Space:
    """Memory with weights, seeds and nothing from beyond the last timestep."""
    from rnntutor.engine.run import fill

    sizes = Sizes(run.steps, run.batch, run.sizes.dtype, reverse=True, window=window)
    if run.space is not None and run.space.keep:
        space = run.space.back(plan.layout, sizes, plan.carried)
    else:
        space = Space(plan.layout, sizes, run.kept, carried=plan.carried)
    fill(space, plan, run.params, run.inputs)
    for name, values in seeds.items():
        span = plan.layout.spans[plan.seeds[f"d{name}_out"]]
        space.memory.fill(span, values[:, None] if values.ndim == 2 else values.swapaxes(1, 2))
    for span in plan.carried:
        at_time(space.memory.kept, span, run.steps)[:] = 0  # nothing comes from beyond the last timestep
    return space


def through_init(run: Run, states: Mapping[str, Array]) -> tuple[dict[str, Array], dict[str, Array]]:
    """Send what leaves the first timestep on through the `init` section: gradients of its parameters and inputs."""
    program = run.cell.init
    if program is None:
        return {}, {}
    seeds = tuple(line.name for line in program.lines if line.name in states)
    reverse = differentiate(program, seeds)
    known: dict[int, Array] = dict(run.starts)
    for name in seeds:
        known[reverse.by_name[f"d{name}_out"]] = states[name].T
    shapes = infer(reverse, {n: a.shape[-1:] for n, a in run.inputs.items()} | {n: p.shape for n, p in run.params.items()})
    params, data = {}, {}
    for line in reverse.lines:
        value = evaluate(reverse, shapes, known, line.place)
        name = line.name[1:]
        if line.kind == "param":
            params[name] = value if value.shape == run.params[name].shape else value.sum(axis=1)
        elif name in run.inputs:
            data[name] = read_only(value.T)
    return params, data
