"""What one timestep does to a gradient that goes back through it: the singular values of its Jacobians.

After Pascanu, Mikolov and Bengio (2013): a largest one that stays under 1 is sufficient to vanish, one over 1 only
necessary to explode.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from rnntutor.engine.jacobian import jacobian
from rnntutor.engine.ops import Array
from rnntutor.show.formula import Name
from rnntutor.show.look import Look
from rnntutor.show.route import Route
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import bar, line_of, number, pad

_MOST_UNITS = 256
"""Units whose singular values are found while somebody waits: both of an LSTM take about 20 ms."""
_MOST_BARS = 64
_EVEN = 1e-9
"""How near to 1 a singular value counts as 1."""
_OF = "  singular values of "


def singular_values(scene: Scene, state: str, t: int) -> Array | None:
    """Those of ∂state_t / ∂state_{t-1}, largest first, (H,); None where a slope is not finite."""
    return scene.remembered(("singular values", state, t), lambda: _singular_values(scene, state, t))


def _singular_values(scene: Scene, state: str, t: int) -> Array | None:
    with np.errstate(all="ignore"):
        slopes = np.asarray(jacobian(scene.run, state, t), np.float64)
    return np.linalg.svd(slopes, compute_uv=False) if np.isfinite(slopes).all() else None


def singular(found: Sequence[Route], head: Playhead, look: Look, width: int) -> list[Text]:
    """A line for each route: a bar for each singular value at the playhead, and the largest; dots if not known yet.

    A full bar is 1, or the largest of all if that is more. Where there are too many units, one line that says so.
    """
    if not _is_quick(found):
        left_out = f"{_OF}more than {_MOST_UNITS} units take too long, and are left out"
        return [line_of((left_out, look.soft))]
    values = {
        k: singular_values(route.scene, route.state, head.t) for k, route in enumerate(found) if route.known(head)
    }
    most = max([1.0, *(each[0] for each in values.values() if each is not None)])
    names = [_quotient(route, head.t, look) for route in found]
    lines = []
    for k, name in enumerate(names):
        line = line_of((_OF if k == 0 else " " * len(_OF), look.text), (name, look.strong))
        pad(line, len(_OF) + max(map(cell_len, names)) + 1)
        if k in values:
            _append(line, values[k], most, look, look.curve(k), width)
        else:
            line.append(look.glyphs.dot * min(8, found[k].units), look.faint)
        lines.append(line)
    return lines


def _is_quick(found: Sequence[Route]) -> bool:
    return all(route.units <= _MOST_UNITS for route in found)


def _quotient(route: Route, t: int, look: Look) -> str:
    """∂h₁₃/∂h₁₂, or rnn ∂h₁₃/∂h₁₂ of one network among several."""
    above, below = (Name(route.state, t=k).write(look.glyphs) for k in (t, t - 1))
    return f"{route.lead(look)}{look.glyphs.partial}{above}/{look.glyphs.partial}{below}"


def _append(line: Text, values: Array | None, most: float, look: Look, style: Style, width: int) -> None:
    """Add bars and words; where several values share a bar, it shows the largest of them."""
    if values is None:
        line.append("not finite", look.soft)
        return
    said = next((text for text in _said(values) if width - line.cell_len - len(text) >= 18), _said(values)[-1])
    room = min(_MOST_BARS, width - line.cell_len - len(said) - 2)
    shared = 1 if len(values) <= room else -(-len(values) // max(1, room - len(", 10 per bar")))
    line.append("".join(bar(value / most, look) for value in values[::shared]), style)
    line.append(f"  {said}{f', {shared} per bar' if shared > 1 else ''}", look.text)


def _said(values: Array) -> tuple[str, ...]:
    """What the singular values do to a gradient, in more words and in fewer."""
    if values[0] == 0:
        return ("all 0: nothing goes back",)
    above = int((values > 1 + _EVEN).sum())
    largest = f"largest {number(float(values[0]), signed=False)}"
    if above:
        return f"{largest}, {above} of {len(values)} above 1: can grow", f"{largest}: can grow"
    return (f"{largest}: {'shrinks' if values[0] < 1 - _EVEN else 'cannot grow'}",)


def meaning(found: Sequence[Route], head: Playhead, look: Look, width: int) -> list[Text]:
    """What follows from singular values, and what does not; nothing where they are left out."""
    if not _is_quick(found):
        return []
    scene = found[0].main
    enough, needed = "Staying below 1 is enough to vanish;", "above 1 is needed to explode, not enough."
    said = [f"{enough} {needed}"] if width >= 80 else [enough, needed]
    if head.t in scene.grads.cuts:
        said.insert(0, f"t {head.t} is a cut: no gradient goes on to t {head.t - 1}.")
    elif any(len(route.scene.run.cell.states) > 1 for route in found):
        said.insert(0, f"Each is one road: the other states at t {head.t - 1} are held fixed.")
    return [line_of((f"  {text}", look.soft)) for text in said]
