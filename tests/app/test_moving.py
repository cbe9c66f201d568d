"""Into lines, along operands and back, by itself, and by the mouse."""

from __future__ import annotations

import pytest

from rnntutor.app.cursor import Cursor
from rnntutor.app.screens.moving import SPEEDS
from rnntutor.app.widgets.footer import FooterLine
from rnntutor.app.widgets.score import ScorePanel
from rnntutor.app.widgets.tape import TapePanel
from rnntutor.app.widgets.why import WhyPanel
from rnntutor.show import score, tape
from rnntutor.show.look import Look
from rnntutor.show.why import explain
from tests.app.episodes import long_episode, player, player_app
from tests.app.test_player import press, text_of

SIZES = [(60, 18), (80, 24), (120, 38), (200, 60)]
TO_C2 = ("right_square_bracket", "right_square_bracket", *["right"] * 4, *["down"] * 3)


@pytest.mark.parametrize("size", SIZES)
async def test_a_line_opens_into_its_operations_and_closes(size: tuple[int, int]) -> None:
    app = player_app()
    async with app.run_test(size=size) as pilot:
        await press(pilot, *TO_C2)
        closed = player(app).cursor
        await press(pilot, "enter")
        assert player(app).cursor.op == 2
        assert "f ⊙ c′ + i ⊙ g" in text_of(app)
        await press(pilot, "left")
        assert player(app).cursor.op == 1
        assert "inside c₂[3]" in text_of(app)
        assert "2 of 3" in text_of(app)
        await press(pilot, "right", "right")
        assert (player(app).cursor.line, player(app).cursor.op) == (closed.line + 1, 0)
        await press(pilot, "left", "backspace")
        assert player(app).cursor == closed


async def test_inside_a_line_what_comes_later_is_a_dot() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, *TO_C2, "enter", "left", "left")
        shown = text_of(app).splitlines()
        first, second, line = (next(k for k in shown if words in k) for words in ("f ⊙ c′  ", "i ⊙ g  ", "c      = f"))
        assert "·  ·  ·" not in first
        assert "·  ·  ·" in second
        assert "·  ·  ·" in line


@pytest.mark.parametrize("size", SIZES)
async def test_enter_follows_operands_and_backspace_returns(size: tuple[int, int]) -> None:
    app = player_app()
    async with app.run_test(size=size) as pilot:
        await press(pilot, *TO_C2, "tab", "tab")
        marked = player(app).cursor
        assert marked.mark == 1
        assert "→ c₁[3]" in text_of(app)
        await press(pilot, "enter")
        there = player(app).cursor
        assert (there.t, there.line, there.unit) == (1, 4, 3)
        await press(pilot, "tab", "enter")
        assert player(app).cursor.line == 1
        assert len(player(app).cursor.trail) == 2
        if size != (60, 18):
            assert "c₂[3] › c₁[3] › f₁[3]" in text_of(app)
        await press(pilot, "backspace", "backspace")
        assert player(app).cursor == marked
        await press(pilot, "shift+tab", "shift+tab")
        assert player(app).cursor.mark == 3


async def test_a_weight_and_the_start_can_be_looked_at_and_set() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "j", "tab", "enter")
        assert "b_i[1]" in text_of(app)
        assert "belongs to unit 1 of i" in text_of(app)
        await press(pilot, "e", "2", "enter")
        assert player(app).present.run.params["b_i"][1] == 2
        assert "1 edit" in text_of(app)
        await press(pilot, "backspace", "right", "right", "right", "right", "tab", "tab", "enter")
        assert "the start: no timestep came before" in text_of(app)
        await press(pilot, "right")
        assert player(app).cursor.aside is None


async def test_the_footer_says_what_works_now() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "right")
        footer = text_of(app).splitlines()[-1]
        assert "Enter open" in footer
        assert "back " not in footer
        assert "undo" not in footer
        await press(pilot, "enter")
        footer = text_of(app).splitlines()[-1]
        assert "Enter → b_f[0]" in footer
        assert "back" in footer
        await press(pilot, "e")


async def test_it_plays_by_itself_until_the_end() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        for _ in SPEEDS:
            await press(pilot, "greater_than_sign")
        assert player(app).speed == SPEEDS[-1]
        await press(pilot, "end", "left", "left", "space")
        assert player(app).walking
        assert "playing" in player(app).query_one(FooterLine).notice
        await pilot.pause(0.4)
        assert player(app).walking is None
        assert player(app).query_one(FooterLine).notice == "the end of the pass"
        end = player(app).cursor
        assert end == player(app).track.end(end)


async def test_any_step_stops_the_playing() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "space", "right")
        assert player(app).walking is None
        assert player(app).cursor.line == 1
        await press(pilot, "space", "space")
        assert player(app).walking is None


async def test_a_click_on_an_operand_goes_there() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, *TO_C2)
        panel = player(app).query_one(WhyPanel)
        picture = explain(player(app).present, player(app).cursor, Look(), *panel.size)
        row, start, _, _ = next(spot for spot in picture.spots if spot[3] == 1)
        await pilot.click(WhyPanel, offset=(start, row))
        await pilot.pause()
        assert (player(app).cursor.t, player(app).cursor.line) == (1, 4)


async def test_a_click_on_what_is_given_goes_to_where_it_was_made() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, *TO_C2)
        panel = player(app).query_one(ScorePanel)
        sheet = score.lay_out(player(app).present, player(app).cursor, Look(), *panel.size)
        y = sheet.titled + next(k for k, row in enumerate(sheet.rows) if row.name == "h′")
        await pilot.click(ScorePanel, offset=(sheet.grid.strip_at + 4 * sheet.grid.box_width, y))
        await pilot.pause()
        assert player(app).cursor.t == 1
        assert player(app).cursor.unit == 4
        await press(pilot, "backspace")
        assert player(app).cursor == Cursor("forward", 2, 4, 3)


async def test_the_bar_under_the_tape_is_dragged() -> None:
    app = player_app(long_episode())
    async with app.run_test(size=(120, 38)) as pilot:
        panel = player(app).query_one(TapePanel)
        assert tape.scrolls(player(app).present, player(app).cursor, 120, compact=False)
        y = panel.size.height - 1
        await pilot.mouse_down(TapePanel, offset=(60, y))
        await pilot.pause()
        half = player(app).cursor.t
        assert 15 < half < 27
        await pilot.hover(TapePanel, offset=(112, y))
        await pilot.pause()
        assert player(app).cursor.t > half
        await pilot.mouse_up(TapePanel, offset=(112, y))
        await pilot.pause()
        late = player(app).cursor.t
        await pilot.hover(TapePanel, offset=(20, y))
        assert player(app).cursor.t == late
