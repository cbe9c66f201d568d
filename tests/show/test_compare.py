"""Two runs side by side: the difference is the new number minus the old one, wherever it stands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.play.cursor import Cursor
from rnntutor.play.history import History
from rnntutor.show.abreast import full_height, lay_out
from rnntutor.show.apart import lengths, pairs, state_stops
from rnntutor.show.change import Place
from rnntutor.show.compare import compare
from rnntutor.show.look import ASCII, Look
from rnntutor.show.overtime import Axis
from rnntutor.show.scene import Scene
from rnntutor.show.texts import number
from tests.show.scenes import lesson, scene
from tests.show.test_pictures import LOOKS, heads

NAMED = {stop.line.name: k for k, stop in enumerate(scene().forward)}
BACK = {stop.line.name: k for k, stop in enumerate(scene().backward)}


def edited(played: Scene, *places: tuple[Place, float]) -> Scene:
    """A scene with some numbers set."""
    history = History((played,))
    for place, value in places:
        history = history.do(place, value)
    return history.scene


def text(played: Scene, head: Cursor, look: Look, width: int, height: int) -> list[str]:
    """The picture as plain lines."""
    return [line.plain.rstrip() for line in compare(played, played.original, head, look, width, height)]


def gate() -> Scene:
    """The first lesson with a forget gate closed at t = 1."""
    return edited(lesson("hello"), (Place("f", 1, (3,)), 0.0))


# Golden text.


def test_the_first_lesson_with_a_gate_closed() -> None:
    assert text(gate(), Cursor("forward", 2, NAMED["c"], 3), Look(), 80, 14) == [
        " c₂[3]  +1.644 → +1.289   change -0.356   f₁[3]: +0.697 → 0",
        " t 2        before            now               change                   norm",
        "   i       +8+7+7+9+8+9+7+7  +8+6+6+9+8+9+7+7  -2-3-4-0-1-1-0-3 ±0.05   0.037",
        "   f       +8+5+7+8+8+8+7+6  +8+5+6+8+8+8+7+6  -5-4-3-2-6-1-4+6 ±0.02   0.027",
        "   o       +8+6+8+8+8+8+8+8  +8+6+8+8+8+8+8+8  -2-4-1-2-2-2+0-2 ±0.05   0.035",
        "   g       +8-5-8+9+9+9+9+3  +8-5-8+9+9+9+8+3  -4+1+2-2-1-1-4-1 ±0.05   0.039",
        " ▶ c    ±5 +0+0-2+3+2+2+1+1  +0+0-2+2+2+2+1+1  -0+0+0-7-0-0-0+0 ±0.5    0.360",
        "   h        · · · · · · · ·   · · · · · · · ·   · · · · · · · ·          ·",
        "   y    ±5  · · · ·           · · · ·           · · · ·                  ·",
        "   p        · · · ·           · · · ·           · · · ·                  ·",
        "   loss     ·                 ·                 ·                        ·",
        "   over time          ▶",
        "   c              ███ ▇▇▇ ·     largest 0.395 at t 1",
        "   h              ███ ·   ·     largest 0.170 at t 1",
    ]


def test_gradients_in_ascii_and_in_little_room() -> None:
    assert text(gate(), Cursor("backward", 1, BACK["dc"], 3), Look(glyphs=ASCII), 60, 6) == [
        " dc[1,3]  -0.013 -> -0.029   change -0.017",
        " t 1             before    now       change            norm",
        " . da_g   +-0.5  . . . .   . . . .   . . . .           .",
        "   dg     +-0.5  . . . .   . . . .   . . . .           .",
        " ^ dc     +-0.5 -2+0-0-0  -2+0-0-0  +1+0-3-2 +-0.05   0.038",
        " . dh     +-0.5 -3+3-0-0  -3+3-1-0  +1+5-6-8 +-0.02   0.038",
    ]


def test_several_edits_are_counted_and_what_was_set_by_hand_has_a_star() -> None:
    after = edited(gate(), (Place("y", 2, (1,)), 2.0))
    lines = text(after, Cursor("forward", 2, NAMED["loss"]), Look(), 120, 30)
    assert lines[0].startswith("   loss₂  +0.315 → +0.934   change +0.619   2 edits, the last y₂[1]: ")
    (row,) = [line for line in lines if line.lstrip().startswith("y ")]
    assert "-3 +4*+3 +1" in row


def test_where_nothing_is_edited_it_says_so() -> None:
    assert text(scene(), Cursor(), Look(), 80, 14) == [
        " Nothing is edited. After an edit both runs stand here."
    ]
    assert compare(scene(), None, Cursor(), Look(), 80, 0) == []


# Properties.


@st.composite
def changed(draw: st.DrawFn) -> tuple[Scene, Cursor]:
    """An edited scene and a place in it."""
    played, head = draw(heads())
    name = draw(st.sampled_from([*played.run.cell.states, "x"]))
    place = Place(name, draw(st.integers(0, played.steps - 1)), (0,))
    return edited(played, (place, draw(st.sampled_from([0.0, -30.0, 1e300, float("inf")])))), head


@given(changed(), st.integers(60, 200), st.integers(1, 50), st.sampled_from(LOOKS))
def test_it_fits_whatever_the_size(
    at: tuple[Scene, Cursor], width: int, height: int, look: Look
) -> None:
    played, head = at
    lines = compare(played, played.original, head, look, width, height)
    assert 0 < len(lines) <= height
    assert max(line.cell_len for line in lines) <= width
    if look.glyphs is ASCII:
        assert all(line.plain.isascii() for line in lines)


@given(changed())
def test_the_difference_is_new_minus_old(at: tuple[Scene, Cursor]) -> None:
    played, head = at
    original = played.original
    assert original is not None
    for row, stop in zip(pairs(played, original, head, Look()), played.stops(head.direction), strict=True):
        if stop.folded:
            continue
        name = stop.line.name
        new, old = (
            (k.run[name] if head.direction == "forward" else k.grads[name])[head.t, 0].reshape(-1)
            for k in (played, original)
        )
        with np.errstate(all="ignore"):
            wanted = new - old
            assert row.apart == pytest.approx(wanted.tolist(), nan_ok=True, rel=1e-9, abs=1e-15)
            largest = np.abs(wanted).max() or 1.0  # squares of what is very large or small would be no numbers
            length = float(largest * np.sqrt(((wanted / largest) ** 2).sum()))
            assert row.norm == pytest.approx(length if np.isfinite(wanted).all() else largest, nan_ok=True, rel=1e-9)


@given(heads(("lstm", "gru")))
def test_the_heading_spells_out_the_selected_number(at: tuple[Scene, Cursor]) -> None:
    played, head = at
    after = edited(played, (Place("h", 1, (0,)), 0.25))
    line = compare(after, played, head, Look(), 160, 40)[0].plain
    new, old = (float(k.strip(head.direction, k.stop(head), head.t)[k.unit(head)]) for k in (after, played))
    assert f"{number(old)} → {number(new)}   change {number(new - old)}" in line


def test_inside_an_opened_line_the_number_is_still_a_dot() -> None:
    """The line has fewer units than some of its operations; it is made by the last of them."""
    played, stop = gate(), NAMED["f"]
    last = len(played.forward[stop].operations) - 1
    assert max(played.forward[stop].sizes) > played.forward[stop].size
    closed = text(played, Cursor("forward", 2, stop, 99), Look(), 120, 24)
    for op in range(last):
        shown = text(played, Cursor("forward", 2, stop, 99, op=op), Look(), 120, 24)
        assert shown[0] == "   f₂[7]  ·   f₁[3]: +0.697 → 0"
    assert text(played, Cursor("forward", 2, stop, 99, op=last), Look(), 120, 24) == closed
    assert closed[0].startswith("   f₂[7]  +")


@given(heads())
def test_dots_stand_exactly_where_the_playhead_has_not_been(at: tuple[Scene, Cursor]) -> None:
    played, head = at
    after = edited(played, (Place(played.run.cell.states[0], 0, (0,)), 0.5))
    sheet = lay_out(after, played, head, Look(), 160, 60)
    lines = compare(after, played, head, Look(), 160, 60)
    for row, line in zip(sheet.rows, lines[sheet.top :], strict=False):
        size = min(row.size * sheet.grid.box_width, sheet.grid.strip_room)
        for start in sheet.grid.strips:
            strip = set(line.plain[start : start + max(size, 2)]) - {" "}
            assert (strip == {"·"}) == (row.stop > head.line)
        assert (line.plain[sheet.grid.norm_at :].strip() == "·") == (row.stop > head.line)


@given(changed(), st.integers(60, 200), st.integers(1, 50))
def test_the_line_under_the_playhead_is_in_sight(
    at: tuple[Scene, Cursor], width: int, height: int
) -> None:
    played, head = at
    assert played.original is not None
    sheet = lay_out(played, played.original, head, Look(), width, height)
    assert any(row.stop == head.line for row in sheet.rows) == (height >= 3)


@given(changed(), st.integers(60, 200))
def test_clicks_find_the_boxes_that_are_drawn(at: tuple[Scene, Cursor], width: int) -> None:
    played, head = at
    assert played.original is not None
    sheet = lay_out(played, played.original, head, Look(), width, 40)
    y = next(k for k, row in enumerate(sheet.rows) if row.stop == head.line) + sheet.top
    row = sheet.current
    where = sheet.grid.window(row.size, head.unit)
    for start in sheet.grid.strips:
        for unit in range(where.start, where.stop):
            x = start + (unit - where.start) * sheet.grid.box_width
            assert sheet.hit(x, y, head.unit) == (head.line, unit)
    assert sheet.hit(0, y, head.unit) == (head.line, -1)
    assert sheet.hit(sheet.grid.strips[0], 0, 0) is None


# Over time.


def test_the_length_over_time_is_the_norm_of_the_difference() -> None:
    after = edited(scene(), (Place("f", 1, (3,)), -1.0))
    for direction in ("forward", "backward"):
        for name, k in state_stops(after, direction).items():
            mine, theirs = after.stops(direction)[k], scene().stops(direction)[k]
            found = lengths(after, scene(), direction, mine, theirs)
            values = [(j.run if direction == "forward" else j.grads)[name][:, 0] for j in (after, scene())]
            assert found == pytest.approx(np.linalg.norm(values[0] - values[1], axis=1), abs=1e-14)
            assert lengths(after, scene(), direction, mine, theirs) is found  # worked out once


def test_nothing_is_apart_before_an_edit_and_something_is_after_it() -> None:
    after = edited(scene(), (Place("f", 2, (3,)), -1.0))
    stop = after.forward[NAMED["c"]]
    found = lengths(after, scene(), "forward", stop, stop)
    assert found is not None
    assert [value > 0 for value in found] == [False, False, True, True]


@given(heads(("lstm", "gru", "rnn")))
def test_over_time_dots_stand_where_the_playhead_has_not_been(at: tuple[Scene, Cursor]) -> None:
    played, head = at
    after = edited(played, (Place("h", 0, (0,)), 0.5))
    sheet = lay_out(after, played, head, Look(), 160, 60)
    lines = compare(after, played, head, Look(), 160, 60)[-sheet.over_time :]
    assert lines[0].plain.index("▶" if head.direction == "forward" else "◀") == sheet.axis.x(head.t)
    for line, (_, k) in zip(lines[1:], state_stops(after, head.direction).items(), strict=True):
        for t in range(played.steps):
            dotted = line.plain[sheet.axis.x(t)] == "·"
            assert dotted == (not after.visited(head, head.direction, k, t))


def test_a_long_run_fits_and_shows_every_peak() -> None:
    played = scene("rnn", "ab" * 400, 5)
    after = edited(played, (Place("h", 333, (2,)), 5.0))
    head = Cursor("forward", 799 - 1, len(played.forward) - 1)
    lines = text(after, head, Look(), 80, 14)
    row = next(line for line in lines if line.endswith("at t 333"))
    assert row.count("█") == 1
    sheet = lay_out(after, played, head, Look(), 80, 14)
    y = lines.index(row)
    t = sheet.timestep(row.index("█"), y)
    assert t is not None
    assert t <= 333 < t + 20
    assert sheet.timestep(0, y) is None
    assert sheet.timestep(row.index("█"), 0) is None


@given(st.integers(1, 300), st.integers(4, 100))
def test_an_axis_leads_there_and_back(steps: int, room: int) -> None:
    scale = Axis(3, 14, steps, max(1, min(4, room // steps)), min(steps, room))
    firsts = scale.firsts()
    assert firsts[0] == 0
    assert (np.diff(firsts) > 0).all()
    for t in range(steps):
        first = scale.timestep(scale.x(t))
        assert first is not None
        assert first <= t
        assert first in firsts
        assert not any(first < other <= t for other in firsts)


# Odd pairs of runs.


def test_what_comes_of_rounding_is_no_difference_to_show() -> None:
    played = scene("rnn", "ab" * 400, 5)
    after = edited(played, (Place("h", 333, (2,)), 5.0))
    for t, shown in ((334, True), (500, False)):
        rows = pairs(after, played, Cursor("forward", t, 0), Look())
        assert bool(rows[0].apart_scale) == shown
        assert rows[0].norm == pytest.approx(np.linalg.norm(after.run["h"][t, 0] - played.run["h"][t, 0]))


def test_lines_are_matched_by_name_and_what_one_run_lacks_is_blank() -> None:
    ours, theirs = replace(scene("rnn"), title="RNN"), replace(scene("lstm"), title="LSTM")
    head = Cursor("forward", 1, len(ours.forward) - 1)
    names = [row.name for row in pairs(ours, theirs, head, Look())]
    assert names == ["i", "f", "o", "g", "c", "h", "y", "p", "loss"]
    lines = [line.plain for line in compare(ours, theirs, head, Look(), 100, 30)]
    sheet = lay_out(ours, theirs, head, Look(), 100, 30)
    assert lines[1].split()[2:] == ["LSTM", "RNN", "difference", "norm"]
    row = lines[sheet.top + names.index("f")]
    before, now, apart = sheet.grid.strips
    assert row[before:now].strip()
    assert not row[now:].strip()
    assert sheet.hit(before, sheet.top + names.index("f"), 0) is None
    assert row[apart:].strip() == ""
    other = compare(theirs, ours, Cursor("forward", 1, 1), Look(), 100, 30)
    assert "nothing to compare it with in the other run" in other[0].plain


def test_runs_of_other_sizes_and_lengths_are_drawn() -> None:
    small, large = scene("rnn", "hello", 5), scene("rnn", "hell", 8)
    for direction in ("forward", "backward"):
        for t in range(small.steps):
            for line in range(len(small.stops(direction))):
                head = Cursor("forward" if direction == "forward" else "backward", t, line)
                assert compare(small, large, head, Look(), 80, 20)


def test_the_height_it_asks_for_is_enough() -> None:
    after = gate()
    for direction, line in (("forward", 0), ("backward", 3)):
        head = Cursor("forward" if direction == "forward" else "backward", 1, line)
        height = full_height(after, direction)
        sheet = lay_out(after, lesson("hello"), head, Look(), 120, height)
        assert (sheet.numbered, sheet.air, sheet.cut_above or sheet.cut_below) == (True, True, False)
        assert len(text(after, head, Look(), 120, 99)) == height


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e308])
def test_numbers_that_are_not_finite_are_drawn(value: float) -> None:
    after = edited(scene("rnn", "hello", 5), (Place("h", 1, (2,)), value))
    for direction in ("forward", "backward"):
        for line in range(len(after.stops(direction))):
            head = Cursor("forward" if direction == "forward" else "backward", 2, line, 2)
            lines = text(after, head, Look(), 80, 20)
            assert len(lines) > 5
    last = text(after, Cursor("forward", 3, 3), Look(), 80, 20)[-1]
    assert "?" in last or "e308" in last or "inf" in last
