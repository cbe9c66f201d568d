"""Beam search: of everything that a model could say, the likeliest it finds with a few branches at a time.

tree = beam(cell, params, first, end, width=3)
tree.finished                # the nodes at which something ended, the likeliest first
tree.symbols(tree.best)      # what is said on the way to one
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rnntutor.engine.arguments import whole
from rnntutor.engine.cell import Cell
from rnntutor.engine.losses import log_softmax
from rnntutor.engine.ops import Array
from rnntutor.engine.run import run
from rnntutor.engine.sample import symbols_of

MOST = 100
"""Branches, and symbols of one."""


@dataclass(frozen=True)
class Node:
    """A symbol that could be said after those on the way to it."""

    symbol: int
    share: float
    """The log-probability of the symbol, after those before it."""
    total: float
    """The log-probability of everything said up to here: the sum of the shares."""
    parent: int
    """The node of the symbol before; -1 for none."""
    t: int
    kept: bool
    """Whether it was among the best of its timestep."""
    ends: bool
    """Whether it says that all is said."""


@dataclass(frozen=True)
class Tree:
    """All that was weighed up, timestep by timestep; within one the likeliest first."""

    nodes: tuple[Node, ...]
    width: int
    limit: int
    """Symbols after which a branch is cut."""

    def way(self, node: int) -> tuple[int, ...]:
        """The nodes from the first symbol to this one."""
        before = self.nodes[node].parent
        return (*(self.way(before) if before >= 0 else ()), node)

    def symbols(self, node: int) -> tuple[int, ...]:
        """What is said on the way to a node, with what it says itself."""
        return tuple(self.nodes[k].symbol for k in self.way(node))

    def after(self, node: int) -> tuple[int, ...]:
        """The nodes that go on from this one, the likeliest first; from -1, the first ones."""
        return tuple(k for k, other in enumerate(self.nodes) if other.parent == node)

    @property
    def finished(self) -> tuple[int, ...]:
        """The nodes at which a kept branch ended, the likeliest first."""
        return self._sorted(k for k, node in enumerate(self.nodes) if node.kept and node.ends)

    @property
    def cut(self) -> tuple[int, ...]:
        """The nodes at which a kept branch came to the limit without an end, the likeliest first."""
        return self._sorted(
            k for k, node in enumerate(self.nodes) if node.kept and not node.ends and node.t == self.limit - 1
        )

    @property
    def best(self) -> int:
        """The likeliest of what is finished; where nothing is, of what was cut."""
        return (self.finished or self.cut)[0]

    def _sorted(self, nodes: Iterable[int]) -> tuple[int, ...]:
        return tuple(sorted(nodes, key=lambda k: -self.nodes[k].total))


def beam(
    cell: Cell,
    params: Mapping[str, Array],
    first: int,
    end: int,
    *,
    width: int = 3,
    limit: int = 16,
    data: Mapping[str, Array] | None = None,
) -> Tree:
    """Search for the likeliest sequence that follows `first` and comes to `end`, by its log-probability.

    At every timestep the `width` likeliest continuations are kept. One that ends is set aside, and its place in the
    beam with it, as Sutskever, Vinyals and Le 2014 do; with a width of 1 this is always taking the likeliest symbol.
    `data` is what an `init` section reads, (1, F) each. The cell needs a line `y`, the scores; x is one-hot over the
    same symbols. Raises ValueError for a bad argument, or for scores that are no numbers.
    """
    size = symbols_of(cell, params)
    width, limit = whole("width", width, most=MOST), whole("limit", limit, most=MOST)
    first, end = whole("first", first, least=0, most=size - 1), whole("end", end, least=0, most=size - 1)
    nodes: list[Node] = []
    going: list[int] = [-1]
    states: Mapping[str, Array] = {}
    for t in range(limit):
        read = [nodes[k].symbol if k >= 0 else first for k in going]
        shares, states = _weighed(cell, params, np.eye(size)[None, read], states, data or {})
        room = width - sum(node.kept and node.ends for node in nodes)
        found = _continued([(k, nodes[k].total if k >= 0 else 0.0) for k in going], shares, t, room, end)
        rows = {node: row for row, node in enumerate(going)}
        going = [len(nodes) + k for k, node in enumerate(found) if node.kept and not node.ends]
        nodes += found
        if not going:
            break
        states = {name: state[[rows[nodes[k].parent] for k in going]] for name, state in states.items()}
    return Tree(tuple(nodes), width, limit)


def _weighed(
    cell: Cell, params: Mapping[str, Array], x: Array, states: Mapping[str, Array], data: Mapping[str, Array]
) -> tuple[Array, Mapping[str, Array]]:
    """Log-probabilities (B, V) of what comes after x (1, B, V), and the states that go on from there."""
    given = {name: np.repeat(values, x.shape[1], axis=0) for name, values in data.items()}
    given |= {"target": x} if "target" in cell.inputs else {}
    ran = run(cell, params, x, states, **given)
    shares = log_softmax(ran["y"][0])
    if np.isnan(shares).any():
        raise ValueError("params: the scores of what comes next are no numbers")
    return shares, ran.last


def _continued(going: Sequence[tuple[int, float]], shares: Array, t: int, room: int, end: int) -> list[Node]:
    """What may follow the open branches, each of them a node and its log-probability: the likeliest first.

    Of each branch as many as could be kept, so that one sees what was dropped.
    """
    found = [
        Node(int(symbol), float(share[symbol]), total + float(share[symbol]), parent, t, kept=False, ends=symbol == end)
        for (parent, total), share in zip(going, shares, strict=True)
        for symbol in np.argsort(-share, kind="stable")[:room]
    ]
    found.sort(key=lambda node: -node.total)
    return [replace(node, kept=rank < room) for rank, node in enumerate(found)]
