"""The backward pass of a run: the same machine, going through time the other way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from rnntutor.engine.differentiate import differentiate
from rnntutor.engine.evaluate import evaluate
from rnntutor.engine.given import index, known_shapes, real
from rnntutor.engine.memory import Parts, Sizes, at_time, kept_at, over_time, read_only
from rnntutor.engine.ops import Array
from rnntutor.engine.plan import TWINS, Plan, backward_plan
from rnntutor.engine.program import Program
from rnntutor.engine.shapes import infer
from rnntutor.engine.snapshot import Snapshot, shown
from rnntutor.engine.tape import Space

if TYPE_CHECKING:
    from rnntutor.engine.run import Run


@dataclass(frozen=True, eq=False)
class Gradients:
    """Every gradient of every line at every timestep, and those of the parameters summed over time and batch."""

    run: Run
    plan: Plan
    space: Space
    """Where all gradients are."""
    hold: Array
    """Keeps that from being used again."""
    window: int | None
    cuts: tuple[int, ...]
    """The timesteps from which nothing flowed on to the timestep before."""

    @property
    def program(self) -> Program:
        """The backward pass, as lines that can be read and stepped."""
        return self.plan.program

    @property
    def kept(self) -> Parts:
        """All values: see `engine.layout`."""
        return self.space.memory.shown

    @cached_property
    def init(self) -> Mapping[str, Array]:
        """dL/d(state before the first timestep), (B, H)."""
        found = {}
        for carry in self.program.carries:
            found[carry.name[1:]] = at_time(self.kept, self.plan.layout.spans[carry.source], 0).T
        return found | {
            name: read_only(np.zeros_like(a)) for name, a in self.run.init.items() if name not in found
        }

    @cached_property
    def params(self) -> Mapping[str, Array]:
        """dL/d(parameter), summed over time and batch."""
        found = _parameter_gradients(self.plan, self.space.memory.sums)
        for name, gradient in self._beginning[0].items():
            found[name] = found[name] + gradient if name in found else gradient
        found |= {name: np.zeros_like(p) for name, p in self.run.params.items() if name not in found}
        return {name: read_only(found[name]) for name in self.run.params}

    @property
    def starts(self) -> Mapping[str, Array]:
        """Gradients of what the `init` section reads, (B, ·)."""
        return self._beginning[1]

    @property
    def beginnings(self) -> Mapping[str, Array]:
        """What the `init` section adds to the gradients of the parameters that it reads, once t = 0 is swept."""
        return self._beginning[0]

    @cached_property
    def _beginning(self) -> tuple[Mapping[str, Array], Mapping[str, Array]]:
        program = self.run.cell.init
        return _through_init(self.run, program, self.init) if program else ({}, {})

    def __getitem__(self, name: str) -> Array:
        """dL/d(name): of a line or input at every t, of a parameter in total; "da_f" gives that line of the pass."""
        if name in self.params:
            return self.params[name]
        if name in self.starts:
            return self.starts[name]
        lines = self.plan.lines
        place = lines.get(f"d{name}", lines.get(name))
        if place is None:
            return self._of_unreached(name)
        return shown(
            over_time(self.kept, self.plan.layout.spans[place], self.run.steps), self.plan.shapes[place]
        )

    def _of_unreached(self, name: str) -> Array:
        """Zeros for what no seed reaches. Raises ValueError for an unknown name."""
        run = self.run
        place = run.cell.step.by_name.get(name) if isinstance(name, str) else None
        if place is None or run.cell.step.nodes[place].op == "param":
            raise ValueError(f"no gradient of {name!r}; there are {', '.join([*self.plan.lines, *self.params])}")
        if run.cell.step.feeds_loss(place):
            raise ValueError(f"no gradient of {name!r}: the loss is computed from what goes into it")
        return read_only(np.zeros((run.steps, run.batch, *run.plan.shapes[place]), run.sizes.dtype))

    @property
    def seeds(self) -> dict[str, Array] | None:
        """What reached lines from outside, (T, B, ·) each; None if it was the loss alone."""
        nodes, found = self.program.nodes, {}
        for place in self.program.leaves("seed").values():
            name = nodes[nodes[place].part[0]].name
            array = over_time(self.kept, self.plan.layout.spans[place], self.run.steps)
            found[name] = shown(array, self.run.plan.shapes[self.run.cell.step.by_name[name]])
        return found or None

    def at(self, t: int) -> Snapshot:
        """Every gradient of timestep `t`; of a parameter, what this timestep alone contributes."""
        t = index("t", t, self.run.steps)
        known = self.run.at(t).known | kept_at(self.kept, self.plan.layout.spans, t)
        for carry in self.program.carries:
            if t + 1 in self.cuts:
                known[carry.leaf] = np.zeros_like(known[carry.leaf])
        return Snapshot(self.program, self.plan.shapes, known, t)


def backward(run: Run, seeds: Mapping[str, Any] | None, window: int | None) -> Gradients:
    """See `Run.backward`."""
    given = _seeds(run, seeds)
    if window is not None and (not isinstance(window, int) or isinstance(window, bool) or window < 1):
        raise ValueError(f"window: a whole number from 1 is wanted, not {window!r}")
    plan = _plan(run, tuple(sorted(given)))
    space = _prepare(run, plan, given, window or 0)
    space.execute()
    cuts = space.mend_cuts() if window else ()
    found = Gradients(run, plan, space, space.memory.hold(), window, cuts)
    space.lent = False
    return found


def _parameter_gradients(plan: Plan, totals: Sequence[Array]) -> dict[str, Array]:
    """Take the stacked totals apart by name."""
    found: dict[str, Array] = {}
    for call, array in zip(plan.layout.totals, totals, strict=True):
        columns = [(call.names, array[:, :-1]), (call.sums, array[:, -1])] if call.sums else [(call.names, array)]
        for names, column in columns:
            row = 0
            for name, rows, scale in names:
                piece = column[row : row + rows] * scale if scale != 1.0 else column[row : row + rows]
                found[name] = found[name] + piece if name in found else piece
                row += rows
    return found


def _seeds(run: Run, seeds: Mapping[str, Any] | None) -> dict[str, Array]:
    """The gradients from outside, checked."""
    if seeds is None and "loss" in run.cell.step.assigned:
        return {}
    if not isinstance(seeds, Mapping) or not seeds:
        raise ValueError(
            "seeds: name at least one line, such as {'h': dh}; only a program with a loss needs none"
        )
    given = {}
    for name, values in seeds.items():
        place = run.cell.step.assigned.get(name)
        if place is None:
            raise ValueError(
                f"seeds: {name!r} is not a line; there are {', '.join(k.name for k in run.cell.lines)}"
            )
        array = real("seeds", name, values, run.sizes.dtype)
        wanted = (run.steps, run.batch, *run.plan.shapes[place])
        if array.shape != wanted:
            raise ValueError(f"seeds[{name!r}] has shape {array.shape}; wanted is {wanted}")
        given[name] = array
    return given


def _plan(run: Run, seeds: tuple[str, ...]) -> Plan:
    """The plan of this backward pass, from the cell's store."""
    plans = run.plan.backwards
    if seeds not in plans:
        known, twins = known_shapes(run.params, run.inputs), TWINS if run.batch == 1 else 0
        plans[seeds] = backward_plan(run.cell, run.plan, known, seeds, twins)
    return plans[seeds]


def _prepare(run: Run, plan: Plan, seeds: Mapping[str, Array], window: int) -> Space:
    """Memory with weights and seeds."""
    sizes = Sizes(run.steps, run.batch, run.sizes.dtype, reverse=True, window=window)
    if run.space.keep:
        space = run.space.back(plan.layout, sizes, plan.carried)
    else:
        space = Space(plan.layout, sizes, run.kept, carried=plan.carried)
    plan.fill(space, run.params, run.inputs)
    for name, values in seeds.items():
        plan.put_seed(space, name, values)
    return space  # slot T stays zero: nothing comes from beyond the last timestep


def _through_init(
    run: Run, program: Program, states: Mapping[str, Array]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Send what leaves the first timestep on through the `init` section: gradients of its parameters and inputs."""
    seeds = tuple(
        line.name for line in program.lines if line.name in states and line.name not in run.given_init
    )
    reverse = differentiate(program, seeds)
    known: dict[int, Array] = dict(run.starts)
    for name in seeds:
        known[reverse.leaves("seed")[f"d{name}_out"]] = states[name].T
    shapes = infer(reverse, known_shapes(run.params, run.inputs))
    params, data = {}, {}
    for line in reverse.lines:
        value = evaluate(reverse, shapes, known, line.place)
        name = line.name[1:]
        if line.kind == "param":
            params[name] = value if value.shape == run.params[name].shape else value.sum(axis=1)
        elif name in run.inputs:
            data[name] = read_only(value.T)
    return params, data
