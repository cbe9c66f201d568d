"""Files are the old ones or the new ones, whatever happens meanwhile."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rnntutor.writing import numbered, replace_file, write_new

OLD, NEW = b"old\n" * 1000, b"new\n" * 50_000
FOR_EVER = """
import sys
from pathlib import Path
from rnntutor.writing import replace_file
path, old, new = Path(sys.argv[1]), b"old\\n" * 1000, b"new\\n" * 50_000
while True:
    replace_file(path, new)
    replace_file(path, old)
"""
SMALL_DISK = """
import resource, signal, sys
from pathlib import Path
from rnntutor.writing import replace_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
replace_file(Path(sys.argv[1]), b"new\\n" * 50_000)
"""


def names(folder: Path) -> list[str]:
    return sorted(k.name for k in folder.iterdir())


def started(code: str, path: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code, str(path)], stderr=subprocess.PIPE)


def test_a_file_is_replaced_and_keeps_its_usual_mode(tmp_path: Path) -> None:
    path, usual = tmp_path / "a", tmp_path / "b"
    usual.touch()
    for data in (b"", OLD, NEW, b"\0\xff"):
        replace_file(path, data)
        assert path.read_bytes() == data
    assert path.stat().st_mode == usual.stat().st_mode
    assert names(tmp_path) == ["a", "b"]


@pytest.mark.parametrize("call", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()], ids=repr)
def test_what_goes_wrong_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: BaseException
) -> None:
    def fails(*_: object) -> None:
        raise error

    path = tmp_path / "a"
    replace_file(path, OLD)
    monkeypatch.setattr(os, "fsync", fails) if call == "fsync" else monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(type(error)):
        replace_file(path, NEW)
    with pytest.raises(type(error)):
        write_new(tmp_path / "b", NEW)
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["a"]


def test_a_full_disk(tmp_path: Path) -> None:
    """The kernel takes no more than 10,000 bytes of the new file."""
    path = tmp_path / "a"
    replace_file(path, OLD)
    ended = started(SMALL_DISK, path)
    _, said = ended.communicate(timeout=60)
    assert ended.returncode == 1
    assert b"File too large" in said
    assert path.read_bytes() == OLD
    assert names(tmp_path) == ["a"]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 10_000


def test_killed_at_any_moment(tmp_path: Path) -> None:
    path = tmp_path / "a"
    replace_file(path, OLD)
    found = set()
    for k in range(8):
        writer = started(FOR_EVER, path)
        begun = path.stat().st_ino
        while path.stat().st_ino == begun:
            time.sleep(0.001)
        time.sleep(0.0007 * k)
        writer.send_signal(signal.SIGKILL)
        writer.communicate()
        found.add(path.read_bytes())
    assert found <= {OLD, NEW}


def test_two_writers_never_break_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    replace_file(path, OLD)
    writers = [started(FOR_EVER, path) for _ in range(2)]
    try:
        seen = set[bytes]()
        end = time.monotonic() + 20
        while seen != {OLD, NEW} and time.monotonic() < end:
            seen.add(path.read_bytes())
    finally:
        for writer in writers:
            writer.kill()
            assert b"Error" not in writer.communicate()[1]
    assert seen == {OLD, NEW}


def test_a_new_file_replaces_none(tmp_path: Path) -> None:
    write_new(tmp_path / "a", OLD)
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("a", "link"):
        with pytest.raises(FileExistsError):
            write_new(tmp_path / name, NEW)
    assert (tmp_path / "a").read_bytes() == OLD
    assert names(tmp_path) == ["a", "link"]


def test_names_are_numbered() -> None:
    found = numbered(Path("x"), "a", ".svg")
    assert [next(found).name for _ in range(3)] == ["a.svg", "a-2.svg", "a-3.svg"]
