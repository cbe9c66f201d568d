"""Progress on a disk: damage, full disks, two programs at once. Nothing raises, nothing is lost."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rnntutor.course.progress import Progress, as_json
from rnntutor.course.store import MAX_BYTES, Store, encoded, file_name
from tests.course.test_progress import some_progress

SAVING = """
import sys
from pathlib import Path
from rnntutor.course.store import Store
store = Store(Path(sys.argv[1]))
while True:
    progress = store.load("x")
    store.save((progress.visited(f"m{len(progress.seen)}") if len(progress.seen) < 500 else type(progress)("x")))
"""
SMALL_DISK = """
import resource, signal, sys
from pathlib import Path
from rnntutor.course.store import Store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
store, progress = Store(Path(sys.argv[1])), None
progress = store.load("x")
for k in range(200):
    progress = progress.visited(f"another moment {k}")
print(store.save(progress), *store.notices, sep="\\n")
"""


def names(folder: Path) -> list[str]:
    return sorted(k.name for k in folder.iterdir())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "progress")


def folder_of(store: Store) -> Path:
    assert store.folder is not None
    store.folder.mkdir(parents=True, exist_ok=True)
    return store.folder


def as_root() -> bool:
    return os.geteuid() == 0


def test_what_is_saved_is_loaded(store: Store) -> None:
    assert store.load("x") == Progress("x")
    assert store.all() == {}
    assert store.latest() is None
    one = Progress("x").visited("a").answered("a", right=True)
    other = Progress("École 7/../“ß”").visited("b")
    assert store.save(one)
    assert store.save(other)
    assert store.load("x") == one
    assert store.all() == {one.lesson: one, other.lesson: other}
    assert store.latest() in (one, other)
    assert store.save(one.visited("z"))
    assert store.latest() == store.load("x")
    assert not store.notices


@given(some_progress())
def test_any_progress_of_any_lesson(progress: Progress) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        assert store.save(progress)
        assert store.load(progress.lesson) == progress
        assert store.all() == {progress.lesson: progress}
        assert len(names(Path(folder))) == 1


@given(st.text(min_size=1), st.text(min_size=1))
@example("hello", "Hello")
@example("a", "a ")
@example("x" * 300, "x" * 301)
@example("..", ".")
def test_every_lesson_has_a_safe_name_of_its_own(one: str, other: str) -> None:
    for lesson in (one, other):
        assert re.fullmatch(r"[a-z0-9~][a-z0-9_~-]*\.json", file_name(lesson))
        assert len(file_name(lesson)) < 80
    assert (file_name(one).lower() == file_name(other).lower()) == (one == other)


def damaged(data: bytes) -> tuple[Store, Progress, list[str]]:
    """What comes of a file with these bytes."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        (Path(folder) / "x.json").write_bytes(data)
        progress = store.load("x")
        found = names(Path(folder))
        assert (Path(folder) / found[0]).read_bytes() == data
        assert store.save(progress.visited("again"))
        assert Store(Path(folder)).load("x").moment == "again"
        assert len(names(Path(folder))) == len(set(found) | {"x.json"})
        return store, progress, found


GOOD = encoded(as_json(Progress("x").visited("a").answered("a", right=True, hints=1).finish()))
DAMAGE = {
    "empty": (b"", "this is empty"),
    "blank": (b" \n", "this is empty"),
    "cut": (GOOD[:40], "this is not JSON"),
    "NUL": (b"\0" * 4096, "this is not JSON"),
    "filled with NUL": (GOOD[:60] + b"\0" * (len(GOOD) - 60), "this is not JSON"),
    "a list": (b"[]", "a table is wanted"),
    "a number": (b"3", "a table is wanted"),
    "not a number": (GOOD.replace(b'"tries": 1', b'"tries": NaN'), "tries: a whole number"),
    "huge number": (GOOD.replace(b'"tries": 1', b'"tries": ' + b"9" * 5000), "this is not JSON"),
    "wrong type": (GOOD.replace(b"true", b'"yes"'), "right: true or false is wanted"),
    "future version": (GOOD.replace(b'version": 1', b'version": 7'), "not 7, which a newer rnntutor reads"),
    "bytes": (b"\x80\x04\x95" + GOOD, "byte 0 is not UTF-8"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "is not UTF-8"),
    "deep": (b"[" * 500_000, "this nests too deep"),
    "deep and closed": (b'{"a":' * 90_000 + b"1" + b"}" * 90_000, "this nests too deep"),
    "huge": (b" " * 10_000_000 + GOOD, f"larger than {MAX_BYTES:,} bytes"),
    "another lesson": (GOOD.replace(b'"x"', b'"y"'), "lesson: 'y' would be in y.json"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage(name: str) -> None:
    """The file stays beside, whole; the lesson begins anew; one notice."""
    data, said = DAMAGE[name]
    start = time.perf_counter()
    store, progress, found = damaged(data)
    assert time.perf_counter() - start < 2
    assert progress == Progress("x")
    assert found == ["x.json.bad"]
    assert len(store.notices) == 1
    assert said in store.notices[0]
    assert store.notices[0].endswith("x.json.bad")
    assert "\n" not in store.notices[0]


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    store, progress, found = damaged(data)
    assert (progress, found, len(store.notices)) == (Progress("x"), ["x.json.bad"], 1)


@given(st.data())
def test_any_change_of_a_good_file(data: st.DataObject) -> None:
    """Bytes cut out and put in: it is read, or set aside."""
    start = data.draw(st.integers(0, len(GOOD)))
    stop = data.draw(st.integers(start, min(len(GOOD), start + 20)))
    store, progress, found = damaged(GOOD[:start] + data.draw(st.binary(max_size=5)) + GOOD[stop:])
    assert found == (["x.json.bad"] if store.notices else ["x.json"])
    assert progress.lesson == "x"
    if store.notices:
        assert progress == Progress("x")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(list(as_json(Progress("x")))), JSON))
def test_any_types(changes: dict[str, Any]) -> None:
    wanted = as_json(Progress("x").visited("a"))
    store, progress, found = damaged(json.dumps({**wanted, **changes}).encode())
    assert found == (["x.json.bad"] if store.notices else ["x.json"])
    assert progress.lesson == "x"


def test_what_was_set_aside_before_is_not_lost(store: Store) -> None:
    folder = folder_of(store)
    for k in range(3):
        (folder / "x.json").write_text(f"damage {k}")
        store.load("x")
    assert {name: (folder / name).read_text() for name in names(folder)} == {
        "x.json.bad": "damage 0", "x.json-2.bad": "damage 1", "x.json-3.bad": "damage 2",
    }  # fmt: skip
    assert len(store.notices) == 3


def test_a_lesson_that_is_gone(store: Store) -> None:
    """Another version may know it."""
    gone, here = Progress("gone").visited("a"), Progress("here").visited("a")
    store.save(gone)
    store.save(here)
    assert store.all() == {"gone": gone, "here": here}
    assert names(folder_of(store)) == ["gone.json", "here.json"]
    assert not store.notices


def test_others_are_no_harm(store: Store) -> None:
    """One damaged file, a folder, a pipe, a link to itself, and what is no progress at all."""
    folder = folder_of(store)
    here = Progress("here").visited("a")
    store.save(here)
    (folder / "a.json").write_text("{")
    (folder / "folder.json").mkdir()
    os.mkfifo(folder / "pipe.json")
    (folder / "loop.json").symlink_to("loop.json")
    (folder / "notes.txt").write_text("mine")
    (folder / "here copy.json").write_bytes((folder / "here.json").read_bytes())
    assert store.all() == {"here": here}
    aside = ["a", "folder", "here copy", "loop", "pipe"]
    assert names(folder) == sorted([f"{k}.json.bad" for k in aside] + ["here.json", "notes.txt"])
    assert len(store.notices) == len(aside)


def test_forgetting_keeps_a_copy(store: Store) -> None:
    assert not store.reset("x")
    one = Progress("x").visited("a")
    store.save(one)
    assert store.reset("x")
    assert store.load("x") == Progress("x")
    assert names(folder_of(store)) == ["x.json.bak"]
    (folder_of(store) / "x.json.bak").rename(folder_of(store) / "x.json")
    assert store.load("x") == one
    assert not store.notices


# Folders that are none.


def in_the_way(path: Path) -> Path:
    path.write_text("a file")
    return path


def under_a_file(path: Path) -> Path:
    path.write_text("a file")
    return path / "deeper"


def a_link_to_itself(path: Path) -> Path:
    path.symlink_to(path)
    return path


def closed(path: Path) -> Path:
    path.mkdir()
    Store(path).save(Progress("x").visited("kept"))
    path.chmod(0o500)
    return path


PLACES: list[Callable[[Path], Path]] = [in_the_way, under_a_file, a_link_to_itself, closed]


@pytest.mark.parametrize("make", PLACES)
def test_a_place_where_nothing_can_be_kept(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    """One notice however often it is tried, and all goes on without."""
    store = Store(make(tmp_path / "place"))
    progress = store.load("x").visited("a")
    if make is closed and as_root():  # to whom nothing is closed
        assert store.save(progress)
        return
    for _ in range(2):
        assert not store.save(progress)
        store.all()
        assert store.load("y") == Progress("y")
        assert not store.reset("y")
    assert len(store.notices) == 1
    assert store.notices[0].startswith(f"progress is not kept in {store.folder}: ")


def test_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody whom the system knows, and no HOME: nothing is written into the folder that one happens to be in."""
    monkeypatch.delenv("RNNTUTOR_DATA", raising=False)
    monkeypatch.setattr("rnntutor.course.store.user_data_path", lambda *_, **__: Path("~/.local/share/rnntutor"))
    store = Store.usual()
    assert "no home folder; RNNTUTOR_DATA can name another one" in store.notices[0]
    assert not store.save(Progress("x"))
    assert not store.reset("x")
    assert store.load("x") == Progress("x")
    assert store.all() == {}
    assert len(store.notices) == 1


def test_the_usual_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Store.usual({"RNNTUTOR_DATA": "/a/b"}).folder == Path("/a/b/progress")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert Store.usual({}).folder == tmp_path / "rnntutor" / "progress"
    assert not names(tmp_path), "looking makes no folder"


def test_a_full_disk(store: Store) -> None:
    """The kernel takes no more than 1,000 bytes of a file: the old state stays, and it is told."""
    folder = folder_of(store)
    old = Progress("x").visited("a")
    store.save(old)
    ended = subprocess.run(
        [sys.executable, "-c", SMALL_DISK, str(folder)], capture_output=True, text=True, check=True, timeout=60
    )
    saved, notice = ended.stdout.splitlines()
    assert saved == "False"
    assert notice == f"progress is not kept in {folder}: File too large"
    assert store.load("x") == old
    assert names(folder) == ["x.json"]


def test_two_at_once_and_killed_while_saving(store: Store) -> None:
    """Whatever is read meanwhile is whole, and so is what is left."""
    folder = folder_of(store)
    for _ in range(3):
        writers = [subprocess.Popen([sys.executable, "-c", SAVING, str(folder)]) for _ in range(2)]
        try:
            lengths, end = set[int](), time.monotonic() + 20
            while len(lengths) < 30 and time.monotonic() < end:
                lengths.add(len(store.load("x").seen))
        finally:
            for writer in writers:
                writer.send_signal(signal.SIGKILL)
                writer.wait()
        assert len(lengths) >= 30
        store.load("x")
    assert not store.notices
    assert not [name for name in names(folder) if name.endswith(".bad")]


# Taken along.


def test_progress_is_taken_to_another_place(store: Store, tmp_path: Path) -> None:
    one, other = Progress("one").visited("a"), Progress("other").visited("b").finish()
    for progress in (one, other):
        store.save(progress)
    path = tmp_path / "mine.json"
    assert store.export(path) == ["one", "other"]
    elsewhere = Store(tmp_path / "elsewhere")
    assert elsewhere.import_(path) == (["one", "other"], [])
    assert elsewhere.all() == {"one": one, "other": other}
    assert elsewhere.import_(path) == ([], ["one", "other"])


def test_of_two_the_later_one_stays(store: Store, tmp_path: Path) -> None:
    early, late = Progress("x", "a", when="2026-03-01T09:00"), Progress("x", "b", when="2026-03-01T09:01")
    path = tmp_path / "mine.json"
    for here, there in ((early, late), (late, early)):
        elsewhere = Store(tmp_path / here.moment)
        elsewhere.save(there)
        store.save(here)
        store.export(path, force=True)
        assert elsewhere.import_(path) == ((["x"], []) if here is late else ([], ["x"]))
        assert elsewhere.load("x") == late


def test_an_export_replaces_nothing_unasked(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text("mine")
    with pytest.raises(ValueError, match=r"mine.json: there is such a file already; --force replaces it"):
        store.export(path)
    assert path.read_text() == "mine"
    store.export(path, force=True)
    assert Store(tmp_path / "new").import_(path) == ([], [])
    for wrong, said in ((tmp_path, "this is not a file"), (tmp_path / "no" / "file", "No such file or directory")):
        with pytest.raises(ValueError, match=said):
            store.export(wrong, force=True)
    assert names(tmp_path) == ["mine.json"]


ENTRY = as_json(Progress("x").visited("a"))
HEAD = {"format_version": 1, "kind": "rnntutor progress"}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "this is empty"),
        (b"[", "this is not JSON"),
        (b"[]", "not a file that `rnntutor progress export` wrote"),
        (encoded(ENTRY), "not a file that `rnntutor progress export` wrote"),
        (encoded({**HEAD, "lessons": 3}), "not a file that"),
        (encoded({**HEAD, "lessons": [], "format_version": 2}), "which a newer rnntutor reads"),
        (encoded({**HEAD, "lessons": [ENTRY, {**ENTRY, "lesson": "y", "seen": 1}]}), "lesson 2 of 2: seen: a list"),
        (encoded({**HEAD, "lessons": [ENTRY, ENTRY]}), "lesson 'x' stands in it twice"),
        (encoded({**HEAD, "lessons": [{**ENTRY, "format_version": 9}]}), "lesson 1 of 1: format_version should be 1"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",  # the data holds the time
)
def test_an_import_takes_all_or_nothing(store: Store, tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"^[^\n]*$") as caught:
        store.import_(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)
    assert store.all() == {}


def test_an_import_that_cannot_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(encoded({**HEAD, "lessons": [ENTRY]}))
    with pytest.raises(ValueError, match=r"mine.json: what it brings for 'x' cannot be kept"):
        Store(in_the_way(tmp_path / "file")).import_(path)
    with pytest.raises(ValueError, match="No such file"):
        Store(tmp_path).import_(tmp_path / "nowhere")
