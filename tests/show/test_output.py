"""What the network says: the run's own probabilities, whatever the size, the temperature and the playhead."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.engine.run import run
from rnntutor.play.cursor import Cursor
from rnntutor.play.history import History
from rnntutor.show.change import Place
from rnntutor.show.look import ASCII, Look
from rnntutor.show.output import full_height, lay_out, output
from rnntutor.show.said import said
from rnntutor.show.scene import Scene
from rnntutor.show.temperature import TEMPERATURES, colder, warmer
from rnntutor.show.texts import aligned, long_bar, number
from tests.show.scenes import lesson, scene, silent
from tests.show.test_pictures import LOOKS, NAMES, heads

NAMED = {stop.line.name: k for k, stop in enumerate(scene().forward)}
BACK = {stop.line.name: k for k, stop in enumerate(scene().backward)}
HOT = st.sampled_from((0.1, 0.5, 1.0, 2.0, 5.0))


def text(played: Scene, head: Cursor, look: Look, width: int, height: int, heat: float = 1.0) -> list[str]:
    """The picture as plain lines."""
    return [line.plain.rstrip() for line in output(played, head, look, width, height, heat)]


def at(line: str, t: int = 2, unit: int = 0) -> Cursor:
    """A place of the forward pass by name."""
    return Cursor("forward", t, NAMED[line], unit)


# Golden text.


def test_the_output_of_the_first_lesson() -> None:
    assert text(lesson("hello"), at("loss"), Look(), 80, 14) == [
        " p₂  next character   T 1   reads “l”   wants “l”   loss 0.315 = -log 0.730",
        "   entropy 0.703 nats   perplexity 2.019",
        "",
        "      0                             1   p        y",
        "   e  ▊                                0.024    -1.556",
        "   h  ▎                                0.00870  -2.586",
        "   l  ██████████████████████▋          0.730    +1.844     wanted, most probable",
        "   o  ███████▍                         0.237    +0.718",
    ]


def test_the_output_in_ascii_and_in_little_room() -> None:
    assert text(lesson("hello"), at("p", unit=2), Look(glyphs=ASCII), 60, 6) == [
        ' p[2]  next character   T 1   reads "l"   wants "l"',
        "      0         1   p        y",
        "   e               0.024    -1.556",
        "   h               0.00870  -2.586",
        " > l  ########     0.730    +1.844     wanted, most probable",
        "   o  ###          0.237    +0.718",
    ]


def test_a_temperature_leaves_a_tick_where_the_bar_was() -> None:
    lines = text(lesson("hello"), at("loss"), Look(glyphs=ASCII), 80, 14, 2.0)
    assert lines[3:] == [
        "      0                    1   T 2      T 1      y",
        "   e  |#                      0.098    0.024    -1.556",
        "   h  |                       0.059    0.00870  -2.586",
        "   l  ############    |       0.537    0.730    +1.844     wanted, most probable",
        "   o  #####|#                 0.306    0.237    +0.718",
    ]


def test_nothing_is_told_before_it_is_computed() -> None:
    assert text(lesson("hello"), at("y", unit=1), Look(), 80, 14) == [
        " p₂  next character   T 1   reads “l”   wants “l”   loss ·   entropy ·",
        "",
        "      0                             1   p        y",
        "   e   · · · · · · · · · · · · · · ·    ·       -1.556",
        " ▶ h   · · · · · · · · · · · · · · ·    ·       -2.586",
        "   l   · · · · · · · · · · · · · · ·    ·       +1.844     wanted",
        "   o   · · · · · · · · · · · · · · ·    ·       +0.718",
    ]


def test_on_the_way_back_the_gradient_of_the_scores_stands_beside() -> None:
    lines = text(lesson("hello"), Cursor("backward", 2, BACK["dy"], 3), Look(), 80, 14)
    assert lines[-1] == " ▶ o  █████                  0.237    +0.718     +0.237"
    before = text(lesson("hello"), Cursor("backward", 2, BACK["dloss"], 0), Look(), 80, 14)
    assert before[-1] == "   o  █████                  0.237    +0.718      ·"


def test_after_an_edit_old_stands_beside_new() -> None:
    after = History((lesson("hello"),)).do(Place("y", 2, (1,)), 2.0).scene
    lines = text(after, at("loss"), Look(), 100, 14)
    assert lines[0].endswith("loss 0.927 = -log 0.396, was 0.315")
    assert "0.463    was 0.00870  +2.000*    most probable" in lines[5]
    earlier = text(after, at("loss", t=1), Look(), 100, 14)
    assert not any("was" in line for line in earlier)


def test_of_many_symbols_the_most_probable_are_shown_and_the_rest_is_summed_up() -> None:
    assert text(lesson("elements"), at("loss", t=3), Look(), 80, 8) == [
        " p₃  next character   T 1   reads “l”   wants “i”   loss 0.00160 = -log 0.998",
        "      0                             1   p        y",
        "   i  ███████████████████████████████  0.998    +11.221    wanted, most probable",
        "   f                                   0.00076   +4.040",
        "   o                                   0.00050   +3.631",
        "   a                                   0.00016   +2.491",
        "   v                                   5.5e-5    +1.422",
        "   … 20 more, together 0.00012",
    ]


def test_a_cell_without_readout_says_so_and_shows_its_states() -> None:
    played = silent()
    lines = text(played, Cursor("forward", 2, 0, 1), Look(plain=True), 80, 14)
    assert lines[0] == " No softmax over symbols   so here are the states at t 2"
    boxes = "".join(f"{'+' if v > 0 else '-'}{int(abs(v) * 10)} " for v in played.run["h"][2, 0])
    assert lines[1].rstrip() == f"   h = {boxes}".rstrip()
    assert said(played, Cursor()) is None
    assert lay_out(played, Cursor(), Look(), 80, 14).symbol(1) is None


# Properties.


@given(heads(), st.integers(60, 200), st.integers(1, 50), st.sampled_from(LOOKS), HOT)
def test_it_fits_whatever_the_size(
    place: tuple[Scene, Cursor], width: int, height: int, look: Look, heat: float
) -> None:
    for played, head in (place, (lesson("elements"), replace(place[1], line=0))):
        lines = output(played, head, look, width, height, heat)
        assert 0 < len(lines) <= height
        assert max(line.cell_len for line in lines) <= width
        if look.glyphs is ASCII:
            assert all(line.plain.isascii() for line in lines)


@given(st.sampled_from(NAMES), st.integers(0, 3))
def test_probabilities_are_those_of_the_run_and_sum_to_one(name: str, t: int) -> None:
    played = scene(name)
    spoken = said(played, Cursor("backward", t))
    assert spoken is not None
    assert spoken.p is not None
    line = "q" if name == "stranger" else "p"
    assert np.array_equal(spoken.p, played.run[line][t, 0])
    lines = output(played, Cursor("backward", t), Look(), 200, 20)
    sheet = lay_out(played, Cursor("backward", t), Look(), 200, 20)
    shown = [lines[sheet.top + k].plain.split("  ") for k in range(len(sheet.rows))]
    for cells, value in zip(shown, played.run[line][t, 0], strict=True):
        assert number(float(value), signed=False) in [cell.strip() for cell in cells]
    assert float(spoken.p.sum()) == pytest.approx(1, abs=1e-12)


@given(st.integers(0, 3), HOT)
def test_a_temperature_divides_the_scores(t: int, heat: float) -> None:
    played = lesson("hello")
    spoken = said(played, Cursor("backward", t), heat)
    assert spoken is not None
    assert spoken.p is not None
    raised = np.exp(played.run["y"][t, 0] / heat)
    assert spoken.p == pytest.approx(raised / raised.sum(), rel=1e-12)
    assert spoken.entropy == pytest.approx(-sum(k * np.log(k) for k in raised / raised.sum()), rel=1e-9)


@given(st.integers(0, 6), st.integers(4, 30), st.integers(0, 24), HOT)
def test_what_is_wanted_and_what_is_selected_are_always_in_sight(
    t: int, height: int, unit: int, heat: float
) -> None:
    played = lesson("elements")
    head = Cursor("forward", t, NAMED["p"], unit)
    sheet = lay_out(played, head, Look(), 80, height, heat)
    wanted = played.symbols.index(played.wants[t])
    room = len(sheet.rows)
    assert wanted in sheet.rows
    assert unit in sheet.rows or room == 1
    assert sheet.rest == len(played.symbols) - room
    p = played.run["p"][t, 0]
    others = [k for k in sheet.rows if k not in (wanted, unit)]
    if sheet.rest:
        hidden = np.delete(p, sheet.rows)
        assert all(p[k] >= hidden.max() for k in others)
        assert [p[k] for k in sheet.rows] == sorted((p[k] for k in sheet.rows), reverse=True)
        last = output(played, head, Look(), 80, height, heat)[-1].plain
        spoken = said(played, head, heat)
        assert spoken is not None
        assert spoken.p is not None
        assert last.endswith(f"together {number(float(np.delete(spoken.p, sheet.rows).sum()), signed=False)}")
    else:
        assert sheet.rows == tuple(range(len(played.symbols)))


@given(heads(("lstm", "stranger")), st.integers(60, 200), st.integers(4, 40))
def test_a_click_finds_the_symbol_that_is_drawn(
    place: tuple[Scene, Cursor], width: int, height: int
) -> None:
    played, head = place
    sheet = lay_out(played, head, Look(), width, height)
    lines = output(played, head, Look(), width, height)
    found = {y: sheet.symbol(y) for y in range(-1, height + 2)}
    for y, unit in found.items():
        if unit is not None:
            assert lines[y].plain[2:].lstrip(" ▶")[0] == played.symbols[unit]
    assert sum(unit is not None for unit in found.values()) == len(sheet.rows)


def test_inside_an_opened_line_no_symbol_is_selected() -> None:
    played, head = scene(), Cursor("forward", 2, NAMED["y"], 6)
    count = len(played.stop(head).operations)
    found = [said(played, replace(head, op=op)) for op in range(count)]
    assert count > 1
    assert [k and k.selected(Look()) for k in found] == [*[None] * (count - 1), 3]


def test_rows_stay_while_stepping() -> None:
    played = lesson("hello")
    orders = {lay_out(played, at(line, t), Look(), 80, 14).rows for line in NAMED for t in range(4)}
    assert orders == {(0, 1, 2, 3)}


def test_the_height_it_asks_for_is_enough() -> None:
    for played in (lesson("hello"), lesson("elements"), silent()):
        sheet = lay_out(played, Cursor(), Look(), 80, full_height(played))
        assert sheet.rest == 0
        assert len(output(played, Cursor(), Look(), 80, 100)) <= full_height(played)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e308])
@pytest.mark.parametrize("heat", [0.1, 1.0, 5.0])
def test_numbers_that_are_not_finite_are_drawn(value: float, heat: float) -> None:
    after = History((lesson("hello"),)).do(Place("y", 2, (1,)), value).scene
    known = np.isfinite(after.run["p"][2, 0]).any()
    for head in (at("loss"), Cursor("backward", 2, BACK["dy"])):
        lines = text(after, head, Look(), 80, 14, heat)
        assert len(lines) >= 7
        assert known or "nan" in lines[-1]


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), float("inf")])
def test_a_temperature_that_is_none_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="temperature: a number above zero is wanted"):
        output(lesson("hello"), at("loss"), Look(), 80, 14, bad)


def test_a_target_that_is_spread_wants_nothing_in_particular() -> None:
    played = lesson("hello")
    target = np.full_like(played.run.inputs["target"], 0.25)
    ran = run(played.run.cell, played.run.params, played.run.inputs["x"], target=target)
    spread = replace(played, run=ran, grads=ran.backward(), snapshots=OrderedDict(), notes={})
    lines = text(spread, at("loss"), Look(), 100, 14)
    assert not any("want" in line or "-log" in line for line in lines)


# Temperatures, numbers under each other, bars.


@given(st.sampled_from(TEMPERATURES))
def test_warmer_and_colder_undo_each_other(heat: float) -> None:
    if heat < TEMPERATURES[-1]:
        assert colder(warmer(heat)) == heat < warmer(heat)
    if heat > TEMPERATURES[0]:
        assert warmer(colder(heat)) == heat > colder(heat)


def test_temperatures_end_and_feel_even() -> None:
    assert (colder(TEMPERATURES[0]), warmer(TEMPERATURES[-1])) == (0.1, 5.0)
    assert warmer(0.11) == 0.125
    assert colder(0.11) == 0.1
    assert colder(99.0) == 5.0
    steps = np.diff(np.log(TEMPERATURES))
    assert steps.max() / steps.min() < 1.25


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=6))
def test_points_stand_under_each_other(values: list[float]) -> None:
    cells = aligned([number(value) for value in values])
    assert len({len(cell) for cell in cells}) == 1
    assert len({cell.index(".") for cell in cells if "." in cell}) <= 1
    assert [cell.strip() for cell in cells] == [number(value) for value in values]


@given(st.floats(0, 1), st.integers(1, 80))
def test_a_bar_is_as_long_as_its_part(part: float, width: int) -> None:
    drawn = long_bar(part, width, Look())
    eighths = sum(Look().glyphs.eighths.index(c) + 1 for c in drawn)
    assert abs(eighths - 8 * width * part) <= 0.5
    assert len(long_bar(part, width, Look(glyphs=ASCII))) <= width


def test_scores_alone_are_in_order_too() -> None:
    """Before the softmax of them is computed; it keeps their order."""
    played = lesson("elements")
    for line in ("y", "p"):
        scores = played.column("forward", played.forward[NAMED["y"]].line.place, 2)
        spoken = said(played, at(line), 1.0)
        assert spoken is not None
        assert spoken.ordered().tolist() == np.argsort(-scores, kind="stable").tolist()
