"""The application as somebody uses it, without a terminal."""

from __future__ import annotations

import pytest
from textual.command import CommandList
from textual.pilot import Pilot
from textual.widgets import Static

from rnntutor.app.app import RnnTutorApp
from rnntutor.app.commands import HOME, PLAYER, Command
from rnntutor.app.screens.help import HelpScreen
from rnntutor.app.screens.home import HomeScreen
from rnntutor.app.screens.moving import MOVES
from rnntutor.app.screens.player import PlayerScreen
from rnntutor.app.widgets.entries import EntryList
from rnntutor.app.widgets.footer import FooterLine
from rnntutor.app.widgets.panel import Panel
from rnntutor.app.widgets.score import ScorePanel
from rnntutor.app.widgets.tape import TapePanel
from rnntutor.app.widgets.why import WhyPanel
from rnntutor.play.cursor import Cursor, Track
from rnntutor.show import VIEW_NAMES, score, tape
from rnntutor.show.look import Look
from tests.app.episodes import entries, episode, long_episode, player, player_app

SIZES = [(80, 24), (120, 38), (200, 60)]

SANDBOX = [command for command in PLAYER if command.group != "lesson"]
"""What there is where nothing is asked."""


def text_of(app: RnnTutorApp) -> str:
    """What the screen shows, line by line."""
    width, height = app.screen.size
    lines = []
    for y in range(height):
        for widget in (*app.screen.query(Panel), *app.screen.query(FooterLine)):
            if widget.region.y <= y < widget.region.bottom:
                lines.append(widget.render_line(y - widget.region.y).text)
                break
        else:
            lines.append("")
    assert all(len(line) <= width for line in lines)
    return "\n".join(lines)


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys and let the screen settle."""
    await pilot.press(*keys)
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
async def test_stepping_forward_line_by_line(size: tuple[int, int]) -> None:
    app = player_app()
    async with app.run_test(size=size) as pilot:
        assert player(app).cursor == Cursor()
        await press(pilot, "right", "l", "right")
        assert player(app).cursor.line == 3
        await press(pilot, "left", "h")
        assert player(app).cursor.line == 1
        await press(pilot, "right_square_bracket", "right_square_bracket", "down", "j", "down", "k")
        assert player(app).cursor == Cursor("forward", 2, 1, 2)
        assert "why  f₂[2]" in text_of(app)


@pytest.mark.parametrize("size", SIZES)
async def test_to_both_ends_and_back(size: tuple[int, int]) -> None:
    app = player_app()
    async with app.run_test(size=size) as pilot:
        await press(pilot, "end")
        assert player(app).cursor.t == 3
        await press(pilot, "right")
        assert "loss₃" in text_of(app)
        await press(pilot, "b")
        assert player(app).cursor == Cursor("backward", 3, 0, 0, left=(3, 8))
        assert "dloss₃" in text_of(app)
        await press(pilot, "end")
        assert player(app).cursor.t == 0
        await press(pilot, "home", "b")
        assert player(app).cursor == Cursor("forward", 3, 8, 0, left=(3, 0))


@pytest.mark.parametrize("name", ["lstm", "gru", "gru-torch", "rnn", "stranger"])
async def test_every_stop_of_every_cell_can_be_visited(name: str) -> None:
    app = player_app(episode(name))
    async with app.run_test(size=(120, 38)) as pilot:
        for direction in ("forward", "backward"):
            track = player(app).track
            for _ in range(track.length(Cursor(direction)) - 1):
                player(app).action_move("next_line")
                assert player(app).cursor.direction == direction
                text_of(app)
            assert player(app).cursor == track.end(player(app).cursor)
            await press(pilot, "b")


async def test_every_panel_follows_the_one_cursor() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "right", "right", "right_square_bracket")
        for panel in app.screen.query(Panel):
            assert panel.cursor == player(app).cursor
            assert panel.scene is player(app).scene


async def test_what_is_not_computed_yet_is_a_dot_in_both_directions() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        dots = text_of(app).count("·")
        await press(pilot, "right")
        fewer = text_of(app).count("·")
        assert fewer < dots
        await press(pilot, "left")
        assert text_of(app).count("·") == dots
        await press(pilot, "b")
        assert (
            "‖dc‖      ·                       ·                       ·                       ·"
            in text_of(app)
        )


async def test_the_footer_says_where_b_leads() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        assert "b backward" in text_of(app)
        await press(pilot, "b")
        assert "b forward" in text_of(app)


async def test_a_click_on_a_box_moves_there() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        screen = player(app)
        panel = screen.query_one(ScorePanel)
        assert screen.scene is not None
        sheet = score.lay_out(screen.scene, screen.cursor, Look(), *panel.size)
        y = sheet.titled + next(k for k, row in enumerate(sheet.rows) if row.stop == 4)
        await pilot.click(ScorePanel, offset=(sheet.grid.strip_at + 5 * sheet.grid.box_width, y))
        await pilot.pause()
        assert screen.cursor == Cursor("forward", 0, 4, 5)
        await pilot.click(ScorePanel, offset=(sheet.grid.margin, y + 1))
        await pilot.pause()
        assert screen.cursor == Cursor("forward", 0, 5, 5)


async def test_a_click_on_a_timestep_moves_there() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        screen = player(app)
        assert screen.scene is not None
        columns = tape.lay_out(
            screen.scene, screen.cursor, screen.query_one(TapePanel).size.width, compact=False
        )
        await pilot.click(TapePanel, offset=(columns.x(2) + 1, 1))
        await pilot.pause()
        assert screen.cursor == Cursor("forward", 2, 0, 0)


async def test_a_click_on_the_footer_does_what_the_key_does() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        at = text_of(app).splitlines()[-1].index("backward")
        await pilot.click(FooterLine, offset=(at, 0))
        await pilot.pause()
        assert player(app).cursor.direction == "backward"


async def test_the_list_opens_and_escape_leads_back() -> None:
    app = RnnTutorApp(entries())
    async with app.run_test(size=(80, 24)) as pilot:
        assert isinstance(app.screen, HomeScreen)
        await pilot.press("j", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert player(app).scene is not None
        assert "W_z" in text_of(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, HomeScreen)
        entry = app.screen.query_one(EntryList).entry
        assert entry is not None
        assert entry.title == "Another cell"


async def test_what_cannot_be_opened_says_why_and_the_app_goes_on() -> None:
    app = RnnTutorApp(entries())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "down", "enter")
        await pilot.pause(0.2)
        notice = str(app.screen.query_one("#notice", Static).render())
        assert "W_i is missing [/] [@click=app.quit]x[/]" in notice
        await pilot.press("up", "up", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, PlayerScreen)


@pytest.mark.parametrize("size", [(59, 24), (80, 17), (20, 5), (3, 2), (1, 1)])
async def test_a_small_terminal_says_so_and_q_quits(size: tuple[int, int]) -> None:
    app = player_app()
    async with app.run_test(size=size) as pilot:
        assert app.screen.query_one("#too-small").display
        assert not app.screen.query_one(WhyPanel).display
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert app.screen.query_one(WhyPanel).display
        await pilot.resize_terminal(*size)
        await pilot.press("q")
    assert app.return_code == 0


async def test_a_storm_of_sizes() -> None:
    app = player_app(long_episode())
    async with app.run_test(size=(120, 38)) as pilot:
        for width, height in [
            (1, 1),
            (200, 60),
            (60, 18),
            (500, 20),
            (61, 200),
            (80, 24),
            (99, 32),
            (100, 31),
        ]:
            await pilot.resize_terminal(width, height)
            await press(pilot, "b", "end", "down")
            if width >= 60 and height >= 18:
                assert "why" in text_of(app)


async def test_help_lists_every_key() -> None:
    app = player_app()
    async with app.run_test(size=(120, 50)) as pilot:
        await press(pilot, "question_mark")
        assert isinstance(app.screen, HelpScreen)
        page = str(app.screen.query_one("#help > Static", Static).render())
        for command in SANDBOX:
            assert command.signs() in page
            assert set(command.help.split()) <= set(page.split())
        await press(pilot, "escape")
        assert isinstance(app.screen, PlayerScreen)


async def test_the_palette_has_every_command() -> None:
    app = player_app()
    async with app.run_test():
        titles = [k.title for k in app.get_system_commands(app.screen)]
        assert titles[: len(SANDBOX)] == [k.title for k in SANDBOX]
        views = [f"View: {name}" for name in VIEW_NAMES if name not in ("picture", "beam")]  # there are none
        assert titles[len(SANDBOX) :] == [*views, "Edit this cell", "Copy: tape", "Copy: score", "Copy: why"]


@pytest.mark.parametrize(
    ("typed", "title"), [("flow", "View: flow"), ("tape", "Copy: tape"), ("edit this", "Edit this")]
)
async def test_the_palette_finds_what_has_no_key(typed: str, title: str) -> None:
    """Through the palette itself, which is the screen on top while it asks."""
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "ctrl+p", *(key.replace(" ", "space") for key in typed))
        found, titles = app.screen.query_one(CommandList), list[str]()
        for _ in range(100):  # it searches beside
            titles = [str(option.prompt) for option in found.options]
            if any(title in k for k in titles):
                return
            await pilot.pause(0.05)
        raise AssertionError(f"{title} is not among {titles}")


async def test_a_command_of_the_palette_does_what_its_key_does() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        found = {k.title: k.callback for k in app.get_system_commands(app.screen)}
        await found["Turn around"]()
        await pilot.pause()
        assert player(app).cursor.direction == "backward"


async def test_light_and_dark() -> None:
    app = player_app()
    async with app.run_test() as pilot:
        dark = app.look.palette
        await press(pilot, "t")
        assert app.look.palette != dark
        assert player(app).look == app.look
        assert app.screen.query_one(WhyPanel).look == app.look
        await press(pilot, "t")
        assert app.look.palette == dark


@pytest.fixture
def without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR, as a user sets it."""
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.mark.usefixtures("without_colour")
async def test_without_colour_everything_still_works() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "b", "right", "right", "question_mark", "escape", "ctrl+p", "escape")
        assert app.look.plain
        styles = [s.style for line in range(20) for s in app.screen.query_one(ScorePanel).render_line(line)]
        assert all(styles)
        await press(pilot, "escape", "down")
        assert isinstance(app.screen, HomeScreen)


async def test_ascii_is_ascii() -> None:
    app = player_app(ascii=True)
    async with app.run_test(size=(120, 38)) as pilot:
        for keys in (("right",), ("right_square_bracket",), ("b",), ("right", "right", "right"), ("end",)):
            await press(pilot, *keys)
            assert text_of(app).isascii()


def test_no_key_does_two_things_and_every_move_exists() -> None:
    for commands in (PLAYER, HOME):
        keys = [key for command in commands for key in command.keys]
        assert len(keys) == len(set(keys))
        assert len({command.id for command in commands}) == len(commands)
    assert all(hasattr(Track, move) for move in MOVES)
    assert _moves(PLAYER) == MOVES


def _moves(commands: tuple[Command, ...]) -> set[str]:
    return {k.action.split("'")[1] for k in commands if k.action.startswith("move('")}
