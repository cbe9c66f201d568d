"""Laying out a new lesson: a folder that plays at once, to be changed from there."""

from __future__ import annotations

from pathlib import Path

from rnntutor.course.problem import LessonError
from rnntutor.course.reading import NAME

_TEMPLATE = Path(__file__).parent / "template"


def lay_out(name: str, into: Path) -> Path:
    """The folder of a new lesson. Raises LessonError for a name that cannot be, or that is there already."""
    if not NAME.fullmatch(name):
        raise LessonError(f"{name!r}: a name of small letters, figures, - and _ is wanted, such as my-lesson")
    folder = into / name
    try:
        folder.mkdir()
        for file in sorted(_TEMPLATE.iterdir()):
            text = file.read_text(encoding="utf-8").replace("NAME", name).replace("FOLDER", name)
            (folder / file.name).write_text(text, encoding="utf-8")
    except FileExistsError as error:
        raise LessonError(f"{folder}: this is there already") from error
    except OSError as error:
        raise LessonError(f"{folder}: {error.strerror}") from error
    return folder
