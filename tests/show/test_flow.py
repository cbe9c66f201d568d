"""The flow of gradients: the engine's own norms and Jacobians, where they belong, and nothing that is not known yet."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.course.lessons import find_lesson
from rnntutor.course.opening import open_network
from rnntutor.engine import norms
from rnntutor.engine.backward import Gradients
from rnntutor.engine.cell import parse_cell
from rnntutor.engine.ops import Array
from rnntutor.engine.run import run
from rnntutor.play.cursor import Cursor, Direction
from rnntutor.show.flow import flow, lay_out
from rnntutor.show.look import ASCII, LIGHT, Look
from rnntutor.show.scene import Scene
from rnntutor.show.score import score
from rnntutor.show.singular import singular_values
from tests.show.flows import (
    as_scene,
    broken,
    far,
    overflowing,
    random_run,
    stateless,
    truncated,
    unreached,
)
from tests.show.scenes import scene

LOOKS = (Look(), Look(LIGHT), Look(glyphs=ASCII), Look(plain=True), Look(glyphs=ASCII, plain=True))
SCENES: tuple[Callable[[], Scene], ...] = (
    scene,
    far,
    truncated,
    overflowing,
    stateless,
    unreached,
    lambda: scene("gru"),
    lambda: scene("stranger"),
    lambda: far("rnn", growth=6.0),
    lambda: far("rnn", 1000, growth=0.5),
    lambda: far("lstm", 1),
    lambda: broken(math.nan),
    lambda: broken(math.inf),
    lambda: truncated(3, 200),
)


@st.composite
def heads(draw: st.DrawFn) -> tuple[Scene, Cursor]:
    """A scene and a place in it."""
    played = draw(st.sampled_from(SCENES))()
    direction: Direction = draw(st.sampled_from(("forward", "backward")))
    line = draw(st.integers(0, len(played.stops(direction)) - 1))
    return played, Cursor(direction, draw(st.integers(0, played.steps - 1)), line)


def swept(played: Scene, t: int) -> Cursor:
    """The backward pass, at the end of timestep `t`."""
    return Cursor("backward", t, len(played.backward) - 1)


def text_of(played: Scene, head: Cursor, look: Look = LOOKS[0], width: int = 120, height: int = 24) -> str:
    """The view without its colours."""
    return "\n".join(line.plain.rstrip() for line in flow(played, head, look, width, height))


@given(heads(), st.integers(60, 200), st.integers(6, 50), st.sampled_from(LOOKS))
def test_it_fits_everywhere(at: tuple[Scene, Cursor], width: int, height: int, look: Look) -> None:
    lines = flow(*at, look, width, height)
    assert 0 < len(lines) <= height
    assert max(line.cell_len for line in lines) <= width
    assert not any("\n" in line.plain for line in lines)


@given(heads(), st.integers(60, 200), st.integers(6, 50))
def test_ascii_is_ascii(at: tuple[Scene, Cursor], width: int, height: int) -> None:
    assert text_of(*at, Look(glyphs=ASCII), width, height).isascii()


@given(heads(), st.sampled_from(LOOKS))
def test_colour_says_nothing_that_signs_do_not(at: tuple[Scene, Cursor], look: Look) -> None:
    """Every curve has a sign of its own, which stands beside its name."""
    played, head = at
    lines = text_of(played, head, look).splitlines()
    for state, sign in zip(played.run.cell.states, look.glyphs.marks, strict=False):
        bars = re.escape(look.glyphs.norm)
        assert any(re.match(rf"  {re.escape(sign)} {bars}d{state}", line) for line in lines)


# The plot ---------------------------------------------------------------------------------------------------


def value_of(label: str) -> float:
    """The exponent that a label of the axis means."""
    return float(label.removeprefix("1e"))


def rows_of(played: Scene, head: Cursor, sign: str, t: int) -> list[str | float]:
    """Where a sign stands at `t`: a power of ten between the labels of the axis, or one of nan, inf, 0."""
    sheet = lay_out(played, head, Look(glyphs=ASCII), 200, 50)
    lines = [sheet.lines[y].plain for y in sheet.plotted[:-2]]
    labels = {y: line[:8].strip() for y, line in enumerate(lines) if line[:8].strip()}
    (y0, low), (y1, high) = [(y, value_of(k)) for y, k in labels.items() if k.startswith("1e")][:2]
    found: list[str | float] = []
    for y, line in enumerate(lines):
        if line.ljust(200)[sheet.columns.x(t)] in (sign, "8"):
            special = labels.get(y, "1e")
            found.append(low + (y - y0) * (high - low) / (y1 - y0) if special.startswith("1e") else special)
    return found


@pytest.mark.parametrize("played", [far(), far("rnn", growth=6.0), scene(), truncated()])
def test_points_stand_where_the_norms_are(played: Scene) -> None:
    """Up to half a row; a decade has at least one here, with 50 rows for at most 10 decades."""
    head = swept(played, 1)
    for state, sign in zip(played.run.cell.states, ASCII.marks, strict=False):
        for t in range(1, played.steps):
            (power,) = rows_of(played, head, sign, t)
            wanted = math.log10(math.hypot(*played.grads[state][t, 0]))
            assert isinstance(power, float)
            assert abs(power - wanted) <= 0.5


@given(heads())
def test_what_the_sweep_has_not_reached_is_not_plotted(at: tuple[Scene, Cursor]) -> None:
    played, head = at
    sheet = lay_out(played, head, LOOKS[0], 120, 24)
    if head.direction == "forward" and sheet.plotted:
        assert "Gradients come into being in the backward pass." in text_of(played, head)
    marks = {*LOOKS[0].glyphs.marks, LOOKS[0].glyphs.together}
    first = head.t if head.direction == "backward" else played.steps
    drawn = {x for y in sheet.plotted for x, sign in enumerate(sheet.lines[y].plain) if sign in marks}
    assert all((sheet.columns.timestep(x) or 0) + sheet.columns.group > first for x in drawn)


def test_the_gate_that_keeps_is_told_and_what_the_keys_turn() -> None:
    played = scene("gru")
    line = next(k for k in text_of(played, swept(played, 1), width=120).splitlines() if "‖dh₁‖" in k)
    assert f"mean z {played.run['z'].mean():.3f}   σ_max" in line
    mgu = scene("mgu")
    assert f"mean 1 - f {1 - mgu.run['f'].mean():.3f}" in text_of(mgu, swept(mgu, 1))


def test_a_small_legend_tells_it_too() -> None:
    """Of both where there is room, else of the first one."""
    line = {
        width: next(k for k in text_of(far(), swept(far(), 3), width=width, height=10).splitlines() if "‖dc₃‖" in k)
        for width in (80, 50, 40)
    }
    assert re.fullmatch(r"  ● ‖dc₃‖ \S+ mean f 0\.\d+   ◆ ‖dh₃‖ \S+ σ_max 0\.\d+", line[80])
    assert re.fullmatch(r"  ● ‖dc₃‖ \S+ mean f 0\.\d+   ◆ ‖dh₃‖ \S+", line[50])
    assert re.fullmatch(r"  ● ‖dc₃‖ \S+   ◆ ‖dh₃‖ \S+", line[40])


def test_within_a_timestep_only_what_was_passed_is_known() -> None:
    played = scene()
    names = [stop.line.name for stop in played.backward]
    between = Cursor("backward", 1, names.index("dc") - 1)
    text = text_of(played, between)
    assert "● ‖dc₁‖ ·" in text
    assert f"◆ ‖dh₁‖ {played.gradient_norm('h', 1):.3f}" in text


def test_what_is_no_number_stands_in_rows_of_its_own() -> None:
    played = overflowing()
    head = swept(played, 0)
    for t, value in enumerate(played.gradient_norms("h")):
        (row,) = rows_of(played, head, "o", t)
        expected = "nan" if np.isnan(value) else "inf" if np.isinf(value) else None
        assert row == expected or (expected is None and isinstance(row, float))
    assert {row for t in range(16) for row in rows_of(played, head, "o", t)} >= {"nan", "inf"}


def test_exact_zeros_stand_below() -> None:
    played = unreached()
    for t in range(4):
        assert rows_of(played, swept(played, 0), "o", t) == ["0"]
        assert "0" not in rows_of(played, swept(played, 0), "*", t)


def test_a_long_run_says_how_many_timesteps_share_a_column() -> None:
    played = far("rnn", 1000, growth=0.5)
    sheet = lay_out(played, swept(played, 0), LOOKS[0], 200, 50)
    assert sheet.columns.group == math.ceil(1000 / 189)
    assert f"largest of {sheet.columns.group} timesteps per column" in sheet.lines[0].plain


def test_norms_of_a_long_run_are_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def counted(rows: Array) -> Array:
        calls.append(len(rows))
        return norms.lengths(rows)

    monkeypatch.setattr("rnntutor.show.scene.lengths", counted)
    played = as_scene(random_run("lstm", 100_000, 4, 1.0))
    for t in (99_999, 50_000, 49_999, 3, 0):
        lines = flow(played, swept(played, t), LOOKS[0], 120, 24)
        assert max(line.cell_len for line in lines) <= 120
        assert f"‖dh{str(t).translate(str.maketrans('0123456789', '₀₁₂₃₄₅₆₇₈₉'))}‖" in lines[2].plain
    assert calls == [100_000, 100_000]


def test_where_gradients_come_in_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls, found = [], Gradients.__dict__["seeds"].fget

    def counted(grads: Gradients) -> dict[str, Array] | None:
        calls.append(grads)
        return found(grads)  # type: ignore[no-any-return]

    monkeypatch.setattr(Gradients, "seeds", property(counted))
    played = as_scene(random_run("lstm", 40, 4, 1.0), {"loss": np.eye(40)[:, 39:]})
    for t in (39, 20, 3, 0):
        flow(played, swept(played, t), LOOKS[0], 120, 24)
    assert calls == [played.grads]


def test_one_timestep_is_a_plot_too() -> None:
    played = far("lstm", 1)
    assert len(rows_of(played, swept(played, 0), "*", 0)) == 1
    assert "since" not in text_of(played, swept(played, 0))


def test_cuts_are_walls() -> None:
    played = truncated()
    sheet = lay_out(played, swept(played, 0), Look(glyphs=ASCII), 120, 24)
    assert "# cut every 10 timesteps" in sheet.lines[0].plain
    assert played.grads.cuts == (10, 20, 30)
    for y in sheet.plotted[:-2]:
        assert [x for x, sign in enumerate(sheet.lines[y].plain) if sign == "#"] == [
            sheet.columns.x(t) - 1 for t in (10, 20, 30)
        ]


def test_the_row_of_what_comes_back_names_its_cut() -> None:
    played = truncated()
    said = {t: score(played, Cursor("backward", t), Look(), 120, 24)[-1].plain for t in (8, 9, 39)}
    assert "from t 9 " in said[8]
    assert "cut off" not in said[8]
    assert "cut off from t 10 " in said[9]
    assert "nothing beyond the end" in said[39]


def test_many_cuts_are_told_and_not_drawn() -> None:
    played = truncated(3, 200)
    text = text_of(played, swept(played, 0))
    assert "cut every 3 timesteps" in text
    assert "║" not in text


@given(heads(), st.integers(60, 200), st.integers(6, 50))
def test_clicks_find_the_timestep_that_is_drawn(at: tuple[Scene, Cursor], width: int, height: int) -> None:
    played, head = at
    sheet = lay_out(played, head, LOOKS[0], width, height)
    for t in range(0, played.steps, sheet.columns.group):
        for y in sheet.plotted:
            assert sheet.timestep(sheet.columns.x(t), y) == t
    assert sheet.timestep(sheet.columns.x(0), -1) is None
    if sheet.plotted:
        assert sheet.timestep(sheet.columns.left - 1, sheet.plotted[0]) is None
        assert sheet.timestep(sheet.columns.right, sheet.plotted[0]) is None


# What is said -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("played", "t", "wanted"),
    [
        (far("rnn", growth=6.0), 3, ": explodes"),
        (far("rnn"), 3, ": vanishes"),
        (far("rnn", 1000, growth=0.5), 3, "× 0 since t 999: vanishes"),
        (truncated(), 12, "since t 19, with the losses between"),
        (truncated(), 39, ""),
        (scene(), 1, "since t 3, with the losses between"),
    ],
)
def test_vanishing_and_exploding_are_measured(played: Scene, t: int, wanted: str) -> None:
    line = next(k for k in text_of(played, swept(played, t)).splitlines() if "‖dh" in k)
    assert line.endswith(wanted) or not wanted
    found = re.search(r"× (\S+) since t (\d+)", line)
    assert bool(found) == bool(wanted)
    if found:
        now, then = (math.hypot(*played.grads["h"][k, 0]) for k in (t, int(found[2])))
        assert float(found[1]) == pytest.approx(now / then, rel=0.05, abs=1e-300)
        alone = "between" not in line
        assert ("explodes" in line) == (alone and now >= 100 * then)
        assert ("vanishes" in line) == (alone and now <= then / 100)


def test_growth_that_comes_from_losses_is_no_explosion() -> None:
    """The same run, the gradient of every timestep's loss and that of the last one's alone."""
    alone, whole = far("rnn", growth=6.0), as_scene(random_run("rnn", 40, 16, 6.0))
    assert "since t 39: explodes" in text_of(alone, swept(alone, 3))
    assert whole.gradient_norm("h", 3) > 100 * whole.gradient_norm("h", 39)
    assert "since t 39, with the losses between" in text_of(whole, swept(whole, 3))


def test_singular_values_are_those_of_the_jacobian() -> None:
    """Of a tanh RNN: diag(1 - h²) W_h."""
    played = far("rnn", growth=6.0)
    h, weights = played.run["h"][7, 0], played.run["W"][:, :16]
    by_hand = np.linalg.svd((1 - h**2)[:, None] * weights)[1]
    found = singular_values(played, "h", 7)
    assert found is not None
    np.testing.assert_allclose(found, by_hand, rtol=1e-10, atol=1e-12)
    said = f"largest {by_hand[0]:.3f}, {(by_hand > 1).sum()} of 16 above 1: can grow"
    assert by_hand[0] > 1
    assert said in text_of(played, swept(played, 7))


def test_of_an_lstm_the_road_of_c_is_the_forget_gate() -> None:
    played = scene()
    f = played.run["f"][2, 0]
    found = singular_values(played, "c", 2)
    assert found is not None
    np.testing.assert_allclose(found, sorted(f, reverse=True), rtol=1e-12)
    text = text_of(played, swept(played, 2))
    assert f"largest {f.max():.3f}: shrinks" in text
    assert "Each is one road: the other states at t 1 are held fixed." in text


def test_a_jacobian_is_known_once_its_state_is_computed() -> None:
    played = scene()
    places = {stop.line.name: k for k, stop in enumerate(played.forward)}
    for line, known in ((places["c"] - 1, 0), (places["c"], 1), (places["h"], 2)):
        assert text_of(played, Cursor("forward", 2, line)).count("largest") == known


def test_what_lets_a_gradient_pass_unchanged_cannot_grow_and_zero_stops_it() -> None:
    cell = parse_cell("c = c_prev + x\nh = 0 * h_prev + c")
    played = run(cell, {}, np.ones((3, 1, 2)))
    both = Scene(played, played.backward({"h": np.ones((3, 1, 2))}), reads=("x",) * 3)
    text = text_of(both, swept(both, 1))
    assert "largest 1.000: cannot grow" in text
    assert "all 0: nothing goes back" in text


def test_slopes_that_are_not_finite_are_said_to_be_so() -> None:
    assert "∂h₆/∂h₅ not finite" in text_of(broken(math.nan), swept(broken(math.nan), 6))


def test_at_a_cut_nothing_goes_on() -> None:
    assert "t 10 is a cut: no gradient goes on to t 9." in text_of(truncated(), swept(truncated(), 10))
    assert "is a cut" not in text_of(truncated(), swept(truncated(), 11))


def test_singular_values_of_many_units_are_left_out() -> None:
    played = far("rnn", 3, 257)
    text = text_of(played, swept(played, 1))
    assert "singular values of more than 256 units take too long, and are left out" in text
    assert "Staying" not in text
    assert not any("singular values" in str(key) for key in played.notes)


def test_where_bars_are_shared_it_is_said() -> None:
    played = far("rnn", 3, 200)
    assert re.search(r", \d+ per bar$", text_of(played, swept(played, 1)), re.MULTILINE)
    assert "per bar" not in text_of(far(), swept(far(), 1))


def test_small_heights_drop_the_least_needed_parts() -> None:
    played, head = scene(), swept(scene(), 1)
    heights = {
        part: next(k for k in range(6, 40) if part in text_of(played, head, height=k))
        for part in ("‖dh₁‖", "singular", "gradient norms", "Staying")
    }
    assert list(heights.values()) == sorted(heights.values())
    assert heights["singular"] <= 9
    assert heights["gradient norms"] <= 14


# Golden -----------------------------------------------------------------------------------------------------

HELLO = """\
  gradient norms   log scale, ◈ both
  ● ‖dc₁‖ 0.263      mean f 0.653   × 1.214 since t 3, with the losses between
  ◆ ‖dh₁‖ 0.364      σ_max 2.631    × 0.802 since t 3, with the losses between
     10¹ │                         ┊
         │                         ┊
         │                         ┊
     10⁰ │                         ┊
         │                         ◆                ◆                ◆
         │                         ●                ●                ●
    10⁻¹ │                         ┊
         └        ·        ────────┴────────────────┴────────────────┴────────
                  0                1                2                3
  singular values of ∂c₁/∂c₀ ▇▆▆▅▄▄▄▃  largest 0.822: shrinks
                     ∂h₁/∂h₀ ▅▃▁▁▁▁▁▁  largest 0.623: shrinks"""

HELLO_ASCII = """\
  gradient norms   log scale, 8 both
  o |dc[1]| 0.263      mean f 0.653      x 1.214 since t 3, with the losses b...
  * |dh[1]| 0.364      sigma_max 2.631   x 0.802 since t 3, with the losses b...
     1e1 |                         :
         |                         :
         |                         :
     1e0 |                         :
         |                         *                *                *
         |                         o                o                o
    1e-1 |                         :
         +        .        --------+----------------+----------------+--------
                  0                1                2                3
  singular values of d c[1]/d c[0] *++=---:  largest 0.822: shrinks
                     d h[1]/d h[0] =:______  largest 0.623: shrinks"""

HELLO_FORWARD = """\
  gradient norms   log scale, ◈ both
  ● ‖dc₂‖ ·          mean f ·
  ◆ ‖dh₂‖ ·          σ_max 2.631
         │                                          ┊
         │                                          ┊
         │                                          ┊
         │  Gradients come into being in the backward pass.
         │                                          ┊
         │                                          ┊
         │                                          ┊
         └        ·                ·                ·                ·
                  0                1                2                3
  singular values of ∂c₂/∂c₁ ▇▇▇▇▆▆▅▄  largest 0.885: shrinks
                     ∂h₂/∂h₁ ········"""

EXPLODING = """\
  gradient norms   log scale
  ● ‖dh₁₂‖ 1.8e3      σ_max 5.122   × 377.630 since t 39: explodes
  ─ at most 6.7e19   (γ σ_max)^(T-1-t), γ 1, σ_max 5.122

     10⁵ │                         ┊                                         ─
         │                         ┊
     10⁴ │                         ┊                                           ─
         │                         ┊                                             ─
     10³ │                         ● ● ●                                           ─
         │                         ┊     ● ● ● ●
     10² │                         ┊             ● ● ●                               ─
         │                         ┊                   ● ● ●           ●               ─
     10¹ │                         ┊                         ● ● ● ● ●   ● ● ● ● ● ●   ●
         │                         ┊                                                 ●   ●
     10⁰ │                         ┊
         └ · · · · · · · · · · · ·─┴─────┴─────────┴─────────┴─────────┴─────────┴───────┴
           0         5         10  12    15        20        25        30        35      39

  singular values of ∂h₁₂/∂h₁₁ █▄▄▂▂▁▁▁▁▁▁▁▁▁▁▁  largest 2.375, 3 of 16 above 1: can grow
  Staying below 1 is enough to vanish; above 1 is needed to explode, not enough."""


def test_the_hello_lesson() -> None:
    played = open_network(find_lesson("hello"), "model")
    dc = [stop.line.name for stop in played.backward].index("dc")
    assert text_of(played, Cursor("backward", 1, dc), LOOKS[0], 80, 14) == HELLO
    assert text_of(played, Cursor("backward", 1, dc), Look(glyphs=ASCII), 80, 14) == HELLO_ASCII
    assert text_of(played, Cursor("forward", 2, 4), LOOKS[0], 80, 14) == HELLO_FORWARD


def test_an_rnn_that_explodes() -> None:
    played = far("rnn", growth=6.0)
    assert text_of(played, swept(played, 12), LOOKS[0], 100, 20) == EXPLODING
