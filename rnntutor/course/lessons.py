"""The lessons that there are, and finding one by what a learner calls it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from rnntutor.course.lesson import Lesson
from rnntutor.course.problem import LessonError
from rnntutor.course.reading import load_lesson


def lessons_folder() -> Path:
    """Where the lessons are: beside the package if installed, in the checkout otherwise."""
    package = Path(__file__).parents[1]
    for folder in (package / "lessons", package.parent / "lessons"):
        if folder.is_dir():
            return folder
    raise LessonError(f"no lessons found beside {package}; install rnntutor again")


def list_lessons() -> list[Lesson]:
    """All lessons, the course in its order and then the sandbox, but for those that cannot be opened."""
    lessons = []
    for folder in lesson_folders(lessons_folder()):
        with suppress(LessonError):
            lessons.append(load_lesson(folder))
    return sorted(lessons, key=lambda lesson: lesson.number or len(lessons) + 1)


def is_shipped(lesson: Lesson) -> bool:
    """Whether a lesson came with the program."""
    return lesson.folder.resolve().parent == lessons_folder().resolve()


def lesson_folders(folder: Path) -> list[Path]:
    """Where lessons are, good or not: the folder itself, or those inside it."""
    if (folder / "lesson.toml").is_file():
        return [folder]
    return [inner for inner in sorted(folder.iterdir()) if (inner / "lesson.toml").is_file()]


def find_lesson(name: str, *, words: bool = True) -> Lesson:
    """A lesson by its id, its number in the course or its folder; without its `words` to be trained.

    Raises LessonError.
    """
    if (Path(name) / "lesson.toml").is_file():
        return load_lesson(Path(name), words=words)
    folders = lesson_folders(lessons_folder())
    for folder in folders:
        if name in _names(folder):
            return load_lesson(folder, words=words)
    lessons = list_lessons()
    for lesson in lessons:
        if name == lesson.id:
            return lesson
    ids = [lesson.id for lesson in lessons]
    close = difflib.get_close_matches(name, ids, 1)
    hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(ids)}"
    raise LessonError(f"no lesson is called {name!r}; {hint}")


def _names(folder: Path) -> Iterator[str]:
    """What a folder is called: "08-four-gates", "four-gates", "08" and "8"."""
    number, dash, rest = folder.name.partition("-")
    yield folder.name
    if dash and number.isdecimal() and number.isascii():
        yield from (rest, number, str(int(number)))
