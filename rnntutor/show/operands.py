"""What a number is made of, one operand after the other, and where each of them is to be found."""

from __future__ import annotations

import numpy as np

from rnntutor.engine.ops import LEAVES
from rnntutor.show.element import Expr, Operand, Product, elements_of, leaves
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Aside, Playhead, Stop

Found = tuple[str, int, int, int | None]
"""A pass, a timestep, a stop, and one of its operations where it is not the line itself."""


def operands(scene: Scene, head: Playhead, look: Look) -> list[Operand]:
    """The operands of the number under the playhead in the order in which `show.made` lists them.

    First the named ones as they stand in the formula, then of every matrix product its terms, the largest first, what
    a term reads before its weight. Empty for a parameter's gradient, which is a sum over time, and beside the score.
    """
    stop = scene.stop(head)
    if stop.folded or head.aside is not None:
        return []
    elements = elements_of(scene, head, look)
    expr = elements.of(scene.here(head), scene.unit(head))
    return [*map(operand, named(expr)), *(k for dot in dots(expr) for term in ordered(dot) for k in _both(term))]


def _both(term: Product) -> tuple[Operand, Operand]:
    return term.read, term.weight


def operand(leaf: Expr) -> Operand:
    """A named value of an expression."""
    return Operand(leaf.text, leaf.value, leaf.place, (leaf.index,))


def _distinct(expr: Expr) -> list[Expr]:
    return list({leaf.text: leaf for leaf in leaves(expr)}.values())


def named(expr: Expr) -> list[Expr]:
    """The named values of an expression, each once."""
    return [leaf for leaf in _distinct(expr) if leaf.op == "leaf" and leaf.place >= 0]


def dots(expr: Expr) -> list[Expr]:
    """The matrix products of an expression, each once."""
    return [leaf for leaf in _distinct(expr) if leaf.terms]


def ordered(dot: Expr) -> list[Product]:
    """The terms of a matrix product, the largest first; what is not a number before all: it is why there is none."""
    return sorted(dot.terms, key=lambda k: (not np.isnan(k.value), -abs(k.value)))


# Where an operand is.


def source(scene: Scene, head: Playhead, place: int) -> Found | None:
    """Where the playhead would have to stand for a value that is read under it; None where no line makes it."""
    direction, t = head.direction, head.t
    program = scene.program(direction)
    if place < program.given:  # a backward pass begins with the values of the forward one, at the same places
        direction, program = "forward", scene.program("forward")
    node = program.nodes[place]
    if node.op in ("prev", "next"):
        onward = t - 1 if node.op == "prev" else t + 1
        if not 0 <= onward < scene.steps or (node.op == "next" and onward in scene.grads.cuts):
            return None
        place = next(carry.source for carry in program.carries if carry.leaf == place)
        t = onward
    elif node.op in LEAVES:
        return None
    return _found(scene.stops(direction), direction, t, place)


def _found(stops: tuple[Stop, ...], direction: str, t: int, place: int) -> Found | None:
    """The stop that is at a place or passes through it."""
    for k, stop in enumerate(stops):
        if stop.line.place == place:
            return direction, t, k, None
    inside = ((k, stop.operations.index(place)) for k, stop in enumerate(stops) if place in stop.operations)
    return next(((direction, t, k, op) for k, op in inside), None)


def aside_of(found: Operand) -> Aside:
    """An operand that no line makes, as the cursor notes it."""
    row, column = (*found.index, 0)[:2]
    return found.place, row, column
