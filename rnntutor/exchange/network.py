"""A PyTorch model as networks of ours that compute the same.

Layers of one direction are one network, a stack of cells. Of two directions each layer and direction is a network of
its own: one that reads from the end runs over its inputs in reverse, the layer above reads both of them side by side,
and on the way back its gradient is parted into what each of them gets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from rnntutor.engine.backward import Gradients
from rnntutor.engine.cell import Cell
from rnntutor.engine.ops import Array
from rnntutor.engine.run import Run, run
from rnntutor.engine.shapes import Shape
from rnntutor.exchange.cells import Around, called, network, readout_alone
from rnntutor.exchange.mapping import TENSORS, unpacked
from rnntutor.exchange.reading import StateDict
from rnntutor.exchange.state_dict import Found, Layer, recognised


@dataclass(frozen=True, eq=False)
class Part:
    """One of the networks."""

    name: str
    cell: Cell
    params: Mapping[str, Array] = field(repr=False)
    layers: tuple[Layer, ...] = ()
    """Those of PyTorch's that it holds; none of the readout's own network."""

    @property
    def from_end(self) -> bool:
        """Whether it reads the sequence from its end."""
        return any(layer.from_end for layer in self.layers)


@dataclass(frozen=True, eq=False)
class Played:
    """A part that was run. Where it reads from the end, its t = 0 is the last timestep of the sequence."""

    part: Part
    run: Run
    grads: Gradients


@dataclass(frozen=True, eq=False)
class Network:
    """A PyTorch model: what was recognised, and the networks that compute it, in their order."""

    found: Found
    around: Around
    parts: tuple[Part, ...]
    shapes: Mapping[str, Shape] = field(repr=False)
    """Those of PyTorch's tensors."""

    def place_of(self, layer: Layer) -> tuple[int, int]:
        """Which layer of how many it is in its own part."""
        return (layer.number, self.found.depth) if self.found.directions == 1 else (1, 1)

    def play(self, x: Array, target: Array | None = None) -> tuple[Played, ...]:
        """Run every part over a sequence x (T, B, D), forward and back.

        The gradients are those of the summed loss; without one, of the sum of what the model gives at its end: y at the
        last timestep, or else the last h of the top layer, of either direction.
        """
        data = {"target": target} if self.around.says and target is not None else {}
        if self.found.directions == 1:
            part = self.parts[0]
            ran = run(part.cell, part.params, x, None, **data)
            return (Played(part, ran, ran.backward(_seeds(ran))),)
        return self._both_ways(x, data)

    def _both_ways(self, x: Array, data: Mapping[str, Array]) -> tuple[Played, ...]:
        """Up through the layers, and back down."""
        runs, below = list[Run](), x
        for part in self.parts:
            reads = below[::-1] if part.from_end else below
            runs.append(run(part.cell, part.params, reads, None, **({} if part.layers else data)))
            if part.from_end:
                below = np.concatenate([runs[-2]["h"], runs[-1]["h"][::-1]], axis=-1)
        return self._back(runs)

    def _back(self, runs: list[Run]) -> tuple[Played, ...]:
        """The gradients of every part, from the top."""
        played = list[Played]()
        above: Array | None = None
        if not self.parts[-1].layers:
            grads = runs[-1].backward(_seeds(runs[-1]))
            played, above = [Played(self.parts[-1], runs[-1], grads)], grads["x"]
        for k in range(2 * self.found.depth - 2, -1, -2):
            units = self.found.units
            shares = (None, None) if above is None else (above[..., :units], above[::-1, :, units:])
            pair = [
                Played(part, ran, ran.backward(_seeds(ran) if share is None else {"h": share}))
                for part, ran, share in zip(self.parts[k : k + 2], runs[k : k + 2], shares, strict=True)
            ]
            above = pair[0].grads["x"] + pair[1].grads["x"][::-1]
            played = [*pair, *played]
        return tuple(played)


def _seeds(ran: Run) -> dict[str, Array] | None:
    """Where a gradient comes from: the loss; or ones for y, or else h, at the last timestep."""
    lines = ran.cell.step.assigned
    if "loss" in lines:
        return None
    name = "y" if "y" in lines else "h"
    seed = np.zeros_like(ran[name])
    seed[-1] = 1
    return {name: seed}


def network_of(source: StateDict, module: str | None, nonlinearity: str | None, *, symbols: bool = True) -> Network:
    """The networks of a state dict; with `symbols`, a linear layer with a score for each has a loss.

    Raises ValueError naming the file and the tensor that does not fit.
    """
    try:
        found = recognised(source.shapes, module, nonlinearity)
        around = _around(found, source, symbols=symbols)
        tensors = source.read(found.used)
        return Network(found, around, _parts(found, around, tensors), source.shapes)
    except ValueError as error:
        said = str(error).removeprefix(f"{source.path}: ").splitlines()[0]
        raise ValueError(f"{source.path}: {said}") from error


def size_of(found: Found, source: StateDict) -> int:
    """How many symbols the model reads, if it reads symbols."""
    return source.shapes[found.embedding][0] if found.embedding else found.inputs


def _around(found: Found, source: StateDict, *, symbols: bool) -> Around:
    scores = source.shapes[found.linear][0] if found.linear else 0
    return Around(bool(found.embedding), bool(found.linear), symbols and scores == size_of(found, source))


def _parts(found: Found, around: Around, tensors: Mapping[str, Array]) -> tuple[Part, ...]:
    embedding = {"W_e": np.asarray(tensors[found.embedding], np.float64).T} if around.embedding else {}
    linear = _linear(found, tensors) if around.linear else {}
    if found.directions == 1:
        params = [_params(found, layer, tensors) for layer in found.layers]
        own = {called(name, k, found.depth): p for k, layer in enumerate(params, 1) for name, p in layer.items()}
        cell = network(found.kind, found.depth, around)
        return (Part("model", cell, embedding | own | linear, found.layers),)
    parts = [_direction(found, layer, embedding if layer.number == 1 else {}, tensors) for layer in found.layers]
    return (*parts, *([Part("readout", readout_alone(around), linear)] if around.linear else []))


def _direction(found: Found, layer: Layer, embedding: Mapping[str, Array], tensors: Mapping[str, Array]) -> Part:
    """A layer in one direction as a network of its own."""
    cell = network(found.kind, 1, Around(embedding=bool(embedding)))
    return Part(name_of(layer, found), cell, {**embedding, **_params(found, layer, tensors)}, (layer,))


def name_of(layer: Layer, found: Found) -> str:
    """What a layer is called."""
    way = ("forward", "from the end")[layer.from_end]
    return f"layer {layer.number}, {way}" if found.directions == 2 else f"layer {layer.number}"


def _params(found: Found, layer: Layer, tensors: Mapping[str, Array]) -> dict[str, Array]:
    """The parameters of a layer; biases that are not there are zero."""
    zero = np.zeros(len(found.kind.gates) * found.units)
    return unpacked(found.kind, {k: tensors[layer.tensors[k]] if k in layer.tensors else zero for k in TENSORS})


def _linear(found: Found, tensors: Mapping[str, Array]) -> dict[str, Array]:
    weight = np.asarray(tensors[found.linear], np.float64)
    bias = np.asarray(tensors[found.linear_bias], np.float64) if found.linear_bias else np.zeros(len(weight))
    return {"W_y": weight, "b_y": bias}
