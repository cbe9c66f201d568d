"""What may be typed to edit a number, and what is said about the rest."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.engine.query import parse_query
from rnntutor.engine.query_index import read_of
from rnntutor.engine.syntax import EquationError
from rnntutor.play.cursor import Cursor
from rnntutor.play.history import edited
from rnntutor.play.places import place_of
from rnntutor.play.typed import parse_edit
from rnntutor.show.change import Place
from rnntutor.show.element import Elements, elements_of
from rnntutor.show.look import ASCII, UNICODE, Glyphs, Look
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot
from tests.show.scenes import scene

HERE = Place("f", 2, (3,))
EVERY = (None,)
KNOWN = (
    "W_i, h_prev, x, b_i, i, W_f, b_f, f, W_o, b_o, o, W_g, b_g, g, c_prev, c, h, W_y, b_y, y, p, target, loss"
)


@pytest.mark.parametrize(
    ("text", "place", "value"),
    [
        ("0", HERE, 0.0),
        (" -0.5 ", HERE, -0.5),
        ("−1e-3", HERE, -0.001),
        ("= 2", HERE, 2.0),
        ("f[0,1] = 2", Place("f", 0, (1,)), 2.0),
        ("f₀[1] = 2", Place("f", 0, (1,)), 2.0),
        (" f [ 0 , 1 ]=2", Place("f", 0, (1,)), 2.0),
        ("f[t,1] = 2", Place("f", 2, (1,)), 2.0),
        ("f[t-1,1] = 2", Place("f", 1, (1,)), 2.0),
        ("f[t − 1, -1] = 2", Place("f", 1, (7,)), 2.0),
        ("f[-1,1] = 2", Place("f", 3, (1,)), 2.0),
        ("f[1] = 2", Place("f", 1, EVERY), 2.0),
        ("f₁ = 2", Place("f", 1, EVERY), 2.0),
        ("f₁[:] = 2", Place("f", 1, EVERY), 2.0),
        ("f[1,:] = 2", Place("f", 1, EVERY), 2.0),
        ("f[t] = 2", Place("f", 2, EVERY), 2.0),
        ("o=1", Place("o", 2, EVERY), 1.0),
        ("x[1, 0]=1", Place("x", 1, (0,)), 1.0),
        ('x[1,"l"] = 1', Place("x", 1, (2,)), 1.0),
        ("x₁[“l”] = 1", Place("x", 1, (2,)), 1.0),
        ("h′[t,4] = 1", Place("h_prev", 2, (4,)), 1.0),
        ("h'[1,4] = 1", Place("h_prev", 1, (4,)), 1.0),
        ("h′ = 1", Place("h_prev", 2, EVERY), 1.0),
        ("h₋₁[4] = 1", Place("h_prev", 0, (4,)), 1.0),
        ("c_prev[0,4] = 1", Place("c_prev", 0, (4,)), 1.0),
        ("W_f[3,5] = 0", Place("W_f", None, (3, 5)), 0.0),
        ("W_f[3] = 0", Place("W_f", None, (3, None)), 0.0),
        ("W_f[3,:] = 0", Place("W_f", None, (3, None)), 0.0),
        ("W_f = 0", Place("W_f", None, (None, None)), 0.0),
        ("b_f[3] = 0", Place("b_f", None, (3,)), 0.0),
        ("b_f = 0", Place("b_f", None, EVERY), 0.0),
        ("loss[1] = 0", Place("loss", 1), 0.0),
        ("loss₃ = 0", Place("loss", 3), 0.0),
        ("loss = 0", Place("loss", 2), 0.0),
    ],
)  # fmt: skip
def test_good(text: str, place: Place, value: float) -> None:
    assert parse_edit(text, scene(), HERE) == (place, value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a number is wanted"),
        ("abc", "a number is wanted, such as -0.5, not 'abc'"),
        ("nan", "a number is wanted, such as -0.5, not 'nan'"),
        ("1e999", "a number is wanted, such as -0.5, not '1e999'"),
        ("f[3] =", "a number is wanted"),
        ("f[3] == 0", "one = sets a number: f[2,3] = 0"),
        ("f[1,2,3] = 0", """query: f takes a timestep and a unit, not 3 indices
    f[1,2,3]
      ^"""),
        ("loss[1,0] = 0", """query: loss takes a timestep, not 2 indices
    loss[1,0]
         ^"""),
        ("f[9,0] = 0", """query: there is no such timestep
    f[9,0]
      ^ f has timesteps 0 to 3"""),
        ("f₉[0] = 0", """query: there is no such timestep
    f₉[0]
     ^ f has timesteps 0 to 3"""),
        ("h′[1, 9] = 0", """query: there is no such unit
    h′[1, 9]
          ^ h_prev has units 0 to 7"""),
        ("f[t-3,0] = 0", "f has timesteps 0 to 3, not -1"),
        ("W_f[:,2] = 0", """query: this is not a row
    W_f[:,2]
        ^ write a whole number; W_f has no timestep"""),
        ("b_f[1,2] = 0", """query: b_f takes a unit, not 2 indices
    b_f[1,2]
        ^"""),
        ("x₁[“q”] = 0", """query: 'q' is not a symbol
    x₁[“q”]
       ^ there are e h l o"""),
        ("nothing = 0", f"""query: unknown name 'nothing'
    nothing
    ^ there are {KNOWN}"""),
        ("ff[1] = 0", """query: unknown name 'ff'
    ff[1]
    ^ did you mean f?"""),
        ("dh[1,2] = 0", "dh follows from values and cannot be set"),
        ("dW_f[1,2] = 0", "dW_f follows from values and cannot be set"),
        ("t[1] = 0", """query: t is the timestep and takes no index
    t[1]
    ^"""),
        ("t = 1", "write f[2,3], f[2] for every unit, or W_f[3,5], not 't'"),
        ("f(1) = 0", "write f[2,3], f[2] for every unit, or W_f[3,5], not 'f(1)'"),
        ("f[1,2] + 1 = 0", "write f[2,3], f[2] for every unit, or W_f[3,5], not 'f[1,2] + 1'"),
        ("[b]x[/b] = 0", """query: this is not complete
    [b]x[/b]
       ^ look at the brackets and signs here"""),
        ("f[2 = 0", """query: this [ is never closed
    f[2
     ^ close it with ]"""),
        ("\x1b[31m = 0", """query: a character that cannot be read
    \ufffd[31m
    ^ a query is one line of plain text"""),
    ],
)  # fmt: skip
def test_messages(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        parse_edit(text, scene(), HERE)


@given(
    st.one_of(
        st.text(max_size=30),
        st.text(st.sampled_from("fchxWp_[](),:-+=0123t₀₁₋′'\"“”l \\é"), max_size=25).map(lambda k: f"{k} = 0"),
    )
)
def test_anything_typed_is_understood_or_refused(text: str) -> None:
    try:
        place, value = parse_edit(text, scene(), HERE)
    except ValueError:
        return
    if place.name == "p":
        with pytest.raises(ValueError, match=r"^name: the loss is computed"):
            edited(scene(), place, value)
    elif place.name != "target":  # which has to stay a distribution
        assert edited(scene(), place, value).changes[-1].value == value


# What the screen writes.


LETTERS = scene("lstm", "".join(map(chr, range(33, 127))))
"""Every sign of ASCII is a symbol."""
GLYPHS = st.sampled_from([UNICODE, ASCII])


@st.composite
def places(draw: st.DrawFn, played: Scene) -> Place:
    """Any number of a run, or all numbers of a value."""
    run = played.run
    name = draw(st.sampled_from(list(run.cell.step.by_name)))
    shape = run[name].shape if name in run.params else run[name].shape[2:]
    unit = tuple(draw(st.integers(0, n - 1)) for n in shape)
    every = draw(st.integers(0, len(unit)))
    t = None if name in run.params else draw(st.integers(0, run.steps - 1))
    return Place(name, t, (*unit[: len(unit) - every], *[None] * every))


@given(places(scene()), GLYPHS)
def test_a_place_as_it_is_written_is_that_place(place: Place, glyphs: Glyphs) -> None:
    same = place
    if place.t and place.name.endswith("_prev"):  # kept as the state after the timestep before
        same = replace(place, name=place.name.removesuffix("_prev"), t=place.t - 1)
    assert parse_edit(f"{place.write(glyphs)} = 0", scene(), HERE) == (same, 0.0)


def numbers(played: Scene, direction: str) -> list[tuple[int, str]]:
    """The named values of a pass, each with its place in the program."""
    program = played.program(direction)
    found = [(k, node.name) for k, node in enumerate(program.nodes) if node.name and k >= program.given]
    return [(k, name) for k, name in found if program.nodes[k].op not in ("seed", "param", "next")]


@given(st.data(), GLYPHS, st.sampled_from(["forward", "backward"]), st.integers(0, 3))
def test_a_number_as_it_is_labelled_is_that_number(
    data: st.DataObject, glyphs: Glyphs, direction: str, t: int
) -> None:
    """c₂[3], p₂[“l”], dh₂′[1]: the labels of all values, read as queries are."""
    elements = elements_of(LETTERS, Cursor(direction, t), Look(glyphs=glyphs))  # type: ignore[arg-type]
    place, name = data.draw(st.sampled_from(numbers(LETTERS, direction)))
    if len(elements.snapshot.shapes[place]) > 1 or name.startswith(("dW_", "db_")):
        return
    index = data.draw(st.integers(0, (elements.snapshot.shapes[place] or (1,))[0] - 1))
    read = read_of(elements.label(place, index), LETTERS)
    assert read is not None
    found = read.value.array[read.moment(0)].item() if not read.value.shape else None
    assert found == elements.number(place, index)


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_every_symbol_as_it_is_written_is_that_symbol(glyphs: Glyphs) -> None:
    """Also quotes and a backslash, which Python reads otherwise."""
    elements: Elements = elements_of(LETTERS, Cursor(), Look(glyphs=glyphs))
    place = LETTERS.run.cell.step.by_name["p"]
    for k, symbol in enumerate(LETTERS.symbols):
        read = read_of(elements.label(place, k), LETTERS)
        assert read is not None
        assert read.index == (k,), symbol


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_spaces_and_ends_of_lines_too(glyphs: Glyphs) -> None:
    played = replace(scene(), symbols=("␣", "⏎", "⇥", "a"))
    elements = elements_of(played, Cursor(), Look(glyphs=glyphs))
    place = played.run.cell.step.by_name["p"]
    for k in range(4):
        read = read_of(elements.label(place, k), played)
        assert read is not None
        assert read.index == (k,)


@given(places(scene()), GLYPHS)
def test_what_is_written_can_be_gone_to(place: Place, glyphs: Glyphs) -> None:
    """The number under the playhead, beside it or among the weights is the one that was named."""
    at = place_of(scene(), place.write(glyphs), Cursor("backward", 1, 2, 5))
    if isinstance(at, Spot):
        row, column = (0, *place.unit)[-2:]
        assert at == Spot(place.name, row or 0, column or 0)
        return
    assert at is not None
    unit = place.unit[0] if place.unit and place.is_one else 5
    if at.aside is None:
        name = place.name.removesuffix("_prev")
        assert (scene().stop(at).line.name, at.t) == (name, (place.t or 0) - (name != place.name))
        assert at.unit == unit
    else:
        node = scene().program(at.direction).nodes[at.aside[0]]
        assert (node.name, at.t) == (place.name, place.t)
        assert at.aside[1] == min(unit, scene().run[node.name].shape[-1] - 1)


@pytest.mark.parametrize(
    ("text", "column"),
    [("h′[1, 9]", 6), ("c₂[9]", 3), ("c₉[0]", 1), ("p₂[“qq”]", 3), ("c₂[3] + q", 8), ("h'[t,3] + h'[9,3]", 13)],
)
def test_an_error_is_pointed_at_where_it_was_written(text: str, column: int) -> None:
    """Though what is read is another text."""
    with pytest.raises(EquationError) as caught:
        parse_query(text, scene())
    assert caught.value.column == column
