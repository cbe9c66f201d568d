"""Curves on a logarithmic axis: every point in the row of its number, whatever the number is."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.engine.ops import Array
from rnntutor.show.look import ASCII, Look
from rnntutor.show.plot import Axis, Columns, Curve, Range, axis, columns, plot, range_of

LOOK = Look(glyphs=ASCII)
numbers = st.floats(1e-320, 1e308) | st.sampled_from([0.0, math.inf, math.nan, 1.0, 1e-3])
arrays = st.lists(numbers, min_size=1, max_size=300).map(np.array)


def drawn(values: Array, width: int, height: int, first: int = 0, now: int = 0) -> tuple[list[str], Columns, Axis]:
    """A curve as text."""
    where, rows = columns(len(values), width), axis(range_of([values]), height)
    lines = plot([Curve(values, first)], where, rows, LOOK, (now, LOOK.strong), ())
    return [line.plain.ljust(width) for line in lines], where, rows


def expected(group: Array, rows: Axis) -> set[int]:
    """The rows of one column, worked out by hand: of the numbers the largest, and one for each other kind."""
    found = {rows.span.above.index("nan")} if any(math.isnan(v) for v in group) else set()
    found |= {rows.span.above.index("inf")} if any(math.isinf(v) for v in group) else set()
    found |= {rows.height - 1} if any(v == 0 for v in group) else set()
    plain = [v for v in group if 0 < v < math.inf]
    if plain:
        decades = math.log10(max(plain)) - rows.low
        found.add(rows.height - 1 - len(rows.span.below) - round(decades / rows.between * rows.rows))
    return found


@given(arrays, st.integers(20, 200), st.integers(6, 50), st.data())
def test_every_number_stands_in_its_row(values: Array, width: int, height: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(values)))
    lines, where, rows = drawn(values, width, height, first)
    for k in range(where.count):
        t = k * where.group
        group = values[max(t, first) : t + where.group]
        shown = {y for y in range(rows.height) if lines[y][where.x(t)] == "o"}
        assert shown == expected(group, rows)


def test_where_timesteps_share_a_column_the_largest_is_shown() -> None:
    values = 10 ** np.random.default_rng(0).uniform(-3, 3, size=1000)
    lines, where, rows = drawn(values, 60, 30)
    assert where.group == 21
    for t in range(0, 1000, where.group):
        column = [lines[y][where.x(t)] for y in range(rows.height)]
        assert column.count("o") == 1
        assert {column.index("o")} == expected(values[t : t + where.group], rows)


@given(arrays, st.integers(20, 200), st.integers(6, 50))
def test_it_has_the_size_that_was_asked_for(values: Array, width: int, height: int) -> None:
    lines, where, rows = drawn(values, width, height)
    assert rows.height <= height
    assert len(lines) == rows.height + 2
    assert max(map(len, lines)) <= width
    assert where.right < width
    assert where.x(len(values) - 1) < where.right


@given(st.integers(-323, 308), st.integers(1, 600), st.integers(3, 50))
def test_labels_are_even_and_reach_beyond_all_numbers(low: int, decades: int, height: int) -> None:
    high = min(low + decades, 309)
    rows = axis(Range(low, high), height)
    places = sorted(rows.labels(LOOK))
    assert len({b - a for a, b in pairwise(places)}) == 1
    assert rows.low <= low
    assert rows.low + rows.parts * rows.between >= high
    assert rows.height <= height


def test_more_rows_are_never_used_worse() -> None:
    """The decades of a row do not become more when there is more room."""
    for decades in (1, 4, 8, 23, 300):
        finest = [(rows := axis(Range(0, decades), height)).between / rows.rows for height in range(4, 60)]
        assert finest == sorted(finest, reverse=True)


def test_an_axis_does_not_reach_far_beyond_its_numbers() -> None:
    """As multiples of the label's distance it would have to: 10¹ to 10⁻⁹ from 10¹⁰ to 10⁻¹⁰."""
    rows = axis(Range(-9, 1), 5)
    assert (rows.low, rows.between, rows.rows, rows.parts) == (-9, 5, 2, 2)
    for low in range(-60, -8):
        rows = axis(Range(low, 1), 5)
        assert rows.parts * rows.between <= 1.25 * (1 - low) + 4


def test_curves_in_one_place_are_told_apart_from_either() -> None:
    values = np.array([1.0, 1.0, 1.0])
    where, rows = columns(3, 60), axis(Range(0, 1), 5)
    curves = [Curve(values), Curve(values * [1, 1, 5]), Curve(values * [1, 9, 5])]
    lines = [line.plain for line in plot(curves, where, rows, LOOK, (0, LOOK.strong), ())]
    assert [[line.ljust(60)[where.x(t)] for line in lines[:5]] for t in (1, 2)] == [
        ["@", " ", " ", " ", "8"],
        [" ", "8", " ", " ", "o"],
    ]


def test_nothing_known_has_no_labels_and_dots_below() -> None:
    lines, where, _ = drawn(np.ones(5), 60, 6, first=5, now=2)
    assert not any(line[:8].strip() for line in lines)
    assert [lines[-2][where.x(t)] for t in range(5)] == ["."] * 5


@given(st.integers(1, 200_000), st.integers(20, 200), st.data())
def test_the_current_timestep_has_its_number(steps: int, width: int, data: st.DataObject) -> None:
    now = data.draw(st.integers(0, steps - 1))
    lines, where, rows = drawn(np.ones(steps), width, 6, now=now)
    numbers = lines[-1].split()
    assert str(now) in numbers
    assert [int(k) for k in numbers] == sorted({int(k) for k in numbers})
    assert [lines[y][where.x(now)] for y in range(rows.height)] == [*":" * (rows.height - 1), "o"]


@pytest.mark.parametrize(("steps", "each", "group"), [(1, 20, 1), (4, 12, 1), (49, 1, 1), (50, 1, 2), (99, 1, 3)])
def test_columns(steps: int, each: int, group: int) -> None:
    where = columns(steps, 60)
    assert (where.each, where.group) == (each, group)
