"""Into lines, along operands and back, by itself, and by the mouse."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.widgets import Input

from rnntutor.app.app import RnnTutorApp
from rnntutor.app.screens.home import HomeScreen
from rnntutor.app.screens.moving import SPEEDS
from rnntutor.app.screens.player import PlayerScreen
from rnntutor.app.widgets.footer import FooterLine
from rnntutor.app.widgets.score import ScorePanel
from rnntutor.app.widgets.tape import TapePanel
from rnntutor.app.widgets.why import WhyPanel
from rnntutor.play.cursor import Cursor
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
        assert player(app).cursor.op == 0
        assert "(f₂ ⊙ c₁)[3]" in text_of(app)
        assert "1 of 3" in text_of(app)
        await press(pilot, "right", "right", "right")
        assert (player(app).cursor.line, player(app).cursor.op) == (closed.line + 1, 0)
        await press(pilot, "left", "backspace")
        assert player(app).cursor == closed


async def test_inside_a_line_what_comes_later_is_a_dot() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, *TO_C2, "enter")
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
        assert "Enter" not in footer
        assert "back" in footer
        await press(pilot, "tab")
        assert "Enter → h₋₁[0]" in text_of(app).splitlines()[-1]
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


async def test_escape_leads_out_one_thing_after_the_other() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, *TO_C2, "e", "0", "enter")
        begun = player(app).cursor
        await press(pilot, "v", "tab", "enter", "escape")
        assert player(app).cursor == replace(begun, mark=-1)
        assert player(app).view.name == "output"
        await press(pilot, "escape")
        assert player(app).view.name == "score"
        await press(pilot, "escape")
        assert "1 edit will be lost" in text_of(app).splitlines()[-1]
        await press(pilot, "right", "escape")  # a step is an answer: the question comes again
        assert "1 edit will be lost" in text_of(app).splitlines()[-1]
        await press(pilot, "escape")
        assert isinstance(app.screen, HomeScreen)


async def test_what_was_computed_stays_where_operands_are_followed() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, *TO_C2)
        tape_before = [line for line in text_of(app).splitlines() if line.startswith(("  c ", "  says"))]
        await press(pilot, "tab", "tab", "enter")
        assert player(app).cursor.t == 1
        assert [line for line in text_of(app).splitlines() if line.startswith(("  c ", "  says"))] == tape_before
        await press(pilot, "right")  # from here on it is a step again
        assert [line for line in text_of(app).splitlines() if line.startswith(("  c ", "  says"))] != tape_before


async def test_enter_marks_an_operand_where_nothing_opens() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, *TO_C2, "enter", "right", "right", "enter")
        assert player(app).cursor.mark == 0
        await press(pilot, "enter")
        assert player(app).present.stop(player(app).cursor).line.name == "f"


async def test_an_opened_line_gets_its_rows_even_the_first() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "right", "left")
        closed = player(app).query_one(ScorePanel).size.height
        await press(pilot, "enter")
        assert player(app).query_one(ScorePanel).size.height == closed + 3


async def test_while_it_plays_a_question_stops_it_and_a_small_terminal_asks_none() -> None:
    app = player_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "space", "e")
        assert player(app).walking is None
        await press(pilot, "escape", "space", "question_mark")
        assert player_of(app).walking is None
        await press(pilot, "escape")
        await pilot.resize_terminal(50, 10)
        await press(pilot, "g", "e", "w")
        assert not player(app).typing
        await press(pilot, "q")
    assert app.return_code == 0


def player_of(app: RnnTutorApp) -> PlayerScreen:
    """The player, under whatever is over it."""
    return next(screen for screen in app.screen_stack if isinstance(screen, PlayerScreen))


async def test_among_weights_the_selected_number_is_the_weight() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "v", "v", "right", "down", "y")
        assert float(app.clipboard) == player(app).present.run.params["W_i"][1, 1]
        await press(pilot, "w")
        assert player(app).query_one(Input).value == "W_i[1,1]"
        await press(pilot, "escape", "enter", "plus")
        assert "cannot be set" in text_of(app).splitlines()[-1]
        assert not player(app).present.changes
        await press(pilot, "enter", "plus")
        assert player(app).present.changes[0].place.name == "W_i"


async def test_from_the_gradients_of_all_parameters_to_the_numbers_of_one() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "b", "end", "down", "down", "enter")
        total = player(app).present.grads.params["W_f"]
        spot = player(app).view.spot
        assert (spot.param, spot.gradient) == ("W_f", True)
        assert abs(total[spot.row, spot.column]) == abs(total).max()
        await press(pilot, "backspace")
        assert player(app).view.name == "score"


async def test_without_edits_there_is_nothing_to_compare() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        seen = []
        for _ in range(5):
            await press(pilot, "v")
            seen.append(player(app).view.name)
        assert seen == ["output", "weights", "flow", "score", "output"]
        await press(pilot, "x")
        assert player(app).view.name == "output"
        assert "Nothing is edited; e sets a number" in text_of(app).splitlines()[-1]
        await press(pilot, "plus", "x")
        assert player(app).view.name == "compare"
        await press(pilot, "x")
        assert player(app).view.name == "output"
