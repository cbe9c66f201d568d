"""A number that no line makes: a weight, an input, the start."""

from __future__ import annotations

from rich.text import Text

from rnntutor.show.beginning import beginning_with
from rnntutor.show.beside import was
from rnntutor.show.change import Place
from rnntutor.show.data import silence, stands_for
from rnntutor.show.element import Elements, Operand, elements_of
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot
from rnntutor.show.stops import Aside, Playhead
from rnntutor.show.texts import line_of, number


def operand_at(elements: Elements, aside: Aside) -> Operand:
    """The number of an aside."""
    place, row, column = aside
    if elements.program.nodes[place].op == "param":
        matrix = len(elements.snapshot.shapes[place]) == 2
        return elements.entry(place, (row, column) if matrix else (row,))
    return Operand(elements.label(place, row), elements.number(place, row), place, (row,))


def place_of_aside(scene: Scene, head: Playhead, aside: Aside) -> Place | None:
    """Where an aside can be set by hand; None where it cannot."""
    place, row, column = aside
    program = scene.program(head.direction)
    node = program.nodes[place]
    if node.op == "param":
        return Place(node.name, None, (row, column) if len(scene.run.params[node.name].shape) == 2 else (row,))
    return Place(node.name, head.t, (row,)) if node.op in ("input", "prev") else None


def spot_of(scene: Scene, head: Playhead) -> Spot | None:
    """The number of a parameter that is looked at aside, if it is one; a vector is one row."""
    if head.aside is None:
        return None
    place, row, column = head.aside
    node = scene.program(head.direction).nodes[place]
    if node.op != "param":
        return None
    matrix = scene.run.params[node.name].ndim == 2
    return Spot(node.name, row, column) if matrix else Spot(node.name, 0, row)


def aside(scene: Scene, head: Playhead, found: Aside, look: Look) -> list[Text]:
    """The number, and where it is from; parameters are told by `show.weight`."""
    operand = operand_at(elements_of(scene, head, look), found)
    line = line_of((f"{operand.label}  =  ", look.strong), (number(operand.value), look.accent(head.direction)))
    line.append(f"   {_origin(scene, head, found, look)}", look.soft)
    if scene.original is not None:
        old = was(operand.value, operand_at(elements_of(scene.original, head, look), found).value, look)
        line.append("   " if old else "").append_text(old)
    return [line]


def _origin(scene: Scene, head: Playhead, found: Aside, look: Look) -> str:
    """Where a number is from that no line makes."""
    node = scene.program(head.direction).nodes[found[0]]
    place = place_of_aside(scene, head, found)
    if place is not None and any(change.place.covers(place) for change in scene.changes):
        return "set by hand"
    match node.op:
        case "input":
            given, silent = f"given: {node.name} at t {head.t}", silence(scene, node.name, head.t)
            symbol = stands_for(scene, node.name, head.t, look)
            return f"{given}; {silent}" if silent else f"{given} stands for {symbol}" if symbol else given
        case "prev":
            made = beginning_with(scene, look, node.name)
            seen = f", {made.name(look)} = {made.formula(look)}" if made else ""
            return f"the start{seen}: no timestep came before"
        case "next":
            cut = head.t + 1 in scene.grads.cuts
            return f"cut here: nothing crosses from t {head.t + 1}" if cut else "nothing comes from beyond the end"
    return "given from outside"
