"""Checking a lesson: everything that is wrong with it, at once, each with its file and line.

Besides names and queries it holds a lesson to what the course promises: no number is typed into prose, no answer into a
question, nothing is told before it is on the screen, and every question can be answered.
"""

from __future__ import annotations

from pathlib import Path

from rnntutor.course.check_questions import check_question
from rnntutor.course.check_words import check_words
from rnntutor.course.lesson import Moment
from rnntutor.course.opening import Opened, open_networks
from rnntutor.course.problem import LessonError, Problem
from rnntutor.course.reading import read_lesson, read_text
from rnntutor.course.report import Report, one_line
from rnntutor.course.staging import plan_of, staged
from rnntutor.course.words import Words, parse_words
from rnntutor.show import VIEW_NAMES


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
    if not lesson.networks:
        return  # told already
    try:
        opened = Opened(lesson, words, open_networks(lesson))
    except LessonError as error:
        what = str(error).removeprefix(f"{report.file}: ")
        kind, _, name = what.partition(":")[0].partition(" ")
        report.tell(what, kind, name)
        return  # without its numbers nothing of a moment can be judged
    for k, moment in enumerate(lesson.moments):
        _check_moment(opened, k, moment, report)


def _words(report: Report) -> dict[str, Words]:
    """The words, held against the moments: each has its heading, in the same order."""
    try:
        words = parse_words(read_text(report.words_file), report.words_file, report.problems)
    except LessonError:
        return {}  # told already, with the title
    ids = [moment.id for moment in report.lesson.moments]
    for k, name in enumerate(ids):
        if name not in words:
            what = f"moment {name} has no heading in {report.words_file.name}: ## Title {{#{name}}}"
            report.tell(what, "moment", k, "id")
    for name, told in words.items():
        if name not in ids:
            report.say(told.line, f"no moment of lesson.toml is called {name!r}")
    if set(words) == set(ids):
        for name, other in zip(words, ids, strict=True):
            if name != other:
                report.say(words[name].line, f"in lesson.toml {other!r} comes here; keep the same order")
                break
    return words


def _check_files(report: Report) -> None:
    """Nothing lies in the folder that no one reads."""
    lesson = report.lesson
    known = {report.file.name, report.words_file.name}
    known |= {lesson.model(name).name for name in lesson.trained}
    for network in lesson.networks.values():
        known |= {str(network.train.get(key)) for key in ("file", "cell")}
    known |= {str(measure.get(key)) for measure in lesson.measures.values() for key in ("words", "file")}
    for path in sorted(lesson.folder.iterdir()):
        if path.name not in known and not path.name.startswith("."):
            report.problems.append(Problem(path, 0, "nothing in lesson.toml speaks of this file"))


def _check_moment(opened: Opened, k: int, moment: Moment, report: Report) -> None:
    """One moment: its settings, its question, its words."""

    def tell(text: str, *path: str) -> None:
        report.tell(f"moment {moment.id}: {text}", "moment", k, *path)

    if moment.network and moment.network not in opened.scenes:
        tell(f"there is no network {moment.network!r}; there are {', '.join(opened.scenes)}", "network")
        return
    if opened.lesson.network_of(k) not in opened.scenes:
        return  # told at the moment that names it
    if moment.view not in VIEW_NAMES:
        tell(f"there is no view {moment.view!r}; there are {', '.join(VIEW_NAMES)}", "view")
    if moment.race is not None:
        try:
            plan_of(moment.race).contestants()
        except ValueError as error:
            tell(f"race: {one_line(error)}", "race")
    try:
        stage = staged(opened, k)
    except ValueError as error:
        tell(one_line(error), one_line(error).partition(":")[0])
        return
    after = check_question(stage, moment.ask, tell) if moment.ask is not None else stage
    if moment.id in opened.words:
        check_words(opened.words[moment.id], moment.ask, stage, after, report)
