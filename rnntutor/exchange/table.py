"""The mapping as a table: which tensor of PyTorch, which of its rows, became which parameter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rnntutor.engine.cell import load_cell
from rnntutor.engine.shapes import Shape
from rnntutor.exchange.cells import called
from rnntutor.exchange.mapping import TENSORS, Kind
from rnntutor.exchange.network import Network
from rnntutor.exchange.state_dict import Layer


def layer_table(network: Network, layer: Layer) -> list[str]:
    """A row per tensor of a layer, a column per gate: what those rows of the tensor became."""
    found, shapes = network.found, network.shapes
    kind, units = found.kind, found.units
    rows = [f"{k * units}–{(k + 1) * units - 1}" for k in range(len(kind.gates))]
    head = ["", "rows", *rows, ""]
    sides = (*(f"columns of {name}" for name in read_by(network, layer)), "", "")
    body = []
    for k, name in enumerate(TENSORS):
        if name in layer.tensors:
            became = [called(gate.becomes[k], *network.place_of(layer)) for gate in kind.gates]
            short = layer.tensors[name].removeprefix(f"{found.module}.")
            body.append([short, shape_of(shapes[layer.tensors[name]]), *became, sides[k]])
    return aligned([head, *body])


def read_by(network: Network, layer: Layer) -> tuple[str, str]:
    """What weight_ih and weight_hh of a layer multiply, by the names of its part."""
    number, depth = network.place_of(layer)
    lowest = "e" if network.around.embedding and layer.number == 1 else "x"
    return called("h", number - 1, depth) if number > 1 else lowest, called("h_prev", number, depth)


def gate_words(kind: Kind) -> Iterator[str]:
    """What each gate is for, in the order of the rows: the captions of the cell's own lines."""
    captions = {line.name: line.caption for line in load_cell(kind.cell).lines}
    yield from (captions[gate.line].partition(":")[0] for gate in kind.gates)


def shape_of(shape: Shape) -> str:
    """A shape as PyTorch writes it."""
    return f"({', '.join(map(str, shape))})"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of words as lines whose columns stand below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip() for row in rows]
