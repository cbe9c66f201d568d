"""Going to places and conditions, and watching expressions."""

from __future__ import annotations

import numpy as np
import pytest
from textual.widgets import Input

from rnntutor.app.widgets.footer import FooterLine
from rnntutor.engine.cell import init_params, parse_cell
from rnntutor.engine.run import run
from rnntutor.play.cursor import Cursor
from rnntutor.play.places import place_of
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot
from tests.app.episodes import long_episode, player, player_app
from tests.app.test_player import press, text_of

SIZES = [(60, 18), (80, 24), (120, 38)]
KEYS = {" ": "space", "[": "left_square_bracket", "]": "right_square_bracket", "=": "equals_sign", ",": "comma",
        ">": "greater_than_sign", "<": "less_than_sign", "(": "left_parenthesis", ")": "right_parenthesis",
        "'": "apostrophe", "_": "underscore", "+": "plus", ":": "colon",
        '"': "quotation_mark", ".": "full_stop", "-": "minus"}  # fmt: skip


def typed(text: str) -> list[str]:
    """The keys of a text."""
    return [KEYS.get(letter, letter) for letter in text]


@pytest.mark.parametrize(
    ("text", "direction", "t", "line", "unit"),
    [
        ("t=2", "forward", 2, "f", 3),
        ("1", "forward", 1, "f", 3),
        ("c[2,5]", "forward", 2, "c", 5),
        ("dc[1,2]", "backward", 1, "dc", 2),
        ("backward t=1 line=dh", "backward", 1, "dh", 3),
        ("line=p unit=1", "forward", 0, "p", 1),
        ("t = 2", "forward", 2, "f", 3),
        ("t=-1", "forward", 3, "f", 3),
        ("line = c unit = 2", "forward", 0, "c", 2),
        ("c", "forward", 0, "c", 3),
        ("dh", "backward", 0, "dh", 3),
        ("loss[t]", "forward", 0, "loss", 0),
        ("c[-1,5]", "forward", 3, "c", 5),
        ('p[2,"l"]', "forward", 2, "p", 2),
        ("h_prev[2,1]", "forward", 1, "h", 1),
        ("h'[2,1]", "forward", 1, "h", 1),
        ("h [ t + 2 ]", "forward", 2, "h", 3),
        ("c[2,:]", "forward", 2, "c", 3),
    ],
)
async def test_to_a_place(text: str, direction: str, t: int, line: str, unit: int) -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "right", "down", "down", "down", "g", *typed(text), "enter")
        assert player(app).view.name == "score"
        at, scene = player(app).cursor, player(app).present
        assert (at.direction, at.t, scene.stop(at).line.name, scene.unit(at)) == (direction, t, line, unit)
        assert not player(app).typing


@pytest.mark.parametrize(
    ("text", "spot"),
    [
        ("W_f[3,5]", Spot("W_f", 3, 5)),
        ("dW_f[3,5]", Spot("W_f", 3, 5, gradient=True)),
        ("W_f", Spot("W_f")),
        ("W_f[2]", Spot("W_f", 2)),
        ("b_f[3]", Spot("b_f", 0, 3)),
        ("db_f[3]", Spot("b_f", 0, 3, gradient=True)),
    ],
)
async def test_to_a_weight(text: str, spot: Spot) -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "right", "g", *typed(text), "enter")
        before = player(app).cursor
        assert player(app).view.looked_at == spot
        assert player(app).panels == ("tape", "weights", "why")
        assert f"{spot.param}[{spot.row},{spot.column}] = " in text_of(app) or spot.gradient or spot.param == "b_f"
        assert player(app).cursor == before
        await press(pilot, "backspace")
        assert player(app).view.name == "score"


def test_a_gradient_without_a_line_of_its_own_is_no_place() -> None:
    """Nothing that counts reads `spare`, so its gradient is zero and no line of the backward pass makes it."""
    cell = parse_cell("h = tanh(W @ [h_prev, x])\nspare = 2 * h")
    ran = run(cell, init_params(cell, 2, 2), np.ones((3, 1, 2)))
    played = Scene(ran, ran.backward({"h": np.ones((3, 1, 2))}))
    assert place_of(played, "spare[1]", Cursor()) == Cursor(t=1, line=1)
    with pytest.raises(ValueError, match="dspare has no line of its own; it can be watched"):
        place_of(played, "dspare[1]", Cursor())


async def test_to_an_input_and_to_the_start_which_no_line_makes() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "g", *typed('x[2,"l"]'), "enter")
        assert player(app).cursor.t == 2
        assert "x₂[“l”]  =  +1.000   given" in text_of(app)
        await press(pilot, "g", *typed("h_prev[0,4]"), "enter")
        assert player(app).cursor.t == 0
        assert "h₋₁[4]  =  0   the start" in text_of(app)


async def test_where_a_condition_holds_on_the_other_side_is_said() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "g", *typed("t=-1"), "enter", "g", *typed("t == 1"), "enter")
        assert player(app).cursor.t == 3
        assert "t == 1 holds nowhere after t 3; before it at t 1" in text_of(app).splitlines()[-1]
        await press(pilot, "comma", "comma")
        assert player(app).cursor.t == 1
        assert text_of(app).splitlines()[-1].strip() == "t == 1 holds nowhere before t 1"
        await press(pilot, "left_square_bracket", "comma")
        assert "t == 1 holds nowhere before t 0; after it at t 1" in text_of(app).splitlines()[-1]


async def test_to_where_a_condition_holds_and_on_and_back() -> None:
    app = player_app(long_episode())
    async with app.run_test(size=(120, 38)) as pilot:
        scene = player(app).present
        holds = [t for t in range(scene.steps) if scene.reads[t] == "o"]
        await press(pilot, "g", *typed('x[t] == "o"'), "enter")
        assert player(app).cursor.t == holds[0]
        await press(pilot, "full_stop")
        assert player(app).cursor.t == holds[1]
        assert f"t {holds[1]}" in text_of(app).splitlines()[-1]
        await press(pilot, "comma")
        assert player(app).cursor.t == holds[0]
        await press(pilot, "comma")
        assert player(app).cursor.t == holds[0]
        assert "holds nowhere before" in text_of(app).splitlines()[-1]


async def test_a_number_of_the_run_is_a_condition_too() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        loss = player(app).present.run["loss"][:, 0]
        bound = float(np.median(loss))
        await press(pilot, "g", *typed(f"loss[t] > {bound:.6f}"), "enter")
        assert player(app).cursor.t == next(t for t in range(1, 4) if loss[t] > bound)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("q > 1", "q"),
        ("c[t] >", "^"),
        ("c[2,99]", "there is no such unit"),
        ("c[9,0]", "there is no such timestep"),
        ("c[t-1,0]", "c has timesteps 0 to 3, not -1"),
        ("t=-5", "out of range"),
        ("t", "a condition compares"),
        ("dp[1,2]", "no gradient of 'p'"),
        ("t=99", "out of range"),
        ("norm(f[t])", "a condition compares"),
        ("__import__", "^"),
        ("[/b]", "^"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_typed_stays(size: tuple[int, int], text: str, said: str) -> None:
    app = player_app()
    async with app.run_test(size=size) as pilot:
        before = player(app).cursor
        await press(pilot, "g", *typed(text), "enter")
        assert player(app).typing
        assert player(app).query_one(Input).value == text
        assert said in player(app).query_one(FooterLine).notice
        assert player(app).cursor == before
        await press(pilot, "escape", "right")
        assert player(app).cursor.line == before.line + 1


@pytest.mark.parametrize(("key", "text"), [("g", "loss[t] > qq"), ("g", "  loss[t] > qq"), ("e", " qq[2] = 0")])
async def test_the_caret_stands_under_the_place(key: str, text: str) -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, key, *typed(text), *["enter"] * (key == "e"))
        caret = text_of(app).splitlines()[-1].index("^")
        assert caret == player(app).prompt.label_width + text.index("qq")


@pytest.mark.parametrize("size", SIZES)
async def test_a_watched_expression_is_a_row_of_the_tape(size: tuple[int, int]) -> None:
    app = player_app()
    async with app.run_test(size=size) as pilot:
        await press(pilot, "right_square_bracket", *["right"] * 4, "down", "w")
        assert player(app).query_one(Input).value == "c[t,1]"
        await press(pilot, "enter")
        assert player(app).view.watches == ("c[t,1]",)
        row = next(line for line in text_of(app).splitlines() if "c[t,1]" in line)
        for t in range(2):
            assert f"{player(app).present.run['c'][t, 0, 1]:+.3f}" in row
        assert row.count("·") == (2 if size[0] > 60 else 0)
        await press(pilot, "w", "enter")  # the same again takes it away
        assert player(app).view.watches == ()


async def test_vectors_norms_and_conditions_can_be_watched_and_taken_away() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "end", "b", "end")
        for text in ("f[t]", "norm(dh[t])", "h[t,0] < c[t,0]"):
            await press(pilot, "w", "ctrl+u", *typed(text), "enter")
        assert len(player(app).view.watches) == 3
        shown = text_of(app)
        norm = np.linalg.norm(player(app).present.grads["h"][0, 0])
        assert any("norm(dh[t])" in line and f"{norm:+.3f}"[:5] in line for line in shown.splitlines())
        await press(pilot, "W", "W", "W", "W")
        assert player(app).view.watches == ()


async def test_a_wrong_expression_leaves_the_last_good_one() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "w", "enter", "w", "ctrl+u", *typed("norm(q)"), "enter")
        assert player(app).view.watches == ("i[t,0]",)
        assert "q" in player(app).query_one(FooterLine).notice
        assert player(app).typing


async def test_watches_show_old_and_new_after_an_edit() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "end", "w", "ctrl+u", *typed("c[t,3]"), "enter")
        old = player(app).present.run["c"][2, 0, 3]
        await press(pilot, "g", *typed("f[2,3]"), "enter", "e", "0", "enter", "end")
        new = player(app).present.run["c"][2, 0, 3]
        row = next(line for line in text_of(app).splitlines() if "c[t,3]" in line)
        assert f"{old:+.3f}" in row
        assert f"{new:+.3f}" in row
