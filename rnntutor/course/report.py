"""Where a checker writes down what is wrong with a lesson."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rnntutor.course.lesson import Lesson
from rnntutor.course.problem import Problem
from rnntutor.course.reading import read_text
from rnntutor.course.toml_lines import Lines
from rnntutor.engine.syntax import EquationError


@dataclass(frozen=True)
class Report:
    """Everything wrong with one lesson, each with its file and line."""

    lesson: Lesson
    problems: list[Problem] = field(default_factory=list)

    @property
    def file(self) -> Path:
        """lesson.toml."""
        return self.lesson.folder / "lesson.toml"

    @property
    def words_file(self) -> Path:
        """The words."""
        return self.lesson.folder / f"{self.lesson.LANGUAGE}.md"

    @cached_property
    def lines(self) -> Lines:
        """The lines of lesson.toml."""
        return Lines(read_text(self.file))

    def tell(self, text: str, *path: str | int) -> Problem:
        """Something about a table of lesson.toml or a key of it."""
        problem = Problem(self.file, self.lines.of(*path), text)
        self.problems.append(problem)
        return problem

    def say(self, line: int, text: str) -> None:
        """Something about a line of the words."""
        self.problems.append(Problem(self.words_file, line, text))


def one_line(error: BaseException) -> str:
    """What is wrong, without the picture of the place; of what was raised under a setting with its name."""
    if isinstance(error.__cause__, EquationError):
        return f"{str(error).partition(':')[0]}: {one_line(error.__cause__)}"
    if isinstance(error, EquationError):
        return f"{error.source}: {error.what}{f'; {error.hint}' if error.hint else ''}"
    return next(iter(str(error).splitlines()), type(error).__name__)
