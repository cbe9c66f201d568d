"""What can be opened: a lesson, a model file, and the list of all lessons. Light, until something is opened."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rnntutor.app.entries import Entry
    from rnntutor.course.progress import Progress
    from rnntutor.course.store import Store


WEIGHTS = (".safetensors", ".pt", ".pth")
"""How the names of files with weights end."""


def open_lesson(lesson: Any, text: str | None = None, image: str | None = None) -> Any:
    """A lesson with its networks, over its own text or picture, or over another."""
    from rnntutor.course.opening import open_lesson as opened

    picture = None if image is None else _picture(Path(image))
    return opened(lesson, text, lambda said: click.echo(f"rnntutor: {said}", err=True), picture)


def _picture(path: Path) -> Any:
    """What a network sees of a learner's own picture. Raises ValueError where it is none."""
    from rnntutor.vision.picture import Picture
    from rnntutor.vision.reading import read_picture

    return Picture(read_picture(path))


def open_model(path: Path, text: str | None) -> Any:
    """The episode of a model file, over the text given or the beginning of what it learned."""
    from rnntutor.model import load_model
    from rnntutor.tasks.sequences import episode
    from rnntutor.training import learning_of

    model = load_model(path)
    played = text or model.record.get("play")
    if not isinstance(played, str):
        raise ValueError(f"{path}: say what to play, with --text")
    return replace(episode(model, played, path.stem), learning=learning_of(model.record))


def open_weights(path: Path, text: str | None, asked: Mapping[str, Any]) -> Any:
    """A model of ours, or one of PyTorch's over what is asked for. Raises ValueError where it cannot be played."""
    from rnntutor.model import is_own

    if is_own(path):
        for name in asked:
            raise ValueError(f"--{name} is for a model from PyTorch; {path} is one of rnntutor's own")
        return open_model(path, text)
    from rnntutor.course.foreign import open_torch
    from rnntutor.exchange.opening import Asked

    return open_torch(path, Asked(text=text or "", **asked))


def open_equations(name: str, text: str | None, hidden: int | None) -> Any:
    """The episode of a file with equations, with fresh weights. Raises ValueError where it cannot be played."""
    from rnntutor.engine.cell import cell_text
    from rnntutor.tasks.drafting import HIDDEN, TEXT, drafted, fresh

    equations, title = cell_text(Path(name))
    draft = drafted(equations, title, HIDDEN if hidden is None else hidden, TEXT if text is None else text)
    return fresh(draft, Path(name).stem)


def writing_on(name: str) -> Any:
    """The equations of a shipped cell or of a file, to be written on. Raises ValueError for what is neither."""
    from rnntutor.engine.cell import cell_text, shipped_cells
    from rnntutor.tasks.drafting import Writing, tidy

    text, title = cell_text(name)
    return Writing(tidy(text), title) if name in shipped_cells() else Writing(tidy(text), title, place=name)


def given_text(text: str | None) -> str | None:
    """What --text means: the file of that name, or else the words themselves. Raises ValueError for a bad file."""
    if text is None or not (re.fullmatch(r"\S*\.[A-Za-z]{1,4}", text) or Path(text).is_file()):
        return text
    from rnntutor.training import Settings, read_text

    return read_text(Settings(file=text))


def opener(
    name: str, text: str | None, hidden: int | None = None, asked: Mapping[str, Any] | None = None
) -> Callable[[], Any]:
    """What opens a lesson, a model file or one with equations. Any other name is told before anything heavy loads.

    `asked` is what only a model from PyTorch can be asked for, see `exchange.opening.Asked`, and a lesson's `image`.
    """
    from rnntutor.course.lessons import find_lesson

    path = Path(name)
    asked = {option: value for option, value in (asked or {}).items() if value is not None}
    image = asked.pop("image", None)
    if image is not None and path.suffix in (".eq", *WEIGHTS):
        raise ValueError(f"--image is for a lesson on captions; {name} is none")
    if asked and path.suffix not in WEIGHTS:
        raise ValueError(f"--{next(iter(asked))} is for a model from PyTorch, which ends in {', '.join(WEIGHTS)}")
    if path.suffix == ".eq":
        return partial(open_equations, name, given_text(text), hidden)
    if hidden is not None:
        raise ValueError(f"--hidden is for a file with equations, which ends in .eq; {name} has its units already")
    if path.suffix in WEIGHTS:
        return partial(open_weights, path, given_text(text), asked)
    return partial(open_lesson, find_lesson(name), given_text(text), image)


def list_entries(store: Store) -> list[Entry]:
    """The list that the app opens with: every lesson, and how far the learner is in it."""
    from rnntutor.course.lessons import list_lessons

    lessons = list_lessons()
    kept = store.all()
    return [*(_entry(lesson, kept.get(lesson.id)) for lesson in lessons), _own()]


BEGIN_WITH = "rnn"
"""The cell that somebody who writes begins with, where no other is asked for."""


def _own() -> Entry:
    """The line of the list that opens the editor."""
    from rnntutor.app.entries import Entry

    summary = "Write the equations of a cell, see its gradient appear, step through it and train it."
    return Entry("Your own cell", "", summary, partial(writing_on, BEGIN_WITH))


def _entry(lesson: Any, progress: Progress | None) -> Entry:
    """A line of the list."""
    from rnntutor.app.entries import Entry
    from rnntutor.course.reading import headings

    return Entry(
        lesson.title, _about(lesson), lesson.summary, partial(open_lesson, lesson),
        number=lesson.number, kind="course" if lesson.moments else "sandbox", id=lesson.id,
        moments=len(lesson.moments), questions=lesson.questions, progress=progress,
        headings=cache(partial(headings, lesson.folder)),
    )  # fmt: skip


def _about(lesson: Any) -> str:
    """A few words on a lesson's network."""
    settings = lesson.training(lesson.first)
    return f"{settings.get('cell', 'lstm').upper()} {settings.get('hidden', '')}".strip()
