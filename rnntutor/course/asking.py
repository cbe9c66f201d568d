"""Questions: whether an answer is right, and what the right one is. Every answer is a query on the run."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass, replace

from rnntutor.course.lesson import Ask, Choice, Do, Number, Pick, Prediction
from rnntutor.play.cursor import Cursor
from rnntutor.play.learning import learned
from rnntutor.show.scene import Scene
from rnntutor.show.texts import number
from rnntutor.show.watch import query_of

Given = str | float | Cursor
"""An answer: the name of a choice, a number, or where the playhead stands."""


@dataclass(frozen=True)
class Verdict:
    """What came of an answer."""

    right: bool
    on: str = ""
    """The choice or the slip whose words explain it."""
    said: str = ""
    """A few words where there are none of the lesson."""


_NEAR = 0.02
"""How far off a number may be that a slip leads to, as a share of it: it is worked out by hand too."""


def holds(scene: Scene, condition: str, t: int) -> bool:
    """Whether a condition holds at `t`. Raises ValueError where it is none."""
    query = query_of(scene, condition)
    if not query.is_condition:
        raise ValueError(f"{condition}: a condition is wanted, such as h[2,3] > 0")
    return bool(query.at(t))


def value(scene: Scene, query: str, t: int) -> float:
    """The number that a query gives at `t`. Raises ValueError where it gives none."""
    answer = query_of(scene, query).at(t)
    if isinstance(answer, float):
        return answer
    raise ValueError(f"{query}: a number is wanted, not a {'condition' if isinstance(answer, bool) else 'vector'}")


def figured(scene: Scene, text: str) -> float:
    """The number that somebody has worked out: as one, or as arithmetic such as 0.8**39.

    Raises ValueError for what is none; what the network computes is what is asked for, so it is not read.
    """
    with suppress(ValueError):
        return float(text.strip().replace("−", "-").replace(",", "."))
    query = query_of(scene, text)
    if query.reads or query.wholes or query.kinds[-1].varies or query.is_condition or query.shape:
        raise ValueError("a number is wanted, such as -0.5, or arithmetic with numbers, such as 0.8**39")
    return float(query.at(0))


def foreseen(ask: Ask | None, scene: Scene) -> Scene:
    """What the answer is about: the scene, or what it becomes by the training that the answer sets off.

    Raises ValueError where that cannot be.
    """
    if not (isinstance(ask, Prediction) and ask.learn):
        return scene
    return scene.remembered(("learned", ask.learn), lambda: learned(scene, ask.learn))


def judged(ask: Ask, scene: Scene, place: Cursor, given: Given) -> Verdict:
    """Whether an answer is right; `place` is where the moment stands."""
    t = place.t
    match ask:
        case Choice():
            return Verdict(holds(foreseen(ask, scene), ask.choices[str(given)], t), on=str(given))
        case Number():
            return _number(ask, scene, t, float(given))  # type: ignore[arg-type]
        case Pick():
            return _picked(ask, scene, place, given)  # type: ignore[arg-type]
        case Do():
            return Verdict(holds(scene, ask.answer, t), said="Not yet: that does not bring it about.")


def _number(ask: Number, scene: Scene, t: int, given: float) -> Verdict:
    off = given - value(foreseen(ask, scene), ask.answer, t)
    if abs(off) <= ask.tolerance:
        return Verdict(right=True)
    for name, slip in ask.slips.items():
        wrong = value(scene, slip, t)
        if abs(given - wrong) <= max(ask.tolerance, _NEAR * abs(wrong)):
            return Verdict(right=False, on=name)
    how = "too much" if off > 0 else "too little"
    return Verdict(right=False, said=f"{number(given)} is {how}." if math.isfinite(off) else "That is no number.")


def _picked(ask: Pick, scene: Scene, place: Cursor, cursor: Cursor) -> Verdict:
    line, t = scene.current_line(cursor).name, place.t
    match ask.pick:
        case "unit":
            unit, asked = scene.unit(cursor), scene.current_line(place).name
            if line != asked:
                return Verdict(right=False, said=f"The units of {asked} are meant; this is {line}.")
            return Verdict(unit == round(value(scene, ask.answer, t)), said=f"Unit {unit} is not the one.")
        case "timestep":
            right = holds(scene, ask.answer, cursor.t)
            return Verdict(right, on="" if right else line, said=f"Not t {cursor.t}.")
        case _:
            right = line in ask.lines and holds(scene, ask.lines[line], t)
            return Verdict(right, on=line, said=f"Not the line {line}.")


def pointed(ask: Pick, scene: Scene, place: Cursor, answer: str | float) -> Cursor:
    """Where the playhead stands on the right unit, timestep or line, seen from the moment's place."""
    if ask.pick == "unit":
        return replace(place, unit=int(answer))
    if ask.pick == "timestep":
        return replace(place, t=int(answer))
    names = [stop.line.name for stop in scene.stops(place.direction)]
    return replace(place, line=names.index(str(answer)))


def right_answer(ask: Ask, scene: Scene, t: int) -> str | float | int:
    """What is right: the name of a choice or a line, a number, a unit, or a timestep.

    Of something to do: how it can be done. Raises ValueError where nothing is.
    """
    match ask:
        case Choice():
            after = foreseen(ask, scene)
            return _the_one([name for name, condition in ask.choices.items() if holds(after, condition, t)], "choice")
        case Number():
            return value(foreseen(ask, scene), ask.answer, t)
        case Pick(pick="unit"):
            return round(value(scene, ask.answer, t))
        case Pick(pick="timestep"):
            found = [k for k in range(scene.steps) if holds(scene, ask.answer, k)]
            if not found:
                raise ValueError(f"{ask.answer} holds at no timestep")
            return found[0]
        case Pick():
            return _the_one([name for name, condition in ask.lines.items() if holds(scene, condition, t)], "line")
        case Do():
            return ", ".join(ask.solution)


def _the_one(found: list[str], what: str) -> str:
    if len(found) != 1:
        raise ValueError(f"just one {what} should be right, not {', '.join(found) or 'none'}")
    return found[0]
