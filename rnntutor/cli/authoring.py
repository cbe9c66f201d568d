"""rnntutor check and rnntutor new-lesson: for those who write lessons."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from rnntutor.cli.saying import harmless


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
def check(folder: Path | None) -> None:
    """Tell everything wrong with a lesson, or with all lessons of a folder; without one, with those of the course."""
    from rnntutor.course.check import check_lesson
    from rnntutor.course.lessons import lesson_folders, lessons_folder

    where = folder or lessons_folder()
    if not where.is_dir():
        raise ValueError(f"{where}: this is not a folder")
    folders = lesson_folders(where)
    if not folders:
        raise ValueError(f"{where}: there is no lesson.toml here, nor in the folders inside")
    problems = [problem for lesson in folders for problem in check_lesson(lesson)]
    for problem in problems:
        click.echo(harmless(str(problem)))
    click.echo(f"{_counted(len(folders), 'lesson')}, {_counted(len(problems), 'problem')}")
    sys.exit(1 if problems else 0)


@click.command()
@click.argument("name")
def new_lesson(name: str) -> None:
    """Lay out a lesson of that name in a folder of its own, ready to play and to be changed."""
    from rnntutor.course.layout import lay_out

    folder = lay_out(name, Path())
    click.echo(f"made {folder}; play it with: rnntutor ./{folder} --watch")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
