"""What a run and its gradients know, by name, and facts beside them: the values that a query can ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod
from typing import NamedTuple, Protocol

import numpy as np

from rnntutor.engine.backward import Gradients
from rnntutor.engine.ops import Array
from rnntutor.engine.run import Run
from rnntutor.engine.shapes import Shape


class Subject(Protocol):
    """What is asked about: a run, its gradients, the symbols that its data stands for, and facts."""

    @property
    def run(self) -> Run:
        """The forward pass."""

    @property
    def grads(self) -> Gradients:
        """The backward pass over it."""

    @property
    def symbols(self) -> tuple[str, ...]:
        """What the units of `x` and of the prediction stand for; empty if they stand for nothing."""

    @property
    def facts(self) -> Mapping[str, float]:
        """Numbers beside the run, such as measurements; a name of the run goes before one of these.

        A subject without this attribute has none.
        """
        return {}


class Need(NamedTuple):
    """A line of a pass ("forward" or "backward") at a timestep, which has to be computed first."""

    direction: str
    line: str
    t: int


@dataclass(frozen=True, eq=False)
class Value:
    """What a name stands for, in the first row of the batch."""

    name: str
    array: Array = field(repr=False)
    """(T, rows, columns), or (1, rows, columns) of what has no time; a vector has one column, a number one row too."""
    shape: Shape
    timed: bool
    symbols: bool = False
    """Whether its units stand for symbols."""
    source: Need | None = None
    """The line that computes it; its t is relative for what has time."""
    counts: Array | None = field(default=None, repr=False)
    """At which timesteps it counts, (T,); None for all. A loss does not where nothing is wanted."""

    def unit(self, *index: int) -> Value:
        """One number of it, or of a matrix one row, which then is a vector; counted from 0."""
        if not index:
            return self
        if len(self.shape) == 2:
            row = self.array[:, index[0], :, None]
            return replace(self, array=row, shape=self.shape[1:]).unit(*index[1:])
        return replace(self, array=self.array[:, index[0] : index[0] + 1], shape=(), symbols=False)


def names(subject: Subject) -> tuple[str, ...]:
    """Every name that `value` finds: what the run knows, gradients, facts."""
    return tuple(dict.fromkeys([*_of_passes(subject), *facts(subject)]))


def facts(subject: Subject) -> Mapping[str, float]:
    """Numbers that no pass computes: T timesteps, V symbols, H units of the first state, and the subject's facts."""
    run = subject.run
    sizes: dict[str, float] = {"T": run.steps}
    if subject.symbols:
        sizes["V"] = len(subject.symbols)
    if run.cell.states:
        sizes["H"] = prod(run.plan.shapes[run.cell.step.by_name[run.cell.states[0]]])
    return {**sizes, **getattr(subject, "facts", {}), **sizes}


def _of_passes(subject: Subject) -> tuple[str, ...]:
    """The names of the run and of its gradients."""
    run, lines = subject.run, subject.grads.program.lines
    own = dict.fromkeys([*run.cell.step.by_name, *run.inputs, *run.params])
    return tuple(own | dict.fromkeys([*(line.name for line in lines), *(f"d{name}" for name in own)]))


def value(subject: Subject, name: str) -> Value:
    """What a name stands for. Raises ValueError for an unknown name."""
    run = subject.run
    if name in run.params:
        return _lasting(name, run.params[name])
    if name in run.inputs and run.inputs[name].ndim == 2:
        return _lasting(name, run.inputs[name][0])
    if name in run.inputs or name in run.cell.step.by_name:
        array = run.inputs[name] if name in run.inputs else run[name]
        known = _over_time(name, array, _for_symbols(subject, name, array), _made_by(run, name))
        return replace(known, counts=_counts(subject, name))
    if name not in _of_passes(subject) and name in facts(subject):
        return Value(name, np.full((1, 1, 1), float(facts(subject)[name])), shape=(), timed=False)
    return _gradient(subject, name, name.removeprefix("d"))


def _counts(subject: Subject, name: str) -> Array | None:
    """Where a loss counts: where its seed is not zero; None for everywhere, and for all other values."""
    step, seeds = subject.run.cell.step, subject.grads.seeds or {}
    if name not in seeds or (name != "loss" and step.nodes[step.by_name[name]].op != "cross_entropy"):
        return None
    return np.asarray(seeds[name][:, 0].reshape(subject.run.steps, -1).any(axis=1))


def _gradient(subject: Subject, name: str, of: str) -> Value:
    """The gradient of what is called `of`: in total for what has no time."""
    run, grads = subject.run, subject.grads
    if name == of or name not in names(subject):
        raise ValueError(f"unknown name {name!r}")
    array = grads[of]
    own = {line.name for line in grads.program.lines}
    if of in run.params or of in grads.starts:
        # What only the init section reads is known once all of the pass is over.
        last = name if name in own else grads.program.lines[-1].name
        return _lasting(name, array if of in run.params else array[0], Need("backward", last, 0))
    source = Need("backward", name, 0) if name in own else None
    return _over_time(name, array, _for_symbols(subject, of, array), source)


def _lasting(name: str, array: Array, source: Need | None = None) -> Value:
    """A vector or matrix that is the same at every timestep."""
    columns = array.shape[1] if array.ndim == 2 else 1
    return Value(name, array.reshape(1, -1, columns), array.shape, timed=False, source=source)


def _over_time(name: str, array: Array, symbols: bool, source: Need | None) -> Value:
    """A number (T, B) or a vector (T, B, rows)."""
    first = array[:, 0]
    return Value(
        name, first.reshape(len(first), -1, 1), first.shape[1:], timed=True, symbols=symbols, source=source
    )


def _made_by(run: Run, name: str) -> Need | None:
    """The line that computes a value; the state before a timestep comes from the timestep before."""
    step = run.cell.step
    if name in step.assigned:
        return Need("forward", name, 0)
    return Need("forward", name.removesuffix("_prev"), -1) if name in step.leaves("prev") else None


def _for_symbols(subject: Subject, name: str, array: Array) -> bool:
    """Whether units stand for symbols: those of inputs and of what the readout makes, if the numbers agree.

    Those of x do not where the subject says that it is not `coded`: where another network gives it.
    """
    step = subject.run.cell.step
    of_readout = any(line.name == name and line.section == "readout" for line in step.lines)
    softmax = name in step.assigned and step.nodes[step.assigned[name]].op == "softmax"
    fits = array.ndim == 3 and array.shape[2] == len(subject.symbols)
    is_data = name in subject.run.inputs and (name != "x" or getattr(subject, "coded", True))
    return fits and (of_readout or softmax or is_data)
