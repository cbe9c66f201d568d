"""Walking a tree of beam search, and saying one of its branches."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rnntutor.play.branching import along, drawn_anew, most_probable, walked
from rnntutor.play.speaking import told_otherwise
from rnntutor.show.branches import branches, searchable, tree_of
from rnntutor.show.look import ASCII, DARK, Look
from tests.play.test_speaking import SYMBOLS, telling_scene
from tests.show.scenes import scene

TOLD = telling_scene("argmax", "rnn", 0)
MOVES = ("next_line", "previous_line", "next_unit", "previous_unit", "home", "end")


@given(moves=st.lists(st.sampled_from(MOVES), max_size=12))
def test_every_move_stays_in_the_tree_and_can_be_drawn(moves: list[str]) -> None:
    node, tree = 0, tree_of(TOLD)
    for move in moves:
        before, node = node, walked(TOLD, node, move)
        assert 0 <= node < len(tree.nodes)
        if move == "next_line" and node != before:
            assert tree.nodes[node].parent == before
            assert walked(TOLD, node, "previous_line") == before
        for look in (Look(), Look(DARK, ASCII, plain=True)):
            assert all(len(line.plain) <= 80 for line in branches(TOLD, node, look, 80, 12))


@given(node=st.integers(0, 30))
def test_a_branch_is_said_and_goes_on_by_itself(node: int) -> None:
    tree = tree_of(TOLD)
    telling = TOLD.telling
    assert telling is not None
    after = told_otherwise(TOLD, along(telling, tree.symbols(min(node, len(tree.nodes) - 1))))
    said = [SYMBOLS[k] for k in tree.symbols(min(node, len(tree.nodes) - 1))]
    assert list(after.wants[: len(said)]) == said
    assert after.reads[1:] == after.wants[:-1]
    rest = after.run["y"][len(said) :, 0].argmax(axis=1)
    assert [SYMBOLS[k] for k in rest] == list(after.wants[len(said) :])


def test_drawing_takes_the_next_seed_and_back() -> None:
    telling = TOLD.telling
    assert telling is not None
    first = drawn_anew(telling)
    assert (first.how, first.seed) == ("sample", telling.seed)
    assert drawn_anew(first).seed == first.seed + 1
    assert most_probable(drawn_anew(first)).how == "argmax"
    assert told_otherwise(told_otherwise(TOLD, first), most_probable(first)).wants == TOLD.wants


def test_where_nothing_is_told_there_is_nothing_to_search() -> None:
    assert not searchable(scene("lstm"))
    (line,) = branches(scene("lstm"), 0, Look(), 60, 5)
    assert "nothing to search" in line.plain
    endless = replace(TOLD, telling=replace(TOLD.telling, end=None) if TOLD.telling else None, notes={})
    assert not searchable(endless)
