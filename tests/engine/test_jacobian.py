"""The Jacobian of one timestep, against formulas by hand and against finite differences."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rnntutor as rt
from rnntutor.engine.jacobian import jacobian
from tests.cases import READOUT, TEXT, Array, Size, Values, assert_close, problem, program, seeds, small_sizes
from tests.engine.runs import SIZE, cells, readout_run, run_of
from tests.engine.test_finite_differences import Inputs, programs, random_inputs, with_states


def states_before(run: Any, t: int) -> Values:
    """The states that timestep `t` reads, (B, H), copied."""
    return {state: np.array(run[f"{state}_prev"][t]) for state in run.cell.states}


def differences(run: Any, state: str, t: int, wrt: str, row: int, step: float = 1e-5) -> Array:
    """Central differences of `state` after timestep `t` alone, by the units of `wrt` before it."""
    data = {name: array[t : t + 1] if array.ndim == 3 else array for name, array in run.inputs.items()}

    def after(unit: int, change: float) -> Array:
        start = states_before(run, t)
        start[wrt][row, unit] += change
        return np.array(rt.run(run.cell, run.params, init=start, **data)[state][0, row])

    units = range(run[wrt].shape[-1])
    return np.stack([(after(k, step) - after(k, -step)) / (2 * step) for k in units], axis=1)


def assert_is_differences(run: Any, state: str, t: int, wrt: str, row: int) -> None:
    """Up to what differences can tell: see `tests.cases.assert_matches_differences`."""
    expected = differences(run, state, t, wrt, row)
    actual = jacobian(run, state, t, wrt, row)
    assert actual.shape == expected.shape == (run[state].shape[-1], run[wrt].shape[-1])
    scale = max(1.0, float(np.abs(expected).max()))
    np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-6 * scale, err_msg=f"d{state}/d{wrt} at {t}")


@cells
@given(data=st.data(), size=small_sizes, seed=seeds)
def test_shipped_cells(cell: str, data: st.DataObject, size: Size, seed: int) -> None:
    run = run_of(problem(cell, size, seed))
    t, row = data.draw(st.integers(0, size.steps - 1)), data.draw(st.integers(0, size.batch - 1))
    for state in run.cell.states:
        for wrt in run.cell.states:
            assert_is_differences(run, state, t, wrt, row)


@settings(max_examples=40)
@given(text=programs(), size=small_sizes, seed=seeds)
def test_random_cells(text: str, size: Size, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cell = rt.parse_cell(text)
    run = with_states(random_inputs(cell, size, rng), cell, size, rng).run(cell)
    for state in cell.states:
        for wrt in cell.states:
            assert_is_differences(run, state, size.steps - 1, wrt, size.batch - 1)


@given(size=small_sizes, seed=seeds)
def test_of_a_tanh_rnn(size: Size, seed: int) -> None:
    """diag(1 - h²) W_h, W_h being the columns of W that read h."""
    run = run_of(problem("rnn", size, seed))
    for t in range(size.steps):
        for row in range(size.batch):
            h = run["h"][t, row]
            by_hand = (1 - h**2)[:, None] * run["W"][:, : size.hidden]
            assert_close(jacobian(run, "h", t, batch=row), by_hand, f"t={t}")


@given(size=small_sizes, seed=seeds)
def test_of_an_lstm(size: Size, seed: int) -> None:
    """dc/dc_prev = diag(f); dh/dc_prev = diag(o (1 - tanh² c) f); dc/dh_prev through i, f and g."""
    run = run_of(problem("lstm", size, seed))
    t, hidden = size.steps - 1, size.hidden
    i, f, o, g, c = (run[name][t, 0] for name in "ifogc")
    before = states_before(run, t)["c"][0]
    assert_close(jacobian(run, "c", t), np.diag(f), "dc/dc")
    assert_close(jacobian(run, "h", t, wrt="c"), np.diag(o * (1 - np.tanh(c) ** 2) * f), "dh/dc")
    slopes = {"i": g * i * (1 - i), "f": before * f * (1 - f), "g": i * (1 - g**2)}
    by_hand = sum(slope[:, None] * run[f"W_{gate}"][:, :hidden] for gate, slope in slopes.items())
    assert_close(jacobian(run, "c", t, wrt="h"), by_hand, "dc/dh")


@cells
def test_gradients_go_back_by_products_of_its_transpose(cell: str) -> None:
    """All states as one vector: dL/ds before t = 0 is J_0ᵀ ... J_{T-1}ᵀ dL/ds, where only the last h has a loss."""
    case = problem(cell, SIZE, 4)
    run = run_of(case)
    last = np.zeros_like(case.seeds["h"])
    last[-1] = case.seeds["h"][-1]
    init, states = run.backward({"h": last}).init, run.cell.states
    for row in range(SIZE.batch):
        gradient = np.concatenate([last[-1, row] * (state == "h") for state in states])
        for t in reversed(range(SIZE.steps)):
            whole = np.block([[jacobian(run, state, t, wrt, row) for wrt in states] for state in states])
            gradient = whole.T @ gradient
        assert_close(gradient, np.concatenate([init[state][row] for state in states]), f"row {row}")


def test_at_the_first_timestep_it_is_by_the_first_state() -> None:
    case = problem("rnn", SIZE, 2)
    run = run_of(case)
    h0, weights, b = case.init["h"][1], case.params["W"], case.params["b"]
    h = np.tanh(weights @ np.concatenate([h0, case.x[0, 1]]) + b)
    assert_close(jacobian(run, "h", 0, batch=1), np.diag(1 - h**2) @ weights[:, : SIZE.hidden], "t=0")
    assert_close(jacobian(run, "h", -SIZE.steps, batch=-1), jacobian(run, "h", 0, batch=1), "from the end")


def test_a_readout_changes_nothing() -> None:
    case = problem("gru", SIZE, 3)
    plain, whole = run_of(case), readout_run(case)
    np.testing.assert_array_equal(jacobian(whole, "h", 2), jacobian(plain, "h", 2))


def test_an_init_section_changes_nothing() -> None:
    rng = np.random.default_rng(0)
    cell = rt.parse_cell(program(init=["h = tanh(W_v @ v)"], step=TEXT["rnn"], readout=READOUT))
    more = {"v": rng.standard_normal((2, 3)), "target": np.eye(3)[rng.integers(3, size=(4, 2))]}
    inputs: Inputs = random_inputs(cell, Size(3, 2, 4, 2), rng, **more)
    run = inputs.run(cell)
    weights = inputs.params["W"][:, :3]
    for t in (0, 3):
        assert_close(jacobian(run, "h", t, batch=1), (1 - run["h"][t, 1] ** 2)[:, None] * weights, f"t={t}")


def test_of_an_edited_run_slopes_are_taken_at_the_edited_values() -> None:
    run = run_of(problem("lstm", SIZE, 5)).edit("f", t=2, unit=1, value=0.25, batch=1)
    expected = np.diag(run["f"][2, 1])
    assert expected[1, 1] == 0.25
    assert_close(jacobian(run, "c", 2, batch=1), expected, "the gate that was set")
    before = run.edit("h", t=2, unit=0, value=0.9, batch=1)
    assert_is_differences(before, "c", 3, "h", 1)  # timestep 3 itself is not edited


def test_states_that_do_not_reach_each_other() -> None:
    """c has 3 units and reads both states; h has 2 and reads neither."""
    rng = np.random.default_rng(1)
    cell = rt.parse_cell("h = tanh(W @ x)\nc = U @ h_prev + tanh(b * c_prev)")
    params = {"W": rng.normal(size=(2, 4)), "U": rng.normal(size=(3, 2)), "b": rng.normal(size=3)}
    run = rt.run(cell, params, rng.normal(size=(5, 1, 4)))
    np.testing.assert_array_equal(jacobian(run, "h", 2), np.zeros((2, 2)))
    np.testing.assert_array_equal(jacobian(run, "h", 2, wrt="c"), np.zeros((2, 3)))
    np.testing.assert_array_equal(jacobian(run, "c", 2, wrt="h"), params["U"])


def test_the_precision_is_that_of_the_run() -> None:
    case = problem("lstm", SIZE, 6)
    single, double = run_of(case.astype(np.float32)), run_of(case)
    assert jacobian(double, "h", 3).dtype == np.float64
    assert_close(jacobian(single, "h", 3), jacobian(double, "h", 3), "dh/dh", np.float32)


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ({"state": "f", "t": 0}, "state: 'f' is not a state; there are c, h"),
        ({"state": "h", "t": 0, "wrt": "x"}, "wrt: 'x' is not a state; there are c, h"),
        ({"state": "h", "t": 6}, "t: 6 is out of range; there are 6, counted from 0"),
        ({"state": "h", "t": 0, "batch": 2}, "batch: 2 is out of range; there are 2, counted from 0"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], wanted: str) -> None:
    with pytest.raises(ValueError, match=wanted):
        jacobian(run_of(problem("lstm", SIZE)), **arguments)
