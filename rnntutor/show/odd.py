"""Where numbers stop being numbers: the first place in a run, in the order in which it is computed."""

from __future__ import annotations

import numpy as np

from rnntutor.show.change import Place
from rnntutor.show.look import Glyphs
from rnntutor.show.scene import Scene
from rnntutor.show.texts import number


def first_odd(scene: Scene) -> Place | None:
    """The first parameter, input or value that holds nan or inf; None where all are numbers.

    What goes in is looked at first, then the timesteps one after the other, and in each the lines as they stand.
    """
    run = scene.run
    for name, array in run.params.items():
        if not np.isfinite(array).all():
            return Place(name, None, tuple(int(k) for k in np.argwhere(~np.isfinite(array))[0]))
    stops = [(stop.line.name, np.isfinite(run[stop.line.name][:, 0]).reshape(run.steps, -1)) for stop in scene.forward]
    stops.insert(0, ("x", np.isfinite(run["x"][:, 0])))
    wrong = [(int(np.flatnonzero(~good.all(axis=1))[0]), k) for k, (_, good) in enumerate(stops) if not good.all()]
    if not wrong:
        return None
    t, k = min(wrong)
    name, good = stops[k]
    scalar = run[name].ndim == 2
    return Place(name, t, () if scalar else (int(np.flatnonzero(~good[t])[0]),))


def odd(scene: Scene, glyphs: Glyphs) -> str:
    """What a learner should know of it; empty where all is well."""
    place = first_odd(scene)
    if place is None:
        return ""
    run = scene.run
    where = place.where if place.t is None else (place.t, 0, *place.where)
    value = number(float(run[place.name][where]), signed=False)
    return f"{place.write(glyphs)} is {value}; what follows from it is no number either"
