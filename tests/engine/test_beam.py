"""Beam search, against every sequence there is."""

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnntutor as rt
from rnntutor.engine.beam import Tree, beam
from rnntutor.engine.losses import log_softmax, softmax
from rnntutor.tasks.chars import with_readout
from tests.cases import Array, Values

SYMBOLS, END = 3, 2
PICTURE = "init:\n    h = W_v @ v + b_v\nstep:\n    h = tanh(W @ [h_prev, x] + b)"
CELLS = (rt.load_cell("lstm").text, rt.load_cell("gru").text, PICTURE)


def case(seed: int, text: str = CELLS[0]) -> tuple[Any, Values, Values]:
    """A cell with loud scores, its parameters, and what its init section reads."""
    cell = rt.parse_cell(with_readout(text))
    sizes = {"v": 2} if "v" in cell.data else {}
    rng = np.random.default_rng(seed)
    shapes = cell.param_shapes(hidden=4, input=SYMBOLS, target=SYMBOLS, **sizes)
    params = {name: 1.5 * rng.normal(size=shape) for name, shape in shapes.items()}
    return cell, params, {name: rng.normal(size=(1, n)) for name, n in sizes.items()}


def log_probability(cell: Any, params: Values, data: Values, said: tuple[int, ...]) -> float:
    """Of a sequence that is said after symbol 0, from a run over all of it."""
    rows = np.eye(SYMBOLS)
    read: dict[str, Any] = {**data, "target": rows[list(said)][:, None]}
    return -float(rt.run(cell, params, rows[[0, *said[:-1]]][:, None], **read)["loss"].sum())


def all_that_end(limit: int) -> list[tuple[int, ...]]:
    """Every sequence of up to so many symbols with an end, and only there."""
    others = [k for k in range(SYMBOLS) if k != END]
    return [(*said, END) for length in range(limit) for said in product(others, repeat=length)]


@given(seed=st.integers(0, 50), text=st.sampled_from(CELLS))
def test_a_wide_beam_finds_the_likeliest_of_all(seed: int, text: str) -> None:
    cell, params, data = case(seed, text)
    tree = beam(cell, params, 0, END, width=60, limit=4, data=data)
    totals = {said: log_probability(cell, params, data, said) for said in all_that_end(4)}
    found = {tree.symbols(node): tree.nodes[node].total for node in tree.finished}
    assert found.keys() == totals.keys()
    np.testing.assert_allclose([found[said] for said in totals], list(totals.values()), rtol=1e-9, atol=1e-9)
    assert tree.symbols(tree.finished[0]) == max(totals, key=lambda said: totals[said])


@given(seed=st.integers(0, 50), text=st.sampled_from(CELLS[:2]))
def test_a_beam_of_one_takes_the_likeliest_each_time(seed: int, text: str) -> None:
    cell, params, _ = case(seed, text)
    tree = beam(cell, params, 0, END, width=1, limit=6)
    said = []
    for symbol in rt.speak(cell, params, 0, how="argmax"):
        said.append(symbol)
        if symbol == END or len(said) == 6:
            break
    assert tree.symbols(tree.best) == tuple(said)


@given(seed=st.integers(0, 50), width=st.integers(1, 5), limit=st.integers(1, 6))
def test_the_tree_holds_together(seed: int, width: int, limit: int) -> None:
    cell, params, _ = case(seed)
    tree = beam(cell, params, 0, END, width=width, limit=limit)
    assert_tree(tree)
    assert len(tree.finished) + len(tree.cut) <= width
    totals = [tree.nodes[k].total for k in tree.finished]
    assert totals == sorted(totals, reverse=True)
    assert tree.nodes[tree.best].kept


def assert_tree(tree: Tree) -> None:
    """Every node follows one that was kept and did not end; its total is the sum of the shares on the way to it."""
    for k, node in enumerate(tree.nodes):
        way = tree.way(k)
        assert node.total == pytest.approx(sum(tree.nodes[step].share for step in way))
        assert len(way) == node.t + 1
        if node.parent >= 0:
            before = tree.nodes[node.parent]
            assert before.kept
            assert not before.ends
            assert k in tree.after(node.parent)
    for t in range(tree.limit):
        kept = [node.total for node in tree.nodes if node.t == t and node.kept]
        dropped = [node.total for node in tree.nodes if node.t == t and not node.kept]
        assert len(kept) <= tree.width
        assert not dropped or min(kept, default=np.inf) >= max(dropped)


def test_nothing_ends_within_the_limit() -> None:
    cell, params, _ = case(0)
    params = {**params, "W_y": 0 * params["W_y"], "b_y": np.array([0.0, 1.0, -1e4])}
    tree = beam(cell, params, 0, END, width=2, limit=3)
    assert tree.finished == ()
    assert len(tree.cut) == 2
    assert tree.symbols(tree.best) == (1, 1, 1)


@pytest.mark.parametrize(
    ("changed", "wanted"),
    [
        ({"width": 0}, "width: a whole number from 1 to 100 is wanted"),
        ({"limit": 1000}, "limit: a whole number from 1 to 100 is wanted"),
        ({"first": 3}, "first: a whole number from 0 to 2 is wanted"),
        ({"end": -1}, "end: a whole number from 0 to 2 is wanted"),
    ],
)
def test_a_bad_argument_is_named(changed: dict[str, Any], wanted: str) -> None:
    cell, params, _ = case(0)
    with pytest.raises(ValueError, match=wanted):
        beam(cell, params, **{"first": 0, "end": END, **changed})


def test_scores_that_are_no_numbers_are_told() -> None:
    cell, params, _ = case(0)
    with pytest.raises(ValueError, match="the scores of what comes next are no numbers"):
        beam(cell, {**params, "b_y": np.full(SYMBOLS, np.nan)}, 0, END)


def test_log_softmax_goes_further_than_softmax() -> None:
    y: Array = np.array([0.0, -2000.0, 3.0])
    assert softmax(y)[1] == 0
    assert log_softmax(y)[1] == pytest.approx(-2003.0485873515737)
    np.testing.assert_allclose(log_softmax(y[::2]), np.log(softmax(y[::2])))
