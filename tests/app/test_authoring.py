"""A lesson that is being written: what is saved shows at once, and what is wrong is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from rnntutor.app.app import RnnTutorApp
from rnntutor.app.screens.authoring import stamp_of
from tests.app.episodes import player
from tests.app.lessons import lesson_app, trial_lesson
from tests.app.test_player import press, text_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return trial_lesson(tmp_path / "trial")


async def settle(app: RnnTutorApp, pilot: Pilot[None], words: str) -> None:
    """Wait until something is on the screen; half a second passes between two looks at the folder."""
    for _ in range(100):
        await pilot.pause(0.1)
        if words in text_of(app):
            return
    raise AssertionError(text_of(app))


async def test_what_an_author_saves_shows_at_once(folder: Path) -> None:
    app = lesson_app(folder, watch=True)
    words = folder / "en.md"
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "n")
        words.write_text(words.read_text().replace("Work it out.", "Work it out by hand."))
        await settle(app, pilot, "Work it out by hand.")
        assert "2 of 6   A number" in text_of(app)
        assert "read anew; nothing is wrong" in text_of(app)
        words.write_text(words.read_text().replace("{c[1,2]}", "{k[1,2]}"))
        await settle(app, pilot, "en.md:")
        assert "unknown name 'k'" in text_of(app)
        (folder / "lesson.toml").write_text("no toml")
        await settle(app, pilot, "lesson.toml")
        assert "2 of 6   A number" in text_of(app), "the last good one stays"


async def test_a_moment_without_words_yet(folder: Path) -> None:
    """The last good lesson stays."""
    app = lesson_app(folder, watch=True)
    file = folder / "lesson.toml"
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.pause()
        file.write_text(file.read_text() + '\n[[moment]]\nid = "seventh"\n')
        await settle(app, pilot, "lesson.toml:55: moment seventh has no heading in en.md")
        assert "1 of 6   A choice" in text_of(app)


def move(folder: Path) -> None:
    folder.rename(folder.with_name("moved"))


async def test_a_folder_that_is_gone(folder: Path) -> None:
    app = lesson_app(folder, watch=True)
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.pause()
        move(folder)
        await settle(app, pilot, "no lesson is called")
        assert "1 of 6   A choice" in text_of(app)


async def test_an_error_without_a_text(folder: Path) -> None:
    app = lesson_app(folder, watch=True)

    def fail() -> None:
        raise ZeroDivisionError

    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.pause()
        player(app).again = fail  # type: ignore[assignment]
        (folder / "en.md").write_text("# Other")
        await settle(app, pilot, "ZeroDivisionError")


def test_only_files_of_the_lesson_are_looked_at(folder: Path) -> None:
    """Not what an editor puts beside them, nor what lies elsewhere."""
    before = stamp_of(folder)
    assert {name for name, _, _ in before} == {"lesson.toml", "en.md"}
    for name in (".en.md.swp", "en.md~", "4913", "notes.txt"):
        (folder / name).write_text("mine")
    assert stamp_of(folder) == before
    file = folder / "lesson.toml"
    file.write_text(file.read_text().replace('text = "hello"', 'file = "sub/h.txt"', 1))
    (folder / "sub").mkdir()
    before = stamp_of(folder)
    (folder / "sub" / "h.txt").write_text("hello")
    assert {name for name, _, _ in stamp_of(folder) - before} == {"sub/h.txt"}
    file.write_text(file.read_text().replace("sub/h.txt", "../h.txt"))
    (folder.parent / "h.txt").write_text("hello")
    assert {name for name, _, _ in stamp_of(folder)} == {"lesson.toml", "en.md"}


def test_no_folder_has_no_files(tmp_path: Path) -> None:
    assert stamp_of(tmp_path / "gone") == frozenset()
