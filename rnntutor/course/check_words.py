"""Checking the words of a moment: sections that fit its question, queries that have answers, and no typed number."""

from __future__ import annotations

import re

from rnntutor.course.asking import right_answer
from rnntutor.course.lesson import Ask, Choice, Do, Number, Pick
from rnntutor.course.report import Report, one_line
from rnntutor.course.staging import Staged
from rnntutor.course.telling import UNKNOWN, written
from rnntutor.course.words import Paragraph, Piece, Words
from rnntutor.show.scene import Scene
from rnntutor.show.watch import is_known, query_of

_TYPED = re.compile(r"(?<![\w₀-₉\[.])[-+−]?\d+(?:[.,]\d+)?(?![\w\]])")
"""A number in prose."""
_FREE = re.compile(
    r"\b(?:t|units?|windows?|lessons?|lines?|keys?|steps?|[A-Z]\w*) ?[-+−]?\d+|\b(?:1[89]|20)\d\d\b"
    r"|(?<![.,\d])\b[01]\b(?![.,]\d)"
)
"""Where figures are no number of a run: places, windows, years, and the zero and one of one-hot, gates and bounds."""


def check_words(words: Words, ask: Ask | None, before: Staged, after: Staged, report: Report) -> None:
    """Tell everything wrong with the words of a moment; `after` is what is on the screen after the answer."""
    _check_sections(words, ask, before, report)
    told = [*words.text, *words.ask, *words.labels.values(), *(k for hint in words.hints for k in hint)]
    for paragraph in told:
        _check_paragraph(paragraph, before, report)
    explained = after if isinstance(ask, Choice) else before  # after other wrong answers the question stays open
    for said in words.on.values():
        for paragraph in said:
            _check_paragraph(paragraph, explained, report)
    brought_about = isinstance(ask, Do)  # by a learner, who may stand anywhere then
    for paragraph in words.then:
        _check_paragraph(paragraph, after, report, anywhere=brought_about)
    _check_facts(told, ask, before, report)


def _check_facts(told: list[Paragraph], ask: Ask | None, stage: Staged, report: Report) -> None:
    """A measurement that is asked for is not told before; what the run computes is held back by the playhead."""
    scene = stage.history.scene
    pieces = [piece for paragraph in told for piece in paragraph.queries]
    if isinstance(ask, Number) and _facts(ask.answer, scene):
        for piece in pieces:
            if piece.text == ask.answer:
                report.say(piece.line, f"what is asked for, {ask.answer}, is told before the answer")
    if isinstance(ask, Choice):
        asked = {name for text in ask.choices.values() for name in _facts(text, scene)}
        if asked and asked <= {name for piece in pieces for name in _facts(piece.text, scene)}:
            what = ", ".join(sorted(asked))
            report.say(pieces[-1].line, f"what the choice is about, {what}, is told before the answer")


def _facts(text: str, scene: Scene) -> set[str]:
    """The measurements that a query reads."""
    try:
        return {read.value.name for read in query_of(scene, text).reads} & set(scene.facts)
    except ValueError:
        return set()  # told elsewhere


def _check_sections(words: Words, ask: Ask | None, stage: Staged, report: Report) -> None:
    """There is a section for everything, and nothing that is never said."""
    if not words.text and not words.ask:
        report.say(words.line, "nothing is said at this moment")
    if ask is None:
        for name, line in words.lines.items():
            report.say(line, f"### {name} belongs to a question, and lesson.toml asks none at {words.id}")
        return
    for name, there in (("ask", words.ask), ("then", words.then)):
        if not there:
            report.say(words.line, f"the question of {words.id} wants a section ### {name}")
    choices = list(ask.choices) if isinstance(ask, Choice) else []
    if list(words.labels) != choices:
        wanted = f"the choices are {', '.join(choices)}" if choices else "only a choice has choices"
        report.say(words.lines.get("ask", words.line), f"{wanted}, not {', '.join(words.labels) or 'none'}")
    _check_meanings(words, ask, stage, report)


def _check_meanings(words: Words, ask: Ask, stage: Staged, report: Report) -> None:
    """Whoever answers wrongly learns what that answer would have meant."""
    wanted, known = _answers(ask, stage)
    for name in sorted(wanted - set(words.on)):
        report.say(words.line, f"### if {name} should say what that answer would have meant")
    for name in words.on:
        if name not in known:
            report.say(words.lines[f"if {name}"], f"no answer of {words.id} is called {name!r}")


def _answers(ask: Ask, stage: Staged) -> tuple[set[str], set[str]]:
    """The answers that have to be explained, and those that can be."""
    match ask:
        case Choice():
            try:
                right = right_answer(ask, stage.history.scene, stage.cursor.t)
            except ValueError:
                right = ""  # told with the question
            return set(ask.choices) - {str(right)}, set(ask.choices)
        case Number():
            return set(ask.slips), set(ask.slips)
        case Pick():
            return set(), {stop.line.name for stop in stage.history.scene.stops(stage.cursor.direction)}
        case _:
            return set(), set()


def _check_paragraph(paragraph: Paragraph, stage: Staged, report: Report, *, anywhere: bool = False) -> None:
    for piece in paragraph.queries:
        _check_query(piece, stage, report, anywhere=anywhere)
    if paragraph.kind in ("formula", "quote"):
        return
    for piece in paragraph.pieces:
        if piece.form is None and piece.style != "code":
            for found in _TYPED.findall(_FREE.sub(" ", piece.text)):
                what = f"the number {found} is typed; write a query in braces, or quote a source with >"
                report.say(piece.line, what)


def _check_query(piece: Piece, stage: Staged, report: Report, *, anywhere: bool) -> None:
    """Its answer is a number, and on the screen, unless that is not asked."""
    scene, head = stage.history.scene, stage.cursor
    try:
        query = query_of(scene, piece.text)
    except ValueError as error:
        report.say(piece.line, one_line(error))
        return
    if written(query, piece.form or "", scene, head.t) in ("nan", UNKNOWN):
        report.say(piece.line, f"{{{piece.text}}} has no answer at t {head.t}")
    elif not anywhere and not is_known(scene, head, query, head.t):
        report.say(piece.line, f"{{{piece.text}}} is told before it is on the screen")
