"""What the panels draw: the engine's own numbers, dots where nothing is known, and never too wide."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.play.cursor import Cursor, Direction, track_of
from rnntutor.show import LEAST_COLUMNS, LEAST_ROWS, grid, score, tape
from rnntutor.show.element import Elements, Expr, factors, summands
from rnntutor.show.look import ASCII, LIGHT, UNICODE, Look
from rnntutor.show.page import page
from rnntutor.show.scales import full_box, round_up
from rnntutor.show.scene import Scene
from rnntutor.show.texts import clean, number, plain_ascii
from rnntutor.show.why import why
from rnntutor.show.working import working
from tests.show.scenes import scene

NAMES = ("lstm", "gru", "gru-torch", "rnn", "stranger")
LOOKS = (Look(), Look(LIGHT), Look(glyphs=ASCII), Look(plain=True))


@st.composite
def heads(draw: st.DrawFn, names: tuple[str, ...] = NAMES) -> tuple[Scene, Cursor]:
    """A scene and a place in it."""
    played = scene(draw(st.sampled_from(names)))
    track = track_of(played)
    direction: Direction = draw(st.sampled_from(("forward", "backward")))
    line = draw(st.integers(0, len(track.sizes(direction)) - 1))
    unit = draw(st.integers(0, 9))
    return played, Cursor(direction, draw(st.integers(0, played.steps - 1)), line, unit)


@given(heads(), st.integers(LEAST_COLUMNS, 220), st.integers(LEAST_ROWS, 70), st.sampled_from(LOOKS))
def test_nothing_is_wider_or_higher_than_the_screen(
    at: tuple[Scene, Cursor], width: int, height: int, look: Look
) -> None:
    lines = page(*at, look, width, height)
    assert len(lines) <= height - 1  # the footer is below
    assert max(line.cell_len for line in lines) <= width
    assert not any("\n" in line.plain for line in lines)


@given(heads(), st.integers(LEAST_COLUMNS, 200))
def test_ascii_is_ascii(at: tuple[Scene, Cursor], width: int) -> None:
    text = "\n".join(line.plain for line in page(*at, Look(glyphs=ASCII), width, 40))
    assert text.isascii(), [c for c in text if not c.isascii()]


@given(heads())
def test_dots_stand_exactly_where_nothing_is_computed(at: tuple[Scene, Cursor]) -> None:
    played, head = at
    height = 60
    sheet = score.lay_out(played, head, Look(), 160, height)
    lines = score.score(played, head, Look(), 160, height)
    for row, line in zip(sheet.rows, lines[sheet.titled :], strict=True):
        strip = line.plain[sheet.grid.strip_at : sheet.grid.strip_at + row.size * sheet.grid.box_width]
        dots = strip.replace(" ", "") == "·" * row.size
        assert dots == (row.stop > head.line)


@given(heads())
def test_the_result_is_the_number_of_the_engine(at: tuple[Scene, Cursor]) -> None:
    played, head = at
    stop = played.stop(head)
    if stop.folded:
        return
    snapshot = played.run.at(head.t) if head.direction == "forward" else played.grads.at(head.t)
    value = float(snapshot.raw(stop.line.place)[played.unit(head), 0])
    last = [line.plain for line in why(played, head, Look(), 300, 8)]
    assert any(number(value).lstrip("+") in line for line in last)


@given(heads())
def test_every_step_of_the_working_adds_up(at: tuple[Scene, Cursor]) -> None:
    played, head = at
    if played.stop(head).folded:
        return
    elements = Elements(played.snapshot(head.direction, head.t), UNICODE, played.symbols)
    recomputed(elements.of(played.stop(head).line.place, played.unit(head)))


def recomputed(expr: Expr) -> None:
    """Hold an expression's value against its operands' values, all the way down."""
    values = [arg.value for arg in expr.args]
    for arg in expr.args:
        recomputed(arg)
    if expr.op == "dot":
        assert expr.value == pytest.approx(sum(term.value for term in expr.terms), abs=1e-12)
    if expr.op in ("add", "sub"):
        terms = summands(expr)
        assert expr.value == pytest.approx(
            sum(t.value if s == "+" else -t.value for s, t in terms), abs=1e-12
        )
    wanted: dict[str, Callable[[], float]] = {
        "mul": lambda: float(np.prod([k.value for k in factors(expr)])),
        "div": lambda: values[0] / values[1],
        "neg": lambda: -values[0],
        "pow": lambda: values[0] ** expr.exponent,
        "tanh": lambda: np.tanh(values[0]),
        "sigmoid": lambda: 1 / (1 + np.exp(-values[0])),
        "relu": lambda: max(values[0], 0.0),
        "exp": lambda: np.exp(values[0]),
        "log": lambda: np.log(values[0]),
    }
    if expr.op in wanted:
        assert expr.value == pytest.approx(wanted[expr.op](), abs=1e-12)


@given(heads(("lstm", "gru", "gru-torch", "rnn")))
def test_no_finite_difference_ever_disagrees(at: tuple[Scene, Cursor]) -> None:
    text = "\n".join(line.plain for line in why(*at, Look(), 200, 20))
    assert "✗" not in text


def test_states_inputs_and_weights_have_a_finite_difference_and_temporaries_have_none() -> None:
    played = scene()
    found = {}
    for k, stop in enumerate(played.backward):
        t = 0 if stop.folded else 1  # a parameter's gradient is whole once t 0 is swept
        text = "\n".join(line.plain for line in why(played, Cursor("backward", t, k, 2), Look(), 200, 20))
        found[stop.line.name] = "✓" in text
    assert {name for name, yes in found.items() if not yes} == {"da_i", "da_f", "da_o", "da_g"}


def test_a_wrong_gradient_is_shown_as_wrong() -> None:
    played = scene("rnn", "hello", 6)
    line = played.stop(Cursor("backward", 1, 1)).line
    snapshot = played.snapshot("backward", 1)
    snapshot.known[line.place] = snapshot.raw(line.place) + 0.5
    text = "\n".join(line.plain for line in why(played, Cursor("backward", 1, 1), Look(), 200, 20))
    played.snapshots.clear()
    played.notes.clear()
    assert "✗" in text


def test_the_why_of_the_cell_state() -> None:
    lines = [line.plain.rstrip() for line in why(scene(), Cursor("forward", 2, 4, 3), Look(), 120, 3)]
    assert lines == [
        " why  c₂[3]  =  f₂[3] · c₁[3]   +  i₂[3] · g₂[3]",
        "             =  0.554 · +0.012  +  0.610 · +0.269",
        "             =  +0.00645        +  +0.164   =  +0.170",
    ]


def test_the_why_in_one_line() -> None:
    (line,) = why(scene(), Cursor("forward", 2, 4, 3), Look(), 80, 1)
    assert line.plain == " why  c₂[3] = 0.554 · +0.012 + 0.610 · +0.269 = +0.170"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("c", "c = f ⊙ c′ + i ⊙ g"),
        ("h", "h = o ⊙ tanh(c)"),
        ("i", "i = σ(W_i·[h′,x] + b_i)"),
    ],
)
def test_equations_are_written_as_in_a_textbook(name: str, wanted: str) -> None:
    played = scene()
    text = "\n".join(line.plain for line in score.score(played, Cursor(), Look(), 120, 30))
    assert re.sub(r" +", " ", wanted) in re.sub(r" +", " ", text), name


def test_gradients_are_written_as_in_a_textbook() -> None:
    lines = score.score(scene(), Cursor("backward", 1, 3, 3), Look(), 200, 30)
    text = re.sub(r" +", " ", "\n".join(line.plain for line in lines))
    for wanted in (
        "dc = dc₂′ + dh ⊙ o ⊙ (1 - tanh²(c))",
        "dh = dh₂′ + W_yᵀ·dy",
        "dc′ = dc ⊙ f",
        "dW_i = da_i ⊗ [h′,x]",
    ):
        assert wanted in text


def test_the_tape_knows_only_what_the_playhead_has_passed() -> None:
    lines = [line.plain for line in tape.tape(scene(), Cursor("forward", 2, 4, 3), Look(plain=True), 120)]
    says = lines[4]
    assert says.split() == ["says", "e", ".27", "want", "e", "h", ".28", "want", "l", "·", "·"]
    assert "▶ 2" in lines[0]
    assert lines[3].count("·") == 16  # h of t 2 and t 3


def test_the_tape_scrolls_to_the_playhead() -> None:
    played = scene("lstm", "the quick brown fox jumps over the lazy dog", 32, " abcdefghijklmnopqrstuvwxyz")
    for t in (0, 20, 41):
        for width in (60, 80, 120, 200):
            head = Cursor("forward", t)
            assert f"▶ {t}" in tape.tape(played, head, Look(), width)[0].plain
            columns = tape.lay_out(played, head, width, compact=False)
            assert columns.timestep(columns.x(t)) == t


def test_boxes_round_towards_zero_and_never_hide_a_sign() -> None:
    values = (0.0, 0.09, -1e-9, 0.1, 0.3, 0.99, 1.0, 5.0, -0.31, -1.0, -9.0, np.nan, np.inf, -np.inf)
    assert [grid.box(v) for v in values] == [
        " 0", "+0", "-0", "+1", "+3", "+9", "+9", "+#", "-3", "-9", "-#", " ?", "+#", "-#",
    ]  # fmt: skip


@given(st.integers(1, 300), st.integers(1, 120), st.integers(0, 299), st.integers(2, 3))
def test_the_selected_unit_is_always_in_sight(size: int, room: int, unit: int, width: int) -> None:
    unit = min(unit, size - 1)
    where = grid.window(size, room, unit, width)
    assert where.start <= unit < where.stop <= size
    assert where.count * width <= max(room, width)


@given(st.floats(1e-12, 1e12))
def test_scales_are_round(value: float) -> None:
    scale = round_up(value)
    assert value <= scale * (1 + 1e-6)
    assert scale <= 2.5 * value * (1 + 1e-6)


def test_scales_stay_while_stepping() -> None:
    played = scene()
    first = [full_box(played, "backward", stop) for stop in played.backward]
    for t in range(played.steps):
        score.score(played, Cursor("backward", t), Look(), 120, 30)
    assert [full_box(played, "backward", stop) for stop in played.backward] == first


@pytest.mark.parametrize("width", range(76, 124, 4))
def test_the_heading_of_the_way_back_is_not_cut(width: int) -> None:
    """Neither where a network is small, nor where its formulas leave little room."""
    for played in (scene("rnn", hidden=3), scene("lstm")):
        for line in range(len(played.backward)):
            heading = score.score(played, Cursor("backward", 2, line), Look(), width, 30)[0].plain
            assert re.match(r" +(the cell at )?t 2, read upwards ", heading), heading
            assert " unit " in heading


def test_clicks_find_the_boxes_that_are_drawn() -> None:
    played, head = scene(), Cursor("forward", 2, 4, 3)
    sheet = score.lay_out(played, head, Look(), 120, 30)
    y = sheet.titled + next(k for k, row in enumerate(sheet.rows) if row.stop == 4)
    row = sheet.rows[y - sheet.titled]
    assert sheet.hit(sheet.grid.strip_at + 3 * sheet.grid.box_width, y, 3) == (row, 3)
    assert sheet.hit(2, y, 3) == (row, -1)
    given = sheet.hit(sheet.grid.strip_at, sheet.titled, 3)
    assert given is not None
    assert (given[0].stop, given[0].name) == (-1, "x")  # x is given, not a stop
    assert sheet.hit(2, 0, 3) is None


@pytest.mark.parametrize("bad", ["\x1b[31m", "a\u202eb", "e\u0301", "\x00", "\u200b", "\ud800"])
def test_words_from_outside_cannot_harm(bad: str) -> None:
    shown = clean(bad)
    assert len(shown) == len(bad)
    assert all(c.isprintable() or c == "�" for c in shown)
    assert plain_ascii(shown).isascii()


def test_numbers_that_are_not_finite_are_drawn() -> None:
    played = scene("rnn", "hello", 5)
    broken = played.run.edit("h", t=1, unit=2, value=float("nan"))
    odd = Scene(broken, broken.backward(), "a", "b", played.reads, played.wants, played.symbols)
    for direction in ("forward", "backward"):
        for line in range(len(odd.stops(direction))):
            head = Cursor(direction, 2, line, 1)
            assert page(odd, head, Look(), 120, 38)


def test_a_calculation_has_no_row_twice() -> None:
    played = scene()
    for k, stop in enumerate(played.forward):
        elements = Elements(played.snapshot("forward", 1), UNICODE, played.symbols)
        rows = working(elements.of(stop.line.place, 0), Look()).rows
        assert len(set(rows)) == len(rows), k


def test_the_scale_of_a_long_run_is_found_from_some_timesteps(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = full_box(scene(), "backward", scene().backward[1])
    monkeypatch.setattr("rnntutor.show.scales._COUNTED", 2)
    assert usual / 5 <= full_box(scene(), "backward", scene().backward[1]) <= usual
