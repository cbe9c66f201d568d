"""What is typed to edit a number: `0.5` for the selected one, or `f[2,3] = 0`, `x[1] = 2`, `W_f[3,5] = 0`. Pure."""

from __future__ import annotations

import math
import re

from rnntutor.engine.run import Run
from rnntutor.show.change import Place

_PLACED = re.compile(r"(?P<name>\w+)(?:@(?P<t>\d+))?(?P<prime>['′]?)\s*(?:\[(?P<index>[\d\s,]*)\])?")
_SMALL = re.compile("[₀-₉]+")
_FIGURES = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")


def parse_edit(text: str, run: Run, here: Place) -> tuple[Place, float]:
    """The place and the value that are meant; `here` is what is selected. Raises ValueError saying what is wrong."""
    left, _, right = text.rpartition("=")
    return (_place(left.strip(), run, here) if left.strip() else here), _number(right.strip())


def _number(text: str) -> float:
    try:
        value = float(text.replace("−", "-"))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"a number is wanted, such as -0.5, not {text!r}" if text else "a number is wanted")
    return value


def _place(text: str, run: Run, here: Place) -> Place:
    """A name with as much of timestep and unit as is said; the rest is that of `here`."""
    found = _PLACED.fullmatch(_SMALL.sub(lambda k: "@" + k[0].translate(_FIGURES), text))
    if found is None:
        raise ValueError(f"write f[unit], f[t,unit] or W_f[row,column], not {text!r}")
    name = found["name"] + ("_prev" if found["prime"] else "")
    index = [int(k) for k in (found["index"] or "").replace(",", " ").split()]
    if name in run.params:
        return _weight(name, index, run)
    if found["t"]:
        index.insert(0, int(found["t"]))
    return _value(name, index, run, here, timed=bool(found["t"]))


def _weight(name: str, index: list[int], run: Run) -> Place:
    wanted = ("row", "column")[: run.params[name].ndim]
    if len(index) != len(wanted):
        raise ValueError(f"{name} has a number for every {' and '.join(wanted)}: {name}[{','.join(wanted)}]")
    return Place(name, None, tuple(index))


def _value(name: str, index: list[int], run: Run, here: Place, *, timed: bool) -> Place:
    """A value's place; a scalar such as the loss has no units."""
    depth = run[name].ndim - 2
    if len(index) > 1 + depth:
        raise ValueError(f"{name} takes {'[unit] or [t,unit]' if depth else '[t]'}")
    known = timed or len(index) > depth
    t = index.pop(0) if known else here.t or 0
    unit = tuple(index) if index else here.unit or (0,)
    return Place(name, t, unit if depth else ())
