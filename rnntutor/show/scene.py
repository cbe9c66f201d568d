"""What the screen shows, without the screen: a run, its gradients, and the stops of both passes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar, cast

import numpy as np

from rnntutor.engine.backward import Gradients
from rnntutor.engine.learning import Learning
from rnntutor.engine.norms import lengths, norm
from rnntutor.engine.ops import Array
from rnntutor.engine.program import Line, Program
from rnntutor.engine.run import Run
from rnntutor.engine.snapshot import Snapshot
from rnntutor.show.change import Change, Place
from rnntutor.show.stops import Playhead, Stop, begun, stops_of
from rnntutor.tasks.telling import Telling
from rnntutor.vision.picture import Picture

_SNAPSHOTS = 12

T = TypeVar("T")


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
    coded: bool = field(default=True, kw_only=True)
    """Whether the units of `x` stand for symbols, if they are as many; not where it is what another network gives."""
    counts: tuple[bool, ...] = field(default=(), kw_only=True)
    """Where the loss counts, T; empty where it does everywhere."""
    took: bool = field(default=False, kw_only=True)
    """Whether the wants are what the network itself has chosen."""
    telling: Telling | None = field(default=None, kw_only=True, repr=False)
    """How it chooses what it says, where it is asked again with other numbers: see `play.speaking`."""
    picture: Picture | None = field(default=None, kw_only=True, repr=False)
    """What the network sees; None for one that sees nothing."""
    original: Scene | None = field(default=None, repr=False)
    """What was before the last training or, if there were any since, before all edits; None if this is it."""
    changes: tuple[Change, ...] = ()
    """What was set by hand since, in that order."""
    facts: Mapping[str, float] = field(default_factory=dict, repr=False)
    """Numbers beside the run that can be asked for by name, such as measurements: see `replay.knowing`."""
    name: str = field(default="", kw_only=True)
    """What the network is called beside others: see `called`."""
    beside: tuple[Scene, ...] = field(default=(), kw_only=True, repr=False)
    """Other networks over the same inputs."""
    threshold: float = field(default=0.0, kw_only=True)
    """The norm that the gradient of all parameters is clipped to where that is shown; 0 for none."""
    learning: Learning | None = None
    """How the network goes on learning what is played; None where it does not."""
    snapshots: OrderedDict[tuple[str, int], Snapshot] = field(default_factory=OrderedDict, repr=False)
    notes: dict[object, object] = field(default_factory=dict, repr=False)
    """What was worked out once: see `remembered`."""

    @property
    def steps(self) -> int:
        """T."""
        return self.run.steps

    @property
    def called(self) -> str:
        """The name of the network, or that of its cell."""
        return self.name or self.run.cell.title

    def remembered(self, key: object, make: Callable[[], T]) -> T:
        """The value of `make()`, worked out the first time it is asked for."""
        if key not in self.notes:
            self.notes[key] = make()
        return self.notes[key]  # type: ignore[return-value]

    # Edits.

    def place(self, head: Playhead) -> Place:
        """The number of the line under the playhead of the forward pass."""
        line = self.stop(head).line
        scalar = not self.run.plan.shapes[line.place]
        return Place(line.name, head.t, () if scalar else (self.unit(head),))

    def set_by_hand(self, name: str, t: int) -> frozenset[int]:
        """The units of a value that were set by hand at `t`."""
        places = [k.place for k in self.changes if (k.place.name, k.place.t) == (name, t)]
        if not all(place.is_one for place in places):
            return frozenset(range(self.run[name].shape[-1]))
        return frozenset((*place.unit, 0)[0] or 0 for place in places)

    @cached_property
    def loss(self) -> Stop | None:
        """The stop of the loss: the line that is a cross entropy, or else one number that is called loss."""
        nodes = self.run.cell.step.nodes
        found = [stop for stop in self.forward if nodes[stop.line.place].op == "cross_entropy"]
        found += [stop for stop in self.forward if stop.line.name == "loss" and stop.size == 1]
        return found[0] if found else None

    @cached_property
    def probabilities(self) -> Stop | None:
        """The stop that says what comes next: a softmax over the symbols, first of all that of the loss."""
        step, size = self.run.cell.step, len(self.symbols)
        found = [k for k in self.forward if k.size == size and step.nodes[k.line.place].op == "softmax"]
        return max(found, key=lambda k: step.feeds_loss(k.line.place), default=None)

    @property
    def total_loss(self) -> float | None:
        """The losses that count summed over time; None where there is none."""
        return float(self.counted_losses.sum()) if self.loss else None

    @property
    def counted_losses(self) -> Array:
        """The losses that count, (·,); none where there is no loss."""
        if self.loss is None:
            return np.zeros(0)
        losses = self.losses
        return losses[list(self.counts)] if self.counts else losses

    @property
    def losses(self) -> Array:
        """The loss at every timestep, whether it counts or not, (T,). There has to be one."""
        stop = cast("Stop", self.loss)
        return np.asarray(self.run[stop.line.name][:, 0].reshape(self.steps))

    def counted(self, t: int) -> bool:
        """Whether the loss counts at `t`, so that something is wanted there."""
        return not self.counts or self.counts[t]

    # What there is to visit.

    def program(self, direction: str) -> Program:
        """The program of a pass."""
        return self.run.cell.step if direction == "forward" else self.grads.program

    @cached_property
    def forward(self) -> tuple[Stop, ...]:
        """The stops of the forward pass."""
        return stops_of(self.run.cell.step, self.run.plan.shapes)

    @cached_property
    def backward(self) -> tuple[Stop, ...]:
        """The stops of the backward pass."""
        return stops_of(self.grads.program, self.grads.plan.shapes)

    def stops(self, direction: str) -> tuple[Stop, ...]:
        """The stops of a pass, in its order."""
        return self.forward if direction == "forward" else self.backward

    def stop(self, head: Playhead) -> Stop:
        """The stop under the playhead."""
        return self.stops(head.direction)[head.line]

    def inside(self, head: Playhead) -> bool:
        """Whether the playhead stands on an operation before the last of an opened line."""
        return head.op is not None and head.op < len(self.stop(head).operations) - 1

    def here(self, head: Playhead) -> int:
        """The place in the program under the playhead: the line's, or that of one of its operations."""
        return self.stop(head).operations[-1 if head.op is None else head.op]

    def size(self, head: Playhead) -> int:
        """How many units there are under the playhead."""
        return self.stop(head).sizes[-1 if head.op is None else head.op]

    def unit(self, head: Playhead) -> int:
        """The unit that is shown: the last one where there are fewer than wanted."""
        return min(head.unit, self.size(head) - 1)

    def current_line(self, head: Playhead) -> Line:
        """The line under the playhead; of a folded stop the one that is selected."""
        stop = self.stop(head)
        return stop.lines[self.unit(head)] if stop.folded else stop.line

    def visited(self, head: Playhead, direction: str, stop: int, t: int) -> bool:
        """Whether the playhead has been past this stop, so that its values are known."""
        head = begun(head)
        if direction != head.direction:
            return direction == "forward"
        ahead = t - head.t if direction == "forward" else head.t - t
        return ahead < 0 or (ahead == 0 and stop <= head.line - self.inside(head))

    def knows(self, head: Playhead, name: str, t: int) -> bool:
        """Whether a line of the forward pass, by name, is computed at `t`."""
        return self.has_made(head, "forward", name, t)

    def has_made(self, head: Playhead, direction: str, name: str, t: int) -> bool:
        """Whether a line of a pass, by name, is computed at `t`."""
        return self.visited(head, direction, self._numbers[direction, name], t)

    def has_taken(self, head: Playhead, t: int) -> bool:
        """Whether what is taken at `t` is known: always, but where the network takes it from its probabilities."""
        free = not self.took or t < 0 or self.probabilities is None or not self.counted(t)
        return free or self.knows(head, self.probabilities.line.name, t)  # type: ignore[union-attr]

    @cached_property
    def _numbers(self) -> dict[tuple[str, str], int]:
        """The stops by pass and name."""
        stops = (("forward", self.forward), ("backward", self.backward))
        return {
            (direction, line.name): k for direction, of in stops for k, stop in enumerate(of) for line in stop.lines
        }

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
        with np.errstate(all="ignore"):
            return norm(self.snapshot("backward", t).raw(line.place))

    def gradient_norm(self, state: str, t: int) -> float:
        """The length of the gradient of a state at `t`; nan where it has none."""
        return float(self.gradient_norms(state)[t])

    def gradient_norms(self, state: str) -> Array:
        """The lengths of a state's gradients over time, (T,); nan where it has none."""
        return self.remembered(("gradient norms", state), lambda: self._gradient_norms(state))

    def _gradient_norms(self, state: str) -> Array:
        if not any(stop.line.name == f"d{state}" for stop in self.backward):
            return np.full(self.steps, np.nan)
        return lengths(self.grads[state][:, 0])
