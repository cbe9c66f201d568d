"""A training under way: its settings are checked, and nothing that is done with it changes it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rnntutor.engine.learning import Learning
from rnntutor.engine.optim import OPTIMISERS


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"optimiser": "adamw"}, "optimiser: one of sgd, adagrad, adam is wanted, not 'adamw'"),
        ({"rate": 0.0}, "rate: a number above zero is wanted, not 0.0"),
        ({"rate": np.inf}, "rate: "),
        ({"clip": -1.0}, "clip: zero or a number above it is wanted, not -1.0"),
        ({"clip": np.nan}, "clip: "),
    ],
)
def test_settings_are_checked(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Learning(**settings)


def test_no_clip_is_no_limit() -> None:
    assert Learning(clip=0.0).limit == np.inf
    assert Learning(clip=2.0).limit == 2.0


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_an_update_leaves_it_alone(optimiser: str) -> None:
    """The same stepper comes out again, however often one was used."""
    params, grads = {"W": np.ones((2, 3))}, {"W": np.full((2, 3), 0.5)}
    start = Learning(optimiser, 0.1)
    first = start.stepper()
    first.update(params, grads)
    later = start.after(1.5, first)
    assert (start.iteration, later.iteration, later.losses) == (0, 1, (1.5,))
    again = [later.stepper().update(params, grads)["W"] for _ in range(3)]
    first.update(params, grads)  # the same object that `later` was made with would have moved on
    np.testing.assert_array_equal(again[0], again[1])
    np.testing.assert_array_equal(again[1], again[2])
    assert start.stepper() == OPTIMISERS[optimiser](rate=0.1)
