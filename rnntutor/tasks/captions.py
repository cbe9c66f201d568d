"""Captions: what can rightly be said of a drawing, and whether something that is said is right.

captions(drawing)                                        # every right caption of the kinds there are
is_true("a small red circle above a blue square", drawing)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import permutations

import numpy as np

from rnntutor.vision.drawing import COLOURS, KINDS, PLACES, REACH, Drawing, Shape

START, END = "<START>", "<END>"
COUNTS = {"two": 2, "three": 3}
RELATIONS = ("above", "below", "left of", "right of")
_PLURALS = {f"{kind}es" if kind.endswith("s") else f"{kind}s": kind for kind in KINDS}
_ALL = "shapes"

WORDS = (
    START, END, "a", "and", *RELATIONS[:2], "left", "right", "of", "at", "in", "the", "top", "bottom", "middle",
    *COUNTS, *REACH, *COLOURS, *KINDS, *_PLURALS, _ALL,
)  # fmt: skip
"""Everything that a caption can be made of."""


def captions(drawing: Drawing) -> tuple[str, ...]:
    """Every right caption: how one shape lies to another, or where it is; two shapes; how many there are."""
    return tuple(dict.fromkeys(said for kind in _SAYINGS for said in kind(drawing)))


def random_caption(drawing: Drawing, rng: np.random.Generator) -> str:
    """A right caption; how one shape lies to another is what is said most often."""
    sayings = [list(kind(drawing)) for kind in _SAYINGS]
    shares = np.array([share if said else 0.0 for said, share in zip(sayings, _SAYINGS.values(), strict=True)])
    chosen = sayings[int(rng.choice(len(sayings), p=shares / shares.sum()))]
    return chosen[int(rng.integers(len(chosen)))]


def _related(drawing: Drawing) -> Iterator[str]:
    """A small red circle above a blue square: each shape with or without its size."""
    for one, other in permutations(drawing.shapes, 2):
        for relation in one.relations(other):
            yield from (f"{a} {relation} {b}" for a in _names(one) for b in _names(other))


def _placed(drawing: Drawing) -> Iterator[str]:
    """A red circle at the top."""
    for shape in drawing.shapes:
        yield from (f"{name} {place}" for name in _names(shape) for place in shape.places)


def _listed(drawing: Drawing) -> Iterator[str]:
    """A red circle and a blue square."""
    for one, other in permutations(drawing.shapes, 2):
        yield f"{_names(one)[0]} and {_names(other)[0]}"


def _counted(drawing: Drawing) -> Iterator[str]:
    """Two circles; three shapes."""
    for word, count in COUNTS.items():
        if len(drawing.shapes) == count:
            yield f"{word} {_ALL}"
        yield from (
            f"{word} {plural}"
            for plural, kind in _PLURALS.items()
            if sum(shape.kind == kind for shape in drawing.shapes) == count
        )


_SAYINGS = {_related: 0.6, _placed: 0.3, _listed: 0.05, _counted: 0.05}
"""What can be said, and how often it is in training."""


def _names(shape: Shape) -> tuple[str, str]:
    """What a shape can be called."""
    return f"a {shape.colour} {shape.kind}", f"a {shape.size} {shape.colour} {shape.kind}"


# Reading a caption.

_NOUN = rf"a (?:({'|'.join(REACH)}) )?({'|'.join(COLOURS)}) ({'|'.join(KINDS)})"
_RELATED = re.compile(rf"{_NOUN} ({'|'.join(RELATIONS)}|and) {_NOUN}")
_PLACED = re.compile(rf"{_NOUN} ({'|'.join(PLACES)})")
_COUNTED = re.compile(rf"({'|'.join(COUNTS)}) ({'|'.join([*_PLURALS, _ALL])})")


def is_true(caption: str, drawing: Drawing) -> bool:
    """Whether a caption can be read, and every word of it holds of the drawing.

    A shape that is named has to be there, of that size, colour and kind; it has to lie as is said to another one that
    is named; and a count has to be that of all there are.
    """
    if counted := _COUNTED.fullmatch(caption):
        kind = _PLURALS.get(counted[2])
        found = [shape for shape in drawing.shapes if kind is None or shape.kind == kind]
        return len(found) == COUNTS[counted[1]]
    if placed := _PLACED.fullmatch(caption):
        return any(placed[4] in shape.places for shape in _meant(placed.groups()[:3], drawing))
    if not (said := _RELATED.fullmatch(caption)):
        return False
    ones, others = _meant(said.groups()[:3], drawing), _meant(said.groups()[4:], drawing)
    pairs = [(one, other) for one in ones for other in others if one is not other]
    return any(said[4] == "and" or said[4] in one.relations(other) for one, other in pairs)


def _meant(name: Sequence[str | None], drawing: Drawing) -> list[Shape]:
    """The shapes of a size, if one is said, a colour and a kind."""
    size, *rest = name
    return [k for k in drawing.shapes if [k.colour, k.kind] == rest and size in (None, k.size)]
