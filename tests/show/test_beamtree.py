"""The tree of a beam search as lines."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.engine.beam import Node, Tree, beam
from rnntutor.show.beamtree import beam_tree
from rnntutor.show.look import ASCII, LIGHT, Look
from tests.engine.test_beam import END, case

PLAIN = Look(plain=True)
LOOKS = (Look(), Look(LIGHT), PLAIN, Look(glyphs=ASCII, plain=True))
SYMBOLS = ("a", "circle", "<END>")


def node(symbol: int, share: float, parent: int, t: int, before: float, *, kept: bool) -> Node:
    """A node by its probability; `before` is the probability of what leads to it."""
    return Node(symbol, float(np.log(share)), float(np.log(share * before)), parent, t, kept, symbol == 2)


SMALL = Tree((
    node(0, 0.6, -1, 0, 1, kept=True), node(1, 0.3, -1, 0, 1, kept=True), node(2, 0.1, -1, 0, 1, kept=False),
    node(1, 0.9, 0, 1, 0.6, kept=True), node(2, 0.8, 1, 1, 0.3, kept=True), node(0, 0.1, 0, 1, 0.6, kept=False),
    node(2, 0.5, 3, 2, 0.54, kept=True), node(1, 0.5, 3, 2, 0.54, kept=False),
), 2, 3)  # fmt: skip


def drawn(tree: Tree, chosen: int, width: int = 100, height: int = 30, look: Look = PLAIN) -> list[str]:
    return [line.plain.rstrip() for line in beam_tree(tree, SYMBOLS, chosen, look, width, height)]


def test_a_small_tree() -> None:
    assert drawn(SMALL, 3) == [
        "beam 2   t 1 circle .90   log p in all -0.616",
        "─ a .60        ─ circle .90   ─ <END> .50",
        "│              │              └ (circle .50)",
        "│              └ (a .10)",
        "├ circle .30   ─ <END> .80",
        "└ (<END> .10)",
        "",
        "-1.309   a circle",
        "-1.427   circle",
    ]


def test_in_ascii() -> None:
    assert drawn(SMALL, 5, look=Look(glyphs=ASCII, plain=True))[:4] == [
        "beam 2   t 1 a .10   log p in all -2.813   dropped",
        "- a .60        - circle .90   - <END> .50",
        "|              |              + (circle .50)",
        "|              + (a .10)",
    ]


def test_what_is_chosen_is_in_sight() -> None:
    for chosen, said in enumerate(("a .60", "circle .30", "<END> .10", "circle .90", "<END> .80", "a .10")):
        rows = drawn(SMALL, chosen, width=32, height=7)
        assert any(said in row for row in rows[1:4])
    assert drawn(SMALL, 6, width=32, height=7)[1].split() == ["─", "circle", ".90", "─", "<END>", ".50"]
    assert drawn(SMALL, 0, width=32, height=7)[1].split() == ["─", "a", ".60", "─", "circle", ".90"]


def test_colours_tell_what_was_dropped() -> None:
    look = Look()
    lines = beam_tree(SMALL, SYMBOLS, 3, look, 100, 30)
    styles = {line.plain[span.start : span.end]: span.style for line in lines for span in line.spans}
    assert styles["circle .90"] == look.selected
    assert styles["a .60"] == look.accent()
    assert styles["<END> .50"] == look.strong
    assert styles["a .10"] == styles["circle .50"] == look.faint


def test_a_sequence_that_was_cut() -> None:
    cut = Tree((node(0, 0.6, -1, 0, 1, kept=True), node(1, 0.4, -1, 0, 1, kept=True)), 2, 1)
    assert drawn(cut, 0)[-2:] == ["-0.511   a … cut after 1", "-0.916   circle … cut after 1"]


@given(
    st.integers(0, 20), st.integers(1, 5), st.integers(1, 8), st.integers(0, 10**6), st.integers(1, 200),
    st.integers(0, 60), st.sampled_from(LOOKS),
)  # fmt: skip
def test_every_tree_fits(
    seed: int, branches: int, limit: int, chosen: int, width: int, height: int, look: Look
) -> None:
    cell, params, data = case(seed)
    tree = beam(cell, params, 0, END, width=branches, limit=limit, data=data)
    lines = beam_tree(tree, SYMBOLS, chosen % len(tree.nodes), look, width, height)
    assert len(lines) <= height
    assert all(line.cell_len <= width for line in lines)
    if look.glyphs is ASCII:
        assert all(line.plain.isascii() for line in lines)


@given(st.integers(0, 20), st.integers(1, 3), st.integers(1, 5))
def test_with_room_every_node_is_there_once(seed: int, branches: int, limit: int) -> None:
    cell, params, data = case(seed)
    tree = beam(cell, params, 0, END, width=branches, limit=limit, data=data)
    rows = drawn(tree, tree.best, width=400, height=400)[1:]
    rows = rows[: rows.index("")]
    names = "|".join(map(re.escape, SYMBOLS))
    shown = re.findall(rf"(\(?)({names}) (1\.0|\.\d\d|nan)", "\n".join(rows))
    assert len(shown) == len(tree.nodes)
    assert sum(bracket == "" for bracket, *_ in shown) == sum(node.kept for node in tree.nodes)
