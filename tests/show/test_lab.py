"""The flow of gradients as a laboratory: several networks, a bound that holds, clipping; never a traceback."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.engine.cell import parse_cell
from rnntutor.engine.run import run
from rnntutor.play.history import History
from rnntutor.play.knobs import turned
from rnntutor.play.together import together
from rnntutor.show.bound import bound_of
from rnntutor.show.change import Place
from rnntutor.show.flow import flow
from rnntutor.show.look import ASCII, Look
from rnntutor.show.route import highway, routes
from rnntutor.show.scene import Scene
from tests.show.flows import as_scene, broken, far, random_run, truncated
from tests.show.scenes import scene
from tests.show.test_flow import LOOKS, swept, text_of


def two() -> Scene:
    """A network that forgets beside one whose forget gates are open."""
    return together(turned(far("rnn"), "sigma_max", 1.3), [turned(far("lstm"), "forget_bias", 3.0)])


def three() -> Scene:
    """The same beside a third one."""
    return together(two(), [*two().beside, turned(far("gru"), "sigma_max", 0.8)])


# The bound --------------------------------------------------------------------------------------------------

TEXTS = {
    "tanh": "h = tanh(W @ [h_prev, x] + b)", "relu": "a = b + V @ x + W @ h_prev\nh = relu(a)",
    "sigmoid": "h = sigmoid(W @ [x, h_prev])", "none": "h = W @ [h_prev, x]",
    "none, a sum": "h = V @ x + W @ h_prev + b",
}  # fmt: skip


@given(
    st.sampled_from(sorted(TEXTS)), st.integers(0, 99), st.floats(0.1, 4), st.integers(1, 30),
    st.sampled_from((None, 1, 7)), st.booleans(),
)  # fmt: skip
def test_no_gradient_is_longer_than_its_bound(
    name: str, seed: int, growth: float, steps: int, window: int | None, everywhere: bool
) -> None:
    rng = np.random.default_rng(seed)
    cell = parse_cell(TEXTS[name])
    params = {k: growth * rng.normal(size=shape) for k, shape in cell.param_shapes(5, 3).items()}
    seeds = rng.normal(size=(steps, 1, 5))
    seeds[: 0 if everywhere else -1] = 0
    ran = run(cell, params, rng.normal(size=(steps, 1, 3)))
    played = Scene(ran, ran.backward({"h": seeds}, window))
    bound = bound_of(played)
    assert bound is not None
    # Both are made of many roundings: one part in 10^9 is theirs.
    assert (played.gradient_norms("h") <= bound.values * (1 + 1e-9)).all()


def test_the_bound_of_the_last_loss_is_the_published_one() -> None:
    """(γ · σ_max(W_h))^(T-t) times the norm at the last timestep."""
    played = far("rnn", growth=6.0)
    bound, norms = bound_of(played), played.gradient_norms("h")
    sigma = np.linalg.svd(played.run["W"][:, :16])[1][0]
    assert bound is not None
    np.testing.assert_allclose(bound.values, sigma ** np.arange(39, -1, -1) * norms[-1], rtol=1e-10)


@pytest.mark.parametrize(("name", "slope", "still"), [("tanh", 1.0, 0.0), ("sigmoid", 0.25, 0.5)])
def test_where_the_slope_is_steepest_the_bound_is_reached(name: str, slope: float, still: float) -> None:
    """One unit that x holds where its activation is steepest, at 0."""
    cell = parse_cell(f"h = {name}(W @ h_prev + x)")
    x = np.full((6, 1, 1), -2.0 * still)
    x[0] = 0
    ran = run(cell, {"W": np.array([[2.0]])}, x)
    played = Scene(ran, ran.backward({"h": np.eye(6)[:, None, 5:]}))
    bound = bound_of(played)
    assert bound is not None
    np.testing.assert_allclose(played.gradient_norms("h"), (2 * slope) ** np.arange(5.0, -1, -1), rtol=1e-12)
    np.testing.assert_allclose(bound.values, played.gradient_norms("h"), rtol=1e-12)


def test_no_bound_goes_through_a_wall() -> None:
    played = turned(turned(far("rnn"), "counts", 0), "window", 1)
    bound = bound_of(played)
    assert bound is not None
    assert np.array_equal(bound.values, played.gradient_norms("h"))


def test_a_bound_beyond_all_numbers() -> None:
    played = turned(turned(far("rnn"), "sigma_max", 9.0), "T", 500)
    bound = bound_of(played)
    assert bound is not None
    assert bound.values[0] == np.inf
    assert "at most +inf" in text_of(played, swept(played, 0))


@pytest.mark.parametrize("text", ["h = relu(W @ h_prev + x)", "h = W @ h_prev + x"])
def test_one_over_one_is_not_enough_to_explode(text: str) -> None:
    """W = [[.5, 2], [0, .5]] has σ_max 2.12, and yet its 20th power is of 7.6e-5 (Pascanu et al. 2013)."""
    cell = parse_cell(text)
    ran = run(cell, {"W": np.array([[0.5, 2.0], [0.0, 0.5]])}, np.ones((21, 1, 2)))
    seeds = np.zeros((21, 1, 2))
    seeds[-1] = [[1, 0]]
    played = Scene(ran, ran.backward({"h": seeds}))
    bound, norms = bound_of(played), played.gradient_norms("h")
    assert bound is not None
    assert bound.sigma == pytest.approx(2.12, abs=0.005)
    assert norms[0] == pytest.approx(7.6e-5, rel=0.02)
    assert bound.values[0] > 1e6


@pytest.mark.parametrize("name", ["lstm", "gru", "gru-torch", "stranger"])
def test_other_cells_have_no_bound(name: str) -> None:
    assert bound_of(scene(name)) is None


def test_a_state_set_by_hand_has_no_bound() -> None:
    """1 - h² is anything then."""
    assert bound_of(scene("rnn")) is not None
    assert bound_of(History((scene("rnn"),)).do(Place("h", 1, (0,)), 3.0).scene) is None
    assert bound_of(broken(math.nan)) is None


def test_the_bound_is_a_line_behind_the_curve() -> None:
    played = far("rnn", growth=6.0)
    assert "─ at most" in text_of(played, swept(played, 12))
    assert "- at most 6.7e19   (gamma sigma_max)^(T-1-t), gamma 1, sigma_max 5.122" in text_of(
        played, swept(played, 12), Look(glyphs=ASCII)
    )
    assert "at most" not in text_of(scene("lstm"), swept(scene("lstm"), 1))


# Several networks -------------------------------------------------------------------------------------------


def test_a_network_is_shown_by_its_best_road() -> None:
    assert [(route.scene.called, route.state) for route in routes(three())] == [
        ("rnn", "h"), ("lstm", "c"), ("gru", "h"),
    ]  # fmt: skip
    assert highway(scene("stranger")) == "m"


def test_an_axis_holds_what_comes_beside_later() -> None:
    """What was worked out for the network alone does not hold for several."""
    alone = scene("lstm")
    text_of(alone, swept(alone, 0))
    both = together(alone, [turned(scene("rnn"), "sigma_max", 40.0)])
    assert "rnn ‖dh₀‖" in text_of(both, swept(both, 0))


def test_numbers_are_those_of_each_network() -> None:
    played = three()
    text = text_of(played, swept(played, 12))
    for each, state in zip((played, *played.beside), "hch", strict=True):
        wanted = math.hypot(*each.grads[state][12, 0])
        shown = [k for k in text.splitlines() if f"{each.called} ‖d{state}₁₂‖" in k]
        assert float(shown[0].split("‖ ")[1].split()[0]) == pytest.approx(wanted, rel=0.05)
    assert f"mean f {played.beside[0].run['f'].mean():.3f}" in text
    assert "σ_max 1.300" in text
    assert "σ_max 0.800" in text


@pytest.mark.parametrize("make", [two, three, lambda: turned(three(), "T", 300), lambda: turned(two(), "window", 10)])
@pytest.mark.parametrize("look", LOOKS)
def test_it_fits_at_every_size(make: object, look: Look) -> None:
    played = make()  # type: ignore[operator]
    for width, height in ((60, 5), (80, 9), (80, 14), (120, 24), (200, 48)):
        for head in (swept(played, 12), swept(played, 0)):
            lines = flow(turned(played, "clip", 0.5), head, look, width, height)
            assert 0 < len(lines) <= height
            assert max(line.cell_len for line in lines) <= width
            assert look.glyphs is not ASCII or all(line.plain.isascii() for line in lines)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_runs_that_diverged_draw(value: float) -> None:
    both = together(broken(value), [as_scene(random_run("lstm", 12, 6, 1e200))])
    for knob, setting in (("T", 30), ("counts", 1), ("clip", 1), ("window", 5)):
        both = turned(both, knob, setting)
        assert text_of(both, swept(both, 0))
    assert "nan" in text_of(both, swept(both, 0))


# Clipping ---------------------------------------------------------------------------------------------------


def test_clipping_is_shown_as_before_factor_and_after() -> None:
    played = turned(truncated(), "clip", 0.5)
    norm = math.sqrt(sum(float((g**2).sum()) for g in played.grads.params.values()))
    line = f"  clip at norm 0.5   ‖g‖ {norm:.3f} → 0.5   × {0.5 / norm:.3f}"
    assert line in text_of(played, swept(played, 0)).splitlines()
    assert "‖g‖ ·   once t 0 is swept" in text_of(played, swept(played, 1))
    assert "within it: left as it is" in text_of(turned(played, "clip", 1e6), swept(played, 0))
    assert "clip" not in text_of(truncated(), swept(played, 0))


def test_what_is_no_number_cannot_be_clipped() -> None:
    played = turned(broken(math.nan), "clip", 5)
    assert "‖g‖ nan   no factor makes that a gradient again" in text_of(played, swept(played, 0))


# Pictures ---------------------------------------------------------------------------------------------------

TWO = """\
  gradient norms   log scale, ◈ both
  ● rnn ‖dh₁₂‖ 3.2e-6      σ_max 1.300    × 7.2e-6 since t 39: vanishes
  ◆ lstm ‖dc₁₂‖ 0.347      mean f 0.953   × 2.197 since t 39
  ─ rnn at most 530.171   (γ σ_max)^(T-1-t), γ 1, σ_max 1.300
     10² │            ┊      ─────────
     10⁰ │            ◆◆◆◆◆◆◆◆◆◆◆◆◆◆◆◆◆◆◆◆◆◆◆◆◈◈◈◈
    10⁻² │            ┊             ●●●●●●●●●●
    10⁻⁴ │            ┊  ●●●●●●●●●●●
    10⁻⁶ │            ●●●
    10⁻⁸ │            ┊
         └············┴──┴────┴────┴────┴────┴───┴
          0    5      12 15   20   25   30   35  39
  singular values of rnn ∂h₁₂/∂h₁₁  █▇▇▆▆▅▅▅▄▃▃▂▂▁▁▁  largest 1.246: can grow
                     lstm ∂c₁₂/∂c₁₁ ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆  largest 0.966: shrinks"""

THREE = """\
  gradient norms   log scale, 8 several
  o rnn |dh[0]| 5.8e-8      sigma_max 1.300                  x 1.3e-7 since t 39: vanishes
  * lstm |dc[0]| 0.493      mean f 0.953                     x 3.122 since t 39
  @ gru |dh[0]| 2.0e-10     mean z 0.502   sigma_max 0.800   x 6.1e-10 since t 39: vanishes
  - rnn at most 1.2e4   (gamma sigma_max)^(T-1-t), gamma 1, sigma_max 1.300
     1e2 | :                                     - - - - - - - - -
         | * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * * 8 8 8 8
    1e-2 | :                                                   o o o o o 8 8 8 8 8 @ @
         | :                             o o o o o o o 8 8 8 8 @ @ @ @ @
    1e-6 | :   o o o o o o o o o o o 8 8 @ @ @ @ @ @ @
         | o o     @ @ @ @ @ @ @ @ @
   1e-10 | @ @ @ @
         +-+---------+---------+---------+---------+---------+---------+---------+-------+
           0         5         10        15        20        25        30        35      39

  singular values of rnn d h[0]/d h'[0]  #*+++===-::.____  largest 1.287, 3 of 16 above 1: can grow
                     lstm d c[0]/d c'[0] ++++++++++++++++  largest 0.962: shrinks
                     gru d h[0]/d h'[0]  ------::::::::..  largest 0.665: shrinks
  clip at norm 5   |g| 1.446   within it: left as it is
  Each is one road: the other states at t -1 are held fixed.
  Staying below 1 is enough to vanish; above 1 is needed to explode, not enough."""


def test_two_networks() -> None:
    assert text_of(two(), swept(two(), 12), LOOKS[0], 80, 14) == TWO


def test_three_networks_in_ascii() -> None:
    played = turned(three(), "clip", 5)
    assert text_of(played, swept(played, 0), Look(glyphs=ASCII, plain=True), 100, 22) == THREE
