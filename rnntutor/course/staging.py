"""What stands on the screen at a moment: the numbers, the playhead, the view."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from rnntutor.course.asking import foreseen
from rnntutor.course.lesson import Ask, Moment, Prediction, Race
from rnntutor.course.opening import Opened, pictured
from rnntutor.engine.cell import shipped_cells
from rnntutor.play.cursor import Cursor
from rnntutor.play.history import History
from rnntutor.play.knobs import KNOBS
from rnntutor.play.learning import learned
from rnntutor.play.places import parse_place, place_of
from rnntutor.play.together import together
from rnntutor.play.typed import number_of, parse_edit
from rnntutor.race.running import Plan
from rnntutor.show.pictures import showings
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot
from rnntutor.show.view import View
from rnntutor.show.watch import query_of

T = TypeVar("T")

_LEARN = re.compile(r"learn (\d{1,5})")
_PICTURE = re.compile(r"picture (.+)")
_TURN = re.compile(rf"({'|'.join(KNOBS)}) (\S+)")


@dataclass(frozen=True)
class Staged:
    """A moment as it is shown."""

    history: History
    cursor: Cursor
    view: View


def staged(opened: Opened, k: int) -> Staged:
    """The k-th moment. Raises ValueError naming the first setting that cannot be followed."""
    moment = opened.lesson.moments[k]
    history = _edited(_begun(opened, k), moment)
    cursor = _at(history.scene, moment)
    watches = _watches(history.scene, moment)
    spot, shown = _spot(history.scene, moment), _shown(history.scene, moment)
    view = View(moment.view, watches, moment.temperature, spot, shown)
    return Staged(history, cursor, view)


def unfit(opened: Opened, k: int) -> Iterator[ValueError]:
    """What is wrong with each setting of the k-th moment; an edit that cannot be made is left out for the others."""
    moment = opened.lesson.moments[k]
    try:
        begun = _begun(opened, k)
    except ValueError as error:
        yield error
        return
    scene = begun.scene
    try:
        scene = _edited(begun, moment).scene
    except ValueError as error:
        yield error
    for make in (_at, _watches, _spot, _shown):
        try:
            make(scene, moment)
        except ValueError as error:
            yield error


def _begun(opened: Opened, k: int) -> History:
    """The numbers of a moment before its edits."""
    scene, learn = _under("beside", partial(_beside, opened, k)), opened.lesson.moments[k].learn
    if learn:
        scene = replace(_under("learn", partial(learned, scene, learn)), original=None)
    return History((scene,))


def _edited(history: History, moment: Moment) -> History:
    for text in moment.edit:
        history = _under("edit", partial(done, history, text))
    return history


def _at(scene: Scene, moment: Moment) -> Cursor:
    return place("at", scene, moment.at)


def _watches(scene: Scene, moment: Moment) -> tuple[str, ...]:
    """Its rows of the tape, each with an answer."""
    for text in moment.watch:
        _under("watch", partial(query_of, scene, text))
    return moment.watch


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
    """After something that a learner can do.

    An edit such as "f[2,3] = 0", a knob as "sigma_max 0.8", "learn 20", or "picture small red circle 17 7, …".
    """
    scene = history.scene
    if iterations := _LEARN.fullmatch(text.strip()):
        return history.learn(int(iterations[1]))
    if knob := _TURN.fullmatch(text.strip()):
        return history.set_knob(knob[1], number_of(knob[2]))
    if drawing := _PICTURE.fullmatch(text.strip()):
        return history.paint(pictured(drawing[1]))
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


def _shown(scene: Scene, moment: Moment) -> str:
    """What the picture view shows large."""
    known = showings(scene.picture) if scene.picture is not None else ("picture",)
    if moment.shown not in known:
        raise ValueError(f"shown: one of {', '.join(known)} is wanted, not {moment.shown!r}")
    return moment.shown


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
    for name in race.cells:
        if name.partition("+")[0] not in shipped_cells():  # it would be read from a file, wherever that is
            raise ValueError(f"cells: {name!r} is none that came with rnntutor; there are {', '.join(shipped_cells())}")
    return Plan.of(race.cells, race.settings, seeds=race.seeds, same=race.same)
