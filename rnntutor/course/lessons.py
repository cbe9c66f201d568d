"""Lessons as data: a folder with lesson.toml, the words, and the model that it plays."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMAT_VERSION = 1
MAX_BYTES = 1 << 20


class LessonError(ValueError):
    """A lesson cannot be opened: one line that names the file and what would be right."""


@dataclass(frozen=True)
class Lesson:
    """What lesson.toml says."""

    folder: Path
    id: str
    title: str
    summary: str
    play: str
    """The text that is stepped through."""
    training: Mapping[str, Any]
    """How model.safetensors is made: see `rnntutor.training.Settings`."""

    @property
    def model(self) -> Path:
        """The trained model."""
        return self.folder / "model.safetensors"


def lessons_folder() -> Path:
    """Where the lessons are: beside the package if installed, in the checkout otherwise."""
    package = Path(__file__).parents[1]
    for folder in (package / "lessons", package.parent / "lessons"):
        if folder.is_dir():
            return folder
    raise LessonError(f"no lessons found beside {package}; install rnntutor again")


def list_lessons() -> list[Lesson]:
    """All lessons in the order of the course, but for those that cannot be opened."""
    lessons = []
    for folder in _folders():
        with suppress(LessonError):
            lessons.append(load_lesson(folder))
    return lessons


def _folders() -> list[Path]:
    """Where a lesson is, good or not, in the order of the course."""
    return [folder for folder in sorted(lessons_folder().iterdir()) if (folder / "lesson.toml").is_file()]


def find_lesson(name: str) -> Lesson:
    """A lesson by its id, its number in the course or its folder. Raises LessonError."""
    if (Path(name) / "lesson.toml").is_file():
        return load_lesson(Path(name))
    lessons = list_lessons()
    for lesson in lessons:
        if name == lesson.id:
            return lesson
    for number, folder in enumerate(_folders(), 1):
        if name in (str(number), folder.name, folder.name.partition("-")[2]):
            return load_lesson(folder)
    raise LessonError(f"no lesson is called {name!r}; there are {', '.join(lesson.id for lesson in lessons)}")


def load_lesson(folder: Path) -> Lesson:
    """Read lesson.toml. Raises LessonError naming the file and the field."""
    file = folder / "lesson.toml"
    try:
        if file.exists() and not file.is_file():
            raise LessonError(f"{file}: this is not a file")
        if file.stat().st_size > MAX_BYTES:
            raise LessonError(f"{file}: too long; at most {MAX_BYTES:,} bytes are read")
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise LessonError(f"{file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise LessonError(f"{file}: {error}") from error
    version = table.get("format_version")
    if version != FORMAT_VERSION or type(version) is not int:
        raise LessonError(f"{file}: format_version should be {FORMAT_VERSION}, not {version!r}")
    texts = {name: _text(file, table, name) for name in ("id", "title", "summary", "play")}
    training = table.get("train")
    if not isinstance(training, dict):
        raise LessonError(f"{file}: a table [train] is wanted")
    if not isinstance(training.get("cell", ""), str):
        raise LessonError(f"{file}: cell should be a text, not {training['cell']!r}")
    return Lesson(folder, training=training, **texts)


def _text(file: Path, table: Mapping[str, Any], name: str) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not value:
        raise LessonError(f"{file}: {name} should be a text, not {value!r}")
    return value
