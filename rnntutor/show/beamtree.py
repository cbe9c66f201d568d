"""The tree of a beam search from left to right: what was kept and what was dropped, and below it what was found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from rnntutor.engine.beam import Tree
from rnntutor.show.look import Look
from rnntutor.show.texts import cut, fit, line_of, number, pad, probability, shorten, words

_LONGEST = 12
"""Columns of a symbol, at most."""
_SHARE = len(" 1.0")
_LEAST = 3
"""Rows that the tree needs; the sequences below it give way."""


def beam_tree(tree: Tree, symbols: Sequence[str], chosen: int, look: Look, width: int, height: int) -> list[Text]:
    """The tree as lines, at most `height` of them, none wider than `width`; `chosen` is the node that is looked at.

    Each row goes on from the node above its first branch. Of the branches that have no room the least likely are
    left out, but never the chosen one. Below stand the sequences that ended, the likeliest first.
    """
    ended = [k for k in (*tree.finished, *tree.cut) if k >= 0]
    room = max(_LEAST, height - 2 - len(ended))
    drawn = _Drawing(tree, tuple(symbols), chosen, look, width, room)
    lines = [drawn.heading(), *drawn.rows(), Text(""), *(drawn.sequence(k) for k in ended)]
    for line in lines:
        cut(line, width, look)
    return lines[: max(0, height)]


@dataclass(frozen=True, eq=False)
class _Drawing:
    """Draws a tree."""

    tree: Tree
    symbols: tuple[str, ...]
    chosen: int
    look: Look
    width: int
    room: int

    # What is shown.

    @cached_property
    def _way(self) -> frozenset[int]:
        """The nodes that lead to the chosen one."""
        return frozenset(self.tree.way(self.chosen))

    @cached_property
    def _ways(self) -> list[tuple[int, ...]]:
        """From the first symbol to the end of every branch that is shown, as far as it is in sight, in their order."""
        nodes, times = self.tree.nodes, self._times
        inner = {node.parent for node in nodes if node.t < times.stop}
        ends = [k for k, node in enumerate(nodes) if node.t in times and k not in inner]
        ends.sort(key=lambda k: (k != self._end, not nodes[k].kept, -nodes[k].total))
        # Within a timestep the likeliest nodes come first, so their numbers are the order from top to bottom.
        return sorted(self.tree.way(k) for k in ends[: self.room])

    @cached_property
    def _end(self) -> int:
        """Where the likeliest branch through the chosen node ends, or goes out of sight: it has to be there."""
        k = self.chosen
        while (after := self.tree.after(k)) and self.tree.nodes[k].t < self._times.stop - 1:
            k = after[0]
        return k

    @cached_property
    def _last(self) -> Mapping[int, int]:
        """Of each parent the child that is shown last."""
        found: dict[int, int] = defaultdict(lambda: -1)
        for way in self._ways:
            for parent, child in zip((-1, *way), way, strict=False):
                found[parent] = max(found[parent], child)
        return found

    # Where it stands.

    @cached_property
    def _column(self) -> int:
        """The width of a timestep."""
        longest = max(cell_len(words(self.symbols[node.symbol], self.look)) for node in self.tree.nodes)
        return 2 + min(longest, _LONGEST) + _SHARE + 2 * self.look.plain + 1

    @cached_property
    def _count(self) -> int:
        """The timesteps of the longest branch."""
        return max(node.t for node in self.tree.nodes) + 1

    @cached_property
    def _times(self) -> range:
        """The timesteps in sight, around the chosen one's."""
        last = self._count
        fits = max(1, min(last, (self.width - 1) // self._column))
        start = max(0, min(self.tree.nodes[self.chosen].t - fits // 2, last - fits))
        return range(start, start + fits)

    # What is drawn.

    def heading(self) -> Text:
        """The chosen node, and which timesteps are in sight."""
        node, look = self.tree.nodes[self.chosen], self.look
        line = line_of((f"beam {self.tree.width}", look.strong), (f"   t {node.t} ", look.soft))
        line.append(words(self.symbols[node.symbol], look), look.accent())
        with np.errstate(all="ignore"):
            line.append(f" {probability(float(np.exp(node.share)))}", look.text)
        line.append(f"   log p in all {number(node.total)}", look.text)
        line.append("" if node.kept else "   dropped", look.soft)
        if len(self._times) < self._count:
            line.append(f"   t {self._times.start} to {self._times.stop - 1}", look.faint)
        return line

    def rows(self) -> list[Text]:
        """A row for each end of a branch, from where it leaves the row above it."""
        ways = self._ways
        shared = [next(j for j, (a, b) in enumerate(zip(*pair, strict=False)) if a != b) for pair in pairwise(ways)]
        return [self._row(way, branch) for way, branch in zip(ways, [-1, *shared], strict=True)]

    def _row(self, way: tuple[int, ...], branch: int) -> Text:
        """What comes from the timestep of its branch on, and before that the lines that go past it."""
        first, other, last, down = tuple(self.look.glyphs.branches)
        line = line_of()
        for t in self._times:
            if t >= len(way):
                break
            ends = self._last[(-1, *way)[t]] == way[t]
            pad(line, (t - self._times.start) * self._column)
            if t < branch:
                line.append(" " if ends else down, self.look.faint)
            else:
                sign = first if t > branch else last if ends else other
                line.append(f"{sign} ", self.look.faint)
                self._node(line, way[t])
        return line

    def _node(self, line: Text, k: int) -> None:
        """A symbol and its probability; what was dropped is dim, or in brackets where that cannot be seen."""
        node, look = self.tree.nodes[k], self.look
        text = shorten(words(self.symbols[node.symbol], look), _LONGEST, look.glyphs.more)
        with np.errstate(all="ignore"):
            text += f" {probability(float(np.exp(node.share)))}"
        line.append(f"({text})" if look.plain and not node.kept else text, self._style(k))

    def _style(self, k: int) -> Style:
        if k == self.chosen:
            return self.look.selected
        if not self.tree.nodes[k].kept:
            return self.look.faint
        return self.look.accent() if k in self._way else self.look.strong

    def sequence(self, k: int) -> Text:
        """All that is said on the way to a node, and its log-probability."""
        tree, look = self.tree, self.look
        node = tree.nodes[k]
        said = [words(self.symbols[symbol], look) for symbol in tree.symbols(k)]
        text = " ".join(said[:-1] if node.ends else [*said, look.glyphs.more])
        style = look.accent() if k in self._way else look.text
        return line_of((fit(number(node.total), 9), look.soft), (text, style)).append(
            "" if node.ends else f" cut after {len(said)}", look.faint
        )
