"""What the checks share: sizes, random problems, programs as text, and one way of comparing arrays."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import ArrayLike, DTypeLike, NDArray

from tests import oracle

Array = NDArray[Any]
Values = dict[str, Array]

TEXT = {
    "rnn": ["h = tanh(W @ [h_prev, x] + b)"],
    "lstm": [
        "i = sigmoid(W_i @ [h_prev, x] + b_i)",
        "f = sigmoid(W_f @ [h_prev, x] + b_f)",
        "o = sigmoid(W_o @ [h_prev, x] + b_o)",
        "g = tanh(W_g @ [h_prev, x] + b_g)",
        "c = f * c_prev + i * g",
        "h = o * tanh(c)",
    ],
    "gru": [
        "z = sigmoid(W_z @ [h_prev, x] + b_z)",
        "r = sigmoid(W_r @ [h_prev, x] + b_r)",
        "n = tanh(W_n @ [r * h_prev, x] + b_n)",
        "h = (1 - z) * n + z * h_prev",
    ],
    "gru-torch": [
        "z = sigmoid(W_z @ [h_prev, x] + b_z)",
        "r = sigmoid(W_r @ [h_prev, x] + b_r)",
        "n = tanh(W_nx @ x + b_nx + r * (W_nh @ h_prev + b_nh))",
        "h = (1 - z) * n + z * h_prev",
    ],
    "lstm-peephole": [
        "i = sigmoid(W_i @ [h_prev, x] + p_i * c_prev + b_i)",
        "f = sigmoid(W_f @ [h_prev, x] + p_f * c_prev + b_f)",
        "g = tanh(W_g @ [h_prev, x] + b_g)",
        "c = f * c_prev + i * g",
        "o = sigmoid(W_o @ [h_prev, x] + p_o * c + b_o)",
        "h = o * tanh(c)",
    ],
    "lstm-cifg": [
        "f = sigmoid(W_f @ [h_prev, x] + b_f)",
        "i = 1 - f",
        "o = sigmoid(W_o @ [h_prev, x] + b_o)",
        "g = tanh(W_g @ [h_prev, x] + b_g)",
        "c = f * c_prev + i * g",
        "h = o * tanh(c)",
    ],
    "lstm-nfg": [
        "i = sigmoid(W_i @ [h_prev, x] + b_i)",
        "o = sigmoid(W_o @ [h_prev, x] + b_o)",
        "g = tanh(W_g @ [h_prev, x] + b_g)",
        "c = c_prev + i * g",
        "h = o * tanh(c)",
    ],
    "lstm-nig": [
        "f = sigmoid(W_f @ [h_prev, x] + b_f)",
        "o = sigmoid(W_o @ [h_prev, x] + b_o)",
        "g = tanh(W_g @ [h_prev, x] + b_g)",
        "c = f * c_prev + g",
        "h = o * tanh(c)",
    ],
    "lstm-nog": [
        "i = sigmoid(W_i @ [h_prev, x] + b_i)",
        "f = sigmoid(W_f @ [h_prev, x] + b_f)",
        "g = tanh(W_g @ [h_prev, x] + b_g)",
        "c = f * c_prev + i * g",
        "h = tanh(c)",
    ],
    "irnn": ["h = relu(W @ [h_prev, x] + b)"],
    "mgu": [
        "f = sigmoid(W_f @ [h_prev, x] + b_f)",
        "n = tanh(W_n @ [f * h_prev, x] + b_n)",
        "h = (1 - f) * h_prev + f * n",
    ],
}
READOUT = ["y = W_y @ h + b_y", "p = softmax(y)", "loss = cross_entropy(p, target)"]
PICTURE = ["h = W_v @ v + b_v"]
CELL_NAMES = sorted(TEXT)
FEW_CELLS = ("gru", "gru-torch", "lstm", "rnn")
"""One of every build, for tests in which every cell takes long and the equations do not matter."""


def program(**sections: list[str]) -> str:
    """The text of a program from the lines of its sections."""
    return "\n".join(
        f"{name}:\n" + "\n".join(f"    {line}" for line in lines) for name, lines in sections.items()
    )


class Size(NamedTuple):
    """The sizes of a run."""

    hidden: int
    input: int
    steps: int
    batch: int


# One of everything, one step, more input than state, more state than input, and the size of a lesson.
SIZES = [Size(1, 1, 1, 1), Size(3, 2, 1, 2), Size(2, 5, 4, 1), Size(5, 3, 7, 4), Size(16, 9, 12, 3)]
sizes = st.builds(Size, st.integers(1, 6), st.integers(1, 6), st.integers(1, 6), st.integers(1, 4))
small_sizes = st.builds(Size, st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(1, 2))
seeds = st.integers(0, 2**32 - 1)


class Problem(NamedTuple):
    """Everything that a run of a shipped cell needs, and a gradient for each of its lines."""

    cell: str
    params: Values
    x: Array
    init: Values
    seeds: Values

    def astype(self, dtype: DTypeLike) -> "Problem":
        """The same problem, rounded to another dtype."""
        cast = [{k: v.astype(dtype) for k, v in d.items()} for d in (self.params, self.init, self.seeds)]
        return Problem(self.cell, cast[0], self.x.astype(dtype), cast[1], cast[2])


def normal_params(rng: np.random.Generator, shapes: Mapping[str, tuple[int, ...]]) -> Values:
    """Random weights, scaled by their columns so that gradients neither vanish nor explode."""
    return {name: rng.standard_normal(shape) / np.sqrt(shape[-1]) for name, shape in sorted(shapes.items())}


def problem(cell: str, size: Size, seed: int = 0) -> Problem:
    """A random problem for a shipped cell."""
    rng = np.random.default_rng(seed)
    hidden, inputs, steps, batch = size
    return Problem(
        cell,
        normal_params(rng, oracle.param_shapes(cell, hidden, inputs)),
        rng.standard_normal((steps, batch, inputs)),
        {state: rng.standard_normal((batch, hidden)) for state in oracle.CELLS[cell].states},
        {line: rng.standard_normal((steps, batch, hidden)) for line in oracle.CELLS[cell].lines},
    )


def one_hot(rng: np.random.Generator, steps: int, batch: int, classes: int) -> Array:
    """A random class for every timestep of every row."""
    return np.eye(classes)[rng.integers(classes, size=(steps, batch))]


# Relative to the largest number of the array. float64: 2e-16 per operation, a few hundred terms in a sum,
# and a few timesteps that may each double what came before. float32: the same with 6e-8.
TOLERANCE = {np.dtype(np.float64): 1e-11, np.dtype(np.float32): 2e-4}


def assert_close(actual: ArrayLike, expected: ArrayLike, what: str, dtype: DTypeLike = np.float64) -> None:
    """Same shape, the dtype that was promised, and equal up to rounding in that dtype."""
    actual, expected = np.asarray(actual), np.asarray(expected)
    assert actual.shape == expected.shape, f"{what}: shape {actual.shape}, expected {expected.shape}"
    assert actual.dtype == dtype, f"{what}: {actual.dtype}, expected {dtype}"
    scale = max(1.0, float(np.abs(expected).max()))
    np.testing.assert_allclose(
        actual, expected, rtol=0, atol=scale * TOLERANCE[np.dtype(dtype)], err_msg=what
    )


def numeric_gradient(value: Any, array: Array, step: float = 1e-5) -> Array:
    """Central finite differences of value() by every element of `array`, changed in place and put back."""
    gradient = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + step
        above = value()
        array[index] = kept - step
        below = value()
        array[index] = kept
        gradient[index] = (above - below) / (2 * step)
    return gradient


def assert_matches_differences(gradient: ArrayLike, numeric: Array, what: str) -> None:
    """Equal up to what central differences with a step of 1e-5 can tell.

    They are off by step**2 / 6 times the third derivative (about 1e-10) and by 1e-16 / step of the value
    (about 1e-11); compositions make both up to a thousand times larger. A wrong formula is off by far more.
    """
    gradient = np.asarray(gradient)
    assert gradient.shape == numeric.shape, f"{what}: shape {gradient.shape}, expected {numeric.shape}"
    scale = max(1.0, float(np.abs(numeric).max()))
    np.testing.assert_allclose(gradient, numeric, rtol=0, atol=1e-6 * scale, err_msg=what)
