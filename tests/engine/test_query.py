"""Queries: every answer against plain NumPy, every message as it is read, and nothing is ever run."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rnntutor as rt
from rnntutor.engine.known import Need
from rnntutor.engine.query import Query, parse_query
from tests.cases import PICTURE, READOUT, TEXT, Array, assert_close, one_hot, program
from tests.engine.queries import (
    HIDDEN,
    SYMBOLS,
    MissingError,
    Pair,
    Subject,
    conditions,
    numbers,
    subject,
    subjects,
    values,
    vectors,
)
from tests.show.scenes import scene

LSTM = subject()
V = values(LSTM)
T = LSTM.run.steps


def expected(pair: Pair, v: dict[str, Array], t: int, missing: Any) -> Any:
    """The answer by hand; `missing` where something is read that does not exist."""
    try:
        with np.errstate(all="ignore"):
            return pair.answer(v, t)
    except MissingError:
        return missing


# By hand.

BY_HAND: dict[str, Callable[[int], Any]] = {
    "c[t,3]": lambda t: V["c"][t, 3],
    "c": lambda t: V["c"][t],
    "c[t]": lambda t: V["c"][t],
    "c[2]": lambda _: V["c"][2],
    "c[-1]": lambda _: V["c"][5],
    "c[-2, -1]": lambda _: V["c"][4, 3],
    "c[t-1]": lambda t: V["c"][t - 1] if t else np.full(HIDDEN, np.nan),
    "c[t+1,0]": lambda t: V["c"][t + 1, 0] if t < 5 else np.nan,
    "norm(dh[t])": lambda t: np.linalg.norm(V["dh"][t]),
    "norm(dh[0])": lambda _: np.linalg.norm(V["dh"][0]),
    "max(f[t])": lambda t: V["f"][t].max(),
    "argmax(p[2])": lambda _: V["p"][2].argmax(),
    "argmin(p)": lambda t: V["p"][t].argmin(),
    "sigma_max(W_f)": lambda _: np.sqrt(np.linalg.eigvalsh(V["W_f"] @ V["W_f"].T)[-1]),
    "sigma_max(W_f[h_prev])": lambda _: np.sqrt(np.linalg.eigvalsh(V["W_f"][:, :4] @ V["W_f"][:, :4].T)[-1]),
    "norm(W_f[h_prev])": lambda _: np.sqrt((V["W_f"][:, :4] ** 2).sum()),
    "loss": lambda t: V["loss"][t],
    "loss[3]": lambda _: V["loss"][3],
    "loss[t] > 2": lambda t: V["loss"][t] > 2,
    "h[2,3] < c[2,3]": lambda _: V["h"][2, 3] < V["c"][2, 3],
    "-1 < c[t,1] < 0.5": lambda t: -1 < V["c"][t, 1] < 0.5,
    'x[t] == "a"': lambda t: V["x"][t].argmax() == 1,
    '"a" != x': lambda t: V["x"][t].argmax() != 1,
    'x == " "': lambda t: V["x"][t].argmax() == 0,
    'x == "␣"': lambda t: V["x"][t].argmax() == 0,
    r'x == "\n"': lambda t: V["x"][t].argmax() == 2,
    'x == "⏎"': lambda t: V["x"][t].argmax() == 2,
    'p[t] == "b" or target == "b"': lambda t: V["p"][t].argmax() == 3 or V["target"][t].argmax() == 3,
    'argmax(p[t]) == "c"': lambda t: V["p"][t].argmax() == 4,
    "argmax(p) == argmax(target)": lambda t: V["p"][t].argmax() == V["target"][t].argmax(),
    'p[t,"c"]': lambda t: V["p"][t, 4],
    'x[2,"␣"]': lambda _: V["x"][2, 0],
    'dx[t,"⏎"]': lambda t: V["dx"][t, 2],
    "p - target": lambda t: V["p"][t] - V["target"][t],
    'p - target == "a"': lambda t: (V["p"][t] - V["target"][t]).argmax() == 1,
    "W_f[3,5]": lambda _: V["W_f"][3, 5],
    "W_f[-1]": lambda _: V["W_f"][3],
    "b_f[3]": lambda _: V["b_f"][3],
    "b_f": lambda _: V["b_f"],
    "norm(dW_f)": lambda _: np.linalg.norm(V["dW_f"]),
    "max(abs(dW_f))": lambda _: np.abs(V["dW_f"]).max(),
    "norm(W_f * t)": lambda t: np.linalg.norm(V["W_f"] * t),
    "db_f[2] + dW_f[1,0]": lambda _: V["db_f"][2] + V["dW_f"][1, 0],
    "da_f[t]": lambda t: V["da_f"][t],
    "dh_prev": lambda t: V["dh_prev"][t],
    "h_prev[0]": lambda _: np.zeros(HIDDEN),
    "h @ c": lambda t: V["h"][t] @ V["c"][t],
    "W_y @ h + b_y": lambda t: V["W_y"] @ V["h"][t] + V["b_y"],
    "-log(p @ target)": lambda t: V["loss"][t],
    "sqrt(mean(c**2))": lambda t: np.sqrt(np.mean(V["c"][t] ** 2)),
    "2**3 - 4/2*t": lambda t: 8 - 2 * t,
    "sum(p)": lambda _: 1.0,
    "1/0": lambda _: np.inf,
    "log(0-1)": lambda _: np.nan,
    "t >= 2 and not t == 4": lambda t: t >= 2 and t != 4,
    "1 < 2": lambda _: True,
    "t == 0 or c[t-1,0] > -9": lambda t: t > 0,  # at 0 it reads what does not exist
    "not c[t+2,1] > 9": lambda t: t < 4,
    "c[t-99,0] > 0": lambda _: False,
}


@pytest.mark.parametrize("text", BY_HAND)
def test_by_hand(text: str) -> None:
    query = parse_query(text, LSTM)
    for t in range(T):
        answer, wanted = query.at(t), BY_HAND[text](t)
        assert query.is_condition == isinstance(wanted, bool | np.bool_)
        assert type(answer) is (np.ndarray if query.shape else bool if query.is_condition else float)
        assert np.shape(answer) == np.shape(wanted) == query.shape
        np.testing.assert_allclose(answer, wanted, rtol=1e-13, err_msg=f"{text} at {t}")


@pytest.mark.parametrize("name", sorted(TEXT))
def test_every_equation_is_a_query(name: str) -> None:
    """One language: the right side of a line, asked as a query, is that line."""
    of = subject(name)
    for line in of.run.cell.lines:
        if line.name != "loss":  # its cross_entropy goes back to the scores
            query = parse_query(line.text.partition("=")[2], of)
            assert_close(query.over(0, T), of.run[line.name][:, 0], line.text)


def test_outside_the_sequence_is_no_value() -> None:
    for t in (-1, T, 10**9):
        assert parse_query("loss > 0", LSTM).at(t) is False
        assert np.isnan(parse_query("1", LSTM).at(t))
    padded = parse_query("t", LSTM).over(-2, T + 1)
    np.testing.assert_array_equal(padded, [np.nan, np.nan, 0, 1, 2, 3, 4, 5, np.nan])
    assert parse_query("c", LSTM).over(3, 3).shape == (0, HIDDEN)


def test_a_name_of_the_cell_wins() -> None:
    """A line called dc is meant before the gradient of c, and one called max beside the function."""
    cell = rt.parse_cell("c = tanh(W @ [h_prev, x])\ndc = c * c\nmax = dc + c\nh = max * c")
    run = rt.run(cell, {"W": np.ones((2, 3))}, np.ones((3, 1, 1)))
    of = Subject(run, run.backward({"h": np.ones((3, 1, 2))}), ())
    np.testing.assert_array_equal(parse_query("dc", of).at(1), run["dc"][1, 0])
    np.testing.assert_array_equal(parse_query("ddc", of).at(1), of.grads["dc"][1, 0])
    assert parse_query("max(max)", of).at(1) == run["max"][1, 0].max()


def test_a_scene_can_be_asked() -> None:
    """What the screen plays is a subject; its symbols are those that the screen shows."""
    of = scene("lstm", "he lo")
    assert [parse_query('x == " "', of).at(t) for t in range(4)] == [False, False, True, False]
    shown = Subject(of.run, of.grads, ("␣", "e", "h", "l", "o"))
    assert parse_query('x == " "', shown).find(0) == parse_query('x == "␣"', shown).find(0) == 2


# Against the same in NumPy, at random.


@given(subjects, numbers | vectors)
@settings(max_examples=300)
def test_values(of: Subject, pair: Pair) -> None:
    """Equal to NumPy to the last bit, nan and inf too, and over time as at each timestep."""
    query, v = parse_query(pair.text, of), values(of)
    together = query.over(0, of.run.steps)
    assert together.shape == (of.run.steps, *query.shape)
    for t in range(of.run.steps):
        wanted = expected(pair, v, t, np.full(query.shape, np.nan))
        np.testing.assert_array_equal(query.at(t), wanted)
        np.testing.assert_array_equal(together[t], wanted)


@given(subjects, conditions, st.integers(-1, 10), st.sampled_from([1, -1]))
@settings(max_examples=300)
def test_conditions(of: Subject, pair: Pair, t: int, step: int) -> None:
    """Equal to NumPy; `find` gives what a search one by one gives."""
    query, v = parse_query(pair.text, of), values(of)
    wanted = [bool(expected(pair, v, k, missing=False)) for k in range(of.run.steps)]
    assert [query.at(k) for k in range(of.run.steps)] == wanted
    assert query.over(0, of.run.steps).tolist() == wanted
    ahead = [k for k in range(of.run.steps) if wanted[k] and (k - t) * step > 0]
    assert query.find(t, step) == (min(ahead, key=lambda k: abs(k - t)) if ahead else None)


@given(st.data())
def test_a_piece_of_time(data: st.DataObject) -> None:
    """Any stretch is a piece of the whole, whatever the size of the blocks."""
    query = parse_query("norm(c[t-1] - h[t+1]) * t + max(W_f * t)", LONG)
    start = data.draw(st.integers(0, 3000))
    stop = data.draw(st.integers(start, 3000))
    np.testing.assert_array_equal(query.over(start, stop), LONG_ANSWERS[start:stop])


LONG = subject("lstm", steps=3000, batch=1)
LONG_ANSWERS = parse_query("norm(c[t-1] - h[t+1]) * t + max(W_f * t)", LONG).over(0, 3000)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[range]:
    """The stretches of time that were worked on."""
    looked: list[range] = []
    answers = Query._answers

    def watched(query: Query, start: int, stop: int) -> Array:
        looked.append(range(start, stop))
        return answers(query, start, stop)

    monkeypatch.setattr(Query, "_answers", watched)
    return looked


@pytest.mark.parametrize("step", [1, -1])
def test_find_looks_no_further_than_it_must(step: int, looks: list[range]) -> None:
    """What is near is found in one look, what is not there in a few, and nothing is looked at twice."""
    assert parse_query(f"t == {1500 + step * 9}", LONG).find(1500, step) == 1500 + step * 9
    assert len(looks) == 1
    assert len(looks[0]) <= 256
    looks.clear()
    assert parse_query("loss < 0", LONG).find(1500, step) is None
    assert len(looks) == 3
    assert sorted(t for look in looks for t in look) == list(range(1501, 3000) if step > 0 else range(1500))


def test_memory_is_bounded(looks: list[range]) -> None:
    """A matrix that changes with t is worked on for a piece of time at once; one that does not, only once."""
    parse_query("norm(W_f * t)", LONG).over(0, 3000)
    assert max(map(len, looks)) * V["W_f"].size <= 1 << 16
    assert parse_query("norm(W_f) + t", LONG)._longest == 1 << 16


def test_find_wants_a_condition() -> None:
    with pytest.raises(ValueError, match=r"loss: a condition is wanted, such as loss\[t\] > 2"):
        parse_query("loss", LSTM).find(0)


# Needs.

NEEDS = {
    "c[t,3] + c": [("forward", "c", 2)],
    "h[2,3] < c[4,3]": [("forward", "h", 2), ("forward", "c", 4)],
    "c[t-1] + h_prev": [("forward", "c", 1), ("forward", "h", 1)],
    "norm(h_prev[0])": [],
    "loss[-1]": [("forward", "loss", 5)],
    "norm(dh[t+1])": [("backward", "dh", 3)],
    "norm(dW_f) + db_f[1]": [("backward", "dW_f", 0), ("backward", "db_f", 0)],
    'x == "a" and target[5] == "a" and W_f[0,0] + b_f[2] < t': [],
    "c[t-3]": [],
}


@pytest.mark.parametrize("text", NEEDS)
def test_needs(text: str) -> None:
    """At timestep 2; where there is no value, nothing is needed."""
    assert parse_query(text, LSTM).needs(2) == tuple(Need(*need) for need in NEEDS[text])


def test_the_init_section() -> None:
    """What it reads has no time; gradients that pass through it are known at the very end of the pass."""
    cell = rt.parse_cell(program(init=PICTURE, step=TEXT["rnn"], readout=READOUT))
    rng = np.random.default_rng(1)
    params = {
        name: rng.standard_normal(shape)
        for name, shape in cell.param_shapes(hidden=3, input=2, v=4, target=5).items()
    }
    x, target, v = rng.standard_normal((4, 2, 2)), one_hot(rng, 4, 2, 5), rng.standard_normal((2, 4))
    run = rt.run(cell, params, x, target=target, v=v)
    of = Subject(run, run.backward())
    np.testing.assert_array_equal(parse_query("v", of).at(3), v[0])
    assert parse_query("v[2]", of).at(0) == v[0, 2]
    np.testing.assert_array_equal(parse_query("dv", of).at(1), of.grads["v"][0])
    assert parse_query("dW_v[1,2]", of).at(0) == of.grads["W_v"][1, 2]
    last = of.grads.program.lines[-1].name
    assert (
        parse_query("dW_v[0]", of).needs(3) == parse_query("dv", of).needs(1) == (Need("backward", last, 0),)
    )
    np.testing.assert_allclose(parse_query("W_v @ v + b_v - h_prev[0]", of).at(2), 0, atol=1e-12)


def test_what_no_gradient_reaches() -> None:
    """Zero, and nothing has to be computed for it."""
    cell = rt.parse_cell("h = tanh(W @ [h_prev, x])\nq = h * h")
    run = rt.run(cell, {"W": np.ones((2, 3))}, np.ones((3, 1, 1)))
    of = Subject(run, run.backward({"h": np.ones((3, 1, 2))}), ())
    query = parse_query("dq", of)
    np.testing.assert_array_equal(query.over(0, 3), np.zeros((3, 2)))
    assert query.needs(0) == ()


# Other subjects.


def test_bind_asks_the_same_about_another() -> None:
    query = parse_query("c[t,3] - c[5,3]", LSTM)
    edited = LSTM.run.edit("f", t=2, unit=3, value=0.0)
    other = query.bind(Subject(edited, edited.backward()))
    assert other.text == query.text
    assert other.at(2) == edited["c"][2, 0, 3] - edited["c"][5, 0, 3] != query.at(2)
    assert query.at(2) == V["c"][2, 3] - V["c"][5, 3]


def test_bind_to_what_does_not_fit() -> None:
    with pytest.raises(rt.EquationError, match="c has timesteps 0 to 4"):
        parse_query("c[t,3] - c[5,3]", LSTM).bind(subject(steps=5))


def test_an_answer_is_nobody_elses() -> None:
    """Writing into it changes neither the run nor the next answer."""
    query = parse_query("c", LSTM)
    answer = query.over(0, T)
    answer[...] = 7
    np.testing.assert_array_equal(query.at(2), V["c"][2])


# Messages.

NAMES = (
    "W_i, h_prev, x, b_i, i, W_f, b_f, f, W_o, b_o, o, W_g, b_g, g, c_prev, c, h, W_y, b_y, y, p, target, loss, "
    "T, V, H"
)
FUNCTIONS = (
    "norm, max, min, mean, sum, argmax, argmin, sigma_max, total, largest, smallest, abs, sqrt, sigmoid, tanh, relu, "
    "exp, log, softmax"
)
ALL = f"use + - * / @ **, == != < <= > >=, and or not, c[t,3], or {FUNCTIONS}"

WRONG = [
    ("dW_q", "unknown name 'dW_q'", "^ did you mean dW_y?"),
    ("1 + zzzz", "unknown name 'zzzz'", f"    ^ there are {NAMES}"),
    ("x == '␣' and cq", "unknown name 'cq'", "             ^ did you mean c?"),
    ("norm > 2", "norm is a function", "^ write norm(...)"),
    ("nrom(c)", "unknown function 'nrom'", "^ did you mean norm?"),
    ("c(3)", "unknown function 'c'", f"^ there are {FUNCTIONS}"),
    ("max(c, f)", "max takes 1 operand, not 2", "^"),
    ("dp", "no gradient of 'p': the loss is computed from what goes into it", "^"),
    # Indices.
    ("c[6]", "there is no such timestep", "  ^ c has timesteps 0 to 5"),
    ("c[-7]", "there is no such timestep", "  ^ c has timesteps 0 to 5"),
    ("c[t, 4]", "there is no such unit", "     ^ c has units 0 to 3"),
    ("dW_f[4]", "there is no such row", "     ^ dW_f has rows 0 to 3"),
    ("W_f[0, 9]", "there is no such column", "       ^ W_f has columns 0 to 8"),
    ("loss[t, 1]", "loss takes a timestep, not 2 indices", "     ^"),
    ("c[1, 2, 3]", "c takes a timestep and a unit, not 3 indices", "  ^"),
    ("W_f[1, 2, 3]", "W_f takes a row and a column, not 3 indices", "    ^"),
    ("b_f[1, 2]", "b_f takes a unit, not 2 indices", "    ^"),
    ("c[()]", "c takes a timestep and a unit, not nothing", "  ^"),
    ("c[f]", "this is not a timestep", "  ^ write t, t-1 or a whole number"),
    ("c[t*2]", "this is not a timestep", "  ^ write t, t-1 or a whole number"),
    ("c[1.0]", "this is not a timestep", "  ^ write t, t-1 or a whole number"),
    ("c[True]", "this is not a timestep", "  ^ write t, t-1 or a whole number"),
    ("c['a']", "this is not a timestep", "  ^ write t, t-1 or a whole number"),
    ("c[t, t]", "this is not a unit", "     ^ write a whole number"),
    ("c[t, 1:2]", "this is not a unit", "     ^ write a whole number"),
    ("c[t, 'a']", "this is not a unit", "     ^ write a whole number"),
    ("x[t, t]", "this is not a unit", "     ^ write a whole number, or a symbol in quotes"),
    ("W_f[t]", "this is not a row", "    ^ write a whole number; W_f has no timestep"),
    ("W_f[c_prev]", "W_f has no columns that multiply c_prev", "    ^ write a row and a column, such as W_f[0,1]"),
    ("W_y[h_prev]", "W_y has no columns that multiply h_prev", "    ^ write a row and a column, such as W_y[0,1]"),
    (
        "sigma_max(c)", "sigma_max takes a matrix; this is a vector of 4",
        "          ^ such as W, or W[h_prev], its recurrent columns",
    ),
    ("W_f[h_prev]", "this is a matrix of 4 by 4", "^ take one number, one row or its norm"),
    ("c[t][3]", "only a name takes an index", "^ as in c[t,3]"),
    ("1 + (c + h)[3]", "only a name takes an index", "     ^ as in c[t,3]"),
    ("t[3]", "t is the timestep and takes no index", "^"),
    # Symbols.
    ("x[t, 'q']", "'q' is not a symbol", "     ^ there are ␣ a ⏎ b c"),
    ("'␣' == x and x == 'ab'", "'ab' is not a symbol", "                  ^ there are ␣ a ⏎ b c"),
    ("c == 'a'", "this does not stand for symbols", "^ a text fits x, target or p: x[t] == \"l\""),
    ("x[t,1] == 'a'", "this does not stand for symbols", "^ a text fits x, target or p: x[t] == \"l\""),
    ("x < 'a'", "symbols have no order", "    ^ use == or !="),
    ("'a'", "a text stands beside == or !=", "^ as in x[t] == \"l\""),
    ("x == 'a' == 'b'", "a text stands beside == or !=", "     ^ as in x[t] == \"l\""),
    # Kinds.
    ("c > 0", "a comparison takes numbers; this is a vector of 4", "^ take one unit, its norm or max"),
    ("1 < W_f", "a comparison takes numbers; this is a matrix of 4 by 9", "    ^ take one unit, its norm or max"),
    ("(t < 1) == (t < 2)", "a comparison takes numbers; this is a condition", " ^ join conditions with and, or"),
    ("t in 3", "this comparison is not part of the language", "     ^ use == != < <= > >="),
    ("t > 1 and loss", "and takes conditions; this is a number", "          ^ compare it with something"),
    ("c or t > 1", "or takes conditions; this is a vector of 4", "^ compare it with something"),
    ("not loss", "not takes conditions; this is a number", "    ^ compare it with something"),
    ("1 + (t > 2)", "a number is wanted here, not a condition", "     ^"),
    ("norm(t > 2)", "a number is wanted here, not a condition", "     ^"),
    ("c + x", "a vector of 4 and a vector of 5 do not fit", "    ^ take units of them, or @"),
    ("W_f * h", "a matrix of 4 by 9 and a vector of 4 do not fit", "      ^ take units of them, or @"),
    ("c @ x", "@ cannot multiply a vector of 4 and a vector of 5",
     "    ^ a row of the matrix has to be as long as the vector"),
    ("softmax(loss)", "softmax takes a vector; this is a number", "        ^"),
    ("argmax(W_f)", "argmax takes a vector; this is a matrix of 4 by 9", "       ^"),
    ("[c, loss]", "[a, b] joins vectors; this is a number", "    ^"),
    ("W_f", "this is a matrix of 4 by 9", "^ take one number, one row or its norm"),
    ("c ** 0.5", "a power needs a whole number from 2 to 1000", "     ^ such as h**2"),
    ("loss > 1e99", "a number beyond 1e30", "       ^ use a smaller one"),
    # Syntax.
    ("", "this is empty", None),
    ("loss = 2", "one = compares nothing", "     ^ write =="),
    ("x == '=' and t = 2", "one = compares nothing", "               ^ write =="),
    ("c[t,", "this [ is never closed", " ^ close it with ]"),
    ("x == '=' and (", "this ( is never closed", "             ^ close it with )"),
    ("c\n+ h", "a character that cannot be read", " ^ a query is one line of plain text"),
    ("t % 2", "this sign is not part of the language", f"^ {ALL}"),
    ("'␣' == x and t // 2", "this sign is not part of the language", f"             ^ {ALL}"),
    ("c.T", "a dot is not part of the language", f"^ {ALL}"),
    ("cross_entropy(p, target)", "unknown function 'cross_entropy'", f"^ there are {FUNCTIONS}"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "what", "caret"), WRONG, ids=[text or "nothing" for text, *_ in WRONG])
def test_messages(text: str, what: str, caret: str | None) -> None:
    with pytest.raises(rt.EquationError) as caught:
        parse_query(f"  {text} ", LSTM)
    shown = text.replace("\n", "�")
    hint = " (write a value or a condition, such as c[t,3] or loss[t] > 2)"
    tail = hint if caret is None else f"\n    {shown}\n    {caret}"
    assert str(caught.value) == f"query: {what}{tail}"


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("c₂", "c[2]"),
        ("c₂[3] > 0", "c[2,3] > 0"),
        ("norm(c₁₀ ) > 1", "norm(c[10]) > 1"),
        ("h′", "h_prev"),
        ("h'[t,3] - h’[t,3]", "h_prev[t,3] - h_prev[t,3]"),
        ("dh₂′[1]", "dh_prev[2,1]"),
        ("h₋₁[1]", "h_prev[0,1]"),
        ("p₂[“b”]", "p[2,'b']"),
        ("x == “b” or x == 'c'and'b' == x", "x == 'b' or x == 'c' and 'b' == x"),
        ("c[t−1,2]", "c[t-1,2]"),
        ("x == '_'", "x == ' '"),
        ("c[t,:]", "c[t]"),
        ("c₂[:]", "c[2]"),
        ("W_f[2,:]", "W_f[2]"),
        ("norm(W_f[:,:])", "norm(W_f)"),
        ("b_f[:]", "b_f"),
    ],
)
def test_what_the_screen_writes_is_read_too(written: str, typed: str) -> None:
    of = subject(steps=12)
    query = parse_query(written, of)
    assert query.text == written
    np.testing.assert_array_equal(query.over(0, 12), parse_query(typed, of).over(0, 12))


def test_a_text_stays_what_it_is() -> None:
    """What stands in quotes is no formula."""
    of = LSTM._replace(symbols=("c₂", "h′", "−", "“", "it's"))
    for k, symbol in enumerate(of.symbols):
        query = parse_query(f'x == "{symbol}"', of)
        assert query.over(0, T).tolist() == (V["x"].argmax(axis=1) == k).tolist()


def test_symbols_that_look_alike() -> None:
    """Two that cannot be printed have one stand-in: only their numbers tell them apart."""
    of = LSTM._replace(symbols=("\x00", "a", "\x01", "b", "c"))
    assert parse_query(r'x == "\x01"', of).over(0, T).tolist() == (V["x"].argmax(axis=1) == 2).tolist()
    with pytest.raises(rt.EquationError, match=r"2 symbols look like '�'\n.*\n.*write the number"):
        parse_query('x == "�"', of)


def test_without_symbols_no_text_fits() -> None:
    of = LSTM._replace(symbols=())
    for text in ("x == 'a'", "x[t,'a']"):
        with pytest.raises(rt.EquationError, match=r"does not stand for symbols|not a unit"):
            parse_query(text, of)


def test_states_of_the_size_of_the_alphabet_are_no_symbols() -> None:
    of = LSTM._replace(symbols=SYMBOLS[:HIDDEN])
    with pytest.raises(rt.EquationError, match="does not stand for symbols"):
        parse_query("c == 'a'", of)


@pytest.mark.parametrize("text", [None, 3, b"c", ["c"]])
def test_no_text(text: Any) -> None:
    with pytest.raises(ValueError, match="text: a query as text is wanted, not"):
        parse_query(text, LSTM)


HOSTILE = {
    "attribute": "c.__class__.__bases__",
    "attribute of a number": "(1).real",
    "import": "__import__('os').system('true')",
    "name of a builtin": "__builtins__",
    "call of a builtin": "eval('1')",
    "call of a method": "c.sum()",
    "call of a call": "norm(c)(c)",
    "keyword": "norm(a=c)",
    "star": "norm(*c)",
    "comprehension": "[k for k in c]",
    "generator": "sum(k for k in c)",
    "lambda": "(lambda: c)()",
    "walrus": "(q := c)",
    "condition": "c if t else h",
    "f-string": "f'{c}'",
    "f-string as an index": "x[t, f'{c}']",
    "bytes": "x == b'a'",
    "dictionary": "{c: c}",
    "await": "await c",
    "yield": "(yield c)",
    "is": "c is c",
    "true": "True",
    "complex": "2j",
    "ellipsis": "c[...]",
    "star index": "c[*c]",
    "huge power": "9**9**9**9",
    "huge number": "9" * 390,
    "huge index": f"c[{'9' * 380}]",
    "huge shift and no such unit": f"c[t-{'9' * 370}, 9]",
    "brackets": f"{'(' * 10_000}c{')' * 10_000}",
    "indices": f"{'c[' * 100}t{']' * 100}",
    "signs": "-" * 300 + "c",
    "nots": "not " * 90 + "t",
    "a sum": "+".join(["t"] * 199),
    "a chain": "<".join(["t"] * 199) + "< c",
    "a megabyte": "c+" * 500_000,
    "a megabyte of quotes": "'" * 1_000_000,
    "quotes without end": "'\"" * 199 + "=",
    "signs of assignment": "=" * 399,
    "lone surrogate": "c + \ud800",
    "lone surrogate as text": "x == '\udfff'",
    "lone surrogate escaped": r"x == '\ud800'",
    "null": "c\0",
    "line separator": "c\u2028+ h",
    "comment in lines": "(c # a\n)",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(name: str) -> None:
    """Refused in milliseconds and a few words that can be printed.

    The quickest of three counts: a slow reading is slow each time, a pause of the whole process is not.
    """
    times, messages = [], set()
    for _ in range(3):
        start = time.perf_counter()
        with pytest.raises(rt.EquationError) as caught:
            parse_query(HOSTILE[name], LSTM)
        times.append(time.perf_counter() - start)
        messages.add(str(caught.value))
    assert min(times) < 0.1
    (message,) = messages
    assert message.encode()
    assert len(message) < 1200


@given(
    st.text(alphabet=st.sampled_from("ctfhxpW_[](),.+-*/@<>=!'\"\\ 0123atlnormsuandotb:;#{}␣𝒽é"), max_size=40)
)
@settings(max_examples=500)
def test_anything_else(text: str) -> None:
    """A text is a query or an EquationError; a query answers at every timestep."""
    try:
        query = parse_query(text, LSTM)
    except rt.EquationError:
        return
    assert query.over(0, T).shape == (T, *query.shape)
