"""What the text of a cell means, and what is wrong with it, as lines of text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

import rnntutor as rt
from rnntutor.engine.ops import FUNCTIONS
from rnntutor.engine.syntax import EquationError
from rnntutor.show.draft import LANGUAGE, meaning, verdict, wrong
from rnntutor.show.look import ASCII, LIGHT, Look
from rnntutor.tasks.drafting import drafted

LOOKS = [Look(), Look(LIGHT), Look(plain=True), Look(glyphs=ASCII)]

RNN = """\
states       h   8 units
inputs       x   4 characters of “hello”
parameters   104   numbers
  W 8×12   b 8
readout      y, p, loss   added, with 36 parameters more

backward pass, which follows from it
  dh      = dh_out + dh_next
  da_h    = dh * (1 - h**2)   a_h is W @ [h_prev, x] + b
  dh_prev = (W.T @ da_h)[h_prev]
  dx      = (W.T @ da_h)[x]
  dW      = outer(da_h, [h_prev, x])
  db      = da_h"""

GRU = """\
states       h   5 units
inputs       x   2 characters of "a\\na"
parameters   120   numbers
  W_z 5x7   b_z 5     W_r 5x7
  b_r 5     W_n 5x7   b_n 5
readout      y, p, loss   added, with...

backward pass, which follows from it
  dh      = dh_out + dh_next
  dn      = dh * (1 - z)
  da_n    = dn * (1 - n**2)
  du_n    = (W_n.T @ da_n)[r * h_prev]
  dr      = du_n * h_prev
  da_r    = dr * r * (1 - r)
  dz      = dh * h_prev - dh * n
  da_z    = dz * z * (1 - z)
  dh_prev = dh * z + du_n * r
            + (W_r.T @ da_r)[h_prev]
            + (W_z.T @ da_z)[h_prev]
  dx      = (W_n.T @ da_n)[x]
            + (W_r.T @ da_r)[x]
            + (W_z.T @ da_z)[x]"""


def plain(lines: list[Text], width: int = 1000) -> str:
    assert all(line.cell_len <= width for line in lines)
    return "\n".join(line.plain.rstrip() for line in lines)


def error_of(text: str) -> ValueError:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whatever it is, it is drawn
        drafted(text)
    return caught.value


def test_an_rnn() -> None:
    assert plain(meaning(drafted(rt.load_cell("rnn").text), Look(), 80), 80) == RNN


def test_a_gru_in_a_narrow_column_and_in_ascii() -> None:
    draft = drafted(rt.load_cell("gru").text, hidden=5, over="a\na")
    found = plain(meaning(draft, Look(glyphs=ASCII), 40), 40)
    assert found.startswith(GRU)
    assert found.isascii()


def test_nothing_is_remembered_and_a_readout_of_one_s_own() -> None:
    text = "h = tanh(x)\nreadout:\nloss = cross_entropy(softmax(V @ h), target)"
    found = plain(meaning(drafted(text), Look(), 80))
    assert "states       none   nothing is remembered" in found
    assert "inputs       x, target" in found
    assert "added" not in found


def test_the_backward_pass_is_the_engine_s() -> None:
    """Line by line, but for spaces."""
    for name in rt.shipped_cells():
        draft = drafted(rt.load_cell(name).text)
        found = plain(meaning(draft, Look(), 300)).split("follows from it\n")[1].splitlines()
        wanted = rt.differentiate(draft.own.step, ("h",)).lines
        assert [re.split("   [a-z]_", row)[0].split() for row in found] == [k.text.split() for k in wanted]


def test_an_error_with_its_place() -> None:
    found = plain(wrong(error_of("h = tanh(W @ [h_prev, x] + b)\ng = sigmod(W_g @ x)"), Look(), 60), 60)
    assert found == "line 2: unknown function 'sigmod'\n    g = sigmod(W_g @ x)\n        ^ did you mean sigmoid?"


def test_a_parameter_that_may_be_a_state() -> None:
    found = plain(meaning(drafted("h = tanh(W @ [h_prev, x] + h_prv)"), Look(), 80), 80)
    assert "h_prv is a parameter: did you mean h_prev?" in found


def test_an_error_without_a_place_and_one_of_the_run() -> None:
    assert plain(wrong(error_of(""), Look(), 90), 90) == (
        "no equations; write at least one, such as h = tanh(W @ [h_prev, x] + b)"
    )
    assert plain(wrong(error_of("h = h_prev + x"), Look(), 40), 40) == (
        "x has shape (4,); the equations want\n(8,) (line 1: h = h_prev + x)"
    )


@given(st.text("ab中é ", max_size=60), st.sampled_from([20, 40, 60]), st.sampled_from(LOOKS))
def test_the_caret_stands_under_the_place(before: str, width: int, look: Look) -> None:
    source = f"h{before} = qq(x) + {'x + ' * 20}x"
    column = source.index("qq")
    error = EquationError("unknown function 'qq'", number=1, column=column, source=source, hint="a hint")
    rows = plain(wrong(error, look, width), width).splitlines()
    under = next(k for k, row in enumerate(rows) if row.lstrip().startswith("^"))
    line, at = rows[under - 1], cell_len(rows[under].partition("^")[0])
    seen = 0
    for letter in line:  # the column of qq, in cells
        if seen == at:
            assert letter == "q"
            break
        seen += cell_len(letter)
    else:
        pytest.fail(f"{at} points at nothing in {line!r}")


@given(st.text(max_size=40), st.integers(1, 70), st.sampled_from(LOOKS))
def test_whatever_is_wrong_can_be_drawn(text: str, width: int, look: Look) -> None:
    try:
        lines = meaning(drafted(text), look, width)
    except ValueError as error:
        lines = wrong(error, look, width)
    found = plain(lines, width)
    assert all(k.isprintable() or k == "\n" for k in found)
    assert found.isascii() or look.glyphs is not ASCII


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("width", [1, 5, 20, 57, 116])
@pytest.mark.parametrize("name", rt.shipped_cells())
def test_no_line_is_too_wide(name: str, width: int, look: Look) -> None:
    plain(meaning(drafted(rt.load_cell(name).text, over="héllo中\x1b"), look, width), width)


def test_verdicts() -> None:
    assert verdict(3.1e-9) == "largest relative error 3e-09: the gradient agrees"
    assert verdict(0.02).startswith("largest relative error 0.02: differences and gradient do not agree")
    assert verdict(float("nan")).startswith("no verdict")


def test_the_help_names_every_function() -> None:
    told = " ".join(f"{name} {said}" for name, said in LANGUAGE)
    assert all(name in told for name in FUNCTIONS)
