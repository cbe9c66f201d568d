"""Editing as somebody does it, without a terminal."""

from __future__ import annotations

import pytest
from textual.widgets import Input, Static

from rnntutor.app.screens.edits import EditsScreen
from rnntutor.app.screens.player import PlayerScreen
from rnntutor.app.widgets.panel import Panel
from rnntutor.app.widgets.prompt import Prompt
from rnntutor.app.widgets.score import ScorePanel
from rnntutor.play.cursor import Cursor
from rnntutor.show import score
from rnntutor.show.look import Look
from tests.app.episodes import player, player_app
from tests.app.test_player import press, text_of

SIZES = [(60, 18), (80, 24), (120, 38)]
TO_F2 = ("right_square_bracket", "right_square_bracket", "right", "down", "down", "down")


@pytest.mark.parametrize("size", SIZES)
async def test_what_if_the_forget_gate_were_zero(size: tuple[int, int]) -> None:
    """Two keys and a number, and every panel shows it."""
    app = player_app()
    async with app.run_test(size=size) as pilot:
        await press(pilot, *TO_F2)
        original = player(app).scene
        await press(pilot, "e", "0", "enter")
        assert player(app).scene is not original
        assert player(app).history.scene.run["f"][2, 0, 3] == 0
        assert all(panel.scene is player(app).scene for panel in app.screen.query(Panel))
        shown = text_of(app)
        assert "1 edit" in shown
        assert "set by hand" in shown
        assert "was 0.554" in shown
        assert "f₂[3]: +0.554 → 0" in shown
        await press(pilot, "u")
        assert player(app).scene is original


@pytest.mark.parametrize("size", SIZES)
async def test_what_if_the_whole_forget_gate_were_zero(size: tuple[int, int]) -> None:
    app = player_app()
    async with app.run_test(size=size) as pilot:
        await press(pilot, *TO_F2)
        original = player(app).scene
        await press(pilot, "e")
        player(app).query_one(Input).value = "f[2] = 0"
        await press(pilot, "enter")
        assert not player(app).present.run["f"][2, 0].any()
        assert player(app).present.run["f"][1, 0].all()
        shown = text_of(app)
        assert "1 edit" in shown
        assert "f₂[:] → 0" in shown
        assert "set by hand: every unit" in shown or size[0] < 120
        await press(pilot, "down", "plus", "u", "u")
        assert player(app).scene is original


async def test_the_line_says_what_is_selected_and_escape_leaves_it() -> None:
    app = player_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, *TO_F2, "e")
        line = player(app).query_one(Prompt)
        assert line.is_open
        assert str(line.query_one("Label", Static).render()) == "f₂[3] = +0.554 → "
        assert line.region.height == 1
        assert line.region.bottom == 23
        await press(pilot, "5", "escape")
        assert not line.is_open
        assert isinstance(app.screen, PlayerScreen)
        assert not player(app).history.scene.changes
        await press(pilot, "e")
        assert line.query_one(Input).value == ""
        await press(pilot, "escape", "right")
        assert player(app).cursor.line == 2


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("abc", "a number is wanted"),
        ("", "a number is wanted"),
        ("p[0]=1", "the loss is computed from what goes into p"),
        ("f[9,0]=1", "^ there is no such timestep"),
        ("t[1]=1", "t is the timestep"),
        ("q=1", "^ unknown name 'q'"),
        ("[/b]=1", "^ this is not complete"),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_is_lost(
    size: tuple[int, int], typed: str, said: str
) -> None:
    app = player_app()
    async with app.run_test(size=size) as pilot:
        await press(pilot, *TO_F2, "e", "minus", "1", "enter", "e")
        before = player(app).history
        line = player(app).query_one(Prompt)
        line.query_one(Input).value = typed
        await press(pilot, "enter")
        assert said in text_of(app)
        assert line.is_open
        assert line.query_one(Input).value == typed
        assert player(app).history == before


async def test_weights_and_inputs_are_typed_by_name() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        for typed in ("W_f[3,5] = 0", "x[1,0] = 0.5", "h_prev[0,2] = -1"):
            await press(pilot, "e")
            player(app).query_one(Input).value = typed
            await press(pilot, "enter")
        run = player(app).history.scene.run
        assert run["W_f"][3, 5] == 0
        assert run["x"][1, 0, 0] == 0.5
        assert run["h_prev"][0, 0, 2] == -1
        assert "3 edits" in text_of(app)
        await press(pilot, "E")
        assert isinstance(app.screen, EditsScreen)
        page = str(app.screen.query_one("#edits > Static", Static).render())
        assert all(k in page for k in ("W_f[3,5]", "x₁[0]", "h₋₁[2]", "together"))
        await press(pilot, "escape", "u", "u")
        assert "1 edit " in text_of(app)


async def test_a_little_more_and_less() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, *TO_F2)
        start = float(player(app).history.scene.run["f"][2, 0, 3])
        await press(pilot, "plus", "equals_sign", "minus", "plus")
        scene = player(app).history.scene
        assert scene.run["f"][2, 0, 3] == pytest.approx(start + 0.2)
        assert len(scene.changes) == 1
        await press(pilot, "down", "minus")
        assert len(player(app).history.scene.changes) == 2
        await press(pilot, "u", "u")
        assert not player(app).history.scene.changes


async def test_back_to_the_original() -> None:
    app = player_app()
    async with app.run_test(size=(80, 24)) as pilot:
        original = player(app).scene
        await press(pilot, "plus", "right", "plus", "0")
        assert player(app).scene is original
        assert "edit " not in text_of(app).splitlines()[0]
        await press(pilot, "u")
        assert "2 edits" in text_of(app)
        await press(pilot, "0", "0")
        assert "Nothing is edited." in text_of(app)
        await press(pilot, "right")
        assert "Nothing is edited." not in text_of(app)


@pytest.mark.parametrize("key", ["e", "plus", "minus"])
async def test_gradients_cannot_be_set(key: str) -> None:
    app = player_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "b", key)
        said = "Name what to set: c[3,0] = 0, c[3] = 0 for all units, W_i[0,1] = 0. Gradients"
        assert (said if key == "e" else "Gradients follow from values and cannot be set") in text_of(app)
        assert player(app).query_one(Prompt).is_open == (key == "e")  # there another number can be named
        assert not player(app).history.scene.changes


async def test_from_anywhere_another_number_can_be_named() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "b", "e", "5", "enter")
        assert "cannot be set" in text_of(app)
        assert not player(app).present.changes
        await press(pilot, "ctrl+u", *"f", "left_square_bracket", "2", "comma", "3", "right_square_bracket")
        await press(pilot, "equals_sign", "0", "enter")
        assert player(app).present.run["f"][2, 0, 3] == 0
        assert player(app).cursor.direction == "backward"


async def test_what_the_engine_refuses_by_small_steps_is_said_too() -> None:
    app = player_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, *["right"] * 7, "plus")
        assert "p cannot be set: the loss follows from what goes into it." in text_of(app)


async def test_while_a_number_is_typed_keys_are_text_and_the_mouse_selects() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, *TO_F2, "e", "u", "b", "q", "question_mark", "up", "down", "tab", "pageup")
        line = player(app).query_one(Prompt)
        assert line.query_one(Input).value == "ubq?"
        assert player(app).cursor == Cursor("forward", 2, 1, 3)
        assert line.is_open
        assert app.focused is line.query_one(Input)
        sheet = score.lay_out(
            player(app).history.scene, player(app).cursor, Look(), *player(app).query_one(ScorePanel).size
        )
        y = sheet.titled + next(k for k, row in enumerate(sheet.rows) if row.stop == 0)
        await pilot.click(ScorePanel, offset=(sheet.grid.strip_at + 5 * sheet.grid.box_width, y))
        await pilot.pause()
        assert line.is_open
        assert player(app).cursor == Cursor("forward", 2, 0, 5)
        assert str(line.query_one("Label", Static).render()).startswith("i₂[5] = ")


async def test_a_terminal_that_becomes_too_small_closes_the_line() -> None:
    app = player_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "e", "1")
        await pilot.resize_terminal(50, 10)
        await pilot.pause()
        assert not player(app).query_one(Prompt).display
        await pilot.resize_terminal(80, 24)
        await press(pilot, "right")
        assert player(app).cursor.line == 1
        await press(pilot, "e", "1")
        await pilot.resize_terminal(50, 10)
        await press(pilot, "q")
    assert app.return_code == 0


@pytest.mark.parametrize("name", ["NO_COLOR", ""])
async def test_without_colour_and_in_ascii(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if name:
        monkeypatch.setenv(name, "1")
    app = player_app(ascii=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(
            pilot, *TO_F2, "e", "0", "enter", "right", "right", "right", "plus", "b", "end", "E", "escape"
        )
        assert text_of(app).isascii()
