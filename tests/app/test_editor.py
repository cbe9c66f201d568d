"""The editor as somebody uses it: an error, its mending, the gradient, the player, files, and what would be lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.containers import VerticalScroll
from textual.events import Paste
from textual.widgets import Static

import rnntutor as rt
from rnntutor.app.app import RnnTutorApp
from rnntutor.app.screens.editor import EditorScreen
from rnntutor.app.screens.help import HelpScreen
from rnntutor.app.screens.home import HomeScreen
from rnntutor.app.screens.keeping import target_of
from rnntutor.app.screens.player import PlayerScreen
from rnntutor.cli.opening import list_entries, writing_on
from rnntutor.course.store import Store
from rnntutor.engine.parse import MAX_TEXT
from rnntutor.show.upcoming import teachable
from rnntutor.tasks.drafting import Writing
from tests.app.episodes import entries, player_app
from tests.app.test_home import screen_of

SIZES = [(60, 18), (80, 24), (120, 38), (200, 60)]
RNN = "h = tanh(W @ [h_prev, x] + b)"


def app_on(text: str = RNN, title: str = "mine", *, ascii: bool = False) -> RnnTutorApp:
    """The editor on a text."""
    return RnnTutorApp(entries(), start=Writing(text, title), ascii=ascii)


def editor(app: RnnTutorApp) -> EditorScreen:
    assert isinstance(app.screen, EditorScreen)
    return app.screen


def notice(app: RnnTutorApp) -> str:
    return editor(app).footer.notice


def meant(app: RnnTutorApp) -> str:
    """What stands beside the text."""
    return str(editor(app).query_one("#meaning > Static", Static).render())


async def press(pilot: Any, *keys: str) -> None:
    """Press keys, and let what is written be read and what was begun be done."""
    await pilot.press(*keys)
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    screen = pilot.app.screen
    if isinstance(screen, EditorScreen) and screen.waiting is not None:
        screen.read()
        await pilot.pause()


async def paste(pilot: Any, text: str) -> None:
    """What a terminal sends when something is pasted."""
    pilot.app.post_message(Paste(text))
    await pilot.pause()
    await press(pilot)


async def answer(pilot: Any, text: str) -> None:
    """Type something where it is asked for, in the place of what is offered."""
    await press(pilot, "ctrl+a", "ctrl+k", *text, "enter")


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
        assert notice(app).endswith("the gradient agrees")
        await press(pilot, "ctrl+r")
        assert isinstance(app.screen, PlayerScreen)
        assert app.screen.present.run.cell.lines[0].text == RNN


async def test_nothing_can_be_read_yet() -> None:
    app = app_on("")
    async with app.run_test() as pilot:
        for key in ("ctrl+r", "ctrl+g"):
            await press(pilot, key)
            assert notice(app) == "Nothing here can be read yet."


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
        ("ctrl+o", "nonesuch", "no cell is called 'nonesuch'; there are gru, gru-torch, lstm, rnn"),
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


# Files.


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_save_and_open_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_on()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "end", "enter", *"a = h", "ctrl+s")
        await answer(pilot, "own")
        assert notice(app) == f"saved {tmp_path / 'own.eq'}"
        assert (tmp_path / "own.eq").read_text() == f"{RNN}\na = h\n"
        assert names(tmp_path) == ["own.eq"]  # nothing half-written beside it
        assert not editor(app).unsaved
        assert "own.eq" in screen_of(app)
        await press(pilot, "ctrl+o")
        await answer(pilot, "gru")
        assert editor(app).equations.text == rt.load_cell("gru").text
        await press(pilot, "ctrl+o")
        await answer(pilot, "own.eq")
        assert editor(app).equations.text == f"{RNN}\na = h\n"
        await press(pilot, "ctrl+s")
        assert editor(app).prompt.query_one("Input").value == "own.eq"  # type: ignore[attr-defined]


async def test_nothing_is_written_over_without_a_question(tmp_path: Path) -> None:
    file = tmp_path / "there.eq"
    file.write_text("h = x\n")
    app = app_on()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "ctrl+s")
        await answer(pilot, str(file))
        assert "is there already; Enter again writes over it" in notice(app)
        assert file.read_text() == "h = x\n"
        await press(pilot, "x", "backspace", "enter")  # the question was about what stood there
        assert file.read_text() == "h = x\n"
        await press(pilot, "enter")
        assert file.read_text() == f"{RNN}\n"


async def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder.eq").mkdir()
    app = app_on()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "ctrl+s")
        await answer(pilot, str(tmp_path / "folder.eq"))
        assert notice(app).endswith("folder.eq: this is not a file")


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"\xff\xfe", "this is not UTF-8 text"), (b"h = \0", "it holds NUL bytes"), (b"x" * 100_000, "too long")],
)  # fmt: skip
async def test_files_that_are_no_text(tmp_path: Path, data: bytes, why: str) -> None:
    file = tmp_path / "odd.eq"
    file.write_bytes(data)
    app = app_on()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "ctrl+o")
        await answer(pilot, str(file))
        assert why in notice(app)
        assert editor(app).equations.text == RNN


async def test_a_file_with_wrong_equations_can_be_opened(tmp_path: Path) -> None:
    file = tmp_path / "wrong.eq"
    file.write_text("h = tanh(\n")
    app = RnnTutorApp([], start=writing_on(str(file)))
    async with app.run_test() as pilot:
        await press(pilot)
        assert "line 1: this is not complete" in meant(app)


def test_names() -> None:
    assert target_of(" a/mine ") == Path("a/mine.eq")
    assert target_of("~/mine.eq") == Path.home() / "mine.eq"
    for name in ("", ".", "/", "a\0", "mine.py"):
        with pytest.raises(ValueError, match="is wanted"):
            target_of(name)


# What would be lost.


async def test_leaving_asks_once() -> None:
    app = app_on()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "a", "escape")
        assert notice(app) == "Esc again leaves, and what is written in mine will be lost; Ctrl+S saves it"
        await press(pilot, "b", "escape")  # something else was written meanwhile
        assert isinstance(app.screen, EditorScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, HomeScreen)


async def test_opening_another_asks_once() -> None:
    app = app_on()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "a", "ctrl+o")
        await answer(pilot, "lstm")
        assert notice(app) == "Enter again opens lstm, and what is written in mine will be lost"
        assert editor(app).equations.text == f"a{RNN}"
        await press(pilot, "enter")
        assert editor(app).equations.text == rt.load_cell("lstm").text


@pytest.mark.parametrize("key", ["ctrl+q", "f1"])
async def test_quitting_asks_once(key: str) -> None:
    app = app_on()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "a", *([key] if key == "f1" else []), "ctrl+q")
        assert notice(app) == "The same again quits, and what is written in mine will be lost."
        assert app.is_running
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert app._exit


async def test_ctrl_c_copies_or_says_what_leaves() -> None:
    app = app_on()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "ctrl+c")
        assert notice(app) == "Esc leaves"
        await press(pilot, "shift+right", "ctrl+c")
        assert app.clipboard == "h"


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
