"""The app with keys of one's own."""

from __future__ import annotations

import pytest
from textual.widgets import Static

from rnntutor.app.app import RnnTutorApp
from rnntutor.app.commands import HOME, PLAYER
from rnntutor.app.keys import Keymap
from rnntutor.app.screens.edits import EditsScreen
from rnntutor.app.screens.help import HelpScreen
from rnntutor.app.screens.home import HomeScreen
from rnntutor.app.screens.player import PlayerScreen
from rnntutor.app.widgets.entries import EntryList
from rnntutor.play.cursor import Cursor
from tests.app.episodes import entries, episode, player
from tests.app.test_player import press, text_of

MINE = Keymap(
    {
        "line.next": ("o", "right"), "line.previous": (), "turn": ("t",), "theme": ("b",), "help": ("f1",),
        "edit.list": ("ctrl+l",), "quit": ("X",), "entry.next": ("o",), "entry.open": ("space",),
        "unit.next": ("shift+f2",),
    }
)  # fmt: skip


def app_with(keymap: Keymap, *, opened: bool = True) -> RnnTutorApp:
    """The app with something open, or the list."""
    return RnnTutorApp(entries(), start=episode() if opened else None, keymap=keymap)


async def test_the_new_keys_do_it_and_the_old_ones_do_not() -> None:
    app = app_with(MINE)
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "o", "right", "l", "left", "h")
        assert player(app).cursor == Cursor(line=2)
        await press(pilot, "shift+f2", "j")
        assert player(app).cursor.unit == 1
        dark = app.look.palette
        await press(pilot, "t")
        assert player(app).cursor.direction == "backward"
        assert app.look.palette == dark
        await press(pilot, "b")
        assert app.look.palette != dark
        await press(pilot, "q")
        assert app.is_running
        await press(pilot, "X")
    assert app.return_code == 0


async def test_footer_help_and_palette_say_the_new_keys() -> None:
    app = app_with(MINE)
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        footer = text_of(app).splitlines()[-1]
        for said in ("o line", "[ ] timestep", "t backward", "F1 help", "X quit"):
            assert said in footer
        palette = {k.title: k.help for k in app.get_system_commands(app.screen)}
        assert palette["Next line"].endswith("   o →")
        assert palette["Help"].endswith("   F1")
        await press(pilot, "f1")
        page = str(app.screen.query_one("#help > Static", Static).render())
        assert all(command.signs() in page for command in MINE.of(PLAYER))


async def test_pages_close_with_the_new_keys_too() -> None:
    app = app_with(MINE)
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "question_mark", "E")
        assert isinstance(app.screen, PlayerScreen)
        for opening, page in (("f1", HelpScreen), ("ctrl+l", EditsScreen)):
            for closing in (opening, "escape", "enter"):
                await press(pilot, opening)
                assert isinstance(app.screen, page)
                await press(pilot, closing)
                assert isinstance(app.screen, PlayerScreen)
        await press(pilot, "f1", "X")
    assert app.return_code == 0


async def test_the_list_has_new_keys_too() -> None:
    app = app_with(MINE, opened=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "down", "j", "enter")
        listed = app.screen.query_one(EntryList)
        assert listed.entry == listed.entries[0]
        await press(pilot, "o", "space")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, PlayerScreen)
        assert listed.entry == listed.entries[1]


async def test_the_list_moves_to_its_ends() -> None:
    app = app_with(Keymap(), opened=False)
    async with app.run_test(size=(80, 24)) as pilot:
        listed = app.screen.query_one(EntryList)
        await press(pilot, "end")
        assert listed.entry == listed.entries[-1]
        await press(pilot, "home")
        assert listed.entry == listed.entries[0]


async def test_a_small_terminal_says_which_key_quits() -> None:
    app = app_with(MINE)
    async with app.run_test(size=(40, 10)):
        assert "X quits." in str(app.screen.query_one("#too-small", Static).render())


@pytest.mark.parametrize("opened", [True, False])
async def test_what_is_wrong_is_said_once_and_the_app_opens(opened: bool) -> None:
    app = app_with(Keymap({}, ("/a/keys.toml: first [/b]", "/a/keys.toml: second")), opened=opened)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        said = "Keys: 2 problems, told in full on leaving. first [/b]"
        if opened:
            assert said in text_of(app)
            await press(pilot, "right")
            assert said not in text_of(app)
        else:
            assert isinstance(app.screen, HomeScreen)
            assert said in str(app.screen.query_one("#notice", Static).render())


def test_a_command_without_keys_leaves_the_footer() -> None:
    from rnntutor.app.commands import hints

    keymap = Keymap({"line.next": (), "line.previous": (), "edit": (), "entry.next": (), "unit.next": ()})
    labels = {label: signs for _, signs, label in hints(keymap.of(PLAYER), {})}
    assert "line" not in labels
    assert "edit" not in labels
    assert labels["unit"] == "↑"
    assert next(hints(keymap.of(HOME), {}))[1:] == ("↑", "choose")
