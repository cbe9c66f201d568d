"""Cells that somebody writes: what they mean, and that whatever is written is understood or refused in one line."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnntutor as rt
from rnntutor.engine.differentiate import MAX_TERMS
from rnntutor.engine.learning import Learning
from rnntutor.engine.syntax import EquationError
from rnntutor.play.episodes import scene_of
from rnntutor.play.learning import learned
from rnntutor.show.upcoming import teachable
from rnntutor.tasks.drafting import MOST_NUMBERS, MOST_UNITS, agreement, drafted, fresh, tidy, units

RNN = "h = tanh(W @ [h_prev, x] + b)"
SPEAKS = "readout:\ny = V @ s\np = softmax(y)\nloss = cross_entropy(p, target)"
PIECES = [
    "h", "x", "c", "h_prev", "c_prev", "W", "b", "=", "+", "-", "*", "/", "@", "**", "(", ")", "[", "]", ",", "2", ".T",
    "tanh", "softmax", "cross_entropy", "target", "loss", "v", "init:", "step:", "readout:", "\n", " ", "#", "lambda",
    "é", "中", "\0", "\x1b", "y", "p",
]  # fmt: skip


def refusal(text: str, **settings: object) -> str:
    """Why a text is refused, in one line."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is what is tested
        drafted(text, **settings)  # type: ignore[arg-type]
    return str(caught.value).splitlines()[0]


def test_what_a_text_means() -> None:
    draft = drafted(RNN, hidden=5, over="abcab")
    assert draft.own.states == ("h",)
    assert draft.symbols == ("a", "b", "c")
    assert draft.shapes == {"W": (5, 8), "b": (5,), "W_y": (3, 5), "b_y": (3,)}
    assert (draft.size(draft.own), draft.size(draft.cell)) == (45, 63)
    assert draft.added == ("y", "p", "loss")
    assert [line.name for line in draft.backward.lines] == ["dh", "da_h", "dh_prev", "dx", "dW", "db"]


@pytest.mark.parametrize("name", rt.shipped_cells())
def test_shipped_cells_can_be_written_on(name: str) -> None:
    draft = drafted(rt.load_cell(name).text, name)
    assert agreement(draft) < 1e-6
    scene = scene_of(fresh(draft))
    assert scene.total_loss is not None
    assert learned(scene, 20).total_loss < scene.total_loss  # type: ignore[operator]


def test_fresh_weights_are_the_engine_s() -> None:
    draft = drafted(rt.load_cell("lstm").text, hidden=6)
    episode = fresh(draft, "mine")
    wanted = rt.init_params(draft.cell, 6, 4, target=4)
    assert all(np.array_equal(episode.run.params[name], p) for name, p in wanted.items())
    assert (episode.title, episode.about) == ("mine", "CELL  6 units · 4 chars · “hello”")
    assert episode.reads == tuple("hell")
    assert episode.learning == Learning()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("c = f * c_prev + W @ x\nh = tanh(c)\n".replace("f *", "tanh(d) *"), id="a-vector-as-parameter"),
        pytest.param("f = sigmoid(U @ [s_prev, x])\ns = f * s_prev + V_s @ x\nh = s * q", id="two-names"),
        pytest.param(f"init:\nh = h0\nstep:\n{RNN}", id="init-learned"),
        pytest.param("a = tanh(A @ [a_prev, x])\nb = B @ [b_prev, a]\nh = tanh(C @ [h_prev, b])", id="three-states"),
        pytest.param(f"s = tanh(W @ [s_prev, x])\n{SPEAKS}", id="own-readout"),
        pytest.param("h = tanh(W @ [h_prev, x])\nloss = cross_entropy(softmax(V @ h), target)", id="loss-alone"),
        pytest.param("h = x", id="no-state"),
        pytest.param("h = h_prev", id="nothing-to-learn-in-it"),
    ],
)
def test_cells_of_one_s_own_work(text: str) -> None:
    draft = drafted(text)
    assert agreement(draft) < 1e-6
    scene = scene_of(fresh(draft))
    assert teachable(scene) == Learning()
    after = learned(scene, 3)
    assert after.total_loss is not None
    assert scene.total_loss is not None
    assert after.total_loss < scene.total_loss


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("init:\nh = W_v @ v + b_v\nstep:\nh = tanh(W @ [h_prev, x])", "the init section reads v, a picture"),
        ("s = tanh(W @ [s_prev, x])", "cell: no line assigns h, and the readout that is added reads h"),
        ("h = 3", "cell: h is not a vector, and the readout that is added reads h"),
        ("y = tanh(W @ [h_prev, x])\nh = y", "cell, line 1: y is a name of the readout that is added"),
        ("h = h_prev * W_y", "cell: W_y is a name of the readout that is added"),
        ("h = tanh(W @ [h_prev, x])\nreadout:\nz = h * 2", "the readout has no line loss, so nothing goes back"),
        ("a = tanh(U @ x)\nh = tanh(W @ [h_prev, a])", "cell, line 1: the size of U does not follow from"),
        ("h = h_prev + x", "x has shape (4,); the equations want (8,) (line 1: h = h_prev + x)"),
        ("h = tanh(W @ [h_prev, x]", "cell, line 1: this ( is never closed"),
        ("h = tanh(W @ [h_prev, x] + b))", "cell, line 1: this ) closes nothing"),
        ("h = tanh(W @ [h_prev, x) + b]", "cell, line 1: this ) does not close the [ before it"),
        ("h = tanh(W @ [h_prev x] + b)", "cell, line 1: a sign is missing here"),
        ("h = tanh(W @ @ x)", "cell, line 1: this is not complete"),
        ("h = tanh(W @ [h_pre, x] + b)", "cell, line 1: h_pre is a parameter here, as no line makes it"),
        ("", "cell: no equations"),
    ],
)  # fmt: skip
def test_what_cannot_be_played_is_refused(text: str, why: str) -> None:
    assert refusal(text).startswith(why)


@pytest.mark.parametrize(
    ("text", "pointed", "hint"),
    [
        ("h = tanh(W @ [h_pre, x] + b)", "h_pre", "did you mean h_prev?"),
        ("a = W @ x\nh = tanh(W @ [a, hprev] + b)", "hprev", "did you mean h_prev?"),
        ("h = tanh(W * [h_prev, x] + b)", "* [", "* goes element by element; a matrix multiplies with @: W @ ..."),
    ],
)
def test_what_may_be_meant(text: str, pointed: str, hint: str) -> None:
    with pytest.raises(EquationError) as caught:
        drafted(text)
    error = caught.value
    assert error.source[error.column :].startswith(pointed)
    assert error.hint == hint


def test_a_star_that_may_be_an_at() -> None:
    assert refusal("h = tanh(W @ h_prev + U * x + b)").endswith("a matrix multiplies with @: U @ ...")
    assert "@" not in refusal("h = h_prev + x").split("(line")[0]
    assert drafted("h = tanh(W @ (w * [h_prev, x]) + b)").shapes["w"] == (12,)  # and where a * is meant, it may stay


def test_parameters_that_may_be_states() -> None:
    text = "f = sigmoid(W_f @ [h_prev, x])\nc = f * c_prv + tanh(U @ [h_prev, x])\nh = tanh(c)"
    assert drafted(text).slips == {"c_prv": "c_prev"}
    for name in rt.shipped_cells():
        assert not drafted(rt.load_cell(name).text).slips


def test_settings_are_refused() -> None:
    assert refusal(RNN, over="a") == "a text to play needs at least two characters"
    assert refusal(RNN, over="aaa").startswith("a text needs at least two different characters")
    assert refusal(RNN, hidden=0) == "units: a whole number from 1 is wanted, not 0"
    assert refusal(RNN, hidden=MOST_UNITS + 1).startswith(f"units: at most {MOST_UNITS:,} are played here")
    assert refusal(RNN, hidden=MOST_UNITS).endswith(f"at most {MOST_NUMBERS:,} are played here: take fewer units")
    assert units(MOST_UNITS) == MOST_UNITS


def test_a_check_that_would_take_long_is_refused() -> None:
    many = "\n".join(f"a{k} = h_prev" + "".join(f" + W{k}_{j} @ x" for j in range(20)) for k in range(40))
    with pytest.raises(ValueError, match="too large to be checked while you wait"):
        agreement(drafted(f"{many}\nh = a0"))


def test_numbers_that_are_none_give_no_verdict() -> None:
    assert np.isnan(agreement(drafted("h = 1 / h_prev + W @ x")))


def test_a_value_read_too_often_is_refused_by_the_engine() -> None:
    """The formula of its gradient would be deeper than Python goes."""
    every = " + ".join(f"a{k}" for k in range(60))
    lines = "\n".join(f"a{k} = W @ x + h_prev + h_prev + h_prev" for k in range(60))
    cell = rt.parse_cell(f"{lines}\nh = {every}")
    with pytest.raises(rt.EquationError, match=f"h_prev is read 180 times; at most {MAX_TERMS} are differentiated"):
        cell.backward(("h",))


@pytest.mark.parametrize(
    "text",
    ["(" * 10_000, "h = " + "(" * 390, "a" * 1_000_000, "h = x\n" * 200_000, "\n" * 1_000_000, "h = \0", "h = \x1b["],
    ids=["brackets", "deep", "megabyte", "lines", "empty-lines", "NUL", "escape"],
)  # fmt: skip
def test_hostile_texts_are_refused_at_once(text: str) -> None:
    start = time.perf_counter()
    why = refusal(text)
    assert time.perf_counter() - start < 0.5  # measured: below 5 ms
    assert why.isprintable()
    assert len(why) < 200


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        draft = drafted(text, over="ab", hidden=2)
    except ValueError:
        return
    assert draft.shapes.keys() == set(draft.cell.params)
    assert draft.backward.lines


@given(st.text(max_size=80))
def test_tidy_text_stays_as_it_is(text: str) -> None:
    kept = tidy(text)
    assert tidy(kept) == kept
    assert all(k == "\n" or k.isprintable() or k.isspace() or k == "�" for k in kept if k.isascii())


def test_what_an_editor_cannot_hold() -> None:
    assert tidy("\ufeffa\r\nb\tc\0\x1b\u0301e\u0301") == "a\nb   c���é"
    with pytest.raises(ValueError, match="1,000,000 characters; at most 20,000 are read"):
        tidy("x" * 1_000_000)
