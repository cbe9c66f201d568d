"""The view of training: the engine's own numbers, once the playhead has got there, and the losses so far."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.engine.learning import Learning
from rnntutor.engine.optim import OPTIMISERS, global_norm
from rnntutor.play.cursor import Cursor, track_of
from rnntutor.play.history import History
from rnntutor.play.learning import learned
from rnntutor.show.change import Place
from rnntutor.show.look import ASCII, LIGHT, Look
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot, entry
from rnntutor.show.training import forward_done, training
from rnntutor.show.upcoming import descent, upcoming
from tests.show.scenes import learner, scene, silent

LOOKS = (Look(), Look(LIGHT), Look(glyphs=ASCII), Look(plain=True), Look(glyphs=ASCII, plain=True))
SETTINGS = {
    "adam": Learning("adam", 0.02), "sgd": Learning("sgd", 0.5, 0.0), "adagrad": Learning("adagrad", 0.1, 0.05),
    "wild": Learning("sgd", 1e308, 0.0),
}  # fmt: skip


@lru_cache(maxsize=64)
def trained(settings: str = "adam", iterations: int = 0, name: str = "lstm") -> Scene:
    """A small cell after some iterations."""
    start = learner(name, learning=SETTINGS[settings])
    return learned(start, iterations) if iterations else start


def at(played: Scene, where: str) -> Cursor:
    """The playhead at the beginning or the end of a pass."""
    track, head = track_of(played), Cursor(unit=0)
    if where in ("backward", "done"):
        head = track.turn(track.end(head))
    return track.end(head) if where in ("end", "done") else head


def drawn(
    played: Scene, where: str, width: int = 100, height: int = 20, look: Look | None = None, spot: Spot | None = None
) -> list[str]:
    """The lines as plain text."""
    lines = training(played, at(played, where), spot or Spot(), look or Look(), width, height)
    return [line.plain.rstrip() for line in lines]


# Golden.


def test_before_anything_is_walked_all_is_dots() -> None:
    assert drawn(trained(), "home") == [
        "   iteration 1   adam, rate 0.02, clip 5",
        "   ▶  forward   9 lines at t 0 to t 3       ·",
        "      loss      Σ loss / 4                  ·",
        "      backward  ‖g‖ of 452 numbers g        ·",
        "      clip      g · 5 / ‖g‖ where ‖g‖ > 5   ·",
        "      update    w - rate · m / (√v + ε)     ·",
        "                                            ·",
    ]


def test_the_end_of_the_forward_pass_makes_the_loss() -> None:
    assert drawn(trained(), "end", height=16) == [
        "   iteration 1   adam, rate 0.02, clip 5",
        "      forward   9 lines at t 0 to t 3       228 numbers",
        "   ▶  loss      Σ loss / 4                  5.553 / 4 = 1.388  per symbol",
        "      backward  ‖g‖ of 452 numbers g        ·",
        "      clip      g · 5 / ‖g‖ where ‖g‖ > 5   ·",
        "      update    w - rate · m / (√v + ε)     ·",
        "                                            ·",
        "",
        "   loss per symbol   after so many iterations   ── ln 4 = 1.386, that of a guess",
        "     1.5 │          ┊",
        "         │          ┊",
        "     1.4 │──────────●─────────",
        "         │          ┊",
        "     1.3 │          ┊",
        "         └──────────┴─────────",
        "                    0",
    ]


def test_the_end_of_the_backward_pass_makes_the_update() -> None:
    assert drawn(trained("adagrad", 3), "done", 80, 18, Look(glyphs=ASCII, plain=True)) == [
        " iteration 4   iterations 1 to 3: loss 1.388 -> 0.947",
        "   forward   9 lines at t 0 to t 3             228 numbers",
        "   loss      sum loss / 4                      3.788 / 4 = 0.947  per symbol",
        "   backward  |g| of 452 numbers g              0.282",
        "   clip      g * 0.05 / |g| where |g| > 0.05   g * 0.177",
        " ^ update    w - rate * g / sqrt (s + eps)     every weight w",
        "   b_y[1]   -0.22194 - 0.1 * +0.021 / sqrt (0.00342 + 1.0e-8) = -0.25834",
        "",
        " loss per symbol   after so many iterations   -- ln 4 = 1.386, that of a guess",
        "     1.4 |--------o--------------------------------------------------:--------",
        "         |                         o                                 :",
        "     1.2 |                                                           :",
        "         |                                          o                :",
        "     1.0 |                                                           :",
        "         |                                                           o",
        "     0.8 |                                                           :",
        "         +--------+----------------+----------------+----------------+--------",
        "                  0                1                2                3",
    ]


def test_a_narrow_screen_shows_what_comes_out() -> None:
    assert drawn(trained("sgd"), "done", 60, 8) == [
        " iteration 1   sgd, rate 0.5",
        "   forward   9 lines at t 0 to t 3   228 numbers",
        "   loss      Σ loss / 4              5.553 / 4 = 1.388",
        "   backward  ‖g‖ of 452 numbers g    0.384",
        "   clip      no limit                nothing to clip",
        " ▲ update    w - rate · g            every weight w",
        "             b_y[1]   0 - 0.5 · +0.257 = -0.12831",
    ]


# What is said.


@pytest.mark.parametrize("settings", ["adam", "sgd", "adagrad"])
@pytest.mark.parametrize("iterations", [0, 3])
def test_the_numbers_are_those_of_the_engine(settings: str, iterations: int) -> None:
    played = trained(settings, iterations)
    text = "\n".join(drawn(played, "done", 160, 40))
    mean = {name: played.grads[name] / played.steps for name in played.run.params}
    total = float(played.run["loss"].sum())
    assert f"{total:.3f} / 4 = {total / 4:.3f}" in text
    norm = global_norm(mean)
    limit = SETTINGS[settings].limit
    assert re.search(rf"backward .*numbers g +{norm:.3f}\n", text)
    assert (f"g · {limit / norm:.3f}" in text) == (norm > limit)
    assert ("nothing to clip" in text) == (norm <= limit)
    name, where = steepest(mean)
    old, new = (float(k.run.params[name][where]) for k in (played, learned(played)))
    called = f"{name}[{','.join(map(str, where))}]"
    assert re.search(rf"{re.escape(called)} +{re.escape(figure(old))} - .* = {re.escape(figure(new))}\n", text)


def steepest(mean: dict[str, np.ndarray]) -> tuple[str, tuple[int, ...]]:
    """The number with the largest gradient."""
    name = max(mean, key=lambda k: np.abs(mean[k]).max())
    where = np.unravel_index(int(np.abs(mean[name]).argmax()), mean[name].shape)
    return name, tuple(int(k) for k in where)


def figure(value: float) -> str:
    """As an update is written where it is neither tiny nor huge; a bias starts at zero."""
    assert value == 0 or 0.0095 <= abs(value) < 1000
    return f"{value:+.5f}" if value else "0"


@pytest.mark.parametrize("settings", ["adam", "sgd", "adagrad"])
@given(st.sampled_from(("W_f", "b_y", "W_y")), st.integers(0, 3), st.integers(0, 7), st.integers(0, 3))
def test_an_update_comes_out_as_it_is_written(settings: str, param: str, row: int, column: int, made: int) -> None:
    """The numbers on the screen, put into the formula on the screen, give the result on the screen.

    A small gradient is written with two figures, so that it may be off by 5 %, and the square beside it by 2.5 % in
    its root; what is old and new, by half a unit of the fifth decimal each.
    """
    played = trained(settings, made)
    spot = Spot(param, row, column)
    line = drawn(played, "done", 200, 40, Look(glyphs=ASCII), spot)[6]
    old, rate, up, *below, result = map(float, re.findall(r"[+-]?(?:\d[\d.]*(?:e-?\d+)?)", line.split("]", 1)[1]))
    assert rate == SETTINGS[settings].rate
    size = 1.0
    if settings != "sgd":
        square, tiny = below
        size = math.sqrt(square) + tiny if settings == "adam" else math.sqrt(square + tiny)
    moved = result - float(played.run.params[param][entry(played, spot)])
    assert old - rate * up / size == pytest.approx(result, abs=0.075 * abs(moved) + 1e-5)


@pytest.mark.parametrize("where", ["home", "end", "backward", "done"])
def test_stages_are_known_where_the_playhead_has_got(where: str) -> None:
    lines = drawn(trained(iterations=2), where)
    known = [not line.endswith("·") for line in lines[1:7]]
    there, back = where != "home", where == "done"
    assert known == [there, there, back, back, back, back]
    [pointed] = [k for k, line in enumerate(lines[1:7]) if line.strip()[0] in "▶▲"]
    assert pointed == {"home": 0, "end": 1, "backward": 2, "done": 4}[where]


@given(st.integers(0, 3), st.integers(0, 8))
def test_the_forward_pass_is_done_at_its_end_only(t: int, line: int) -> None:
    played = trained()
    assert len(played.forward) == 9
    assert forward_done(played, Cursor("forward", t, line)) == ((t, line) == (3, 8))


def test_what_the_last_iteration_did_stands_above() -> None:
    played = trained(iterations=7)
    said = drawn(played, "home")[0]
    assert said.startswith("   iteration 8   adam, rate 0.02, clip 5   iterations 1 to 7: loss 1.388 → 1.184")
    assert "loss 1.388" in drawn(played, "home", 60)[0]  # it matters more than the settings
    assert "rate" not in drawn(played, "home", 60)[0]
    edited = History((played,)).do(Place("f", 1, (0,)), 0.0).scene
    assert "1.388" not in drawn(edited, "home")[0]


# The curve.


def marks(lines: list[str]) -> int:
    """How many points there are."""
    return "".join(lines).count("●")


def test_a_point_for_every_iteration_and_one_for_now() -> None:
    assert marks(drawn(trained(iterations=5), "home")) == 6
    assert marks(drawn(trained(), "home")) == 0
    assert marks(drawn(trained(), "end", height=24)) == 1


def test_the_loss_of_guessing_is_a_line_where_it_is_in_range() -> None:
    low, high = drawn(learned(trained(iterations=5), 300), "home"), drawn(trained("sgd", 1), "home")
    assert "ln 4 = 1.386, that of a guess" in high[8]
    assert any(line.count("─") > 10 for line in high[9:-2])
    edited = History((learned(trained(iterations=5), 100),)).scene
    assert edited.learning is not None
    late = replace(edited, learning=replace(edited.learning, losses=edited.learning.losses[-20:]), notes={})
    assert "guess" not in "".join(drawn(late, "home"))
    assert "per column" in "".join(low)


def test_many_iterations_share_columns() -> None:
    played = trained(iterations=2)
    assert played.learning is not None
    long = replace(played, learning=replace(played.learning, losses=tuple(np.linspace(3, 1, 5000))), notes={})
    lines = drawn(long, "home", 80)
    assert "largest of 73 per column" in "".join(lines)
    assert max(map(len, lines)) <= 80


# What does not learn.


def test_what_does_not_learn_says_so() -> None:
    assert drawn(scene(), "home") == [" This lesson's model is not trained here."]
    mute = replace(silent(), learning=Learning(), notes={})
    assert drawn(mute, "home") == [" There is no loss here, so there is nothing to learn."]


def test_what_diverged_is_drawn() -> None:
    played = trained("wild", 2, "rnn")
    text = "\n".join(drawn(played, "done"))
    assert "nan / 4 = nan" in text
    assert "the loss is nan at iteration 3; a smaller rate or clip may help" in text
    with pytest.raises(ValueError, match="the loss is nan"):
        upcoming(played)
    assert math.isnan(descent(played).loss)


@given(
    st.sampled_from(sorted(SETTINGS)), st.integers(0, 2), st.sampled_from(("lstm", "rnn", "stranger")),
    st.sampled_from(("home", "end", "backward", "done")), st.integers(20, 220), st.integers(0, 50),
    st.sampled_from(LOOKS), st.sampled_from(("", "W_i", "W")),
)  # fmt: skip
def test_nothing_is_wider_or_higher_than_asked(
    settings: str, made: int, name: str, where: str, width: int, height: int, look: Look, param: str
) -> None:
    played, head = trained(settings, made, name), at(trained(name=name), where)
    lines = training(played, head, Spot(param, 99, 99), look, width, height)
    assert len(lines) <= height
    assert all(line.cell_len <= width for line in lines)
    assert look.glyphs is not ASCII or all(line.plain.isascii() for line in lines)


def test_every_optimiser_is_written() -> None:
    assert set(OPTIMISERS) <= set(SETTINGS)
    formulas = {name: drawn(trained(name), "home")[5].split("update")[1].strip(" ·") for name in OPTIMISERS}
    assert formulas == {
        "sgd": "w - rate · g", "adagrad": "w - rate · g / √(s + ε)", "adam": "w - rate · m / (√v + ε)",
    }  # fmt: skip
