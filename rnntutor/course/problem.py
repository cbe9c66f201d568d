"""What is wrong with a lesson: the file, the line, and what would be right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class LessonError(ValueError):
    """A lesson cannot be opened: one line that names the file and what would be right."""


@dataclass(frozen=True)
class Problem:
    """Something that an author has to mend."""

    file: Path
    line: int
    """From 1; 0 for the whole file."""
    text: str

    def __str__(self) -> str:
        return f"{self.file}{f':{self.line}' if self.line else ''}: {self.text}"

    @property
    def error(self) -> LessonError:
        """The same, to be raised."""
        return LessonError(str(self))
