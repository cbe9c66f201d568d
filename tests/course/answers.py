"""Answers for questions: right ones, and wrong ones."""

from __future__ import annotations

from dataclasses import replace

from rnntutor.course.asking import Given, right_answer
from rnntutor.course.lesson import Ask, Choice, Do, Number, Pick
from rnntutor.course.staging import Staged, done
from rnntutor.play.cursor import Cursor
from rnntutor.show.scene import Scene


def right(ask: Ask, stage: Staged) -> tuple[Given, Scene]:
    """An answer that is right, and the numbers that it is given of."""
    scene, cursor = stage.history.scene, stage.cursor
    answer = right_answer(ask, scene, cursor.t)
    match ask:
        case Choice() | Number():
            return answer, scene
        case Pick():
            return pointed(ask, scene, cursor, answer), scene
        case Do():
            history = stage.history
            for text in ask.solution:
                history = done(history, text)
            return "", history.scene
    raise AssertionError(ask)


def wrong(ask: Ask, stage: Staged) -> Given:
    """An answer that is not right, given of the moment's own numbers."""
    scene, cursor = stage.history.scene, stage.cursor
    answer = right_answer(ask, scene, cursor.t)
    match ask:
        case Choice():
            return next(name for name in ask.choices if name != answer)
        case Number():
            return float(answer) + 10 * ask.tolerance
        case Pick():
            return cursor  # a checked lesson's playhead stands elsewhere
        case Do():
            return ""
    raise AssertionError(ask)


def pointed(ask: Pick, scene: Scene, cursor: Cursor, answer: str | float) -> Cursor:
    """The cursor on the unit, the timestep or the line that is meant."""
    if ask.pick == "unit":
        return replace(cursor, unit=int(answer))
    if ask.pick == "timestep":
        return replace(cursor, t=int(answer))
    names = [stop.line.name for stop in scene.stops(cursor.direction)]
    return replace(cursor, line=names.index(str(answer)))
