"""A run of a cell over a sequence.

run = rt.run(cell, params, x)          # x (T, B, D)
run["f"]                               # (T, B, H)
grads = run.backward({"h": dh})        # dh (T, B, H)
grads["W_f"]                           # summed over t and batch
grads.at(2)["W_f"]                     # what timestep 2 alone contributes
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rnntutor.engine import given
from rnntutor.engine.backward import Gradients, backward
from rnntutor.engine.cell import Cell
from rnntutor.engine.edit import Unit, edited
from rnntutor.engine.memory import Parts, Sizes, kept_at, over_time
from rnntutor.engine.ops import Array
from rnntutor.engine.plan import Plan, plan_of
from rnntutor.engine.snapshot import Snapshot, shown
from rnntutor.engine.tape import Edit, Space
from rnntutor.engine.weights import Params


@dataclass(frozen=True, eq=False)
class Run:
    """Every value of every line at every timestep. Immutable: an edit gives a new run."""

    cell: Cell
    params: Params
    inputs: Mapping[str, Array]
    """Data by name: (T, B, ·) for what each timestep reads, (B, ·) for what `init` reads."""
    init: Mapping[str, Array]
    """The states before the first timestep, (B, H)."""
    plan: Plan
    space: Space = field(repr=False)
    """Where all values are, and the backward passes over them."""
    hold: Array = field(repr=False)
    """Keeps that from being used again."""
    edits: tuple[tuple[str, Edit], ...] = ()
    starts: dict[int, Array] = field(default_factory=dict, repr=False)
    """Values of the `init` section, by place."""
    given_init: Mapping[str, Array] = field(default_factory=dict, repr=False)
    """The first states that were given, as they were before any edit."""

    @property
    def sizes(self) -> Sizes:
        """How long, how wide a batch, and in which precision."""
        return self.space.sizes

    @property
    def kept(self) -> Parts:
        """All values: see `engine.layout`."""
        return self.space.memory.shown

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
        if not isinstance(name, str):
            raise ValueError(f"name: a text is wanted, not {name!r}")
        if name in self.params:
            return self.params[name]
        place = self.cell.step.by_name.get(name)
        if place is None:
            raise ValueError(f"no value is called {name!r}; there are {', '.join(self.cell.step.by_name)}")
        return shown(over_time(self.kept, self.plan.layout.spans[place], self.steps), self.plan.shapes[place])

    @property
    def last(self) -> dict[str, Array]:
        """The states after the last timestep, (B, H): what carries on into the next chunk."""
        return {name: self[name][-1] for name in self.cell.states}

    def at(self, t: int) -> Snapshot:
        """Every value of timestep `t`, down to the operations, which are computed when asked for."""
        t = given.index("t", t, self.steps)
        known = kept_at(self.kept, self.plan.layout.spans, t)
        for name, place in self.cell.step.leaves("param").items():
            known[place] = given.standing(self.params[name])
        return Snapshot(self.cell.step, self.plan.shapes, known, t)

    def backward(self, seeds: Mapping[str, Array] | None = None, window: int | None = None) -> Gradients:
        """The gradients of sum over t of sum(seed[t] * value[t]); without seeds, of the summed loss.

        `seeds` gives dL/d(line) that reaches a line from outside, (T, B, H) each. With `window` no gradient
        crosses t = window, 2 * window, ... (truncated backpropagation). Of an edited run the slopes are taken at
        the edited values, and a value set by hand still passes its gradient on to what would have computed it.
        Raises ValueError for a bad argument.
        """
        return backward(self, seeds, window)

    def edit(
        self,
        name: str,
        t: int | None = None,
        unit: Unit = 0,
        value: float = 0.0,
        batch: int = 0,
    ) -> Run:
        """A new run in which a number is set by hand; everything that depends on it is computed again, once.

        `name` is a line, a state before a timestep (`h_prev` at t is `h` at t - 1, and before t = 0 the start), an
        input or a parameter. A `unit` of None sets every unit to `value`. A parameter holds for every t and takes a
        `unit` of (row, column), where None stands for every one. Raises ValueError for a bad argument.
        """
        return edited(self, name, t, unit, value, batch)


def run(
    cell: Cell,
    params: Mapping[str, Array],
    x: Array,
    init: Mapping[str, Array] | None = None,
    **inputs: Array,
) -> Run:
    """Run a cell over a sequence.

    x is (T, B, D); `init` maps states to (B, H), zeros where absent; further inputs by keyword: target (T, B, V), and
    v (B, ·) for an `init` section. float32 if the parameters are, else float64.
    Raises ValueError naming an argument that is missing, unknown, empty or of the wrong shape.
    """
    if not isinstance(cell, Cell):
        raise ValueError(f"cell: load_cell or parse_cell makes one, not {type(cell).__name__}")
    arrays, dtype = given.parameters(cell, params)
    data = given.own_data(cell, {"x": x, **inputs}, dtype)
    sizes = Sizes(*given.length_of(data), dtype)
    plan = plan_of(cell, arrays, data, sizes)
    own = plan.stacks.copy(arrays, dtype)
    states, starts = given.first_states(cell, plan.shapes, own, data, init or {}, sizes)
    space = plan.borrow(sizes)
    plan.fill(space, own, data)
    plan.put_states(space, states)
    space.execute()
    first = {name: states[name] for name in init or {}}
    run = Run(cell, own, data, states, plan, space, space.memory.hold(), starts=starts, given_init=first)
    space.lent = False
    return run
