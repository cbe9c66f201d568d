"""Where one may look among the parameters, and that every move ends inside a matrix."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.show.spot import Matrices, Spot, matrices
from tests.show.scenes import scene

MOVES = ("left", "right", "up", "down", "row_start", "row_end", "next_param", "previous_param", "toggle")

sizes = st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=6)
sets = sizes.map(lambda found: Matrices(tuple((f"W{k}", *size) for k, size in enumerate(found))))


@st.composite
def places(draw: st.DrawFn) -> tuple[Matrices, Spot]:
    """Matrices and a spot inside one of them."""
    among: Matrices = draw(sets)
    name, rows, columns = draw(st.sampled_from(among.shapes))
    return among, Spot(name, draw(st.integers(0, rows - 1)), draw(st.integers(0, columns - 1)))


@given(places(), st.lists(st.sampled_from(MOVES), max_size=40))
def test_a_random_walk_stays_inside(at: tuple[Matrices, Spot], moves: list[str]) -> None:
    among, spot = at
    for move in moves:
        spot = getattr(among, move)(spot)
        (row, column), (rows, columns) = among.place(spot), among.size(spot)
        assert 0 <= row < rows
        assert 0 <= column < columns


@given(places(), st.integers(-99, 99), st.integers(-99, 99))
def test_pages_end_at_the_edges(at: tuple[Matrices, Spot], rows: int, columns: int) -> None:
    among, spot = at
    moved, (height, width) = among.by(spot, rows, columns), among.size(spot)
    assert moved.row == min(max(spot.row + rows, 0), height - 1)
    assert moved.column == min(max(spot.column + columns, 0), width - 1)
    assert among.to(spot, moved.row, moved.column) == moved


@given(places())
def test_single_steps_and_ends(at: tuple[Matrices, Spot]) -> None:
    among, spot = at
    rows, columns = among.size(spot)
    assert among.place(among.row_end(spot)) == (spot.row, columns - 1)
    assert among.place(among.row_start(spot)) == (spot.row, 0)
    if spot.column + 1 < columns:
        assert among.left(among.right(spot)) == spot
    if spot.row + 1 < rows:
        assert among.up(among.down(spot)) == spot
    assert among.toggle(among.toggle(spot)) == spot


def test_a_place_that_does_not_fit_comes_back_with_the_next_large_matrix() -> None:
    among, spot = matrices(scene()), Spot("W_f", 3, 11)
    vector = among.next_param(spot)
    assert (vector.param, among.place(vector)) == ("b_f", (0, 7))
    assert among.place(among.next_param(vector)) == (3, 11)
    assert among.place(among.previous_param(vector)) == (3, 11)


def test_the_first_and_the_last_parameter_stay() -> None:
    among = matrices(scene())
    assert among.names[0] == among.previous_param(Spot()).param == "W_i"
    assert among.next_param(Spot("b_y")).param == "b_y"


def test_an_unknown_parameter_is_told() -> None:
    with pytest.raises(ValueError, match=r"param: no parameter is called 'W'; there are W_i, b_i, W_f"):
        matrices(scene()).size(Spot("W"))


def test_without_parameters_there_is_nowhere_to_go() -> None:
    for move in MOVES[:-1]:
        assert getattr(Matrices(()), move)(Spot()) == Spot()
