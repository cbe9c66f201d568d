"""A run of a cell over a sequence, and the gradients of one.

    run = rt.run(cell, params, x)          # x (T, B, D)
    run["f"]                               # (T, B, H)
    grads = run.backward({"h": dh})        # dh (T, B, H)
    grads["W_f"]                           # summed over t and batch
    grads.at(2)["W_f"]                     # what timestep 2 alone contributes
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from rnntutor.engine.cell import Cell
from rnntutor.engine.evaluate import evaluate
from rnntutor.engine.memory import Parts, Sizes, at_time, kept_at, over_time, read_only
from rnntutor.engine.normal import part_rows
from rnntutor.engine.ops import Array
from rnntutor.engine.plan import Plan, backward_plan, forward_plan
from rnntutor.engine.program import Program
from rnntutor.engine.shapes import Shape, infer
from rnntutor.engine.tape import Edit, Space


@dataclass(frozen=True, eq=False)
class Run:
    """Every value of every line at every timestep. Immutable: an edit gives a new run."""

    cell: Cell
    params: Mapping[str, Array]
    inputs: Mapping[str, Array]
    """Data by name: (T, B, ·) for what each timestep reads, (B, ·) for what `init` reads."""
    init: Mapping[str, Array]
    """The states before the first timestep, (B, H)."""
    plan: Plan
    sizes: Sizes
    kept: Parts
    """All values: see `engine.layout`."""
    edits: tuple[tuple[str, Edit], ...] = ()
    starts: dict[int, Array] = field(default_factory=dict, repr=False)
    """Values of the `init` section, by place."""
    space: Space | None = field(default=None, repr=False)
    """Where `kept` lives, and backward passes over it."""

    @property
    def steps(self) -> int:
        """T."""
        return self.sizes.steps

    @property
    def batch(self) -> int:
        """B."""
        return self.sizes.batch

    def __getitem__(self, name: str) -> Array:
        """A line, an input or `h_prev` at every timestep, (T, B, H); (T, B) for a scalar such as the loss.

        Raises ValueError for an unknown name.
        """
        if name in self.params:
            return self.params[name]
        place = self.cell.step.by_name.get(name)
        if place is None:
            raise ValueError(f"no value is called {name!r}; there are {', '.join(self.cell.step.by_name)}")
        return _shown(over_time(self.kept, self.plan.layout.spans[place], self.steps), self.plan.shapes[place])

    @property
    def last(self) -> dict[str, Array]:
        """The states after the last timestep, (B, H): what carries on into the next chunk."""
        return {name: self[name][-1] for name in self.cell.states}

    def at(self, t: int) -> Snapshot:
        """Every value of timestep `t`, down to the operations, which are computed when asked for."""
        t = _index("t", t, self.steps)
        known = kept_at(self.kept, self.plan.layout.spans, t)
        for name, place in self.cell.step.leaves("param").items():
            known[place] = _standing(self.params[name])
        return Snapshot(self.cell.step, self.plan.shapes, known, t)

    def backward(self, seeds: Mapping[str, Array] | None = None, window: int | None = None) -> Gradients:
        """The gradients of sum over t of sum(seed[t] * value[t]); without seeds, of the summed loss.

        `seeds` gives dL/d(line) that reaches a line from outside, (T, B, H) each. With `window` no gradient
        crosses t = window, 2 * window, ... (truncated backpropagation). Raises ValueError for a bad argument.
        """
        from rnntutor.engine.backward import backward

        return backward(self, seeds, window)

    def edit(self, name: str, t: int | None = None, unit: int | Sequence[int] = 0, value: float = 0.0,
             batch: int = 0) -> Run:  # fmt: skip
        """A new run in which one number is set by hand; everything that depends on it is computed again.

        `name` is a line, a state before a timestep (`h_prev`), an input or a parameter. A parameter holds for
        every t and takes a `unit` of (row, column). Raises ValueError for a bad argument.
        """
        from rnntutor.engine.edit import edited

        return edited(self, name, t, unit, value, batch)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All values of one timestep. A name gives (B, H), or a parameter's contribution as it is shaped."""

    program: Program
    shapes: Sequence[Shape]
    known: dict[int, Array] = field(repr=False)
    t: int = 0

    def __getitem__(self, name: str) -> Array:
        by_name, given = self.program.by_name, self.program.given
        names = (f"d{name}", name) if given else (name,)
        place = next((by_name[k] for k in names if by_name.get(k, -1) >= given), None)
        if place is None and given and name in self.program.leaves("param"):
            return np.zeros(self.shapes[by_name[name]])  # nothing reaches it
        if place is None:
            shown = ", ".join(k for k, at in by_name.items() if at >= given)
            raise ValueError(f"no {'gradient' if given else 'value'} of {name!r} here; there are {shown}")
        return self.value(place)

    def __iter__(self) -> Any:
        return iter(self.program.by_name)

    def raw(self, place: int) -> Array:
        """The value at a place of the program as the operations see it: (rows, B), or a matrix."""
        return evaluate(self.program, self.shapes, self.known, place)

    def value(self, place: int) -> Array:
        """The value at a place of the program: (B, rows), (B,) for a scalar, (rows, columns) for a matrix."""
        array, shape = self.raw(place), self.shapes[place]
        if len(shape) == 2:
            return array
        param = self.program.nodes[place].op == "param" or self._is_param_gradient(place)
        if param:
            return array.sum(axis=-1) if array.shape[-1] > 1 else array[:, 0]
        return _shown(array, shape)

    def _is_param_gradient(self, place: int) -> bool:
        return any(line.place == place and line.kind == "param" for line in self.program.lines)


@dataclass(frozen=True, eq=False)
class Gradients:
    """Every gradient of every line at every timestep, and those of the parameters summed over time and batch."""

    run: Run
    program: Program
    """The backward pass, as lines that can be read and stepped."""
    plan: Plan
    kept: Parts
    totals: Sequence[Array]
    """What the plan added up over time and batch."""
    window: int | None
    cuts: tuple[int, ...]
    """The timesteps from which nothing flowed on to the timestep before."""

    @cached_property
    def init(self) -> Mapping[str, Array]:
        """dL/d(state before the first timestep), (B, H)."""
        found = {}
        for carry in self.program.carries:
            found[carry.name[1:]] = at_time(self.kept, self.plan.layout.spans[carry.source], 0).T
        return found | {name: read_only(np.zeros_like(a)) for name, a in self.run.init.items() if name not in found}

    @cached_property
    def params(self) -> Mapping[str, Array]:
        """dL/d(parameter), summed over time and batch."""
        found = _parameter_gradients(self.plan, self.totals)
        for name, gradient in self._beginning[0].items():
            found[name] = found[name] + gradient if name in found else gradient
        found |= {name: np.zeros_like(p) for name, p in self.run.params.items() if name not in found}
        return {name: read_only(found[name]) for name in self.run.params}

    @property
    def starts(self) -> Mapping[str, Array]:
        """Gradients of what the `init` section reads, (B, ·)."""
        return self._beginning[1]

    @cached_property
    def _beginning(self) -> tuple[Mapping[str, Array], Mapping[str, Array]]:
        from rnntutor.engine.backward import through_init

        return through_init(self.run, self.init)

    def __getitem__(self, name: str) -> Array:
        """dL/d(name): of a line or input at every t, of a parameter in total; "da_f" gives that line of the pass."""
        if name in self.params:
            return self.params[name]
        if name in self.starts:
            return self.starts[name]
        by_name = self.program.by_name
        place = next((by_name[k] for k in (f"d{name}", name) if k in self._lines), None)
        if place is None:
            raise ValueError(f"no gradient of {name!r}; there are {', '.join([*self._lines, *self.params])}")
        return _shown(over_time(self.kept, self.plan.layout.spans[place], self.run.steps), self.plan.shapes[place])

    @cached_property
    def _lines(self) -> frozenset[str]:
        return frozenset(line.name for line in self.program.lines if line.kind == "value")

    def at(self, t: int) -> Snapshot:
        """Every gradient of timestep `t`; of a parameter, what this timestep alone contributes."""
        t = _index("t", t, self.run.steps)
        known = self.run.at(t).known | kept_at(self.kept, self.plan.layout.spans, t)
        for carry in self.program.carries:
            if t + 1 in self.cuts:
                known[carry.leaf] = np.zeros_like(known[carry.leaf])
        return Snapshot(self.program, self.plan.shapes, known, t)


def run(cell: Cell, params: Mapping[str, Array], x: Array, init: Mapping[str, Array] | None = None,
        **inputs: Array) -> Run:  # fmt: skip
    """Run a cell over a sequence.

    x is (T, B, D); `init` maps states to (B, H), zeros where absent; further inputs by keyword: target (T, B, V), and
    v (B, ·) for an `init` section. float32 if the parameters are, else float64.
    Raises ValueError naming an argument that is missing, unknown, empty or of the wrong shape.
    """
    if not isinstance(cell, Cell):
        raise ValueError(f"cell: load_cell or parse_cell makes one, not {type(cell).__name__}")
    dtype = _dtype(params)
    _names("params", params, cell.params)
    own = _own_params(cell, params, dtype)
    data = _data(cell, {"x": x, **inputs}, dtype)
    steps, batch = _length(data)
    if "target" in data:
        _distributions(data["target"])
    sizes = Sizes(steps, batch, dtype)
    plan = _plan(cell, own, data, sizes)
    states, starts = _states(cell, plan, own, data, init or {}, sizes)
    space = _execute(plan, sizes, own, data, states)
    kept = [read_only(part) for part in space.memory.kept]
    run = Run(cell, own, data, states, plan, sizes, kept, starts=starts, space=space)
    space.lent = False
    return run


# Checking what comes in.

_SINGLE, _DOUBLE = np.dtype(np.float32), np.dtype(np.float64)


def _dtype(params: Mapping[str, Array]) -> np.dtype[Any]:
    if not isinstance(params, Mapping):
        raise ValueError("params: a mapping of names to arrays is wanted")
    kinds = {getattr(p, "dtype", None) for p in params.values()}
    return _SINGLE if kinds == {_SINGLE} else _DOUBLE


def _names(what: str, given: Mapping[str, Any], wanted: Sequence[str]) -> None:
    if given.keys() == set(wanted):
        return
    missing = [name for name in wanted if name not in given]
    if missing:
        raise ValueError(f"{what}: {', '.join(missing)} missing; wanted are {', '.join(wanted) or 'none'}")
    unknown = [name for name in given if name not in wanted]
    if unknown:
        raise ValueError(f"{what}: {', '.join(unknown)} unknown; wanted are {', '.join(wanted) or 'none'}")


def _data(cell: Cell, given: Mapping[str, Any], dtype: np.dtype[Any]) -> dict[str, Array]:
    """Inputs as arrays of their own, with the right number of axes."""
    _names("inputs", given, tuple(cell.data))
    data = {}
    for name, axes in cell.data.items():
        array = data[name] = _own("inputs", name, given[name], dtype)
        if array.ndim != axes or array.size == 0:
            wanted = "(T, B, features)" if axes == 3 else "(B, features)"
            raise ValueError(f"{name} has shape {array.shape}; wanted is {wanted}, none of them zero")
    return data


def _own(what: str, name: str, values: Any, dtype: np.dtype[Any]) -> Array:
    """A copy that nobody else can change."""
    try:
        array = np.array(values, dtype, order="C")
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what}: {name} should hold numbers") from error
    array.flags.writeable = False
    return array


def _own_params(cell: Cell, params: Mapping[str, Any], dtype: np.dtype[Any]) -> dict[str, Array]:
    """Copies of all parameters."""
    try:
        own = {name: np.array(params[name], dtype) for name in cell.params}
    except (TypeError, ValueError):
        return {name: _own("params", name, params[name], dtype) for name in cell.params}
    for param in own.values():
        param.setflags(write=False)
    return own


def _length(data: Mapping[str, Array]) -> tuple[int, int]:
    """T and B, the same for all inputs."""
    steps, batch = data["x"].shape[:2]
    for name, array in data.items():
        if array.shape[:-1] not in ((steps, batch), (batch,)) or (array.ndim == 3 and array.shape[:2] != (steps, batch)):
            raise ValueError(f"{name} has shape {array.shape}; x has {steps} timesteps and a batch of {batch}")
    return steps, batch


def _distributions(target: Array) -> None:
    """Every target adds up to one, as a one-hot row does; then the loss has the gradient p - target."""
    sums = target.sum(axis=-1, dtype=np.float64)
    if not np.allclose(sums, 1, atol=1e-4):
        raise ValueError("target: every (T, B) row should add up to 1; to leave a timestep out, seed its loss with 0")


FIRST_CACHE = 40_000
"""Bytes of weights that stay in the processor's first cache beside everything else."""


def _plan(cell: Cell, params: Mapping[str, Array], data: Mapping[str, Array], sizes: Sizes) -> Plan:
    """The plan for arrays of these shapes, from the cell's store."""
    # A single row of small weights is bound by the number of calls; otherwise x is multiplied for all t at once.
    join = FIRST_CACHE // sizes.dtype.itemsize if sizes.batch == 1 else 0
    key = (join, *[array.shape for array in params.values()], *[array.shape[-1] for array in data.values()])
    if key not in cell.plans:
        cell.plans[key] = forward_plan(cell, _known(params, data), join)
    found: Plan = cell.plans[key]
    return found


def _known(params: Mapping[str, Array], data: Mapping[str, Array]) -> dict[str, Shape]:
    """Shapes by name: x, then the parameters, then the rest, so that an error names what is likeliest wrong."""
    features = {name: array.shape[-1:] for name, array in data.items()}
    return {"x": features["x"]} | {name: p.shape for name, p in params.items()} | features


def _states(cell: Cell, plan: Plan, params: Mapping[str, Array], data: Mapping[str, Array], init: Mapping[str, Any],
            sizes: Sizes) -> tuple[dict[str, Array], dict[int, Array]]:  # fmt: skip
    """The states before the first timestep: given, or from the `init` section, or zero."""
    unknown = [name for name in init if name not in cell.states]
    if unknown:
        raise ValueError(f"init: {', '.join(unknown)} unknown; the states are {', '.join(cell.states) or 'none'}")
    starts = _start_values(cell, params, data)
    made = {line.name: starts[line.place].T for line in cell.init.lines} if cell.init else {}
    states = {}
    for carry in cell.step.carries:
        wanted = (sizes.batch, plan.shapes[carry.leaf][0])
        given = init.get(carry.name, made.get(carry.name))
        array = np.zeros(wanted, sizes.dtype) if given is None else _own("init", carry.name, given, sizes.dtype)
        if array.shape != wanted:
            raise ValueError(f"init[{carry.name!r}] has shape {array.shape}; wanted is (B, H) = {wanted}")
        states[carry.name] = array
    return states, starts


def _start_values(cell: Cell, params: Mapping[str, Array], data: Mapping[str, Array]) -> dict[int, Array]:
    """Every value of the `init` section, by place."""
    if cell.init is None:
        return {}
    shapes = infer(cell.init, _known(params, data))
    known: dict[int, Array] = {place: _standing(params[name]) for name, place in cell.init.leaves("param").items()}
    known |= {place: data[name].T for name, place in cell.init.leaves("input").items()}
    for line in cell.init.lines:
        evaluate(cell.init, shapes, known, line.place)
    return known


# Running.


def fill(space: Space, plan: Plan, params: Mapping[str, Array], data: Mapping[str, Array]) -> None:
    """Put parameters and data where the plan wants them."""
    space.fill_weights(params)
    for name, span in plan.vectors:
        space.memory.fill(span, params[name])
    for name, span in plan.inputs:
        space.memory.fill(span, data[name].swapaxes(1, 2))


def _execute(plan: Plan, sizes: Sizes, params: Mapping[str, Array], data: Mapping[str, Array],
             states: Mapping[str, Array]) -> Space:  # fmt: skip
    """One forward run; the memory of all its values."""
    space = plan.borrow(sizes)
    fill(space, plan, params, data)
    put_states(space.memory.kept, plan, states)
    space.execute()
    return space


def put_states(kept: Parts, plan: Plan, states: Mapping[str, Array]) -> None:
    """Write the first states into slot 0."""
    for carry in plan.program.carries:
        at_time(kept, plan.layout.spans[carry.leaf], 0)[:] = states[carry.name].T


# Showing.


def _index(what: str, k: int, size: int) -> int:
    """A whole number from 0 (or from the end, below 0), checked."""
    if not isinstance(k, int | np.integer) or isinstance(k, bool) or not -size <= k < size:
        raise ValueError(f"{what}: {k!r} is out of range; there are {size}, counted from 0")
    return int(k) % size


def _parameter_gradients(plan: Plan, totals: Sequence[Array]) -> dict[str, Array]:
    """Take the stacked totals apart by name."""
    found: dict[str, Array] = {}
    for call, array in zip(plan.layout.totals, totals, strict=True):
        row = 0
        for name, rows, scale in call.names:
            piece = array[row : row + rows] * scale if scale != 1.0 else array[row : row + rows]
            found[name] = found[name] + piece if name in found else piece
            row += rows
    return found


def _shown(array: Array, shape: Shape) -> Array:
    """(..., rows, B) as (..., B, rows); a scalar without its one row. Read-only."""
    shown = array[..., 0, :] if not shape else array.swapaxes(-1, -2)
    shown.flags.writeable = False
    return shown


def _standing(param: Array) -> Array:
    """A vector as a column, a matrix as it is."""
    return param[:, None] if param.ndim == 1 else param
