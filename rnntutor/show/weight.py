"""Why for a number of a parameter: what it multiplies now, and what its gradient is."""

from __future__ import annotations

from rich.text import Text

from rnntutor.engine.ops import LEAVES
from rnntutor.show.beside import checked
from rnntutor.show.check import check_parameter
from rnntutor.show.element import Elements
from rnntutor.show.look import Look
from rnntutor.show.matrix import by_hand, name_of, swept
from rnntutor.show.reading import Reading, elements_at, readings
from rnntutor.show.scene import Scene
from rnntutor.show.share import share
from rnntutor.show.spot import Spot, entry, matrices
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import cut, line_of, number
from rnntutor.show.titles import duty, label, not_yet

_GAP = "   "


def weight(scene: Scene, head: Playhead, spot: Spot, look: Look, width: int, height: int) -> list[Text]:
    """Why the number at `spot` is what it is, or what it does; at most `height` lines, none wider than `width`.

    Of a gradient: the parts that add up to it. Of a weight: its value, what it multiplies, the product at the
    playhead's timestep, and its gradient once the backward pass is complete.
    """
    if not matrices(scene).shapes:
        return []
    if spot.gradient and swept(scene, head) < scene.steps:
        return share(scene, head, look, width, height, entry(scene, spot), name_of(scene, spot))
    if spot.gradient:
        lines = [line_of((not_yet(scene, head, spot), look.soft))]
    else:
        lines = [_value(scene, spot, look)]
        for reading in readings(scene, name_of(scene, spot)):
            lines += _product(scene, head, spot, reading, look)
        lines += _gradient(scene, head, spot, look)
    for line in lines:
        cut(line, width, look)
    return lines[: max(0, height)]


def _value(scene: Scene, spot: Spot, look: Look) -> Text:
    """W_f[3,5]  =  +0.312, and what it was."""
    place, name = matrices(scene).place(spot), name_of(scene, spot)
    value = number(float(scene.run.params[name][entry(scene, spot)]))
    line = line_of((f"{label(scene, spot)}  =  ", look.strong), (value, look.accent()))
    old = number(float(scene.original.run.params[name][entry(scene, spot)])) if scene.original else value
    if by_hand(scene, name)[place]:
        line.append(f"{_GAP}set by hand", look.soft)
    if old != value:
        line.append(f"{_GAP}was {old}", look.soft)
    return line


def _product(scene: Scene, head: Playhead, spot: Spot, reading: Reading, look: Look) -> list[Text]:
    """What the number multiplies, and what that gives at the playhead's timestep: a dot where it is not known yet."""
    row, column = matrices(scene).place(spot)
    said = line_of((duty(scene, spot, reading, look), look.text))
    when = "the start" if reading.section == "init" else f"t {head.t}"
    if reading.product < 0:
        said.append(", the same at every t" if reading.section != "init" else "", look.soft)
        return [said]
    elements = elements_at(scene, reading, look, head.t)
    (term,) = elements.products(reading.product, row, [column])
    sign = look.glyphs.dot if look.glyphs.subscripts else "*"
    product = f"{term.weight.label}{look.glyphs.dot}{term.read.label}"
    line = line_of((f"at {when}:  ", look.soft), (product, look.strong), ("  =  ", look.faint))
    if not _known(scene, head, elements, reading):
        line.append(look.glyphs.dot, look.faint)
        line.append(f"{_GAP}not computed yet", look.soft)
        return [said, line]
    line.append(f"{number(term.weight.value)} {sign} {number(term.read.value)}  =  ", look.text)
    line.append(number(term.value), look.accent())
    whole = number(elements.number(reading.product, row))
    count = scene.run.params[name_of(scene, spot)].shape[1]
    line.append(f"{_GAP}{_among(count)} {whole}", look.soft)
    return [said, line]


def _among(count: int) -> str:
    return "the only term of" if count == 1 else f"one of {count} terms that add up to"


def _known(scene: Scene, head: Playhead, elements: Elements, reading: Reading) -> bool:
    """Whether the playhead has passed what the matrix multiplies."""
    program = elements.program
    vector = program.nodes[reading.product].args[1]
    read = (vector,) if program.nodes[vector].name else program.operands(vector)
    if reading.section == "init":
        return True
    return all(
        program.nodes[k].op in LEAVES or scene.knows(head, program.nodes[k].name, head.t) for k in read
    )


def _gradient(scene: Scene, head: Playhead, spot: Spot, look: Look) -> list[Text]:
    """The whole gradient, once it is there, beside its finite difference."""
    name, place = name_of(scene, spot), entry(scene, spot)
    if swept(scene, head) > 0:
        return []
    value = number(float(scene.grads[name][place]))
    line = line_of((f"d{label(scene, spot)}  =  ", look.strong), (value, look.accent("backward")))
    found = check_parameter(scene, name, place)
    return [Text.assemble(line, _GAP, checked(found, look), no_wrap=True, end="") if found else line]
