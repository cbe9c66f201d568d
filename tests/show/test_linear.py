"""An axis with even steps: everything is on it, labels say what stands beside them, and it is no higher than asked."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.show.linear import linear
from rnntutor.show.look import Look
from rnntutor.show.plot import Curve, columns, plot

losses = st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=40).map(np.array)


@given(losses, st.integers(3, 40))
def test_everything_stands_beside_its_number(values: np.ndarray, height: int) -> None:
    axis = linear([values], height)
    assert axis.height <= height
    rows = axis.row(values)
    assert (rows >= 0).all()
    assert (rows <= axis.lowest).all()
    each = axis.step / axis.rows
    np.testing.assert_allclose((axis.low * axis.step + (axis.lowest - rows) * each), values, atol=0.51 * each)
    assert all(axis.holds(float(value)) for value in values)


@given(losses, st.integers(3, 40))
def test_labels_are_even_and_narrow(values: np.ndarray, height: int) -> None:
    axis = linear([values], height)
    labels = axis.labels(Look())
    assert len(set(labels.values())) == len(labels) == axis.parts + 1
    assert max(map(len, labels.values())) <= 8
    rows = sorted(labels)
    assert len({b - a for a, b in pairwise(rows)}) == 1


def test_the_axis_is_as_fine_as_it_can_be() -> None:
    axis = linear([np.array([1.386, 1.21])], 12)
    assert list(axis.labels(Look()).values()) == ["1.20", "1.25", "1.30", "1.35", "1.40"]
    assert axis.height == 9


@pytest.mark.parametrize("values", [[5e-324], [1e308, 1.7e308], [0.0], [np.inf, np.nan, 2.0], [np.nan], []])
def test_odd_numbers_have_an_axis(values: list[float]) -> None:
    array = np.array(values, float)
    axis = linear([array], 10)
    assert axis.height <= 10
    lines = plot([Curve(array)], columns(max(1, len(array)), 60), axis, Look(), (0, Look().text)) if values else []
    assert all(line.cell_len <= 60 for line in lines)


def test_a_level_is_a_faint_line_across_the_plot() -> None:
    axis, where = linear([np.array([1.0, 2.0])], 11), columns(2, 40)
    drawn = plot([Curve(np.array([2.0, 1.0]))], where, axis, Look(), (1, Look().text), level=1.5)
    [(y, ruled)] = [(y, line.plain) for y, line in enumerate(drawn[: axis.height]) if "─" in line.plain]
    assert y == axis.row(np.array(1.5))
    assert ruled.count("─") == where.right - where.left - 1  # the playhead stands over it
    assert not any("─" in line.plain for line in plot([Curve(np.ones(2))], where, axis, Look(), (1, Look().text))[:-2])
