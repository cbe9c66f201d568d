"""Strips of units: what shares a column is shown by the number farthest from zero."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from rnntutor.engine.ops import Array
from rnntutor.show import grid
from rnntutor.show.look import Look

LARGEST = float(np.finfo(np.float64).max)  # what infinity counts as
numbers = st.floats(-3, 3) | st.sampled_from([0.0, -0.0, 1.0, -1.0, np.nan, np.inf, -np.inf, 5e-324, LARGEST])


def one_by_one(values: Array, count: int) -> Array:
    """The same group by group, as NumPy splits them."""
    groups = np.array_split(values, count)
    return np.array([group[np.argmax(np.abs(np.nan_to_num(group, nan=0.0)))] for group in groups])


@given(st.lists(numbers, min_size=1, max_size=90), st.integers(1, 60), st.sampled_from([np.float64, np.float32]))
def test_of_each_group_the_number_farthest_from_zero_is_shown(
    values: list[float], count: int, dtype: type[np.floating]
) -> None:
    """nan counts as nothing; of equals the first is taken, so that signs stay."""
    with np.errstate(over="ignore", under="ignore"):
        given_ = np.array(values).astype(dtype)
    found = grid._pooled(given_, count)
    wanted = given_ if len(given_) <= count else one_by_one(given_, count)
    np.testing.assert_array_equal(found, wanted)
    np.testing.assert_array_equal(np.signbit(found), np.signbit(wanted))
    assert len(found) <= count or len(found) == len(given_) <= count
    assert found.dtype == dtype


@pytest.mark.parametrize(("units", "count"), [(5, 2), (128, 80), (7, 7), (9, 1)])
def test_groups_hold_every_unit_once(units: int, count: int) -> None:
    groups = grid._groups(units, count)
    parts = [list(dict.fromkeys(row.tolist())) for row in groups]
    assert parts == [part.tolist() for part in np.array_split(np.arange(units), count)]


def numbered(labels: list[str], selected: int = -1) -> str:
    """The heading over narrow boxes, one for each label."""
    line, count = Text(), len(labels)
    grid.append_numbers(line, labels, grid.Window(0, count, count, 2), Look(), selected)
    assert line.cell_len == 2 * count
    return line.plain


def test_symbols_over_many_narrow_boxes_are_all_named() -> None:
    assert numbered([*"abcdefghijklmnop"], 3) == " a b c d e f g h i j k l m n o p"
    assert numbered([*"ab中defghij", "k"]).split() == ["a", "中", "e", "g", "i", "k"]
    assert numbered([str(k) for k in range(16)]).split() == ["0", "2", "4", "6", "8", "10", "12", "14"]
