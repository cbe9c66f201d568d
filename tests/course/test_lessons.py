"""Lessons: the shipped ones open, and a wrong lesson.toml is one line that names file and field."""

import os
import time
from pathlib import Path

import pytest

import rnntutor as rt
from rnntutor.course.lessons import (
    MAX_BYTES,
    Lesson,
    LessonError,
    find_lesson,
    lessons_folder,
    list_lessons,
    load_lesson,
)
from rnntutor.tasks.chars import episode
from rnntutor.training import Settings

GOOD = """
format_version = 1
id = "mine"
title = "Mine"
summary = "A lesson."
play = "hello"
[train]
text = "hello"
"""
LESSONS = list_lessons()
every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)


@every_lesson
def test_a_shipped_lesson_opens(lesson: Lesson) -> None:
    """Its settings are settings, its model is there, and the model plays the lesson's text."""
    settings = Settings.of(lesson.training)
    model = rt.load_model(lesson.model)
    told = episode(model, lesson.play, lesson.title)
    assert told.run.steps == len(lesson.play) - 1
    assert told.run["h"].shape[-1] == settings.hidden
    assert "".join(model.symbols) == "".join(sorted(model.symbols))


@every_lesson
def test_a_shipped_lesson_is_written_with_care(lesson: Lesson) -> None:
    """Words fit into one line of the list; nothing lies in the folder that no one reads."""
    assert lesson.title.isprintable()
    assert lesson.summary.isprintable()
    assert lesson.summary.endswith(".")
    known = {"lesson.toml", "model.safetensors", lesson.training.get("file")}
    assert {entry.name for entry in lesson.folder.iterdir()} <= known


def test_numbers_of_the_folders_are_the_order() -> None:
    numbers = [int(lesson.folder.name.split("-")[0]) for lesson in LESSONS]
    assert numbers == list(range(1, len(LESSONS) + 1))
    assert len({lesson.id for lesson in LESSONS}) == len(LESSONS)


def test_finding_a_lesson() -> None:
    """By id, by number, by the name of its folder, by a path."""
    first = LESSONS[0]
    for name in (first.id, "1", first.folder.name, str(first.folder)):
        assert find_lesson(name) == first


def test_a_lesson_that_is_not_there() -> None:
    with pytest.raises(LessonError, match=r"'nonesuch'; there are hello, "):
        find_lesson("nonesuch")


def test_a_wrong_lesson_does_not_stop_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The good ones are there, under their numbers; the wrong one tells what is wrong when it is asked for."""
    for folder, text in (("01-first", "no toml"), ("02-second", GOOD)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "lesson.toml").write_text(text)
    monkeypatch.setattr("rnntutor.course.lessons.lessons_folder", lambda: tmp_path)
    [good] = list_lessons()
    assert good.id == "mine"
    for name in ("mine", "2", "02-second", "second"):
        assert find_lesson(name) == good
    for name in ("1", "01-first", "first"):
        with pytest.raises(LessonError, match=r"01-first/lesson\.toml: "):
            find_lesson(name)


def test_a_lesson_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "lesson.toml").write_text(GOOD)
    lesson = find_lesson(str(tmp_path))
    assert lesson.play == "hello"
    assert lesson.model == tmp_path / "model.safetensors"


def test_a_checkout_has_its_lessons_beside_the_package() -> None:
    assert (lessons_folder() / "01-hello" / "lesson.toml").is_file()


# What is wrong -> (lesson.toml, words of the message).
WRONG: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "format_version should be 1, not None"),
    "no TOML": ("id =", "Invalid value"),
    "no text": (b"\xff\xfe\x00", "utf-8"),
    "NUL": (bytes(100), "Invalid"),
    "a future format": (GOOD.replace("= 1", "= 2"), "format_version should be 1, not 2"),
    "truth as format": (GOOD.replace("= 1", "= true"), "format_version should be 1, not True"),
    "a fraction as format": (GOOD.replace("= 1", "= 1.0"), "format_version should be 1, not 1.0"),
    "a cell that is no text": (f"{GOOD}cell = 7", "cell should be a text, not 7"),
    "no id": (GOOD.replace('id = "mine"', ""), "id should be a text, not None"),
    "an id of another type": (GOOD.replace('"mine"', "7"), "id should be a text, not 7"),
    "an empty title": (GOOD.replace('"Mine"', '""'), "title should be a text, not ''"),
    "a table as summary": (GOOD.replace('"A lesson."', "{}"), "summary should be a text"),
    "nothing to play": (GOOD.replace("play", "plays"), "play should be a text"),
    "no training": (GOOD.split("[train]", maxsplit=1)[0], "[train]"),
    "a field twice": (GOOD.replace("title", "id"), "line 4"),
    "nested deep": (f"format_version = {'[' * 20_000}", "lesson.toml"),
    "huge": ("#" * (MAX_BYTES + 1), "at most"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_lesson_is_one_line(name: str, tmp_path: Path) -> None:
    text, words = WRONG[name]
    file = tmp_path / "lesson.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    start = time.perf_counter()
    with pytest.raises(LessonError) as caught:
        load_lesson(tmp_path)
    assert time.perf_counter() - start < 1
    assert str(caught.value).startswith(f"{file}: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_lesson_file_that_is_no_file(tmp_path: Path) -> None:
    """A pipe that nobody writes to is not waited for."""
    os.mkfifo(tmp_path / "lesson.toml")
    with pytest.raises(LessonError, match="not a file"):
        load_lesson(tmp_path)


def test_a_folder_without_a_lesson(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="No such file"):
        load_lesson(tmp_path)
