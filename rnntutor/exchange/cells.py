"""The text of a cell that computes what a PyTorch model does: shipped cells, and what stands before and behind them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rnntutor.engine.cell import Cell, load_cell, parse_cell
from rnntutor.engine.stack import numbered, stacked
from rnntutor.exchange.mapping import Kind
from rnntutor.tasks.chars import READOUT

EMBEDDING = "e = W_e @ x   # embedding: the column of the symbol that is read\n"
LINEAR = "y = W_y @ h + b_y   # linear layer"
SIDE_BY_SIDE = "h = x   # both directions, side by side\n"
_READS = re.compile(r"\bx\b")


@dataclass(frozen=True)
class Around:
    """What stands around the recurrent layers."""

    embedding: bool = False
    linear: bool = False
    says: bool = False
    """Whether the linear layer has a score for every symbol, so that it can be compared with the next one."""

    @property
    def readout(self) -> str:
        """The section behind the layers."""
        if not self.linear:
            return ""
        return READOUT if self.says else f"\nreadout:\n    {LINEAR}\n"


def network(kind: Kind, layers: int, around: Around) -> Cell:
    """The layers one above the other, between an embedding and a readout if there are any.

    Raises EquationError (a ValueError) for more layers than a text may have lines.
    """
    cell = stacked(load_cell(kind.cell), layers)
    reads = "e" if around.embedding else "x"
    lines = [f"{_READS.sub(reads, line.text)}   # {line.caption}" for line in cell.lines]
    text = (EMBEDDING if around.embedding else "") + "\n".join(lines) + "\n" + around.readout
    return parse_cell(text, title_of(kind, layers))


def readout_alone(around: Around) -> Cell:
    """The readout as a network of its own, which reads what both directions below it give."""
    return parse_cell(f"{SIDE_BY_SIDE}{around.readout}", "readout")


def title_of(kind: Kind, layers: int) -> str:
    """What the network is called: LSTM, or LSTM×2."""
    name = kind.layer.removeprefix("nn.").lower()
    return f"{name}×{layers}" if layers > 1 else name



def called(name: str, layer: int, layers: int) -> str:
    """What a name of the cell is called in a layer of a stack, counted from 1; the top one keeps its names."""
    return numbered(name, layer) if layer < layers else name
