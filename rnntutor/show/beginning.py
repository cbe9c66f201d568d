"""How a picture becomes the state before the first timestep, and how the gradient comes back to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rich.text import Text

from rnntutor.engine.given import known_shapes
from rnntutor.engine.norms import norm
from rnntutor.engine.ops import Array
from rnntutor.engine.parse import FEATURE
from rnntutor.engine.program import Node
from rnntutor.engine.shapes import infer
from rnntutor.engine.snapshot import Snapshot
from rnntutor.show.element import Elements, Expr, Operand, leaves, summands
from rnntutor.show.formula import Name, Writer
from rnntutor.show.grid import append_heat, heat_width
from rnntutor.show.look import Look
from rnntutor.show.matrix import swept
from rnntutor.show.operands import ordered
from rnntutor.show.scales import largest, round_up
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import fit, line_of, number
from rnntutor.vision.network import feature_name

_LABEL = 7
_LEAST = 16
"""Columns of a strip that still says something."""


@dataclass(frozen=True, eq=False)
class Beginning:
    """The first state that the `init` section makes, and what it is made of."""

    scene: Scene
    elements: Elements
    state: str
    place: int

    def name(self, look: Look, unit: str = "", prefix: str = "") -> str:
        """h₋₁[3], as the explanations call what was before t = 0."""
        return Name(prefix + self.state, t=-1).write(look.glyphs, unit)

    def formula(self, look: Look) -> str:
        """W_v·v + b_v."""
        return Writer(self.elements.program, tuple(self.elements.snapshot.shapes), look.glyphs).formula(self.place)

    def of(self, unit: int) -> Expr:
        """One number of it."""
        return self.elements.of(self.place, unit)

    @property
    def values(self) -> Array:
        """(H,): where one was set by hand, as it was set."""
        values: Array = self.scene.run.init[self.state][0]
        return values


def beginning_of(scene: Scene, look: Look) -> Beginning | None:
    """How the scene begins; None where nothing is made of a picture."""
    return scene.remembered(("beginning", look.glyphs), lambda: _beginning_of(scene, look))


def beginning_with(scene: Scene, look: Look, state: str) -> Beginning | None:
    """The same where it is that state, h or h_prev, that is made."""
    made = beginning_of(scene, look)
    return made if made is not None and made.state == state.removesuffix("_prev") else None


def _beginning_of(scene: Scene, look: Look) -> Beginning | None:
    program = scene.run.cell.init
    if program is None or FEATURE not in program.leaves("input"):
        return None
    states = {carry.name for carry in scene.run.cell.step.carries}
    line = next((line for line in program.lines if line.name in states), None)
    if line is None:
        return None
    shapes = infer(program, known_shapes(scene.run.params, scene.run.inputs))
    snapshot = Snapshot(program, shapes, dict(scene.run.starts))

    def called(node: Node, _: int) -> Name:
        return Name(node.name, t=-1 if node.name in states else None)

    return Beginning(scene, Elements(snapshot, look.glyphs, (), called), line.name, line.place)


def strips(scene: Scene, head: Playhead, look: Look, width: int) -> list[Text]:
    """The feature and the first state as strips; on the way back their gradients as well, once they are known."""
    made = beginning_of(scene, look)
    if made is None:
        return []
    feature = scene.run.inputs[FEATURE][0]
    rows = [
        _strip(FEATURE, feature, _scale(scene, "feature", feature), f"{len(feature)} {look.glyphs.becomes} "
               f"{made.name(look)} = {made.formula(look)}", look, width),
        _strip(made.name(look), made.values, _scale(scene, "start", made.values), f"{len(made.values)} units",
               look, width),
    ]  # fmt: skip
    return rows + (_gradients(scene, head, made, look, width) if head.direction == "backward" else [])


def _gradients(scene: Scene, head: Playhead, made: Beginning, look: Look, width: int) -> list[Text]:
    """dh₋₁ and dv, and how long the gradients of the affine layer are."""
    known, grads, bars = swept(scene, head) == 0, scene.grads, look.glyphs.norm
    with np.errstate(all="ignore"):  # these come into being where they are asked for
        beginnings = grads.beginnings
    lengths = [f"{bars}d{name}{bars} {number(norm(g), signed=False)}" for name, g in beginnings.items()]
    told = "   ".join(lengths) if known else "once t 0 is swept"
    found = {made.name(look, prefix="d"): grads.init[made.state][0], f"d{FEATURE}": grads.starts[FEATURE][0]}
    notes = ("", told)
    return [
        _strip(name, values, _scale(scene, name, values), note, look, width, known=known)
        for (name, values), note in zip(found.items(), notes, strict=True)
    ]


def _strip(
    name: str, values: Array, scale: float, note: str, look: Look, width: int, *, known: bool = True
) -> Text:
    """A name, its numbers as a strip, and a note, for which the strip may become narrower."""
    line = line_of((fit(name, _LABEL), look.strong))
    room = max(1, width - _LABEL)
    beside = room - len(note) - 2
    columns = heat_width(len(values), beside if beside >= _LEAST else room)
    append_heat(line, values if known else None, scale, columns, look)
    if line.cell_len + 2 + len(note) <= width:
        line.append(f"  {note}", look.faint)
    return line


def _scale(scene: Scene, name: str, values: Array) -> float:
    """Edits leave it as it was, so that a shade means the same before and after."""
    first = scene.original or scene
    return first.remembered(("scale of", name), lambda: round_up(largest([values], 1.0)))


def terms(scene: Scene, head: Playhead, look: Look, width: int) -> list[Text]:
    """h₋₁[3] +0.412 = v[17] +0.231, v[4] -0.120 …: what the selected unit of the first state is mostly made of."""
    made = beginning_of(scene, look)
    if made is None:
        return []
    unit = min(head.unit, len(made.values) - 1)
    with np.errstate(all="ignore"):
        expr = made.of(unit)
    line = line_of((f"{made.name(look, str(unit))} ", look.strong))
    line.append(number(float(made.values[unit])), look.accent(head.direction)).append(" = ", look.text)
    if made.values[unit] != expr.value and not np.isnan(expr.value):
        return [line.append("set by hand", look.soft)]
    return [line.append(_largest_terms(expr, width - line.cell_len), look.soft)]


def _named(read: Operand) -> str:
    """v[47] (red circle, row 4-7): a number of the feature, and what it is about."""
    return f"{read.label} ({feature_name(read.index[0])})"


def _largest_terms(expr: Expr, room: int) -> str:
    """As many of the largest terms as fit, by what they read; what the others come to, and what is added."""
    products = [term for leaf in leaves(expr) if leaf.op == "dot" for term in ordered(leaf)]
    added = [f"{term.text} {number(term.value)}" for _, term in summands(expr) if term.op == "leaf"]
    said = "; ".join([f"{len(products)} terms {number(sum(term.value for term in products))}", *added])
    for called in (lambda read: read.label, _named):  # what they are about, where there is room for that
        for k in range(1, len(products) + 1):
            rest = products[k:]
            first = [f"{called(term.read)} {number(term.value)}" for term in products[:k]]
            others = [f"{len(rest)} others {number(sum(term.value for term in rest))}"] if rest else []
            longer = "; ".join([*first, *others, *added])
            if len(longer) > room:
                break
            said = longer
    return said
