"""New files: safe names, nothing written over, nothing left behind."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.app.files import file_stem, save_new
from tests.app.episodes import player, player_app
from tests.app.test_editing import TO_F2
from tests.app.test_player import press, text_of


def in_folder(folder: Path) -> list[str]:
    """The names of all files."""
    return sorted(k.name for k in folder.iterdir())


@pytest.mark.parametrize(
    ("parts", "stem"),
    [
        (("rnntutor", "hello", "forward", "t2", "c"), "rnntutor-hello-forward-t2-c"),
        (("rnntutor", "Four gates", "t2", "dW_f"), "rnntutor-Four-gates-t2-dW_f"),
        (("rnntutor", "../../etc/passwd", "x"), "rnntutor-etc-passwd-x"),
        (("rnntutor", "école “ß”\n\x1b[31m", "x"), "rnntutor-ecole-31m-x"),
        (("rnntutor", "長い", "", "x"), "rnntutor-x"),
        (("rnntutor", "a" * 500, "x"), f"rnntutor-{'a' * 60}-x"),
    ],
)
def test_names_are_safe(parts: tuple[str, ...], stem: str) -> None:
    assert file_stem(*parts) == stem


@given(st.lists(st.text(), max_size=5))
def test_any_words_make_a_safe_name(parts: list[str]) -> None:
    assert re.fullmatch(r"rnntutor(-[A-Za-z0-9_][A-Za-z0-9_-]*)*", file_stem("rnntutor", *parts))


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "a-2.svg").write_text("mine")
    names = [save_new(tmp_path, "a", ".svg", text).name for text in ("one", "two", "three")]
    assert names == ["a.svg", "a-3.svg", "a-4.svg"]
    assert {k.name: k.read_text() for k in tmp_path.iterdir()} == {
        "a.svg": "one", "a-2.svg": "mine", "a-3.svg": "two", "a-4.svg": "three",
    }  # fmt: skip


def test_a_link_to_elsewhere_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "a.svg").symlink_to(elsewhere)
    assert save_new(tmp_path, "a", ".svg", "one").name == "a-2.svg"
    assert not elsewhere.exists()


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full) if call == "fsync" else monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        save_new(tmp_path, "a", ".svg", "one")
    assert not in_folder(tmp_path)


async def test_a_picture_is_saved_where_the_app_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, *TO_F2, "S")
        assert "saved rnntutor-four-gates-forward-t2-f.svg" in text_of(app)
        await press(pilot, "S", "b", "S")
    names = in_folder(tmp_path)
    assert names == [
        "rnntutor-four-gates-backward-t3-dloss.svg",
        "rnntutor-four-gates-forward-t2-f-2.svg",
        "rnntutor-four-gates-forward-t2-f.svg",
    ]
    root = ET.fromstring((tmp_path / names[-1]).read_text(encoding="utf-8"))  # noqa: S314  (we wrote it)
    assert root.tag.endswith("svg")
    assert "σ" in "".join(root.itertext())


async def test_what_goes_wrong_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "S")
        said = (
            "The picture could not be saved: rnntutor-four-gates-forward-t0-i.svg: No such file or directory"
        )
        assert said in text_of(app)
        await press(pilot, "right")
        assert player(app).cursor.line == 1
