"""Going to places and conditions, and watching expressions."""

from __future__ import annotations

import numpy as np
import pytest
from textual.widgets import Input

from rnntutor.app.widgets.footer import FooterLine
from tests.app.episodes import long_episode, player, player_app
from tests.app.test_player import press, text_of

SIZES = [(60, 18), (80, 24), (120, 38)]
KEYS = {" ": "space", "[": "left_square_bracket", "]": "right_square_bracket", "=": "equals_sign", ",": "comma",
        ">": "greater_than_sign", "<": "less_than_sign", "(": "left_parenthesis", ")": "right_parenthesis",
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
    ],
)
async def test_to_a_place(text: str, direction: str, t: int, line: str, unit: int) -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "right", "down", "down", "down", "g", *typed(text), "enter")
        at, scene = player(app).cursor, player(app).present
        assert (at.direction, at.t, scene.stop(at).line.name, scene.unit(at)) == (direction, t, line, unit)
        assert not player(app).typing


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
        ("c[2,99]", "out of range"),
        ("t=99", "out of range"),
        ("loss[t]", "a condition compares"),
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


async def test_the_caret_stands_under_the_place() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "g", *typed("loss[t] > qq"))
        caret = text_of(app).splitlines()[-1].index("^")
        assert caret == player(app).prompt.label_width + "loss[t] > qq".index("qq")


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
