"""What is typed to edit a number: `0.5` for the selected one, or `f[2,3] = 0`, `f[2] = 0`, `W_f[3,5] = 0`. Pure."""

from __future__ import annotations

import math

from rnntutor.engine.query_index import read_of
from rnntutor.show.change import Place
from rnntutor.show.scene import Scene


def parse_edit(text: str, scene: Scene, here: Place) -> tuple[Place, float]:
    """The place and the value that are meant; `here` is what is selected, and t stands for its timestep.

    A name without a unit means every unit: f, f[2] and f[2,:]. Raises ValueError saying what is wrong; where that is
    known an EquationError, whose column is counted from the first letter of the name.
    """
    left, _, right = text.rpartition("=")
    return (_place(left.strip(), scene, here) if left.strip() else here), number_of(right.strip())


def number_of(text: str) -> float:
    """The number that is typed. Raises ValueError where it is none."""
    try:
        value = float(text.replace("−", "-"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"a number is wanted, such as -0.5, not {text!r}" if text else "a number is wanted")
    return value


def _place(text: str, scene: Scene, here: Place) -> Place:
    """The place that a name with its indices stands for."""
    if text.endswith("="):
        raise ValueError("one = sets a number: f[2,3] = 0")
    read = read_of(text, scene)
    if read is None:
        raise ValueError(f"write f[2,3], f[2] for every unit, or W_f[3,5], not {text!r}")
    name, run = read.value.name, scene.run
    if name not in {*run.params, *run.inputs, *run.cell.step.by_name}:
        raise ValueError(f"{name} follows from values and cannot be set")
    unit = (*read.index, *[None] * len(read.value.shape))
    return Place(name, read.moment(here.t or 0) if read.value.timed else None, unit)
