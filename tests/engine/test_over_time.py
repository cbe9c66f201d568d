"""Numbers over all timesteps, and facts beside a run: against plain NumPy, and what has to be computed for them."""

import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import rnntutor as rt
from rnntutor.engine.known import Need, facts, names
from rnntutor.engine.query import Query, parse_query
from rnntutor.engine.query_index import read_of
from rnntutor.engine.syntax import MAX_LINE
from rnntutor.play.episodes import scene_of
from rnntutor.tasks.sequences import episode
from rnntutor.training import Settings, untrained
from tests.cases import Array
from tests.engine.queries import (
    HIDDEN,
    SYMBOLS,
    MissingError,
    Pair,
    Subject,
    numbers,
    subject,
    subjects,
    values,
)

LSTM = subject()
ONE = subject(batch=1)
V = values(LSTM)
T = LSTM.run.steps
LENGTHS = np.sqrt((V["dh"] ** 2).sum(axis=1))
FUNCTIONS: dict[str, Callable[[Array], Any]] = {"total": np.sum, "largest": np.max, "smallest": np.min}

BY_HAND: dict[str, Callable[[int], Any]] = {
    "total(loss)": lambda _: V["loss"].sum(),
    "total(loss[t])": lambda _: V["loss"].sum(),
    "loss[t] == largest(loss)": lambda t: t == V["loss"].argmax(),
    "loss == smallest(loss)": lambda t: t == V["loss"].argmin(),
    "norm(dh[0]) / largest(norm(dh[t]))": lambda _: LENGTHS[0] / LENGTHS.max(),
    "smallest(c[t,3]) < c[t,3]": lambda t: V["c"][:, 3].min() < V["c"][t, 3],
    "total(p[t,'b'])": lambda _: V["p"][:, 3].sum(),
    "total(t)": lambda _: 15.0,
    "largest(-loss) == -smallest(loss)": lambda _: True,
    "total(c[t-1,0] * h[t+1,2])": lambda _: (V["c"][:-2, 0] * V["h"][2:, 2]).sum(),
    "c[t-1,0] - total(c[t-1,0])": lambda t: V["c"][t - 1, 0] - V["c"][:-1, 0].sum() if t else np.nan,
    "total(c[t-99,0])": lambda _: np.nan,
    "total(c[t-99,0]) == 0": lambda _: False,
    # One inside of another, which the inner one has to be compared with.
    "total((loss - total(loss) / T)**2) / T": lambda _: V["loss"].var(),
    "largest(loss / total(loss))": lambda _: V["loss"].max() / V["loss"].sum(),
    "c * total(loss)": lambda t: V["c"][t] * V["loss"].sum(),
}


@pytest.mark.parametrize("text", BY_HAND)
def test_by_hand(text: str) -> None:
    query = parse_query(text, LSTM)
    for t in range(T):
        np.testing.assert_allclose(query.at(t), BY_HAND[text](t), rtol=1e-13, atol=1e-15, err_msg=f"{text} at {t}")


@pytest.mark.parametrize(("row", "column"), [(0, 0), (3, 5), (2, 8)])
def test_a_gradient_is_the_sum_of_small_ones(row: int, column: int) -> None:
    """The point of the lecture, for a column that meets the state and for one that meets the input."""
    before = f"h_prev[t,{column}]" if column < HIDDEN else f"x[t,{column - HIDDEN}]"
    query = parse_query(f"total(da_f[t,{row}] * {before}) - dW_f[{row},{column}]", ONE)
    scale = np.abs(values(ONE)["dW_f"]).max()
    assert abs(query.at(0)) < 1e-13 * scale  # one product over all T adds in another order


def answers(pair: Pair, v: dict[str, Array], steps: int) -> Array:
    """The answers by hand, at the timesteps that have one."""
    found = []
    for t in range(steps):
        try:
            with np.errstate(all="ignore"):
                found.append(pair.answer(v, t) + 0.0 * t)
        except MissingError:
            continue
    return np.array(found, np.float64)


@given(subjects, numbers, st.sampled_from(sorted(FUNCTIONS)))
@settings(max_examples=200)
def test_whatever_stands_inside(of: Subject, pair: Pair, name: str) -> None:
    """Equal to NumPy to the last bit over all timesteps that have an answer; nan stays nan, and none gives nan."""
    text = f"{name}({pair.text} + 0 * t)"
    assume(len(text) <= MAX_LINE)
    inside = Pair(text, lambda v, t: pair.answer(v, t) + 0.0 * t)
    found = answers(inside, values(of), of.run.steps)
    with np.errstate(all="ignore"):
        wanted = FUNCTIONS[name](found) if found.size else np.nan
    np.testing.assert_array_equal(parse_query(text, of).over(0, of.run.steps), np.full(of.run.steps, wanted))


WRONG = [
    ("total(c)", "total takes a number; this is a vector of 4", "      ^ take one unit, its norm or sum"),
    ("1 + largest(h - c) > 2", "largest takes a number; this is a vector of 4",
     "            ^ take one unit, its norm or sum"),
    ("smallest(W_f * t)", "smallest takes a number; this is a matrix of 4 by 9",
     "         ^ take one unit, its norm or sum"),
    ("total(loss > 2)", "total takes a number; this is a condition", "      ^"),
    ("total(dW_f[0,1])", "this is the same at every timestep",
     "      ^ total goes over what is read at t, such as loss[t]"),
    ("largest(c[2,3])", "this is the same at every timestep",
     "        ^ largest goes over what is read at t, such as loss[t]"),
    ("total(total(loss))", "this is the same at every timestep",
     "      ^ total goes over what is read at t, such as loss[t]"),
    ("total(T)", "this is the same at every timestep", "      ^ total goes over what is read at t, such as loss[t]"),
    ("total(loss, c)", "total takes 1 operand, not 2", "^"),
    ("total()", "total takes 1 operand, not 0", "^"),
    ("total(loss) and t > 1", "and takes conditions; this is a number", "^ compare it with something"),
    ("2 * total", "total is a function", "    ^ write total(...)"),
    ("totl(loss)", "unknown function 'totl'", "^ did you mean total?"),
    ("total(c[t,9])", "there is no such unit", "          ^ c has units 0 to 3"),
    ("total(zq)", "unknown name 'zq'", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "what", "caret"), WRONG, ids=[text for text, *_ in WRONG])
def test_messages(text: str, what: str, caret: str | None) -> None:
    with pytest.raises(rt.EquationError) as caught:
        parse_query(text, LSTM)
    message = str(caught.value)
    assert message.startswith(f"query: {what}\n    {text}\n    ")
    if caret is not None:
        assert message == f"query: {what}\n    {text}\n    {caret}"


@pytest.mark.parametrize("text", ["total(" * 57 + "t", "total(t-" * 49, "total(" + "-" * 60 + "t)",
                                  "total(" + "-" * 55 + "total(" + "-" * 55 + "t))"])  # fmt: skip
def test_hostile(text: str) -> None:
    """Depth counts through all that stands inside."""
    with pytest.raises(rt.EquationError):
        parse_query(text, LSTM)


def test_deep_inside() -> None:
    """The deepest that can be read: each takes the total from t, so that it changes by one number a level."""
    query = parse_query("total(t-" * 20 + "t" + ")" * 20, LSTM)
    inner = 15.0 - 15.0  # the sum over t of t - t
    for _ in range(19):
        inner = 15.0 - T * inner
    assert query.at(3) == inner


NEEDS = {
    "total(loss)": [("forward", "loss", 5)],
    "total(c[t-1,0] + h[t,1])": [("forward", "c", 4), ("forward", "h", 5)],
    "largest(c[t+1,0])": [("forward", "c", 5)],
    "smallest(h_prev[t,1])": [("forward", "h", 4)],
    "total(c[2,0] * t)": [("forward", "c", 2)],
    "norm(dh[3]) / largest(norm(dh[t]))": [("backward", "dh", 3), ("backward", "dh", 0)],
    "total(dh[t+1,0] * loss)": [("forward", "loss", 4), ("backward", "dh", 1)],
    "loss == largest(loss)": [("forward", "loss", 2), ("forward", "loss", 5)],
    "largest(loss / total(df[t,0]))": [("forward", "loss", 5), ("backward", "df", 0)],
    "total(dW_f[0,0] * t)": [("backward", "dW_f", 0)],
    "total(x[t,0] * T)": [],
    "total(c[t-99,0])": [],
    "c[t-3,0] + total(loss)": [],
}


@pytest.mark.parametrize("text", NEEDS)
def test_needs(text: str) -> None:
    """At timestep 2: of all that is read, the place where it is made last."""
    assert parse_query(text, LSTM).needs(2) == tuple(Need(*need) for need in NEEDS[text])


@given(subjects, numbers, st.integers(0, 8))
@settings(max_examples=100)
def test_needs_are_the_last_of_all(of: Subject, pair: Pair, t: int) -> None:
    """Nothing that some timestep needs comes after what is said to be needed."""
    text = f"{pair.text} + 0 * t"
    assume(len(text) <= MAX_LINE - 7)
    inside, said = parse_query(text, of), parse_query(f"total({text})", of).needs(t % of.run.steps)
    late = {"forward": 1, "backward": -1}
    for need in {need for k in range(of.run.steps) for need in inside.needs(k)}:
        same = [k.t for k in said if (k.direction, k.line) == (need.direction, need.line)]
        assert max(late[need.direction] * k for k in same) >= late[need.direction] * need.t


def test_it_is_worked_out_once_for_all_timesteps(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not before it is asked for; each stretch of time at once, not timestep by timestep."""
    looked, compute = [], Query._answers

    def watched(query: Query, start: int, stop: int) -> Array:
        looked.append((start, stop))
        return compute(query, start, stop)

    monkeypatch.setattr(Query, "_answers", watched)
    query = parse_query("loss / total(loss)", LSTM)
    assert looked == []
    for t in range(T):
        query.at(t)
    assert looked.count((0, T)) == 1
    assert len(looked) == T + 1


def test_long_sequences() -> None:
    """100,000 timesteps in a moment, whoever asks at how many of them; the quickest of three counts."""
    of = subject("rnn", steps=100_000, batch=1)
    lengths = np.sqrt((np.asarray(of.grads["h"][:, 0]) ** 2).sum(axis=1))
    quickest, found = np.inf, np.zeros(0)
    for _ in range(3):
        start = time.perf_counter()
        query = parse_query("norm(dh[t]) / largest(norm(dh[t]))", of)
        found = np.array([query.at(t) for t in range(0, 1000, 10)])
        assert len(query.needs(99_999)) == 2
        quickest = min(quickest, time.perf_counter() - start)
    np.testing.assert_allclose(found, lengths[:1000:10] / lengths.max(), rtol=1e-12)
    assert quickest < 0.5


# Facts.

TOLD = LSTM._replace(facts={"names_known": 0.25, "far": np.inf, "H": 99.0, "c": 7.0, "dc": 8.0, "t": 9.0})


def test_sizes_of_the_run_are_always_known() -> None:
    for of in (LSTM, subject(steps=9), subject(batch=1, steps=3)):
        sizes = (len(of.run["h"]), len(SYMBOLS), of.run["h"].shape[-1])
        assert tuple(parse_query(name, of).at(0) for name in "TVH") == sizes
        assert parse_query("T", of).needs(0) == ()


def test_a_fact_is_a_number_like_others() -> None:
    np.testing.assert_array_equal(parse_query("names_known * c", TOLD).over(0, T), 0.25 * V["c"])
    assert parse_query("names_known < 0.5 and far > 1", TOLD).at(0) is True
    assert parse_query("far", TOLD).over(0, T).tolist() == [np.inf] * T
    assert parse_query("names_known", TOLD).needs(3) == ()


def test_names_of_the_run_win() -> None:
    np.testing.assert_array_equal(parse_query("c", TOLD).over(0, T), V["c"])
    np.testing.assert_array_equal(parse_query("dc", TOLD).over(0, T), V["dc"])
    assert parse_query("H", TOLD).at(0) == HIDDEN
    assert parse_query("t", TOLD).at(4) == 4


def test_names_of_the_cell_win() -> None:
    """T and V as parameters, H as a line; without symbols and states there are no V and H at all."""
    cell = rt.parse_cell("H = tanh(T @ x)\nq = V @ H")
    run = rt.run(cell, {"T": np.full((3, 2), 0.5), "V": np.ones((2, 3))}, np.ones((4, 1, 2)))
    of = Subject(run, run.backward({"q": np.ones((4, 1, 2))}), (), {"dT": 5.0})
    assert parse_query("T[0,1]", of).at(0) == 0.5
    assert parse_query("H", of).shape == (3,)
    np.testing.assert_array_equal(parse_query("dT[0]", of).at(0), of.grads["T"][0])
    bare = rt.parse_cell("q = W @ x")
    run = rt.run(bare, {"W": np.ones((2, 3))}, np.ones((4, 1, 3)))
    assert dict(facts(Subject(run, run.backward({"q": np.ones((4, 1, 2))}), ()))) == {"T": 4}


def test_a_subject_without_facts_can_be_asked() -> None:
    """Such as an episode, or what a notebook makes."""
    bare: Any = SimpleNamespace(run=LSTM.run, grads=LSTM.grads, symbols=())
    assert parse_query("T + H", bare).at(0) == T + HIDDEN
    with pytest.raises(rt.EquationError, match="unknown name 'V'"):
        parse_query("V", bare)


def test_every_name_is_there_once() -> None:
    found = names(TOLD)
    assert len(found) == len(set(found))
    assert {"T", "V", "H", "names_known", "c", "dc"} <= set(found)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("names_knwn", "unknown name 'names_knwn'\n    names_knwn\n    ^ did you mean names_known?"),
        ("1 + T[2]", "T is one number and takes no index\n    1 + T[2]\n          ^"),
        ("names_known[t]", "names_known is one number and takes no index\n    names_known[t]\n                ^"),
        ("T()", "unknown function 'T'"),
        ("T == 'a'", "this does not stand for symbols"),
    ],
)
def test_messages_about_facts(text: str, message: str) -> None:
    with pytest.raises(rt.EquationError) as caught:
        parse_query(text, TOLD)
    assert str(caught.value).startswith(f"query: {message}")


def test_unknown_names_are_told_the_facts_too() -> None:
    with pytest.raises(rt.EquationError, match=r"there are W_i, .*, loss, T, V, H, names_known, far"):
        parse_query("zzzz", TOLD)


def test_a_fact_is_read_like_a_name() -> None:
    read = read_of("names_known", TOLD)
    assert read is not None
    assert (read.value.shape, read.value.timed, read.value.source) == ((), False, None)


def test_a_loss_counts_where_something_is_wanted() -> None:
    """Elsewhere it is no number and no part of a sum; a gradient from outside that is zero takes nothing away."""
    model = untrained(Settings(task="reverse", cell="rnn", hidden=3), "")
    played = scene_of(episode(model, "abc", ""))
    losses = played.run["loss"][:, 0]
    assert parse_query("total(loss)", played).at(0) == pytest.approx(losses[3:].sum(), rel=1e-14)
    assert parse_query("largest(loss[t])", played).at(0) == losses[3:].max()
    assert parse_query("total(loss[t-1])", played).at(0) == pytest.approx(losses[3:5].sum(), rel=1e-14)
    assert np.isnan(parse_query("loss[t]", played).over(0, 6)).tolist() == [True] * 3 + [False] * 3
    assert np.isnan(parse_query("loss[2]", played).at(5))
    assert parse_query("loss[t] > 0", played).over(0, 6).tolist() == [False] * 3 + [True] * 3
    assert parse_query("loss[t] > 0", played).find(0) == 3
    assert parse_query("total(h[t,0])", played).at(0) == pytest.approx(played.run["h"][:, 0, 0].sum(), rel=1e-14)
