"""What the screen shows, without the screen: a run, its gradients, and the stops of both passes.

A *stop* is a place where the playhead can stand: a line of the program, or, at the end of the backward pass,
all parameters folded into one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol, TypeVar

import numpy as np

from rnntutor.engine.backward import Gradients
from rnntutor.engine.memory import over_time
from rnntutor.engine.ops import Array
from rnntutor.engine.program import Line, Program
from rnntutor.engine.run import Run
from rnntutor.engine.snapshot import Snapshot, shown
from rnntutor.show.change import Change, Place

_SNAPSHOTS = 12
_SAMPLES = 64
"""Timesteps looked at to find the scale of what is not kept."""
_COUNTED = 2000
"""Timesteps that count for the scale of gradients, at most: sorting more takes longer than a key may."""

T = TypeVar("T")


class Playhead(Protocol):
    """Where one looks: a pass, a timestep, a stop and a unit."""

    @property
    def direction(self) -> str:
        """The pass: "forward" or "backward"."""

    @property
    def t(self) -> int:
        """The timestep."""

    @property
    def line(self) -> int:
        """The number of the stop, in the order of the pass."""

    @property
    def unit(self) -> int:
        """The unit that is wanted."""


@dataclass(frozen=True)
class Stop:
    """One line, or several folded into one whose units are the lines."""

    lines: tuple[Line, ...]
    size: int
    folded: bool = False

    @property
    def line(self) -> Line:
        """The line; of a folded stop the first."""
        return self.lines[0]


@dataclass(frozen=True, eq=False)
class Scene:
    """A run over one sequence with its gradients, and what the data is called."""

    run: Run = field(repr=False)
    grads: Gradients = field(repr=False)
    title: str = ""
    about: str = ""
    reads: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    original: Scene | None = field(default=None, repr=False)
    """What was before all edits; None if this is it."""
    changes: tuple[Change, ...] = ()
    """What was set by hand, in that order."""
    snapshots: OrderedDict[tuple[str, int], Snapshot] = field(default_factory=OrderedDict, repr=False)
    notes: dict[object, object] = field(default_factory=dict, repr=False)
    """What was worked out once: see `remembered`."""

    @property
    def steps(self) -> int:
        """T."""
        return self.run.steps

    def remembered(self, key: object, make: Callable[[], T]) -> T:
        """The value of `make()`, worked out the first time it is asked for."""
        if key not in self.notes:
            self.notes[key] = make()
        return self.notes[key]  # type: ignore[return-value]

    # Edits.

    def played(self, run: Run) -> Scene:
        """The same with another run of the same cell over data of the same size: what this one became."""
        grads = run.backward(self._seeds(), self.grads.window)
        return replace(
            self, run=run, grads=grads, original=self.original or self, snapshots=OrderedDict(), notes={}
        )

    def _seeds(self) -> dict[str, Array] | None:
        """The gradients from outside, as the backward pass was given them."""
        nodes, plan = self.grads.program.nodes, self.grads.plan
        seeds = {
            nodes[nodes[place].part[0]].name: over_time(self.grads.kept, plan.layout.spans[place], self.steps)
            for place in self.grads.program.leaves("seed").values()
        }
        shapes = self.run.plan.shapes
        by_name = self.run.cell.step.by_name
        return {name: shown(array, shapes[by_name[name]]) for name, array in seeds.items()} or None

    def place(self, head: Playhead) -> Place:
        """The number under the playhead of the forward pass."""
        line = self.stop(head).line
        scalar = not self.run.plan.shapes[line.place]
        return Place(line.name, head.t, () if scalar else (self.unit(head),))

    def set_by_hand(self, name: str, t: int) -> frozenset[int]:
        """The units of a value that were set by hand at `t`."""
        return frozenset(
            (*k.place.unit, 0)[0] for k in self.changes if (k.place.name, k.place.t) == (name, t)
        )

    @cached_property
    def loss(self) -> Stop | None:
        """The stop of the loss: the line that is a cross entropy."""
        nodes = self.run.cell.step.nodes
        return next((stop for stop in self.forward if nodes[stop.line.place].op == "cross_entropy"), None)

    @property
    def total_loss(self) -> float | None:
        """The loss summed over time; None where there is none."""
        return float(self.run[self.loss.line.name][:, 0].sum()) if self.loss else None

    # What there is to visit.

    def program(self, direction: str) -> Program:
        """The program of a pass."""
        return self.run.cell.step if direction == "forward" else self.grads.program

    @cached_property
    def forward(self) -> tuple[Stop, ...]:
        """The stops of the forward pass: its lines."""
        shapes = self.run.plan.shapes
        return tuple(Stop((line,), _rows(shapes[line.place])) for line in self.run.cell.step.lines)

    @cached_property
    def backward(self) -> tuple[Stop, ...]:
        """The stops of the backward pass: the gradients of values, then those of all parameters as one."""
        shapes, lines = self.grads.plan.shapes, self.grads.program.lines
        values = [Stop((line,), _rows(shapes[line.place])) for line in lines if line.kind == "value"]
        params = tuple(line for line in lines if line.kind == "param")
        return (*values, *([Stop(params, len(params), folded=True)] if params else []))

    def stops(self, direction: str) -> tuple[Stop, ...]:
        """The stops of a pass, in its order."""
        return self.forward if direction == "forward" else self.backward

    def stop(self, head: Playhead) -> Stop:
        """The stop under the playhead."""
        return self.stops(head.direction)[head.line]

    def unit(self, head: Playhead) -> int:
        """The unit that is shown: the last one where the stop has fewer than wanted."""
        return min(head.unit, self.stop(head).size - 1)

    def current_line(self, head: Playhead) -> Line:
        """The line under the playhead; of a folded stop the one that is selected."""
        stop = self.stop(head)
        return stop.lines[self.unit(head)] if stop.folded else stop.line

    def visited(self, head: Playhead, direction: str, stop: int, t: int) -> bool:
        """Whether the playhead has been past this stop, so that its values are known."""
        if direction != head.direction:
            return direction == "forward"
        ahead = t - head.t if direction == "forward" else head.t - t
        return ahead < 0 or (ahead == 0 and stop <= head.line)

    def knows(self, head: Playhead, name: str, t: int) -> bool:
        """Whether a line of the forward pass, by name, is computed at `t`."""
        return self.visited(head, "forward", self._places[name], t)

    @cached_property
    def _places(self) -> dict[str, int]:
        """The stops of the forward pass by name."""
        return {stop.line.name: k for k, stop in enumerate(self.forward)}

    # Values.

    def snapshot(self, direction: str, t: int) -> Snapshot:
        """All values of one timestep; the last few are kept."""
        key = (direction, t)
        if key not in self.snapshots:
            self.snapshots[key] = self.run.at(t) if direction == "forward" else self.grads.at(t)
            if len(self.snapshots) > _SNAPSHOTS:
                self.snapshots.popitem(last=False)
        self.snapshots.move_to_end(key)
        return self.snapshots[key]

    def column(self, direction: str, place: int, t: int) -> Array:
        """A value at `t`, one number per unit."""
        with np.errstate(all="ignore"):
            raw = self.snapshot(direction, t).raw(place)
        return np.asarray(raw[:, 0])

    def strip(self, direction: str, stop: Stop, t: int) -> Array:
        """The numbers of a stop at `t`: a value's units, or how long each parameter's gradient is."""
        if not stop.folded:
            return self.column(direction, stop.line.place, t)
        return self.remembered(
            ("norms", t), lambda: np.array([self.share_norm(line, t) for line in stop.lines])
        )

    def share_norm(self, line: Line, t: int) -> float:
        """The length of what timestep `t` contributes to a parameter's gradient."""
        return norm(self.snapshot("backward", t).raw(line.place))

    def gradient_norm(self, state: str, t: int) -> float:
        """The length of the gradient of a state at `t`; nan where it has none."""
        place = self.grads.program.by_name.get(f"d{state}")
        return norm(self.column("backward", place, t)) if place is not None else float("nan")

    # Scales: one number per pass or line, the same for the whole run, so that colours can be compared.

    def scale(self, direction: str, stop: Stop) -> float:
        """What counts as a full box: for gradients the same for every line. Edits leave it as it was."""
        if self.original is not None:
            return self.original.scale(direction, stop)
        if direction == "forward":
            return self.remembered(("scale", stop.line.name), lambda: self._line_scale(stop.line))
        if stop.folded:
            return self.remembered("scale of shares", lambda: self._share_scale(stop))
        return self.remembered("scale of gradients", self._gradient_scale)

    def near_scale(self, stop: Stop, t: int) -> float:
        """What counts as a full box among the gradients of one timestep."""
        if stop.folded:
            return round_up(largest([self.strip("backward", stop, t)], 1.0))
        return self.remembered(("scale at", t), lambda: self._scale_at(t))

    def _scale_at(self, t: int) -> float:
        stops = [stop for stop in self.backward if stop.size > 1 and not stop.folded]
        return round_up(largest([self.strip("backward", stop, t) for stop in stops], 0.95))

    def _line_scale(self, line: Line) -> float:
        most = largest([self.run[line.name]], 1.0)
        return 1.0 if most <= 1 else round_up(most)

    def _gradient_scale(self) -> float:
        """The largest few are cut, so that the others can be told apart; of a long run not every t counts."""
        apart = -(-self.steps // _COUNTED)
        stops = [stop for stop in self.backward if stop.size > 1 and not stop.folded]
        values = [self.grads[stop.line.name][::apart] for stop in stops]
        return round_up(largest(values, 0.95))

    def _share_scale(self, stop: Stop) -> float:
        times = np.unique(np.linspace(0, self.steps - 1, min(self.steps, _SAMPLES)).astype(int))
        return round_up(largest([self.strip("backward", stop, int(t)) for t in times], 1.0))


def _rows(shape: tuple[int, ...]) -> int:
    return shape[0] if shape else 1


def norm(values: Array) -> float:
    """The length of all numbers of an array taken as one vector."""
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.sum(np.square(values, dtype=np.float64))))


def largest(arrays: list[Array], share: float) -> float:
    """The size below which `share` of all finite numbers lie; 1 if there are none."""
    sizes = np.concatenate([np.abs(array).ravel() for array in arrays]) if arrays else np.ones(1)
    sizes = sizes[np.isfinite(sizes)]
    return float(np.quantile(sizes, share)) if sizes.size else 1.0


def round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, ... times a power of ten."""
    if not np.isfinite(value) or value <= 1e-300:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(next((m * power for m in (1, 2, 5) if value <= m * power * (1 + 1e-9)), 10 * power))
