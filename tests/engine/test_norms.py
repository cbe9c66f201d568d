"""Lengths, against a way of computing them that cannot overflow."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.engine.norms import lengths, norm

numbers = st.floats(-1e300, 1e300) | st.floats(-1e-300, 1e-300) | st.sampled_from([0.0, 5e-324, -1.0])


@given(st.lists(st.lists(numbers, min_size=3, max_size=3), min_size=1, max_size=5))
def test_lengths_are_those_of_the_standard_library(rows: list[list[float]]) -> None:
    # Subnormal numbers have few digits: a unit in their last place is 5e-324.
    wanted = [math.hypot(*row) for row in rows]
    np.testing.assert_allclose(lengths(np.array(rows)), wanted, rtol=1e-12, atol=1e-323)


@pytest.mark.parametrize(
    ("row", "wanted"), [([np.nan, 1.0], np.nan), ([np.inf, 0.0], np.inf), ([np.inf, np.nan], np.nan), ([], 0.0)]
)
def test_what_is_no_number_stays_none(row: list[float], wanted: float) -> None:
    np.testing.assert_equal(norm(np.array(row)), wanted)


def test_single_precision_is_added_up_in_double() -> None:
    assert norm(np.full((2, 2), 1e30, np.float32)) == pytest.approx(2e30, rel=1e-6)
