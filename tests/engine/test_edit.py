"""An edit gives the run in which that one value is forced, and leaves the old run alone."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnntutor as rt
from tests import oracle
from tests.cases import (
    Array,
    Size,
    assert_close,
    problem,
    seeds,
    sizes,
)
from tests.engine.runs import SIZE, assert_run_is, assert_same, cells, figures, readout_run, run_of


def rest_of_timestep(
    cell: str, now: dict[str, Array], before: dict[str, Array], edited: str, params: Any, x: Any
) -> None:
    """Recompute by hand, in place, the lines of one timestep that come after the edited one."""
    if cell == "lstm":
        if edited in "ifog":
            now["c"] = now["f"] * before["c"] + now["i"] * now["g"]
        if edited != "h":
            now["h"] = now["o"] * np.tanh(now["c"])
    elif edited != "h":
        if edited == "r":
            now["n"] = np.tanh(oracle.affine(params["W_n"], params["b_n"], now["r"] * before["h"], x))
        now["h"] = (1 - now["z"]) * now["n"] + now["z"] * before["h"]


LINES = [("lstm", line) for line in oracle.CELLS["lstm"].lines] + [
    ("gru", line) for line in oracle.CELLS["gru"].lines
]


def one_or_all(count: int) -> st.SearchStrategy[tuple[int | None, int | slice]]:
    """A unit, and the same as NumPy takes it; None is every one."""
    return st.one_of(st.just((None, slice(None))), st.integers(0, count - 1).map(lambda k: (k, k)))


@pytest.mark.parametrize(("cell", "line"), LINES)
@given(data=st.data(), size=sizes, seed=seeds)
def test_edit_of_a_line(cell: str, line: str, data: st.DataObject, size: Size, seed: int) -> None:
    """Before t nothing changes, at t the later lines follow, and then a run starts from those states."""
    case = problem(cell, size, seed)
    t, row = (data.draw(st.integers(0, n - 1)) for n in (size.steps, size.batch))
    unit, units = data.draw(one_or_all(size.hidden))
    run = run_of(case)
    edited = run.edit(line, t=t, unit=unit, value=0.25, batch=row)
    states = oracle.CELLS[cell].states
    before = {state: run[state][t - 1] if t else case.init[state] for state in states}
    now = {name: np.array(run[name][t]) for name in case.seeds}
    now[line][row, units] = 0.25
    rest_of_timestep(cell, now, before, line, case.params, case.x[t])
    for name in case.seeds:
        np.testing.assert_array_equal(edited[name][:t], run[name][:t], err_msg=f"{name} before t={t}")
        assert_close(edited[name][t], now[name], f"{name} at t={t}")
        assert_close(edited.at(t)[name], now[name], f"{name} at t={t}, looked into")
    if t + 1 < size.steps:
        rest = oracle.forward(cell, case.params, case.x[t + 1 :], {state: now[state] for state in states})
        for name in case.seeds:
            assert_close(edited[name][t + 1 :], rest[name], f"{name} after t={t}")


@cells
@given(data=st.data(), size=sizes, seed=seeds)
def test_edit_of_an_input(cell: str, data: st.DataObject, size: Size, seed: int) -> None:
    """It is the run of the edited input, forward and backward."""
    case = problem(cell, size, seed)
    t, row = (data.draw(st.integers(0, n - 1)) for n in (size.steps, size.batch))
    unit, units = data.draw(one_or_all(size.input))
    x = case.x.copy()
    x[t, row, units] = 2.5
    assert_run_is(run_of(case).edit("x", t=t, unit=unit, value=2.5, batch=row), case._replace(x=x))


@cells
@given(data=st.data(), size=sizes, seed=seeds)
def test_edit_of_a_parameter(cell: str, data: st.DataObject, size: Size, seed: int) -> None:
    """It is the run of the edited parameter: a matrix by (row, column), a bias by its unit; None is every one."""
    case = problem(cell, size, seed)
    name = data.draw(st.sampled_from(sorted(case.params)))
    pairs = [data.draw(one_or_all(n)) for n in case.params[name].shape]
    index = tuple(unit for unit, _ in pairs)
    changed = case.params[name].copy()
    changed[tuple(units for _, units in pairs)] = -1.5
    edited = run_of(case).edit(name, unit=index if len(index) > 1 else index[0], value=-1.5)
    assert_run_is(edited, case._replace(params=case.params | {name: changed}))


@cells
@given(data=st.data(), size=sizes, seed=seeds)
def test_edit_of_every_unit_of_a_state_before(
    cell: str, data: st.DataObject, size: Size, seed: int
) -> None:
    """Before the first timestep it is the run that starts from there; later it is the state after the one before."""
    case = problem(cell, size, seed)
    state, row = data.draw(st.sampled_from(sorted(case.init))), data.draw(st.integers(0, size.batch - 1))
    start = {name: array.copy() for name, array in case.init.items()}
    start[state][row] = -0.75
    run = run_of(case)
    assert_run_is(run.edit(f"{state}_prev", 0, None, -0.75, row), case._replace(init=start))
    for t in range(1, size.steps):
        later, same = run.edit(f"{state}_prev", t, None, -0.75, row), run.edit(state, t - 1, None, -0.75, row)
        for name in case.seeds:
            np.testing.assert_array_equal(later[name], same[name], err_msg=f"{name} at t={t}")


@pytest.mark.parametrize("name", ["f", "c", "h", "x", "h_prev", "W_f", "b_f"])
def test_every_unit_is_all_units_one_after_the_other(name: str) -> None:
    """In one go; the first unit is what is meant where none is said."""
    run = run_of(problem("lstm", SIZE))
    t = None if name in run.params else 1
    at_once = run.edit(name, t, None, 0.5)
    one_by_one = run
    for index in np.ndindex(run[name].shape if t is None else run[name].shape[2:]):
        one_by_one = one_by_one.edit(name, t, index if len(index) > 1 else index[0], 0.5)
    for line in run.cell.step.assigned:
        assert_close(at_once[line], one_by_one[line], line)
    if t is not None:
        first, default = run.edit(name, t, 0, 0.5), run.edit(name, t, value=0.5)
        np.testing.assert_array_equal(default["h"], first["h"])


def test_edit_of_one_row_leaves_the_others() -> None:
    case = problem("lstm", SIZE)
    run = run_of(case)
    edited = run.edit("f", t=1, unit=2, value=0.0, batch=1)
    for name in case.seeds:
        np.testing.assert_allclose(edited[name][:, 0], run[name][:, 0], rtol=1e-13)
        assert (edited["c"][:, 1] != run["c"][:, 1]).any()


@pytest.mark.parametrize("name", ["f", "c", "h", "x", "W_f", "b_f"])
def test_edit_leaves_the_old_run(name: str) -> None:
    """The old run is the baseline that the new one is compared with."""
    case = problem("lstm", SIZE)
    run = run_of(case)
    grads = run.backward(case.seeds)
    kept = figures(case, run, grads)
    weights: dict[str, dict[str, Any]] = {"W_f": {"unit": (1, 2)}, "b_f": {"unit": 1}}
    place = weights.get(name, {"t": 2, "unit": 1})
    edited = run.edit(name, value=0.5, **place)
    edited.backward(case.seeds)
    edited.edit("o", t=0, unit=0, value=0.0)
    assert_same(figures(case, run, grads), kept)
    assert_same(figures(case, run, run.backward(case.seeds)), kept)


def test_edits_add_up_in_any_order() -> None:
    """An edit keeps the edits before it, whether they stand earlier or later in time."""
    case = problem("lstm", SIZE)
    edits: list[dict[str, Any]] = [
        {"name": "f", "t": 1, "unit": 3, "value": 0.0},
        {"name": "x", "t": 3, "unit": 1, "value": 2.0},
        {"name": "W_i", "unit": (0, 1), "value": -2.0},
    ]
    runs = []
    for order in [(0, 1, 2), (2, 1, 0), (1, 0, 2)]:
        run = run_of(case)
        for edit in (dict(edits[k]) for k in order):
            run = run.edit(edit.pop("name"), **edit)
        assert run["f"][1, 0, 3] == 0
        runs.append(run)
    for run in runs[1:]:
        for name in case.seeds:
            assert_close(run[name], runs[0][name], name)


def test_edit_to_the_same_value_changes_nothing() -> None:
    case = problem("gru", SIZE)
    run = run_of(case)
    edited = run.edit("z", t=2, unit=1, value=float(run["z"][2, 0, 1]))
    for name in case.seeds:
        assert_close(edited[name], run[name], name)


def test_edit_reaches_the_readout() -> None:
    """Logits and loss follow an edited gate, and an edited logit moves its own timestep alone."""
    run = readout_run(problem("lstm", SIZE))
    gate = run.edit("o", t=2, unit=1, value=0.0)
    np.testing.assert_array_equal(gate["loss"][:2], run["loss"][:2])
    assert (gate["loss"][2:, 0] != run["loss"][2:, 0]).all()
    logit = run.edit("y", t=2, unit=1, value=9.0)
    assert (np.flatnonzero((logit["loss"] != run["loss"]).any(axis=1)) == [2]).all()
    np.testing.assert_array_equal(logit["h"], run["h"])
    e = np.exp(logit["y"][2, 0] - logit["y"][2, 0].max())
    assert_close(logit["p"][2, 0], e / e.sum(), "p")


def test_an_edit_changes_only_what_reads_the_line() -> None:
    """An equal formula elsewhere is another value: identity is not the label."""
    cell = rt.parse_cell(
        "c = tanh(W @ x + c_prev)\nm = tanh(c)\nq = c_prev\nr = c_prev\nh = sigmoid(c) * tanh(c)"
    )
    params = rt.init_params(cell, hidden=3, input=2, seed=1)
    run = rt.run(cell, params, np.ones((3, 1, 2)))
    edited = run.edit("m", t=1, unit=0, value=9.0).edit("q", t=1, unit=1, value=9.0)
    assert edited["m"][1, 0, 0] == edited["q"][1, 0, 1] == 9
    for name in ("c", "h", "r"):
        np.testing.assert_array_equal(edited[name], run[name])


def test_an_edit_to_the_same_value_changes_nothing_before_it() -> None:
    """What is computed after the loop reads all of the loop, also the timesteps before the edit."""
    cell = rt.parse_cell("step:\n p = softmax(W @ [p_prev, x])\nreadout:\n loss = cross_entropy(p, target)")
    params = rt.init_params(cell, hidden=3, input=2, target=3, seed=1)
    x = np.random.default_rng(0).normal(size=(5, 1, 2))
    run = rt.run(cell, params, x, target=np.eye(3)[[[0], [1], [2], [0], [1]]])
    np.testing.assert_array_equal(run.edit("x", t=3, unit=0, value=x[3, 0, 0])["loss"], run["loss"])


def test_edits_of_first_states_and_of_their_section_go_in_any_order() -> None:
    cell = rt.parse_cell("init:\n h = W0 @ v\nstep:\n h = tanh(W @ [h_prev, x])")
    params = rt.init_params(cell, hidden=3, input=2, v=2, seed=1)
    run = rt.run(cell, params, np.ones((2, 1, 2)), v=np.ones((1, 2)))
    one = run.edit("h_prev", t=0, unit=0, value=0.5).edit("W0", unit=(1, 0), value=5.0)
    other = run.edit("W0", unit=(1, 0), value=5.0).edit("h_prev", t=0, unit=0, value=0.5)
    np.testing.assert_array_equal(one["h"], other["h"])
    np.testing.assert_array_equal(one["h_prev"][0], other["h_prev"][0])


def test_a_given_first_state_sends_nothing_to_the_section_that_would_have_made_it() -> None:
    cell = rt.parse_cell("init:\n h = W0 @ v\nstep:\n h = tanh(W @ [h_prev, x])")
    params = rt.init_params(cell, hidden=3, input=2, v=2, seed=1)
    run = rt.run(cell, params, np.ones((2, 1, 2)), {"h": np.ones((1, 3))}, v=np.ones((1, 2)))
    assert not run.backward({"h": np.ones((2, 1, 3))})["W0"].any()
