"""rnntutor progress: what is kept of a learner, and taking it along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rnntutor.cli.opening import list_entries
from rnntutor.cli.saying import harmless, warn

if TYPE_CHECKING:
    from rnntutor.app.entries import Entry
    from rnntutor.course.store import Store

_HEADINGS = ("lesson", "how far", "right", "last change")


@click.group(invoke_without_command=True)
@click.pass_context
def progress(ctx: click.Context) -> None:
    """Print how far you are in every lesson, or take that along."""
    if ctx.invoked_subcommand is None:
        with _store() as store:
            for line in table(list_entries(store)):
                click.echo(line)


@progress.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def export(file: Path, force: bool) -> None:
    """Write all progress to one file."""
    with _store() as store:
        _say(f"saved {file}: {_counted(store.export(file, force=force))}")


@progress.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
def import_(file: Path) -> None:
    """Take in what was exported; of a lesson that is in both, what was changed later stays."""
    with _store() as store:
        taken, kept = store.import_(file)
        _say(f"taken in: {_counted(taken)}" + (f"; yours is as new: {_counted(kept)}" if kept else ""))


@progress.command()
@click.argument("lesson")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(lesson: str, yes: bool) -> None:
    """Forget how far you are in a lesson."""
    with _store() as store:
        name = _id_of(lesson, store)
        if not store.load(name).begun:
            _say(f"nothing is kept of {name}")
            return
        sure = yes or click.confirm(f"Forget how far you are in {harmless(name)}?")
        if sure and store.reset(name):
            _say(f"forgotten: {name}; {store.file(name)}.bak keeps it")


@contextmanager
def _store() -> Iterator[Store]:
    """The user's progress; what is to be noticed is said at the end."""
    from rnntutor.course.store import Store

    store = Store.usual()
    try:
        yield store
    finally:
        warn(store.notices)


def _id_of(lesson: str, store: Store) -> str:
    """A lesson by its id, its number or its folder; or the id of one that is gone, but of which something is kept."""
    from rnntutor.course.lessons import find_lesson
    from rnntutor.course.problem import LessonError

    try:
        return find_lesson(lesson).id
    except LessonError:
        if store.load(lesson).begun:
            return lesson
        raise


def table(entries: Sequence[Entry]) -> Iterator[str]:
    """Lesson, how far, right answers, and when that was."""
    rows = [_HEADINGS, *(_row(entry) for entry in entries if entry.id)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "   ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _row(entry: Entry) -> tuple[str, str, str, str]:
    from rnntutor.course.progress import how_far, questions_right

    kept = entry.progress
    title = harmless(f"{entry.number:2}  {entry.title}" if entry.number else entry.title)
    if kept is None or not kept.begun:
        return title, "-", "-", "-"
    far = "finished" if kept.finished else how_far(kept, entry.moments) or "begun"
    when = kept.changed.astimezone().strftime("%Y-%m-%d %H:%M")
    return title, far, questions_right(kept, entry.questions) or "-", when


def _counted(lessons: Sequence[str]) -> str:
    return f"{len(lessons)} lesson{'' if len(lessons) == 1 else 's'}"


def _say(text: str) -> None:
    click.echo(harmless(text))
