"""Files of the editor: saved, opened, refused; and what would be lost."""

from __future__ import annotations

from pathlib import Path

import pytest

import rnntutor as rt
from rnntutor.app.app import RnnTutorApp
from rnntutor.app.screens.editor import EditorScreen
from rnntutor.app.screens.home import HomeScreen
from rnntutor.app.screens.keeping import target_of
from rnntutor.cli.opening import writing_on
from tests.app.episodes import player, player_app
from tests.app.test_home import screen_of
from tests.app.writing import RNN, answer, app_on, editor, meant, notice, press


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


async def test_what_is_saved_with_an_error_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_on()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "end", "enter", *"a = hh @", "ctrl+s")
        await answer(pilot, "own")
        assert notice(app).startswith("saved, but line 2: this is not complete")
        assert (tmp_path / "own.eq").read_text() == f"{RNN}\na = hh @\n"
        assert not editor(app).unsaved


async def test_a_file_with_wrong_equations_can_be_opened(tmp_path: Path) -> None:
    file = tmp_path / "wrong.eq"
    file.write_text("h = tanh(\n")
    app = RnnTutorApp([], start=writing_on(str(file)))
    async with app.run_test() as pilot:
        await press(pilot)
        assert "line 1: this ( is never closed" in meant(app)


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


async def test_quitting_the_player_asks_once_where_edits_would_be_lost() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.press("plus", "q")
        assert player(app).footer.notice == "The same again quits, and 1 edit will be lost."
        assert not app._exit
        await pilot.press("q")
        await pilot.pause()
        assert app._exit


async def test_quitting_the_player_asks_nothing_where_nothing_is_lost() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.press("plus", "u", "q")
        await pilot.pause()
        assert app._exit


async def test_ctrl_c_copies_or_says_what_leaves() -> None:
    app = app_on()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "ctrl+c")
        assert notice(app) == "Esc leaves"
        await press(pilot, "shift+right", "ctrl+c")
        assert app.clipboard == "h"
