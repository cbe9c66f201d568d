"""The opening list as somebody uses it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from rnntutor.app.app import RnnTutorApp
from rnntutor.app.entries import Entry
from rnntutor.app.keys import Keymap
from rnntutor.app.screens.home import HomeScreen
from rnntutor.app.screens.player import PlayerScreen
from rnntutor.app.widgets.entries import EntryList
from rnntutor.app.widgets.prompt import SearchPrompt
from rnntutor.course.store import Store
from tests.app.courses import SOME, course
from tests.app.test_player import press

SIZES = [(60, 18), (80, 24), (120, 38), (200, 60)]


def screen_of(app: RnnTutorApp) -> str:
    """What the terminal shows."""
    lines = [strip.text for strip in app.screen._compositor.render_strips(app.size)]
    assert all(len(line) <= app.size.width for line in lines)
    return "\n".join(line.rstrip() for line in lines)


def listed(app: RnnTutorApp) -> EntryList:
    assert isinstance(app.screen, HomeScreen)
    return app.screen.query_one(EntryList)


def marked(app: RnnTutorApp) -> str:
    """The title of the marked entry."""
    entry = listed(app).entry
    return entry.title if entry else ""


def notice(app: RnnTutorApp) -> str:
    return str(app.screen.query_one("#notice", Static).render())


async def opened(app: RnnTutorApp, pilot: Pilot[None]) -> str:
    """The player that comes up; back to the list, and which entry is marked there."""
    await app.workers.wait_for_complete()
    await pilot.pause()
    assert isinstance(app.screen, PlayerScreen)
    await press(pilot, "escape")
    return marked(app)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Some progress, kept."""
    store = Store(tmp_path / "progress")
    for progress in SOME:
        store.save(progress)
    return store


def home(store: Store | None = None, entries: Sequence[Entry] | None = None) -> RnnTutorApp:
    return RnnTutorApp(course() if entries is None else entries, store=store)


@pytest.mark.parametrize("size", SIZES)
async def test_all_entries_can_be_come_to(store: Store, size: tuple[int, int]) -> None:
    """And each that is marked is on the screen, with its pointer and its summary."""
    app = home(store)
    async with app.run_test(size=size) as pilot:
        await press(pilot, "home")
        seen = []
        for _ in app.entries:
            seen.append(marked(app))
            entry = listed(app).entry
            assert entry is not None
            pointed = [line for line in screen_of(app).splitlines() if "▶" in line]
            assert len(pointed) == 1
            assert entry.title in pointed[0]
            assert entry.summary.split(",")[0][:40] in screen_of(app)
            await press(pilot, "down")
        assert seen == [entry.title for entry in app.entries]
        await press(pilot, "end")
        assert "Sandbox" in screen_of(app)


@pytest.mark.parametrize("size", SIZES)
async def test_it_opens_where_one_left_off(store: Store, size: tuple[int, int]) -> None:
    app = home(store)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert marked(app) == "A character model learns"
        shown = screen_of(app)
        assert "Continue: 3 A character model learns, 4 of 12   c" in shown
        assert "New here" not in shown
        assert "━━━─────   4 of 12" in shown
        assert "✓  10 of 10" in shown
        await press(pilot, "end", "c")
        assert await opened(app, pilot) == "A character model learns"


async def test_the_first_start_ever(tmp_path: Path) -> None:
    app = home(Store(tmp_path / "progress"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "New here? Enter opens lesson 1." in screen_of(app)
        assert "continue" not in screen_of(app)
        await press(pilot, "c")
        assert not app.workers
        await press(pilot, "enter")
        assert await opened(app, pilot) == "A loop with memory"
    assert not (tmp_path / "progress").exists(), "looking keeps nothing"


async def test_the_first_line_says_the_keys_that_hold(store: Store) -> None:
    keymap = Keymap({"entry.continue": ("n",), "entry.open": ("space",)})
    app = RnnTutorApp(course(), store=store, keymap=keymap)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "4 of 12   n" in screen_of(app)
        await press(pilot, "n")
        await opened(app, pilot)


async def test_coming_back_from_a_lesson_shows_how_far_one_is_now(store: Store) -> None:
    app = home(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "down", "enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        store.save(store.load("lesson-4").visited("m0").visited("m1"))
        await press(pilot, "escape")
        assert marked(app) == "Sampling"
        assert "Continue: 4 Sampling, 2 of 9" in screen_of(app)
        assert "━━──────    2 of 9" in screen_of(app)
        store.save(store.load("lesson-4").finish())
        await press(pilot, "enter")
        assert await opened(app, pilot) == "Sampling"
        assert "Next: 5 Back through time" in screen_of(app)


async def test_searching_narrows_the_list() -> None:
    app = home()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "slash", *"caption")
        assert [k.title for k in listed(app).entries] == ["A caption learns", "A caption speaks"]
        assert "2 with “caption”" in screen_of(app)
        assert "Esc shows all of them again" in screen_of(app)
        await press(pilot, "down")
        assert marked(app) == "A caption speaks"
        await press(pilot, "q", "c", "R", "slash")
        assert app.is_running
        assert "Nothing here says “captionqcR/”." in screen_of(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, HomeScreen)
        await press(pilot, "escape")
        assert len(listed(app).entries) == len(app.entries)
        assert "New here" in screen_of(app)
        await press(pilot, "slash", *"speaks", "enter")
        assert await opened(app, pilot) == "A caption speaks"
        assert len(listed(app).entries) == len(app.entries)


async def test_where_nothing_fits_the_key_that_quits_does() -> None:
    app = home()
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "slash", "x")
        await pilot.resize_terminal(30, 5)
        await pilot.pause()
        assert not app.screen.query_one(SearchPrompt).is_open
        await press(pilot, "q")
        assert app._exit


async def test_forgetting_asks_first(store: Store) -> None:
    app = home(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "R")
        assert notice(app) == "R again forgets how far you are in 3 A character model learns, 4 of 12"
        await press(pilot, "up")
        assert notice(app) == ""
        await press(pilot, "R", "down", "R")
        assert notice(app).startswith("R again forgets how far you are in 3 "), "asked about each"
        assert len(store.all()) == 3
        await press(pilot, "R")
        assert notice(app).startswith("Forgotten. ")
        assert marked(app) == "A character model learns"
        assert "Continue: 2 Unrolled in time" in screen_of(app)
    assert sorted(store.all()) == ["lesson-1", "lesson-2"]
    assert store.folder is not None
    assert (store.folder / "lesson-3.json.bak").is_file()


@pytest.mark.parametrize("kept", [True, False])
async def test_where_there_is_nothing_to_forget(store: Store, kept: bool) -> None:
    app = home(store if kept else None)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "end", "R")
        assert notice(app) == "There is nothing to forget here."


async def test_damage_is_said_once(store: Store) -> None:
    assert store.folder is not None
    (store.folder / "lesson-2.json").write_text("{")
    app = home(store)
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.pause()
        assert "lesson-2.json: this is not JSON" in notice(app)
        await press(pilot, "enter")
        await opened(app, pilot)
        assert notice(app) == ""
        assert len(store.notices) == 1


async def test_a_folder_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "progress").write_text("a file")
    app = home(Store(tmp_path / "progress"))
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.pause()
        assert "progress is not kept in" in notice(app)
        await press(pilot, "enter")
        await opened(app, pilot)


async def test_a_click_opens() -> None:
    app = home()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        y = next(y for y, line in enumerate(screen_of(app).splitlines()) if "Sampling" in line)
        await pilot.click(offset=(10, y))
        assert await opened(app, pilot) == "Sampling"


async def test_through_all_sizes(store: Store) -> None:
    app = home(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "end")
        for width, height in [(1, 1), (60, 18), (200, 60), (30, 5), (100, 18), (120, 38), (80, 24)]:
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            assert marked(app) == "Your own text"
        assert "▶     Your own text" in screen_of(app)


@pytest.mark.parametrize("size", SIZES)
async def test_without_colour_and_in_ascii(
    store: Store, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = RnnTutorApp(course(), store=store, ascii=True)
    async with app.run_test(size=size) as pilot:
        await press(pilot, "slash", *"model", "escape", "R")
        shown = screen_of(app)
        assert shown.isascii()
        assert ">  3  A character model learns" in shown
        assert "ok  10 of 10" in shown or size[1] < 20


async def test_no_entries_at_all() -> None:
    app = home(entries=())
    async with app.run_test(size=(80, 24)) as pilot:
        await press(pilot, "enter", "down", "end", "c", "R", "slash", "x", "enter", "escape")
        assert isinstance(app.screen, HomeScreen)
