"""Checking a lesson: everything that is wrong with it, at once, each with its file and line.

Besides names and queries it holds a lesson to what the course promises: no number is typed into prose, no answer into a
question, nothing is told before it is on the screen, and every question can be answered.
"""

from __future__ import annotations

from pathlib import Path

from rnntutor.course.check_questions import check_question
from rnntutor.course.check_words import check_words
from rnntutor.course.lesson import Moment
from rnntutor.course.opening import Opened, check_names, open_networks
from rnntutor.course.problem import LessonError, Problem
from rnntutor.course.reading import read_lesson, read_text
from rnntutor.course.report import Report, one_line
from rnntutor.course.staging import plan_of, staged, unfit
from rnntutor.course.words import Words, parse_words
from rnntutor.show.scene import Scene


def check_lesson(folder: Path) -> list[Problem]:
    """All that is wrong with a lesson, in the order of its files."""
    problems: list[Problem] = []
    lesson = read_lesson(folder, problems)
    if lesson is not None:
        _check(Report(lesson, problems))
    return sorted(set(problems), key=lambda problem: (problem.file.name != "lesson.toml", problem.line, problem.text))


def _check(report: Report) -> None:
    lesson = report.lesson
    words = _words(report)
    _check_files(report)
    scenes = _scenes(report)
    for k, moment in enumerate(lesson.moments):
        if k not in lesson.unread and scenes:
            _check_moment(Opened(lesson, words, scenes), k, moment, report)


def _scenes(report: Report) -> dict[str, Scene]:
    """The networks; none where one of them or a measurement is wrong, for then nothing of a moment can be judged."""
    wrong = [problem for problem in report.problems if problem.text.startswith("network ")]

    def tell(error: LessonError, kind: str, name: str) -> None:
        wrong.append(report.tell(str(error).removeprefix(f"{report.file}: "), kind, name))

    scenes = open_networks(report.lesson, wrong=tell)
    return {} if wrong else scenes


def _words(report: Report) -> dict[str, Words]:
    """The words, held against the moments: each has its heading, in the same order."""
    try:
        words = parse_words(read_text(report.words_file), report.words_file, report.problems)
    except LessonError:
        return {}  # told already, with the title
    check_names(words, report)
    ids = [moment.id for moment in report.lesson.moments]
    for name, told in words.items():
        if name not in ids and all(ids):
            report.say(told.line, f"no moment of lesson.toml is called {name!r}")
    if set(words) == set(ids):
        for name, other in zip(words, ids, strict=True):
            if name != other:
                report.say(words[name].line, f"in lesson.toml {other!r} comes here; keep the same order")
                break
    return words


def _check_files(report: Report) -> None:
    """Nothing lies in the folder that no one reads."""
    known = {first for name in report.lesson.files for first in Path(name).parts[:1]}
    for path in sorted(report.lesson.folder.iterdir()):
        if path.name not in known and not path.name.startswith("."):
            report.problems.append(Problem(path, 0, "nothing in lesson.toml speaks of this file"))


def _check_moment(opened: Opened, k: int, moment: Moment, report: Report) -> None:
    """One moment: its settings, its question, its words."""

    def tell(text: str, *path: str) -> None:
        report.tell(f"moment {moment.id}: {text}", "moment", k, *path)

    if opened.lesson.network_of(k) not in opened.scenes:
        return  # told at the moment that names it
    if moment.race is not None:
        try:
            plan_of(moment.race).contestants()
        except ValueError as error:
            tell(f"race: {one_line(error)}", "race")
    try:
        stage = staged(opened, k)
    except ValueError:
        for what in map(one_line, unfit(opened, k)):
            tell(what, what.partition(":")[0])
        return
    after = check_question(stage, moment.ask, tell) if moment.ask is not None else stage
    if moment.id in opened.words:
        check_words(opened.words[moment.id], moment.ask, stage, after, report)
