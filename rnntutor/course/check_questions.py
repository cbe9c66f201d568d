"""Checking a question: it can be answered, just one answer is right, and none is on the screen before it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rnntutor.course.asking import holds, right_answer, value
from rnntutor.course.lesson import Ask, Choice, Do, Number, Pick, Prediction
from rnntutor.course.report import one_line
from rnntutor.course.staging import Staged, done, place, told
from rnntutor.engine.query import Query
from rnntutor.play.cursor import Cursor
from rnntutor.show.watch import is_known, query_of

Tell = Callable[..., None]
"""Takes what is wrong and the keys of its place, from the moment's table on."""


def check_question(stage: Staged, ask: Ask, tell: Tell) -> Staged:
    """Tell everything wrong with a question; gives what is on the screen after the answer."""
    try:
        after = place("reveal", stage.history.scene, ask.reveal) if ask.reveal else stage.cursor
        right = right_answer(ask, stage.history.scene, stage.cursor.t)
        match ask:
            case Choice():
                _check_hidden(stage, after, ask, ask.choices.values(), tell)
            case Number():
                _check_hidden(stage, after, ask, [ask.answer], tell)
                _check_slips(stage, ask, float(right), tell)
            case Pick():
                _check_pick(stage, ask, right, tell)
            case Do():
                return _check_do(stage, ask, tell)
    except ValueError as error:
        tell(one_line(error), "ask")
        return stage
    return Staged(told(stage, ask), after, stage.view)


def _check_hidden(stage: Staged, after: Cursor, ask: Prediction, answers: Iterable[str], tell: Tell) -> None:
    """The answer is not on the screen before it is asked for, and it is there afterwards."""
    scene, before = stage.history.scene, stage.cursor
    asked = [query_of(scene, text) for text in answers]
    if any(not _read_by(query) for query in asked):
        tell("every answer should read something of the run, so that none is typed into the question", "ask")
    elif all(name in scene.facts for query in asked for name in _read_by(query)):
        return  # no panel shows a measurement; the words tell it, after the answer
    elif not ask.learn and all(is_known(scene, before, query, before.t) for query in asked):
        tell("the answer is on the screen already; ask before it is computed", "ask")
    if not all(is_known(scene, after, query, before.t) for query in asked):
        tell("the answer is not on the screen afterwards; say where to go with reveal", "ask")


def _read_by(query: Query) -> set[str]:
    """The names that a query reads, those that it asks over all timesteps included."""
    return {read.value.name for read in query.reads}.union(*(_read_by(whole.query) for whole in query.wholes))


def _check_slips(stage: Staged, ask: Number, right: float, tell: Tell) -> None:
    """A slip is told from the answer."""
    if ask.tolerance <= 0:
        tell("tolerance should be above zero", "ask", "tolerance")
    for name, text in ask.slips.items():
        if abs(value(stage.history.scene, text, stage.cursor.t) - right) <= ask.tolerance:
            tell(f"slip {name} is within the tolerance of the answer", "ask", "slips")


def _check_pick(stage: Staged, ask: Pick, right: str | float, tell: Tell) -> None:
    """There is such a unit, timestep or line, and the playhead does not stand on it yet."""
    scene, cursor = stage.history.scene, stage.cursor
    if ask.pick == "unit" and not (isinstance(right, int) and 0 <= right < scene.size(cursor)):
        tell(f"there is no unit {right} under the playhead", "ask", "answer")
    here = {"unit": scene.unit(cursor), "timestep": cursor.t, "line": scene.current_line(cursor).name}
    if here.get(ask.pick) == right or (ask.pick == "timestep" and holds(scene, ask.answer, cursor.t)):
        tell("the playhead stands on the answer already; begin elsewhere", "at")


def _check_do(stage: Staged, ask: Do, tell: Tell) -> Staged:
    """What is to be brought about is not so yet, and the solution brings it about."""
    t, history = stage.cursor.t, stage.history
    if holds(history.scene, ask.answer, t):
        tell("this holds already; nothing is left to do", "ask", "answer")
    for text in ask.solution:
        history = done(history, text)
    if not holds(history.scene, ask.answer, t):
        tell("the solution does not bring it about", "ask", "solution")
    return Staged(history, stage.cursor, stage.view)

