"""From a cell and the shapes of its arrays to a layout, worked out once and kept with the cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock

from rnntutor.engine.cell import Cell
from rnntutor.engine.given import known_shapes
from rnntutor.engine.layout import Layout, lay_out
from rnntutor.engine.memory import Sizes
from rnntutor.engine.normal import Normal, normalise
from rnntutor.engine.ops import LEAVES, Array
from rnntutor.engine.program import Program
from rnntutor.engine.shapes import Shape, infer
from rnntutor.engine.spans import Span
from rnntutor.engine.tape import KEPT_TAPES, Space, is_small
from rnntutor.engine.weights import Params, Stacks, stacked

KEPT_PLANS = 64
"""How many shapes of arrays are remembered with a cell."""
KEPT_SIZES = 4
"""How many sizes are remembered."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A program with known shapes, rewritten and laid out."""

    program: Program
    shapes: list[Shape]
    normal: Normal
    layout: Layout
    stacks: Stacks
    """How the parameters are kept."""
    spaces: dict[Sizes, list[Space]] = field(default_factory=dict, repr=False)
    """Bound tapes of small runs, used again when their results are forgotten."""
    backwards: dict[tuple[str, ...], Plan] = field(default_factory=dict, repr=False)
    """The plans of backward passes over runs of this one, by their seeds."""
    lock: Lock = field(default_factory=Lock, repr=False)

    def borrow(self, sizes: Sizes) -> Space:
        """Memory and tape for a run; `lent` until the caller holds the results."""
        with self.lock:
            spaces = self.spaces.setdefault(sizes, [])
            while len(self.spaces) > KEPT_SIZES:
                del self.spaces[next(iter(self.spaces))]
            space = next((space for space in spaces if space.is_free), None)
            if space is None:
                space = Space(self.layout, sizes, keep=is_small(self.layout, sizes))
                if space.keep:
                    spaces.append(space)
                    del spaces[:-KEPT_TAPES]
            space.lent = True
            return space

    @cached_property
    def lines(self) -> dict[str, int]:
        """The lines that have a value at every timestep, and their places."""
        return {line.name: line.place for line in self.program.lines if line.kind == "value"}

    @cached_property
    def carried(self) -> tuple[Span, ...]:
        """What crosses from one timestep to the next."""
        return tuple(self.layout.spans[carry.source] for carry in self.program.carries)

    def fill(self, space: Space, params: Params, data: Mapping[str, Array]) -> None:
        """Put parameters and data where the plan wants them."""
        space.fill_weights(params.stacks)
        for name, place in self.vectors:
            space.inlets[place][...] = params[name]
        for name, place in self.inputs:
            space.inlets[place][...] = data[name].swapaxes(1, 2)

    def put_states(self, space: Space, states: Mapping[str, Array]) -> None:
        """Write the first states into slot 0."""
        for carry in self.program.carries:
            space.inlets[carry.leaf][0] = states[carry.name].T

    def put_seed(self, space: Space, name: str, values: Array) -> None:
        """Write what reaches a line from outside, (T, B, rows); (T, B) of a scalar."""
        into = space.inlets[self.seeds[f"d{name}_out"]]
        into[...] = values[:, None] if values.ndim == 2 else values.swapaxes(1, 2)

    @cached_property
    def vectors(self) -> tuple[tuple[str, int], ...]:
        """The parameters that are read as they stand, and their places."""
        return self._given("param")

    @cached_property
    def inputs(self) -> tuple[tuple[str, int], ...]:
        """The inputs that each timestep reads, and their places; a backward pass finds them in the run."""
        return self._given("input")

    @cached_property
    def seeds(self) -> dict[str, int]:
        """Where gradients from outside come in."""
        return self.program.leaves("seed")

    def _given(self, kind: str) -> tuple[tuple[str, int], ...]:
        return tuple(item for item in self.program.leaves(kind).items() if item[1] in self.layout.leaves)


JOINED = 100_000
"""Bytes of weights up to which a step of a batch of one had better multiply x too, instead of adding what was
multiplied for all t at once: by measurement 5 % at 50 kB, 2 % at 130 kB, nothing from 260 kB on."""
TWINS = 2_000
"""Weights up to which a step of a batch of one had better make a product twice than multiply it twice."""


def plan_of(cell: Cell, params: Mapping[str, Array], data: Mapping[str, Array], sizes: Sizes) -> Plan:
    """The plan of a run on arrays of these shapes, from the cell's store."""
    join = JOINED // sizes.dtype.itemsize if sizes.batch == 1 else 0
    key = (join, *[params[name].shape for name in cell.params], *[array.shape[-1] for array in data.values()])
    if key not in cell.plans:
        if len(cell.plans) >= KEPT_PLANS:
            cell.plans.clear()
        cell.plans[key] = forward_plan(cell, known_shapes(params, data), join)
    found: Plan = cell.plans[key]
    return found


def forward_plan(cell: Cell, known: Mapping[str, Shape], join: int = 0) -> Plan:
    """The plan of a forward run. With at most `join` weights they multiply all they can inside the loop."""
    program = cell.step
    shapes = infer(program, known)
    wanted = list(dict.fromkeys([line.place for line in program.lines] + _read_later(cell)))
    normal = normalise(program, shapes, wanted, join=join)
    together = [node.args for node in program.nodes if node.op == "concat"]
    made = [row for row in together if all(k in normal.places for k in row)]
    layout = lay_out(normal, together=made)
    stacks = stacked(layout.packs, {name: known[name] for name in cell.params})
    return Plan(program, shapes, normal, layout.fed_by(stacks), stacks)


def backward_plan(
    cell: Cell, forward: Plan, known: Mapping[str, Shape], seeds: tuple[str, ...], twins: int = 0
) -> Plan:
    """The plan of a backward pass that reads a run made with `forward`.

    A product of the loop of at most `twins` weights that several factors multiply is made once for each.
    """
    program = cell.backward(seeds)
    shapes = infer(program, known)
    spans, ones = forward.layout.spans, forward.layout.ones
    stored = {place: span._replace(buffer="run") for place, span in spans.items() if span.buffer == "kept"}
    wanted = [line.place for line in program.lines if line.kind == "value"]
    normal = normalise(program, shapes, wanted, stored, twins=twins)
    layout = lay_out(normal, stored, backward=True, ones=ones and ones._replace(buffer="run"))
    return Plan(program, shapes, normal, layout.fed_by(forward.stacks), forward.stacks)


def _read_later(cell: Cell) -> list[int]:
    """Unnamed forward values that the backward pass reads, such as tanh(c): kept, so as not to compute them twice."""
    program = cell.step
    backward = cell.backward(tuple(line.name for line in program.lines))
    read: list[int] = []
    for node in backward.nodes[backward.given :]:
        for arg in node.args:
            if arg < backward.given:
                read += program.nodes[arg].args if program.nodes[arg].op == "concat" else [arg]
    return [k for k in dict.fromkeys(read) if not program.nodes[k].name and _computed(program, k)]


def _computed(program: Program, place: int) -> bool:
    return program.nodes[place].op not in LEAVES | {"concat", "transpose"}
