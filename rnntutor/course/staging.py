"""What stands on the screen at a moment: the numbers, the playhead, the view."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from rnntutor.course.asking import foreseen
from rnntutor.course.lesson import Ask, Moment, Prediction, Race
from rnntutor.course.opening import Opened
from rnntutor.play.cursor import Cursor
from rnntutor.play.history import History
from rnntutor.play.knobs import KNOBS
from rnntutor.play.learning import learned
from rnntutor.play.places import parse_place, place_of
from rnntutor.play.together import together
from rnntutor.play.typed import number_of, parse_edit
from rnntutor.race.running import Plan
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot
from rnntutor.show.view import View
from rnntutor.show.watch import query_of

T = TypeVar("T")

_LEARN = re.compile(r"learn (\d{1,5})")
_TURN = re.compile(rf"({'|'.join(KNOBS)}) (\S+)")


@dataclass(frozen=True)
class Staged:
    """A moment as it is shown."""

    history: History
    cursor: Cursor
    view: View


def staged(opened: Opened, k: int) -> Staged:
    """The k-th moment. Raises ValueError naming the setting that cannot be followed."""
    moment = opened.lesson.moments[k]
    scene = _under("beside", partial(_beside, opened, k))
    history = History((scene,))
    if moment.learn:
        history = History((replace(_under("learn", partial(learned, scene, moment.learn)), original=None),))
    for text in moment.edit:
        history = _under("edit", partial(done, history, text))
    cursor = place("at", history.scene, moment.at)
    for text in moment.watch:
        _under("watch", partial(query_of, history.scene, text))
    view = View(moment.view, moment.watch, moment.temperature, _spot(history.scene, moment))
    return Staged(history, cursor, view)


def _beside(opened: Opened, k: int) -> Scene:
    """The scene of a moment with the networks that it names beside it."""
    scene, names = opened.scene(k), opened.lesson.moments[k].beside
    for name in names:
        if name not in opened.scenes:
            raise ValueError(f"there is no network {name!r}; there are {', '.join(opened.scenes)}")
    return together(scene, [opened.scenes[name] for name in names]) if names else scene


def place(name: str, scene: Scene, text: str) -> Cursor:
    """The cursor of a place in words. Raises ValueError naming the setting."""
    return _under(name, partial(parse_place, scene, text))


def done(history: History, text: str) -> History:
    """After something that a learner can do: an edit such as "f[2,3] = 0", a knob as "sigma_max 0.8", or "learn 20"."""
    scene = history.scene
    if iterations := _LEARN.fullmatch(text.strip()):
        return history.learn(int(iterations[1]))
    if knob := _TURN.fullmatch(text.strip()):
        return history.set_knob(knob[1], number_of(knob[2]))
    where, value = parse_edit(text, scene, scene.place(Cursor()))
    return history.do(where, value)


def told(stage: Staged, ask: Ask | None) -> History:
    """The numbers that the words after an answer speak of: the moment's, trained where the answer sets that off."""
    if isinstance(ask, Prediction) and ask.learn:
        return History((*stage.history.scenes, foreseen(ask, stage.history.scene)))
    return stage.history


def _spot(scene: Scene, moment: Moment) -> Spot:
    """The number of the weights view."""
    if not moment.spot:
        return Spot()
    found = _under("spot", partial(place_of, scene, moment.spot, Cursor()))
    if not isinstance(found, Spot):
        raise ValueError(f"spot: {moment.spot!r} is no weight; write W_f[3,5] or dW_f[3,5]")
    return found


def _under(setting: str, make: Callable[[], T]) -> T:
    """What is made of a setting. Raises ValueError naming it."""
    try:
        return make()
    except ValueError as error:
        raise ValueError(f"{setting}: {error}") from error


def plan_of(race: Race) -> Plan:
    """The race that a moment proposes. Raises ValueError naming what is wrong."""
    if "file" in race.settings:
        raise ValueError("file: a lesson's race draws its sequences, or learns a text that stands here")
    return Plan.of(race.cells, race.settings, seeds=race.seeds, same=race.same)
