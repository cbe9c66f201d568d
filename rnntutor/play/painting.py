"""Another picture before the network: what is seen of it, and all that is said of it, follow. Pure; no screen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rnntutor.engine.edit import with_inputs
from rnntutor.engine.parse import FEATURE
from rnntutor.play.speaking import retold
from rnntutor.show.change import Change, Knob
from rnntutor.show.scene import Scene
from rnntutor.vision.picture import Picture

PICTURE = Knob("picture", None)


def painted(scene: Scene, picture: Picture) -> Scene:
    """The scene with another picture; h₀ is made of what is seen of that, and what is said is chosen again.

    Raises ValueError where the network sees no picture.
    """
    if scene.picture is None:
        raise ValueError("picture: this network sees none")
    with np.errstate(all="ignore"):
        after = retold(scene, with_inputs(scene.run, {FEATURE: picture.sight.v}))
        change = Change(PICTURE, _apart(picture, scene.picture), None, after.total_loss, scene.total_loss)
    beside = tuple(painted(each, picture) if each.picture is not None else each for each in scene.beside)
    return replace(after, picture=picture, changes=(*scene.changes, change), original=after.original, beside=beside)


def _apart(new: Picture, old: Picture) -> float:
    """How many pixels are others."""
    return float((new.pixels != old.pixels).any(axis=-1).sum())
