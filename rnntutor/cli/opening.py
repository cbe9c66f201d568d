"""What can be opened: a lesson, a model file, and the list of all lessons. Light, until something is opened."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnntutor.app.entries import Entry
    from rnntutor.course.store import Store


def open_lesson(lesson: Any, text: str | None = None) -> Any:
    """The episode of a lesson: its model run over its text."""
    from rnntutor.model import load_model
    from rnntutor.tasks.chars import episode

    return episode(load_model(lesson.model), text or lesson.play, lesson.title)


def open_model(path: Path, text: str | None) -> Any:
    """The episode of a model file, over the text given or the beginning of what it learned."""
    from rnntutor.model import load_model
    from rnntutor.tasks.chars import episode

    model = load_model(path)
    played = text or model.record.get("play")
    if not isinstance(played, str):
        raise ValueError(f"{path}: say what to play, with --text")
    return episode(model, played, path.stem)


def opener(name: str, text: str | None) -> Callable[[], Any]:
    """What opens a lesson or a model file. A name that is neither is told before anything heavy loads."""
    from rnntutor.course.lessons import find_lesson

    path = Path(name)
    if path.suffix == ".safetensors":
        return partial(open_model, path, text)
    return partial(open_lesson, find_lesson(name), text)


def list_entries(store: Store) -> list[Entry]:
    """The list that the app opens with: every lesson, and how far the learner is in it."""
    from rnntutor.app.entries import Entry
    from rnntutor.course.lessons import list_lessons

    lessons = list_lessons()
    kept = store.all(_known(lessons))
    return [
        Entry(k.title, _about(k), k.summary, partial(open_lesson, k), kind="sandbox", id=k.id, progress=kept.get(k.id))
        for k in lessons
    ]


def _known(lessons: Sequence[Any]) -> Collection[str] | None:
    """The lessons that there are; None where one of them cannot be read, for what is kept of it is not astray."""
    from rnntutor.course.lessons import lessons_folder

    there = len(list(lessons_folder().glob("*/lesson.toml")))
    return {lesson.id for lesson in lessons} if there == len(lessons) else None


def _about(lesson: Any) -> str:
    """A few words on a lesson's model."""
    return f"{lesson.training.get('cell', 'lstm').upper()} {lesson.training.get('hidden', '')}".strip()
