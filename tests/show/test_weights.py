"""The map of a parameter: the engine's own numbers, in the boxes that a click finds, never too wide."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.engine.cell import parse_cell
from rnntutor.engine.run import run
from rnntutor.engine.weights import Params
from rnntutor.play.cursor import Cursor, Direction
from rnntutor.show import grid
from rnntutor.show.change import Change, Place
from rnntutor.show.heatmap import block, drawn
from rnntutor.show.look import ASCII, LIGHT, Look
from rnntutor.show.matrix import facts, largest_singular, numbers, scale_of, so_far, swept
from rnntutor.show.reading import names
from rnntutor.show.replay import replayed
from rnntutor.show.scene import Scene
from rnntutor.show.share import share
from rnntutor.show.spot import Spot, entry, matrices
from rnntutor.show.texts import line_of, number
from rnntutor.show.weight import weight
from rnntutor.show.weights import lay_out, weights
from rnntutor.show.why import why
from tests.cases import PICTURE, READOUT, TEXT, assert_close, normal_params, one_hot, program
from tests.show.flows import far
from tests.show.scenes import scene

LOOKS = (Look(), Look(LIGHT, near=True), Look(glyphs=ASCII), Look(plain=True))
FORWARD = Cursor("forward", 2, 4, 3)


@lru_cache
def made(text: str, inputs: int = 3, hidden: int = 4, steps: int = 4) -> Scene:
    """A cell of one's own over random data."""
    cell, rng = parse_cell(text), np.random.default_rng(5)
    data = {"target": one_hot(rng, steps, 1, 3), "v": rng.standard_normal((1, 3))}
    sizes = {key: 3 for key in ("target", "v") if key in cell.data}
    params = normal_params(rng, cell.param_shapes(hidden, inputs, **sizes))
    used = {key: data[key] for key in cell.data if key != "x"}
    ran = run(cell, params, rng.standard_normal((steps, 1, inputs)), None, **used)
    return Scene(
        ran, ran.backward(None if "loss" in cell.step.by_name else {"h": np.ones((steps, 1, hidden))})
    )


PICTURED = program(init=PICTURE, step=TEXT["rnn"], readout=READOUT)
TWICE = program(step=["h = tanh(W @ h_prev + U @ x + W @ (k * h_prev))"], readout=READOUT)
SMALL = "h = tanh(w @ x + h_prev)"


def scenes() -> tuple[Scene, ...]:
    """Scenes of all kinds: other names, a state made from a picture, a matrix read twice, one number, many columns."""
    named = [scene(name) for name in ("lstm", "gru", "gru-torch", "stranger")]
    large = scene("rnn", "hello", 40, "abcdefghijklmnopqrstuvwxyz")
    return (*named, large, made(PICTURED), made(TWICE), made(SMALL, 1, 1))


def last(played: Scene) -> int:
    """The stop at which a timestep is swept."""
    return len(played.backward) - 1


@st.composite
def views(draw: st.DrawFn) -> tuple[Scene, Cursor, Spot]:
    """A scene, a place of the playhead, and a number of a parameter."""
    played: Scene = draw(st.sampled_from(scenes()))
    direction: Direction = draw(st.sampled_from(("forward", "backward", "backward")))
    line = draw(st.integers(0, len(played.stops(direction)) - 1) | st.just(len(played.stops(direction)) - 1))
    head = Cursor(direction, draw(st.integers(0, played.steps - 1)), line)
    name, rows, columns = draw(st.sampled_from(matrices(played).shapes))
    return (
        played,
        head,
        Spot(name, draw(st.integers(0, rows - 1)), draw(st.integers(0, columns - 1)), draw(st.booleans())),
    )


@given(views(), st.integers(60, 200), st.integers(6, 50), st.sampled_from(LOOKS))
def test_nothing_is_wider_or_higher_than_it_may_be(
    at: tuple[Scene, Cursor, Spot], width: int, height: int, look: Look
) -> None:
    for lines in (weights(*at, look, width, height), why(*at[:2], look, width, height, at[2])):
        assert len(lines) <= height
        assert max(line.cell_len for line in lines) <= width
        if look.glyphs is ASCII:
            assert "".join(line.plain for line in lines).isascii()


@given(views(), st.integers(1, 59), st.integers(1, 5))
def test_where_there_is_hardly_room(at: tuple[Scene, Cursor, Spot], width: int, height: int) -> None:
    lines = weights(*at, Look(), width, height)
    assert len(lines) <= height
    assert max(line.cell_len for line in lines) <= width


@given(views(), st.integers(60, 200), st.integers(6, 50))
def test_a_box_shows_its_number_and_a_click_finds_it(
    at: tuple[Scene, Cursor, Spot], width: int, height: int
) -> None:
    played, _, spot = at
    look = Look(plain=True)
    sheet, lines = lay_out(played, spot, look, width, height), weights(*at, look, width, height)
    shown, scale = numbers(*at), scale_of(*at, look)
    row, column = matrices(played).place(spot)
    assert sheet.rows.start <= row < sheet.rows.stop
    assert sheet.columns.start <= column < sheet.columns.stop
    found = {}
    for y in range(height, -1, -1):
        for x in range(width, -1, -1):
            place = sheet.hit(x, y)
            if place is not None:
                found[place] = (x, y)
    seen = {(r, c) for r in range(sheet.rows.start, sheet.rows.stop)
            for c in range(sheet.columns.start, sheet.columns.stop)}  # fmt: skip
    assert set(found) == seen
    for (r, c), (x, y) in found.items():
        drawn_there = lines[y].plain[x : x + min(2, sheet.columns.width)]
        wanted = " ·" if shown is None else grid.box(float(shown[r, c]) / scale)
        if sheet.columns.width == 1:
            wanted = wanted[1] if shown is None else " " if wanted[1] == "0" else wanted[0]
        assert drawn_there == wanted


@given(views())
def test_what_was_swept_adds_up(at: tuple[Scene, Cursor, Spot]) -> None:
    played, head, spot = at
    shown, whole = numbers(*at), played.grads[spot.param]
    if not spot.gradient:
        np.testing.assert_array_equal(shown, np.atleast_2d(played.run.params[spot.param]))
    elif head.direction == "forward" or shown is None:
        assert shown is None
        assert head.direction == "forward" or (head.t, head.line) != (0, last(played))
    elif (head.t, head.line) == (0, last(played)):
        np.testing.assert_array_equal(shown, np.atleast_2d(whole))
    else:
        first = head.t if head.line == last(played) else head.t + 1
        parts = [played.grads.at(t)[spot.param] for t in range(first, played.steps)]
        assert shown is not None
        assert_close(shown, np.atleast_2d(np.sum(parts, axis=0)), spot.param)


@given(st.permutations(range(1, 4)), st.sampled_from(("W_f", "b_i")))
def test_sums_do_not_depend_on_the_way_there(order: list[int], name: str) -> None:
    played = replace(scene(), notes={})
    for first in order:
        parts = [played.grads.at(t)[name] for t in range(first, played.steps)]
        found = so_far(played, name, first)
        assert found is not None
        assert_close(found, np.sum(parts, axis=0), name)


def test_few_sums_are_kept() -> None:
    played = replace(scene("lstm", "hello hello"), notes={})
    for first in range(played.steps - 1, 0, -1):
        so_far(played, "W_f", first)
    kept = played.notes["sums of gradients"]
    assert isinstance(kept, dict)
    assert set(kept) == {("W_f", t) for t in (1, 2, 3, 4)}


def test_a_sum_that_would_take_too_long_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rnntutor.show.matrix.MOST_PRODUCTS", 0)
    played, head = replace(scene(), notes={}), Cursor("backward", 1, last(scene()))
    text = "\n".join(line.plain for line in weights(played, head, Spot("W_f", 0, 0, True), Look(), 120, 20))
    assert "dW_f has too many numbers to be added up over 3 timesteps" in text
    assert numbers(played, Cursor("backward", 0, last(played)), Spot("W_f", gradient=True)) is not None


def test_the_parts_of_a_number_add_up_to_it_and_to_its_finite_difference() -> None:
    for played in scenes():
        for name in matrices(played).names:
            spot, head = Spot(name, 1, 2, True), Cursor("backward", 0, last(played))
            lines = [line.plain for line in weight(played, head, spot, Look(), 120, 12)]
            value = number(float(played.grads[name][entry(played, spot)]))
            assert value in lines[-1], (name, lines)
            assert "✗" not in lines[-1]
            assert f"d{name}[{','.join(map(str, entry(played, spot)))}]" in lines[-1]


def test_without_an_entry_the_largest_number_is_shared_out() -> None:
    played = scene()
    head = Cursor("backward", 1, last(played), 2)
    name = played.current_line(head).name[1:]
    at = np.unravel_index(np.abs(played.grads[name]).argmax(), played.grads[name].shape)
    searched = [line.plain for line in share(played, head, Look(), 100, 9)]
    asked = [line.plain for line in share(played, head, Look(), 100, 9, (int(at[0]), int(at[1])), name)]
    assert searched[1].endswith(f"parts of d{name}[{at[0]},{at[1]}], its largest number")
    assert [line.removesuffix(", its largest number") for line in searched] == asked


def test_timesteps_without_room_are_one_row_in_proportion() -> None:
    """All rows together are the gradient, and the longest bar belongs to the largest of them."""
    played = far("rnn", 100)
    parts = [float(played.grads.at(t)["W"][7, 19]) for t in range(100)]
    lines = share(played, Cursor("backward", 0, last(played)), Look(glyphs=ASCII), 100, 9, (7, 19), "W")
    rows = [line.plain for line in lines[1:-1]]
    assert [row[:10].strip() for row in rows] == ["t 6 to 99", *(f"t {t}" for t in range(5, -1, -1))]
    wanted = [sum(parts[6:]), *parts[5::-1]]
    assert [row[10:22].strip() for row in rows] == [number(value) for value in wanted]
    bars = [row.count(ASCII.full) for row in rows]
    assert bars == [round(24 * abs(value) / max(map(abs, wanted))) for value in wanted]
    assert bars[0] == 24


def test_names_of_parts_have_room(monkeypatch: pytest.MonkeyPatch) -> None:
    played = far("rnn", 100)
    monkeypatch.setattr("rnntutor.show.share._NAME", 4)
    lines = share(played, Cursor("backward", 0, last(played)), Look(), 60, 9, (7, 19), "W")
    names = [line.plain[: len("t 6 to 99")] for line in lines]
    assert names[1:3] + names[-1:] == ["t 6 to 99", "      t 5", "      sum"]


def test_a_long_pass_has_its_sum_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the parts; the whole gradient was computed with the pass."""
    monkeypatch.setattr("rnntutor.show.share._FARTHEST", 50)
    played = far("rnn", 100)
    lines = [line.plain for line in share(played, Cursor("backward", 0, last(played)), Look(), 100, 9, (7, 19), "W")]
    assert len(lines) == 2
    total = number(float(played.grads["W"][7, 19]))
    assert lines[1].split() == ["sum", total, "=", "dW[7,19]", "finite", "difference", total, "✓"]
    below = share(played, Cursor("backward", 1, last(played)), Look(), 100, 9, (7, 19), "W")
    assert below[1].plain == "not added up over so many timesteps"


def test_the_product_of_a_weight_at_the_playhead() -> None:
    played = scene()
    lines = [line.plain for line in weight(played, FORWARD, Spot("W_f", 3, 5), Look(), 120, 9)]
    weight_, read = played.run["W_f"][3, 5], played.run["h"][1, 0, 5]
    assert lines[1] == "multiplies h′[5] for unit 3 of f"
    assert f"W_f[3,5]·h₁[5]  =  {number(weight_)} · {number(read)}  =  {number(weight_ * read)}" in lines[2]
    whole = played.run["W_f"][3] @ np.concatenate([played.run["h"][1, 0], played.run.inputs["x"][2, 0]])
    assert lines[2].endswith(number(whole))


def test_what_a_weight_reads_is_a_dot_until_it_is_computed() -> None:
    lines = [line.plain for line in weight(scene(), FORWARD, Spot("W_y", 2, 3), Look(), 120, 9)]
    assert lines[2] == "at t 2:  W_y[2,3]·h₂[3]  =  ·   not computed yet"


def test_a_matrix_that_is_read_twice_says_both() -> None:
    lines = [line.plain for line in weight(made(TWICE), FORWARD, Spot("W", 1, 2), Look(), 120, 9)]
    assert "multiplies h′[2] for unit 1 of h" in lines
    assert "multiplies (k ⊙ h′)[2] for unit 1 of h" in lines


def test_the_weights_of_the_start() -> None:
    played = made(PICTURED)
    lines = [line.plain for line in weight(played, FORWARD, Spot("W_v", 1, 2), Look(), 120, 9)]
    assert lines[1] == "multiplies v[2] for unit 1 of h"
    assert lines[2].startswith("at the start:  W_v[1,2]·v[2]  =  ")
    head = Cursor("backward", 1, last(played))
    said = [line.plain for line in weights(played, head, Spot("W_v", 1, 2, True), Look(), 120, 20)]
    assert "   dW_v is not there yet: it comes through the start, once t 0 is swept" in said


@pytest.mark.parametrize(
    ("name", "param", "parts", "symbols"),
    [
        ("lstm", "W_f", ("h′", "x"), (False, True)),
        ("gru", "W_n", ("r ⊙ h′", "x"), (False, True)),
        ("gru-torch", "W_nx", ("x",), (True,)),
        ("gru-torch", "W_nh", ("h′",), (False,)),
        ("stranger", "R", ("m",), (False,)),
    ],
)
def test_columns_are_called_by_what_they_multiply(
    name: str, param: str, parts: tuple[str, ...], symbols: tuple[bool, ...]
) -> None:
    found = names(scene(name), param, Look())
    assert tuple(part.name for part in found.parts) == parts
    assert tuple(part.symbols for part in found.parts) == symbols
    assert len(found.columns) == scene(name).run.params[param].shape[1]


def test_rows_of_the_readout_are_characters() -> None:
    assert names(scene(), "W_y", Look()).rows == ("e", "h", "l", "o")
    assert names(scene("stranger"), "R", Look()).rows == ("e", "h", "l", "o")
    assert names(scene(), "b_y", Look()).columns == ("e", "h", "l", "o")
    assert names(scene(), "b_f", Look()).rows == ("",)


def test_the_weights_as_a_picture() -> None:
    lines = [line.plain.rstrip() for line in weights(scene(), FORWARD, Spot("W_f", 3, 5), Look(), 100, 15)]
    assert lines == [
        "   W_f  8 × 12   the weights   f = σ(W_f·[h′,x] + b_f)   forget gate: whether to keep",
        "   i   W_i  b_i    f   W_f  b_f    o   W_o  b_o    g   W_g  b_g    y   W_y  b_y",
        "      h′                         x",
        "      0  1  2  3  4  5  6  7     e  h  l  o",
        "   0 -5 +0 -3 +2 -1 -1 +4 -1  │ -1 -1 -0 -4",
        "   1 +0 +4 +0 +2 +5 +3 +2 +3  │ +3 -2 -0 -1",
        "   2 -2 +0 -2 +1 +0 -4 -0 -1  │ +2 -4 -3 +0",
        "   3 -1 +1 -1 -3 +4 -2 -4 -2  │ -1 -3 +0 +5",
        "   4 -4 -0 +1 +4 +5 -4 +0 +4  │ -5 +1 -3 +3",
        "   5 +5 +0 -5 -5 -0 +4 -3 +1  │ -1 -2 +2 -2",
        "   6 -1 +3 -0 +3 +0 -3 -0 +4  │ +0 +5 -5 -1",
        "   7 +3 +2 +0 +1 +4 +2 +0 +0  │ +1 -2 +1 +1",
        "",
        "   W_f[3,5] = -0.296   multiplies h′[5] for unit 3 of f",
        "   scale ±1   min -0.576   max +0.577   mean +0.00489   ‖W_f‖ 3.000   σ_max 1.742",
    ]


def test_the_gradient_as_a_picture_in_ascii() -> None:
    head, look = Cursor("backward", 1, last(scene())), Look(glyphs=ASCII, plain=True)
    lines = [line.plain.rstrip() for line in weights(scene(), head, Spot("W_y", 2, 3, True), look, 76, 9)]
    assert lines == [
        " dW_y  4 x 8   so far: t 3 to t 1   y = W_y.h + b_y   scores, one per symbol",
        "    h",
        "    0  1  2  3  4  5  6  7",
        " e -2 -3 -2 +2 +5 +1 -5 -1",
        " h -2 -4 -2 +2 +6 +1 -5 -1",
        " l +8 +4 +9 -2 -9 +5 +7 -0",
        " o -3 +3 -4 -2 -2 -8 +3 +4",
        ' dW_y[2,3] = -0.044   multiplies h[3] for "l" of y',
        " scale +-0.2   min -0.191   max +0.197   mean +2.2e-19   |dW_y| 0.543",
    ]


def test_signs_say_where_there_is_more() -> None:
    played = scene("rnn", "hello", 100)
    spot = Spot("W", 50, 50)
    lines = [line.plain for line in weights(played, FORWARD, spot, Look(), 80, 14)]
    assert [line[0] for line in lines if line[:1] in ("↑", "↓")] == ["↑", "↓"]
    assert any("‹" in line and line.rstrip().endswith("›") for line in lines)
    ends = weights(played, FORWARD, Spot("W", 0, 0), Look(), 80, 14)
    assert not any(sign in line.plain for line in ends for sign in "↑‹")


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=30))
def test_boxes_look_as_they_do_in_strips(values: list[float]) -> None:
    look, xs = Look(), [2 * k for k in range(len(values))]
    (line,) = drawn(block(np.array([values])), xs, 2, [line_of()], look)
    assert line.plain == "".join(grid.box(value) for value in values)
    styles = {k: span.style for span in line.spans for k in range(span.start, span.end)}
    assert [styles[2 * k] for k in range(len(values))] == [look.heat(value) for value in values]


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 99), st.sampled_from((1.0, 1e-200, 1e200, 0.0)))
def test_facts_are_those_of_numpy(rows: int, columns: int, seed: int, size: float) -> None:
    matrix = np.random.default_rng(seed).standard_normal((rows, columns))
    played = made(SMALL, columns, rows)
    shown = replace(played, notes={}, run=replace(played.run, params=Params({"w": (0, slice(None))}, [matrix * size])))
    found = facts(shown, FORWARD, Spot("w"))
    assert found is not None
    assert found.sigma is not None
    unit = size or 1.0
    wanted = [
        np.min(matrix),
        np.max(matrix),
        np.mean(matrix),
        np.linalg.norm(matrix),
        np.linalg.norm(matrix, 2),
    ]
    got = [found.low, found.high, found.mean, found.norm, found.sigma]
    # The root of an eigenvalue of a product has half its digits where it is small, and all of them where it is largest.
    np.testing.assert_allclose(np.array(got) / unit, np.array(wanted) * bool(size), rtol=1e-9, atol=1e-12)


def test_a_large_matrix_has_no_singular_value() -> None:
    wide = np.zeros((2, 2049))
    assert largest_singular(np.eye(3) * 2) == pytest.approx(2.0)
    played = made(SMALL, 2049, 2)
    shown = replace(played, notes={}, run=replace(played.run, params=Params({"w": (0, slice(None))}, [wide])))
    found = facts(shown, FORWARD, Spot("w"))
    assert found is not None
    assert found.sigma is None
    text = "\n".join(line.plain for line in weights(shown, FORWARD, Spot("w"), Look(), 150, 12))
    assert "σ_max left out beyond 512 × 2048" in text


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), -float("inf"), 1e308])
@pytest.mark.parametrize("gradient", [False, True])
def test_numbers_that_are_not_finite_are_drawn(odd: float, gradient: bool) -> None:
    params = {name: np.array(array) for name, array in scene().run.params.items()}
    params["W_f"][3, 5] = odd
    ran = scene().run
    played = replayed(scene(), run(ran.cell, params, ran.inputs["x"], target=ran.inputs["target"]))
    for head in (FORWARD, Cursor("backward", 2, last(played)), Cursor("backward", 0, last(played))):
        for look in LOOKS:
            spot = Spot("W_f", 3, 5, gradient)
            assert weights(played, head, spot, look, 120, 20)
            assert weight(played, head, spot, look, 120, 20)
    lines = [line.plain for line in weights(played, FORWARD, Spot("W_f", 3, 4), Look(), 120, 20)]
    wanted = " ?" if np.isnan(odd) else "+#" if odd > 0 else "-#"
    assert any(line.startswith(f"   3 -1 +1 -1 -3 +4{wanted:>3}") for line in lines)
    assert np.isfinite(odd) or any("not finite: 1" in line for line in lines)


def test_an_edit_is_underlined_and_said() -> None:
    change = Change(Place("W_f", None, (3, 5)), 0.9, -0.296, None, None)
    played = replace(replayed(scene(), scene().run.edit("W_f", unit=(3, 5), value=0.9)), changes=(change,))
    lines = weights(played, FORWARD, Spot("W_f", 3, 4), Look(), 120, 16)
    sheet = lay_out(played, Spot("W_f", 3, 4), Look(), 120, 16)
    row, x = lines[sheet.top + 3], sheet.xs[5]
    assert row.plain[x : x + 3] == "+9*"
    (style,) = {str(span.style) for span in row.spans if span.start <= x < span.end}
    assert "underline" in style
    one = [line.plain for line in weights(played, FORWARD, Spot("W_f", 3, 5), Look(), 120, 16)][-2]
    assert one == "   W_f[3,5] = +0.900   was -0.296   set by hand   multiplies h′[5] for unit 3 of f"
    head = Cursor("backward", 0, last(played))
    moved = weights(played, head, Spot("W_y", 0, 0, True), Look(), 120, 16)
    assert any("underline" in str(span.style) for line in moved for span in line.spans)


def test_a_cell_without_parameters_says_so() -> None:
    played = made("h = tanh(h_prev + x)", 4)
    assert [line.plain for line in weights(played, FORWARD, Spot(), Look(), 80, 9)] == [
        "This cell has no parameters."
    ]
    assert lay_out(played, Spot(), Look(), 80, 9).hit(3, 0) is None
    assert weight(played, FORWARD, Spot(), Look(), 80, 9) == []


def test_no_finite_difference_where_it_would_take_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    head, spot = Cursor("backward", 0, last(scene())), Spot("W_f", 3, 5)
    for most, wanted in ((2e7, True), (1000, False)):
        monkeypatch.setattr("rnntutor.show.check._MOST", most)
        lines = weight(replace(scene(), notes={}), head, spot, Look(), 120, 9)
        assert any("finite difference" in line.plain for line in lines) == wanted


def test_what_counts_as_swept() -> None:
    played = scene()
    assert swept(played, FORWARD) == played.steps
    assert swept(played, Cursor("backward", 3, 0)) == 4
    assert swept(played, Cursor("backward", 3, last(played))) == 3
    assert swept(played, Cursor("backward", 0, last(played))) == 0


def test_the_current_parameter_stands_out_without_colour() -> None:
    line = weights(scene(), FORWARD, Spot("W_f"), Look(plain=True), 120, 20)[1].plain
    assert "[W_f]" in line
    assert line.count("[") == 1
