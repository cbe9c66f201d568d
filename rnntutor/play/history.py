"""What has been edited and learned, and the way back. Pure; no screen.

History((scene,))             nothing edited yet
history.do(place, value)      a new History; `history.scene` is what to show
history.learn()               the same after an iteration of training
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rnntutor.play.knobs import setting, stepped, turned
from rnntutor.play.learning import learned
from rnntutor.play.painting import PICTURE, painted
from rnntutor.play.speaking import name_of, retold, told_otherwise
from rnntutor.show.change import Change, Knob, Place, number_at, settled
from rnntutor.show.scene import Scene
from rnntutor.tasks.telling import Telling
from rnntutor.vision.picture import Picture


@dataclass(frozen=True)
class History:
    """All scenes from the first to the present one; each knows what it came from, and by which changes."""

    scenes: tuple[Scene, ...]
    nudged: bool = False
    """Whether the last edit was a small step, so that the next one of the same number continues it."""

    @property
    def scene(self) -> Scene:
        """The present."""
        return self.scenes[-1]

    def do(self, place: Place, value: float) -> History:
        """Set a number. Raises ValueError where that cannot be."""
        return History((*self.scenes, edited(self.scene, place, value)))

    def nudge(self, place: Place, by: float) -> History:
        """Move a number a little; a step after a step of the same number is one edit with it.

        Raises ValueError where it cannot be moved.
        """
        place = settled(self.scene.run, place)
        value = round(number_at(self.scene.run, place) + by, 12)
        on = self.nudged and bool(self.scene.changes) and self.scene.changes[-1].place == place
        return replace((self.undo() if on else self).do(place, value), nudged=True)

    def turn(self, knob: str, by: int) -> History:
        """Turn a knob of `play.knobs` by a step; step after step of the same knob is one edit.

        Raises ValueError where it cannot be turned.
        """
        value = stepped(self.scene, knob, by)
        on = self.nudged and bool(self.scene.changes) and self.scene.changes[-1].place == Knob(knob, None)
        start = self.undo() if on else self
        if on and value == setting(start.scene, knob):
            return start
        return History((*start.scenes, turned(start.scene, knob, value)), nudged=True)

    def set_knob(self, knob: str, value: float) -> History:
        """Turn a knob to a value. Raises ValueError where it cannot be turned, or not to that."""
        return History((*self.scenes, turned(self.scene, knob, value)))

    def paint(self, picture: Picture, *, on: bool = False) -> History:
        """Another picture; with `on`, undone together with the painting before it.

        Raises ValueError where none is seen.
        """
        going = on and bool(self.scene.changes) and self.scene.changes[-1].place == PICTURE
        start = self.undo() if going else self
        return History((*start.scenes, painted(start.scene, picture)))

    def tell(self, telling: Telling) -> History:
        """What is said chosen in another way; it is undone like an edit."""
        return History((*self.scenes, told_otherwise(self.scene, telling)))

    def learn(self, iterations: int = 1) -> History:
        """Train on what is played; so many iterations are undone at once. Raises ValueError where that cannot be."""
        return History((*self.scenes, learned(self.scene, iterations)))

    def learn_on(self) -> History:
        """One iteration more, undone together with the training before it. Raises ValueError where that cannot be."""
        return History((*self.scenes[:-1], replace(learned(self.scene), original=self.scene.original)))

    def undo(self) -> History:
        """Without the last edit or training; the first scene stays."""
        return History(self.scenes[:-1] or self.scenes) if len(self.scenes) > 1 else self

    def reset(self) -> History:
        """The first scene again; that too can be undone."""
        return self if self.scene is self.scenes[0] else History((*self.scenes, self.scenes[0]))


def edited(scene: Scene, place: Place, value: float) -> Scene:
    """The scene with a number, or every number of a value, set by hand. Raises ValueError where that cannot be."""
    place = settled(scene.run, place)
    unit = place.unit if place.t is None and len(place.unit) > 1 else (*place.unit, 0)[0]
    with np.errstate(all="ignore"):
        run = scene.run.edit(place.name, t=place.t, unit=unit, value=value)
        after = retold(scene, run, [place.t] if place.name == "x" and place.t is not None else [])
        was = number_at(scene.run, place) if place.is_one else None
        change = Change(place, value, was, after.total_loss, scene.total_loss)
    beside = scene.beside
    if place.name in scene.run.inputs:  # they read the same
        beside = tuple(edited(each, place, value) for each in beside if place.name in each.run.inputs)
    return replace(_named(after, place), changes=(*scene.changes, change), beside=beside)


def _named(scene: Scene, place: Place) -> Scene:
    """The scene with what is read called what it has become: a symbol, nothing, or a mix of symbols."""
    t = place.t
    if place.name != "x" or t is None or t >= len(scene.reads):
        return scene
    symbol = name_of(scene.run["x"][t, 0], scene.symbols)
    return replace(scene, reads=(*scene.reads[:t], symbol, *scene.reads[t + 1 :]))
