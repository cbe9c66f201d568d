"""What may be typed to edit a number, and what is said about the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.app.typed import parse_edit
from rnntutor.show.change import Place
from rnntutor.show.look import ASCII, UNICODE
from tests.show.scenes import scene

HERE = Place("f", 2, (3,))


@pytest.mark.parametrize(
    ("text", "place", "value"),
    [
        ("0", HERE, 0.0),
        (" -0.5 ", HERE, -0.5),
        ("−1e-3", HERE, -0.001),
        ("= 2", Place("f", 2, (3,)), 2.0),
        ("o=1", Place("o", 2, (3,)), 1.0),
        ("f[1] = 2", Place("f", 2, (1,)), 2.0),
        ("f[0,1] = 2", Place("f", 0, (1,)), 2.0),
        ("f₀[1] = 2", Place("f", 0, (1,)), 2.0),
        ("x[1, 0]=1", Place("x", 1, (0,)), 1.0),
        ("h′[4] = 1", Place("h_prev", 2, (4,)), 1.0),
        ("c_prev[0,4] = 1", Place("c_prev", 0, (4,)), 1.0),
        ("W_f[3,5] = 0", Place("W_f", None, (3, 5)), 0.0),
        ("b_f[3] = 0", Place("b_f", None, (3,)), 0.0),
        ("loss[1] = 0", Place("loss", 1), 0.0),
        ("loss₃ = 0", Place("loss", 3), 0.0),
    ],
)  # fmt: skip
def test_good(text: str, place: Place, value: float) -> None:
    assert parse_edit(text, scene().run, HERE) == (place, value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a number is wanted"),
        ("abc", "such as -0.5, not 'abc'"),
        ("nan", "such as"),
        ("1e999", "such as"),
        ("f[3] =", "a number is wanted"),
        ("f[1,2,3] = 0", r"f takes \[unit\] or \[t,unit\]"),
        ("loss[1,0] = 0", r"loss takes \[t\]"),
        ("W_f = 0", "row and column"),
        ("W_f[1] = 0", "row and column"),
        ("b_f[1,2] = 0", "every row"),
        ("nothing = 0", "no value is called 'nothing'"),
        ("f[-1] = 0", "write f"),
        ("f(1) = 0", "write f"),
        ("[b]x[/b] = 0", "write f"),
        ("\x1b[31m = 0", "write f"),
    ],
)
def test_bad(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_edit(text, scene().run, HERE)


@given(st.text(max_size=30))
def test_anything_typed_is_understood_or_refused(text: str) -> None:
    try:
        place, _ = parse_edit(text, scene().run, HERE)
    except ValueError:
        return
    assert place.name


@pytest.mark.parametrize(
    "place",
    [HERE, Place("loss", 1), Place("W_f", None, (3, 5)), Place("b_f", None, (2,)), Place("x", 0, (1,))],
)
def test_what_is_written_can_be_typed(place: Place) -> None:
    for glyphs in (UNICODE, ASCII):
        assert parse_edit(f"{place.write(glyphs)} = 0", scene().run, HERE) == (place, 0.0)
