"""The editor as somebody uses it: an error and its mending, the gradient, the player, hostile text, its looks."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.containers import VerticalScroll
from textual.widgets import Static

import rnntutor as rt
from rnntutor.app.app import RnnTutorApp
from rnntutor.app.screens.drafting import LONGEST, PATIENCE
from rnntutor.app.screens.editor import EditorScreen
from rnntutor.app.screens.help import HelpScreen
from rnntutor.app.screens.home import HomeScreen
from rnntutor.app.screens.player import PlayerScreen
from rnntutor.cli.opening import list_entries
from rnntutor.course.store import Store
from rnntutor.engine.parse import MAX_TEXT
from rnntutor.show.upcoming import teachable
from tests.app.episodes import player_app
from tests.app.test_home import screen_of
from tests.app.writing import RNN, SIZES, answer, app_on, editor, meant, notice, paste, press


@pytest.mark.parametrize("size", SIZES)
async def test_an_error_and_its_mending(size: tuple[int, int]) -> None:
    app = app_on()
    async with app.run_test(size=size) as pilot:
        await press(pilot)
        assert "da_h" in meant(app)
        await press(pilot, *["right"] * 6, "x")
        said = screen_of(app)
        assert "line 1: unknown function 'taxnh'" in said
        line, caret = said[said.index("line 1: unknown") :].splitlines()[1:3]
        at = caret.index("^")
        column = line.rindex("taxnh") if size[0] >= 110 else line.index("taxnh")
        assert at == column
        assert "did you mean tanh?" in caret
        assert editor(app).equations.error is not None
        await press(pilot, "backspace")
        assert "line 1" not in screen_of(app)
        assert editor(app).equations.error is None
        assert not editor(app).unsaved


async def test_it_is_read_when_there_is_a_pause() -> None:
    app = app_on()
    async with app.run_test() as pilot:
        await pilot.press("end", *" + q")
        first = editor(app).draft
        assert editor(app).waiting is not None
        await pilot.pause(0.3)
        assert editor(app).waiting is None
        assert editor(app).draft is not first
        assert "dq" in meant(app)


async def test_a_text_that_takes_long_waits_longer() -> None:
    app = app_on()
    async with app.run_test() as pilot:
        await press(pilot)
        before = editor(app).draft
        for took, pause in ((0.2, 0.2 * PATIENCE), (60.0, LONGEST)):
            editor(app).took = took
            await pilot.press("end", "space")
            waiting = editor(app).waiting
            assert waiting is not None
            assert waiting._interval == pause
        await pilot.press("ctrl+g")  # but what is asked for is done at once
        assert editor(app).waiting is None
        assert editor(app).draft is not before
        assert editor(app).took < 60.0


async def test_the_place_is_underlined_and_captions_are_soft() -> None:
    app = app_on("h = tanh(W @ [h_prev, x] + b)   # a state\n  g = sigmod(h)")
    async with app.run_test() as pilot:
        await press(pilot)
        equations, look = editor(app).equations, editor(app).look
        assert [(k.start, k.end) for k in equations.get_line(1).spans] == [(6, 12)]
        (caption,) = equations.get_line(0).spans
        assert (caption.start, caption.style) == (32, look.soft)


async def test_the_last_good_text_stays_usable() -> None:
    app = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "!")
        assert "line 1" in meant(app)
        assert "Ctrl+R steps through the last text that could be read" in meant(app)
        await press(pilot, "ctrl+g")
        assert notice(app).startswith("nothing to check yet: line 1: ")
        await press(pilot, "ctrl+r")
        assert isinstance(app.screen, PlayerScreen)
        assert app.screen.present.run.cell.lines[0].text == RNN


async def test_nothing_can_be_read_yet() -> None:
    app = app_on("")
    async with app.run_test() as pilot:
        await press(pilot, "ctrl+r")
        assert notice(app) == "Nothing here can be read yet."
        await press(pilot, "ctrl+g")
        assert notice(app) == "nothing to check yet: no equations"


async def test_the_gradient_is_checked() -> None:
    app = app_on("h = 1 / h_prev + W @ x")
    async with app.run_test() as pilot:
        await press(pilot, "f4")
        assert notice(app).startswith("no verdict")


async def test_step_train_and_come_back() -> None:
    app = app_on(f"init:\nh = h0\nstep:\n{RNN}")
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "ctrl+r")
        assert isinstance(app.screen, PlayerScreen)
        assert app.screen.footer.labels["leave"] == "editor"
        assert app.screen.present.reads == tuple("hell")
        await press(pilot, "i", "i")
        assert teachable(app.screen.present).iteration == 2
        await press(pilot, "escape", "escape")
        assert editor(app).equations.has_focus
        await press(pilot, "escape")
        assert isinstance(app.screen, HomeScreen)


async def test_another_text_and_other_units() -> None:
    app = app_on()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "ctrl+t")
        await answer(pilot, "abcabc")
        await press(pilot, "ctrl+n")
        await answer(pilot, "3")
        assert "3 characters of “abcabc”" in meant(app)
        assert "W 3×6" in meant(app)
        await press(pilot, "ctrl+r")
        assert isinstance(app.screen, PlayerScreen)
        assert app.screen.present.reads == tuple("abcab")
        assert app.screen.present.run["h"].shape == (5, 1, 3)


@pytest.mark.parametrize(
    ("key", "typed", "why"),
    [
        ("ctrl+t", "a", "a text to play needs at least two characters"),
        ("ctrl+t", "aa", "a text needs at least two different characters"),
        ("ctrl+n", "0", "a whole number of units is wanted, such as 8, not '0'"),
        ("ctrl+n", "many", "a whole number of units is wanted, such as 8, not 'many'"),
        ("ctrl+n", "4096", "16,814,084 parameters; at most 5,000,000"),
        ("ctrl+o", "nonesuch", "no cell is called 'nonesuch'; there are gru, gru-torch, irnn, "),
        ("ctrl+s", "mine.txt", "a name that ends in .eq is wanted, not in .txt"),
        ("ctrl+s", "", "a name is wanted, such as mine.eq"),
        ("ctrl+s", "no/such/folder.eq", "no/such/folder.eq: No such file or directory"),
    ],
)
async def test_what_makes_no_sense_is_said_and_stays(key: str, typed: str, why: str) -> None:
    app = app_on()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, key)
        await answer(pilot, typed)
        assert why in notice(app)
        assert editor(app).typing
        await press(pilot, "escape")
        assert editor(app).equations.has_focus
        assert "W 8×12" in meant(app)


# Hostile text.


async def test_a_megabyte_is_refused_whole() -> None:
    app = app_on()
    async with app.run_test(size=(120, 38)) as pilot:
        await paste(pilot, "x" * 1_000_000)
        assert notice(app) == f"{1_000_000 + len(RNN):,} characters would be too many; at most {MAX_TEXT:,} are read"
        assert editor(app).equations.text == RNN


async def test_what_has_no_column_is_shown_as_a_stand_in() -> None:
    app = app_on()
    async with app.run_test(size=(120, 38)) as pilot:
        await paste(pilot, "\x1b[2J\0中\r\ne\u0301\t# [b]x[/b]")
        assert editor(app).equations.text.startswith("�[2J�中\né   # [b]x[/b]h = tanh")
        assert "only plain ASCII is read before the #" in meant(app)
        assert "\x1b" not in screen_of(app)


async def test_ten_thousand_brackets() -> None:
    app = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        await paste(pilot, "(" * 10_000)
        assert "characters in one line; at most 400 are read" in " ".join(meant(app).split())


async def test_undo() -> None:
    app = app_on()
    async with app.run_test() as pilot:
        await paste(pilot, "zz")
        await press(pilot, "ctrl+z")
        assert editor(app).equations.text == RNN
        assert not editor(app).unsaved


# Where it is.


async def test_it_is_in_the_list(tmp_path: Path) -> None:
    app = RnnTutorApp(list_entries(Store(tmp_path)))
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "end", "enter")
        assert editor(app).equations.text == rt.load_cell("rnn").text
        await press(pilot, "escape")
        assert isinstance(app.screen, HomeScreen)


async def test_edit_this_cell() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        found = {k.title: k.callback for k in app.get_system_commands(app.screen)}
        await found["Edit this cell"]()
        await press(pilot)
        assert "c = f * c_prev + i * g" in editor(app).equations.text
        assert "8 units" in meant(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, PlayerScreen)


# How it looks.


async def test_help_tells_the_keys_and_the_language() -> None:
    app = app_on()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "f1")
        assert isinstance(app.screen, HelpScreen)
        page = str(app.screen.query_one("#help > Static", Static).render())
        assert "Ctrl+R F5" in page
        assert "The language" in page
        await press(pilot, "f1")
        assert isinstance(app.screen, EditorScreen)


async def test_tab_goes_to_the_meaning_which_scrolls() -> None:
    app = app_on(rt.load_cell("lstm").text)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "tab", "down", "down", "a")
        scroll = app.screen.query_one("#meaning", VerticalScroll)
        assert scroll.has_focus
        assert scroll.scroll_target_y == 2
        assert not editor(app).unsaved
        await press(pilot, "tab")
        assert editor(app).equations.has_focus


async def test_too_small_and_back() -> None:
    app = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        assert "Ctrl+Q quits" in " ".join(screen_of(app).split())
        await press(pilot, "ctrl+r", "x")
        assert isinstance(app.screen, EditorScreen)
        await pilot.resize_terminal(120, 38)
        await pilot.pause()
        await press(pilot, "y")
        assert editor(app).equations.text == f"y{RNN}"


@pytest.mark.parametrize("size", SIZES)
async def test_ascii(size: tuple[int, int]) -> None:
    app = app_on(f"{RNN}   # é中\n\nq = h", ascii=True)
    async with app.run_test(size=size) as pilot:
        await press(pilot, "shift+down", "shift+down", "shift+down")
        assert screen_of(app).isascii()
        await press(pilot, "ctrl+t", *"né", "enter", "!")
        assert screen_of(app).isascii()


async def test_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_on("h = tanhh(x)")
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "shift+right", "tab", "ctrl+l")
        for strip in app.screen._compositor.render_strips(app.size):
            assert all(segment.style is not None for segment in strip if segment.text)
        assert "did you mean tanh?" in screen_of(app)
