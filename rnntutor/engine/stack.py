"""Layers: a stack of one cell is a longer text of the same language, so everything else follows from it."""

from __future__ import annotations

import re

from rnntutor.engine.cell import Cell, parse_cell

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def stacked(cell: Cell, layers: int) -> Cell:
    """A cell of several layers, each reading the last state of the one below; the first reads x.

    The names of a lower layer carry its number (h1, W_f1), those of the top one stay as they are. The last state that
    the text assigns, such as h of an LSTM, is what the layer above reads. Raises ValueError for fewer than one layer,
    a cell without a state, one with an `init` or `readout` section, and where a name with a number is taken already.
    """
    if isinstance(layers, bool) or not isinstance(layers, int) or layers < 1:
        raise ValueError(f"layers: a whole number from 1 is wanted, not {layers!r}")
    if layers == 1:
        return cell
    if cell.init or any(line.section != "step" for line in cell.lines) or not cell.states:
        raise ValueError(f"{cell.title}: only a cell with a state, without init and readout, can be stacked")
    texts = [_layer(cell, k, layers) for k in range(1, layers + 1)]
    return parse_cell("\n".join(texts) + "\n", f"{cell.title}×{layers}")


def _layer(cell: Cell, layer: int, layers: int) -> str:
    """The equations of one layer."""
    own = [*cell.step.assigned, *cell.params, *(f"{state}_prev" for state in cell.states)]
    names = {name: numbered(name, layer) for name in own} if layer < layers else {}
    taken = sorted(set(names.values()) & set(own))
    if taken:
        raise ValueError(f"{cell.title}: {taken[0]} is a name of the cell already; call it something else to stack it")
    if layer > 1:
        names["x"] = numbered(cell.states[-1], layer - 1)
    lines = [_WORD.sub(lambda word: names.get(word[0], word[0]), line.text) for line in cell.lines]
    captions = [line.caption for line in cell.lines]
    said = [f"layer {layer}: {caption}" if caption else f"layer {layer}" for caption in captions]
    return "\n".join(f"{text}   # {words}" for text, words in zip(lines, said, strict=True))


def numbered(name: str, layer: int) -> str:
    """h1 for h, h1_prev for h_prev."""
    base = name.removesuffix("_prev")
    return f"{base}{layer}{name[len(base):]}"
