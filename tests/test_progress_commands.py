"""rnntutor progress: a table, and progress taken along."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rnntutor.cli import cli
from rnntutor.cli.opening import list_entries
from rnntutor.cli.progress_commands import table
from rnntutor.course import lessons
from rnntutor.course.lessons import list_lessons
from rnntutor.course.progress import Answer, Progress
from rnntutor.course.store import Store
from tests.app.courses import SOME, course
from tests.test_imports import of_command


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A place of its own for progress, and a zone for times."""
    monkeypatch.setenv("RNNTUTOR_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    return Store.usual()


def invoke(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(cli, ["progress", *words], standalone_mode=False, input=typed)


def begun(store: Store, lesson: str = "hello") -> Progress:
    """Something is known of a lesson."""
    progress = Progress(lesson).visited("a").answered("a", right=True)
    store.save(progress)
    return progress


def test_a_table_of_all_lessons() -> None:
    right = replace(SOME[2], answers={"m1": Answer(right=True, tries=2), "m2": Answer(tries=1)})
    lines = list(table(course([*SOME[:2], right, Progress("hello", when=SOME[1].when)])))
    one, two, three = (k.changed.astimezone().strftime("%Y-%m-%d %H:%M") for k in SOME)
    assert lines[:5] == [
        "lesson                         how far    right    last change",
        f" 1  A loop with memory         finished   0 of 3   {one}",
        f" 2  Unrolled in time           2 of 11    0 of 3   {two}",
        f" 3  A character model learns   4 of 12    1 of 3   {three}",
        " 4  Sampling                   -          -        -",
    ]
    assert lines[15] == f"hello                          begun      -        {two}"
    assert len(lines) == 18


def test_the_table_is_printed(store: Store) -> None:
    heading, *rows = invoke().output.splitlines()
    assert heading.split() == ["lesson", "how", "far", "right", "last", "change"]
    titles = [f"{k.number:2}  {k.title}" if k.number else k.title for k in list_lessons()]
    assert [" ".join(row.split()) for row in rows] == [f"{' '.join(title.split())} - - -" for title in titles]
    begun(store)
    assert re.search(r"^hello +begun +- ", invoke().output, re.MULTILINE)


def test_a_lesson_of_another_version_is_left_alone(store: Store) -> None:
    """It is not listed, and its file stays what it is."""
    kept = begun(store, "gone")
    result = invoke()
    assert result.stderr == ""
    assert len(result.stdout.splitlines()) == len(list_lessons()) + 1
    assert store.load("gone") == kept


def test_what_is_wrong_is_said_beside_the_table(store: Store) -> None:
    begun(store, "hello")
    file = store.file("hello")
    assert file is not None
    file.write_text("{")
    result = invoke()
    assert result.stderr.startswith("rnntutor: ")
    assert result.stderr.endswith("it is set aside as hello.json.bad\n")
    assert len(result.stdout.splitlines()) == len(list_lessons()) + 1
    assert invoke().stderr == ""


def test_a_lesson_that_cannot_be_read_is_not_gone(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its progress waits until it can be read again."""
    begun(store)
    (tmp_path / "lessons" / "01-hello").mkdir(parents=True)
    (tmp_path / "lessons" / "01-hello" / "lesson.toml").write_text("no toml")
    monkeypatch.setattr(lessons, "lessons_folder", lambda: tmp_path / "lessons")
    assert [entry.title for entry in list_entries(store)] == ["Your own cell"]
    assert store.load("hello").begun
    assert not store.notices


def test_taken_along_to_another_machine(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    progress = begun(store)
    assert invoke("export", "mine.json").output == "saved mine.json: 1 lesson\n"
    refused = invoke("export", "mine.json").exception
    assert str(refused) == "mine.json: there is such a file already; --force replaces it"
    assert invoke("export", "mine.json", "--force").exit_code == 0
    monkeypatch.setenv("RNNTUTOR_DATA", str(tmp_path / "other"))
    assert invoke("import", "mine.json").output == "taken in: 1 lesson\n"
    assert Store.usual().load("hello") == progress
    assert invoke("import", "mine.json").output == "taken in: 0 lessons; yours is as new: 1 lesson\n"
    assert "nowhere.json: No such file" in str(invoke("import", "nowhere.json").exception)


def test_forgetting_a_lesson(store: Store, tmp_path: Path) -> None:
    assert invoke("reset", "hello").output == "nothing is kept of hello\n"
    begun(store)
    assert "Forget how far you are in hello? [y/N]" in invoke("reset", "hello", typed="n\n").output
    assert store.load("hello").begun
    kept = tmp_path / "data" / "progress" / "hello.json.bak"
    assert invoke("reset", "hello", typed="y\n").output.endswith(f"forgotten: hello; {kept} keeps it\n")
    assert kept.is_file()
    begun(store)
    assert "?" not in invoke("reset", "hello", "--yes").output
    assert not store.load("hello").begun


def test_forgetting_a_lesson_that_is_gone(store: Store) -> None:
    assert "no lesson is called 'gone'" in str(invoke("reset", "gone").exception)
    begun(store, "gone")
    assert invoke("reset", "gone", "--yes").output.startswith("forgotten: gone")


def test_it_is_light() -> None:
    for words in ([], ["--help"], ["reset", "hello"]):
        assert not of_command("progress", *words) & {"textual", "rich", "numpy", "safetensors"}
