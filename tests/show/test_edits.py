"""Old against new, in every panel."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.play.cursor import Cursor
from rnntutor.play.history import History
from rnntutor.show import LEAST_COLUMNS, LEAST_ROWS, chrome, score, tape
from rnntutor.show.aside import aside
from rnntutor.show.change import Place
from rnntutor.show.edits import edits, label
from rnntutor.show.look import ASCII, LIGHT, Look
from rnntutor.show.page import page
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot
from rnntutor.show.weight import weight
from rnntutor.show.why import why
from tests.show.scenes import scene
from tests.show.test_pictures import LOOKS, heads

PLAIN = Look(plain=True)


def edited(*places: tuple[Place, float], of: str = "lstm") -> Scene:
    """A scene with some numbers set."""
    history = History((scene(of),))
    for place, value in places:
        history = history.do(place, value)
    return history.scene


GATE = edited((Place("f", 2, (3,)), -1.0), (Place("y", 2, (0,)), 9.0))


@given(
    heads(), st.integers(LEAST_COLUMNS, 220), st.integers(LEAST_ROWS, 70), st.sampled_from(LOOKS), st.data()
)
def test_nothing_is_wider_or_higher_than_the_screen(
    at: tuple[Scene, Cursor], width: int, height: int, look: Look, data: st.DataObject
) -> None:
    played, head = at
    name = data.draw(st.sampled_from([*played.run.cell.states, "x"]))
    place = Place(name, data.draw(st.integers(0, played.steps - 1)), (0,))
    after = History((played,)).do(place, data.draw(st.sampled_from([0.0, -30.0, 1e300]))).scene
    lines = page(after, head, look, width, height)
    assert len(lines) <= height - 1
    assert max(line.cell_len for line in lines) <= width
    if look.glyphs is ASCII:
        assert all(line.plain.isascii() for line in lines)


@given(heads())
def test_an_edit_to_the_same_value_marks_nothing_but_itself(at: tuple[Scene, Cursor]) -> None:
    played, head = at
    name = played.run.cell.states[0]
    after = History((played,)).do(Place(name, 1, (0,)), float(played.run[name][1, 0, 0])).scene
    for k in score.lay_out(after, head, PLAIN, 160, 60).rows:
        assert not k.changed
    was = "\n".join(line.plain for line in why(after, head, PLAIN, 200, 20))
    assert "was " not in was
    new, old = (tape.tape(k, head, PLAIN, 160) for k in (after, played))
    assert [k.plain for k in new[1:]] == [k.plain for k in old[1:]]


def test_the_header_counts() -> None:
    for count, said in ((0, "Four gates   LSTM"), (1, "  1 edit  LSTM"), (2, "  2 edits  LSTM")):
        places = [(Place("f", 1, (k,)), 0.0) for k in range(count)]
        assert said in chrome.header(edited(*places), Cursor(), Look(), 120).plain


def test_the_header_keeps_the_place_whatever_the_title() -> None:
    long = replace(GATE, title="A title that is longer than all the room there is for it up there")
    assert chrome.header(long, Cursor("forward", 2, 1, 3), Look(), 60).plain.endswith(
        "2 edits  ▶ t 2 · f[3]  "
    )


def underlined(played: Scene, head: Cursor, look: Look) -> dict[str, list[int]]:
    """The units of every row whose box has a line under it."""
    sheet = score.lay_out(played, head, look, 120, 40)
    lines = score.score(played, head, look, 120, 40)[sheet.titled :]
    found = {}
    for row, line in zip(sheet.rows, lines, strict=True):
        spans = [k for k in line.spans if not isinstance(k.style, str) and k.style.underline]
        found[row.name] = [(k.start - sheet.grid.strip_at) // sheet.grid.box_width for k in spans]
    return found


@pytest.mark.parametrize("look", [Look(), Look(LIGHT), Look(glyphs=ASCII)])
def test_boxes_that_are_not_what_they_were_are_underlined(look: Look) -> None:
    found = underlined(GATE, Cursor("forward", 2, 6, 0), look)
    assert found["f"] == [3, 3]  # set by hand: number and star
    assert found["c"] == [3]
    assert found["h"] == [3]
    assert found["i"] == found["o"] == found["g"] == []
    assert not any(underlined(scene(), Cursor("forward", 2, 6, 0), look).values())


def test_what_was_set_by_hand_says_so() -> None:
    text = "\n".join(k.plain for k in score.score(GATE, Cursor("forward", 2, 6, 0), Look(), 120, 40))
    (line,) = [k for k in text.splitlines() if k.strip().startswith("f ")]
    assert "-9*" in line
    assert "set by hand: unit 3" in line
    before = score.score(GATE, Cursor("forward", 1, 8, 0), Look(), 120, 40)
    assert not any("set by hand" in k.plain for k in before)


WHOLE = edited((Place("f", 2, (None,)), 0.0), (Place("W_o", None, (1, None)), 0.5))


def test_a_value_set_as_a_whole_says_so_in_one_word() -> None:
    sheet = score.score(WHOLE, Cursor("forward", 2, 6, 0), Look(), 120, 40)
    (line,) = [k.plain for k in sheet if k.plain.strip().startswith("f ")]
    assert line.count("*") == 8
    assert "set by hand: every unit" in line
    state = edited((Place("c", 1, (None,)), 0.9), (Place("x", 2, (None,)), 0.5))
    lines = [k.plain for k in score.score(state, Cursor("forward", 2, 0, 0), Look(), 120, 40)]
    assert any("c′" in k and "set by hand: every unit" in k for k in lines)
    assert any(k.strip().startswith("x ") and "set by hand: every unit" in k for k in lines)


def test_every_unit_of_it_is_told_as_set() -> None:
    for unit in range(8):
        (line, _) = why(WHOLE, Cursor("forward", 2, 1, unit), Look(), 120, 2)
        assert line.plain.startswith(f" why  f₂[{unit}]  =  0   set by hand   was ")
    for k, said in ((1, True), (2, False)):
        lines = weight(WHOLE, Cursor("forward", 0, 0, 0), Spot("W_o", k, 4), Look(), 120, 9)
        assert ("set by hand" in lines[0].plain) == said
    start = edited((Place("h_prev", 0, (None,)), 0.5))
    place = start.run.cell.step.by_name["h_prev"]
    (line,) = aside(start, Cursor(), (place, 3, 0), Look())
    assert line.plain == "h₋₁[3]  =  +0.500   set by hand   was 0"


def test_the_list_of_edits_names_a_whole_value() -> None:
    assert label(WHOLE.changes[0], Look()) == "f₂[:] → 0"
    assert label(WHOLE.changes[0], Look(glyphs=ASCII)) == "f[2,:] -> 0"
    assert label(WHOLE.changes[1], Look()) == "W_o[1,:] → +0.500"
    lines = [k.plain for k in edits(WHOLE, Look())]
    losses = [f"{k.loss_was:.3f} → {k.loss:.3f}" for k in WHOLE.changes]
    assert lines[0] == f"1  f₂[:]      → 0        loss {losses[0]}"
    assert lines[1] == f"2  W_o[1,:]   → +0.500   loss {losses[1]}"


def test_a_state_set_by_hand_says_so_at_the_next_timestep_too() -> None:
    after = edited((Place("c", 1, (2,)), 0.9))
    lines = [k.plain for k in score.score(after, Cursor("forward", 2, 0, 0), Look(), 120, 40)]
    assert any("c′" in k and "set by hand: unit 2" in k for k in lines)
    first = edited((Place("c_prev", 0, (2,)), 0.9))
    lines = [k.plain for k in score.score(first, Cursor("forward", 0, 0, 0), Look(), 120, 40)]
    assert any("c′" in k and "set by hand: unit 2" in k for k in lines)


def test_why_says_what_it_was() -> None:
    lines = [k.plain.rstrip() for k in why(GATE, Cursor("forward", 2, 4, 3), Look(), 120, 3)]
    assert lines == [
        " why  c₂[3]  =  f₂[3] · c₁[3]    +  i₂[3] · g₂[3]",
        "             =  -1.000 · +0.012  +  0.610 · +0.269",
        "             =  -0.012           +  +0.164   =  +0.152   was +0.170",
    ]
    (line,) = why(GATE, Cursor("forward", 2, 4, 3), Look(), 60, 1)
    assert line.plain.endswith("= +0.152   was +0.170")


def test_why_does_not_work_out_what_was_set() -> None:
    lines = [k.plain.rstrip() for k in why(GATE, Cursor("forward", 2, 1, 3), Look(), 120, 2)]
    assert lines == [
        " why  f₂[3]  =  -1.000   set by hand   was 0.554",
        "             instead of σ(W_f[3]·[h₁,x₂] + b_f[3])",
    ]
    text = "\n".join(k.plain for k in why(GATE, Cursor("forward", 2, 4, 3), Look(), 120, 12))
    assert "f₂[3]  =  -1.000    set by hand" in text


def test_a_gradient_says_what_it_was() -> None:
    lines = [k.plain for k in why(GATE, Cursor("backward", 1, 3, 3), Look(), 120, 12)]
    assert any("was " in k for k in lines)


def test_the_gradient_of_what_was_set_says_that_it_goes_on_through_the_formula() -> None:
    for t, said in ((2, True), (1, False)):
        lines = [k.plain for k in score.score(GATE, Cursor("backward", t, 9, 3), Look(), 200, 40)]
        assert any(k.split()[0] == "df" and "set by hand, followed" in k for k in lines[1:]) == said


def test_the_tape_says_old_and_new() -> None:
    lines = {k.plain.split()[0]: k.plain for k in tape.tape(GATE, Cursor("forward", 3, 8), Look(), 120)}
    assert "2 edited" in lines["t"]
    assert "1 edited" not in lines["t"]
    assert lines["says"].count("→") >= 1
    loss = [float(scene().run["loss"][2, 0]), float(GATE.run["loss"][2, 0])]
    assert f"{loss[0]:.2f} → {loss[1]:.2f}" in lines["loss"]
    assert f"{float(scene().run['loss'][1, 0]):.2f}  " in lines["loss"]


def test_the_small_tape_says_old_and_new_loss() -> None:
    lines = tape.tape(GATE, Cursor("forward", 3, 8), Look(), 80, compact=True)
    old, new = (float(k.run["loss"][2, 0]) for k in (scene(), GATE))
    assert f"{old:.2f}→{new:.2f}" in lines[-1].plain


def test_the_future_stays_unknown() -> None:
    lines = tape.tape(GATE, Cursor("forward", 1, 0), Look(), 120)
    assert not any("→" in k.plain for k in lines)


def test_the_list() -> None:
    assert edits(scene(), Look())[0].plain.startswith("Nothing is edited")
    lines = [k.plain for k in edits(GATE, Look())]
    assert lines[0].startswith("1  f₂[3]   +0.554 → -1.000   loss ")
    assert lines[1].startswith("2  y₂[0]   ")
    assert lines[-1].startswith("together: loss ")
    assert all(k.plain.isascii() for k in edits(GATE, Look(glyphs=ASCII)))
    assert "W_f[3,5]" in edits(edited((Place("W_f", None, (3, 5)), 0.0)), Look())[0].plain
