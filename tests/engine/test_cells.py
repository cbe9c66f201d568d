"""Making a cell and its parameters: sizes by name, and how what is wrong is named."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rnntutor as rt

LSTM = rt.load_cell("lstm")


@pytest.mark.parametrize("size", [0, -1, 2.0, True, "4", np.float64(4), np.True_])
@pytest.mark.parametrize("name", ["hidden", "input", "c"])
def test_what_is_no_size(name: str, size: Any) -> None:
    """It is told under the name by which it was given."""
    with pytest.raises(ValueError, match=f"^{name}: a whole number from 1"):
        LSTM.param_shapes(**{"hidden": 4, "input": 3} | {name: size})


def test_a_size_of_numpy() -> None:
    assert LSTM.param_shapes(np.int64(4), np.uint8(3)) == LSTM.param_shapes(4, 3)  # type: ignore[arg-type]


def test_an_unknown_size_is_named() -> None:
    for call in (LSTM.param_shapes, lambda **sizes: rt.init_params(LSTM, **sizes)):
        with pytest.raises(ValueError, match=r"^hiden: .*there are .*\bf\b"):
            call(hiden=4, input=3)


@pytest.mark.parametrize("name", [None, 5, b"lstm"])
def test_what_is_no_name(name: Any) -> None:
    with pytest.raises(ValueError, match="name: "):
        rt.load_cell(name)


@pytest.mark.parametrize("name", ["x" * 5000, "x\0y", "", "lstn", Path("nonesuch.eq")])
def test_a_cell_that_is_not_there(name: str | Path) -> None:
    with pytest.raises(ValueError, match="no cell is called") as caught:
        rt.load_cell(name)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("text", [None, b"h = x", 5])
def test_what_is_no_text(text: Any) -> None:
    with pytest.raises(ValueError, match="text: "):
        rt.parse_cell(text)


@pytest.mark.parametrize("dtype", ["foo", int, "complex128", bool, object])
def test_parameters_are_floating_point_numbers(dtype: Any) -> None:
    with pytest.raises(ValueError, match="dtype: "):
        rt.init_params(LSTM, 4, 3, dtype=dtype)
