"""What stands on the screen, in a few words each: panels and views by name, and the marks that all of them share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

PANELS = {
    "tape": "A column per timestep: what it reads, the states, what it says, the loss; backward, norms of gradients.",
    "score": "The equations as a program, a pointer at the current line, a box per unit.",
    "beam": "Beam search: the likeliest beginnings at every timestep, what became of them, and what was dropped.",
    "picture": "What the network sees, the state that its feature becomes, and what is said of it, word by word.",
    "output": "How likely each symbol is to come next, and which one was wanted.",
    "weights": "A weight matrix and its gradient, a row per unit: which numbers matter, and where training moves them.",
    "flow": "How long the gradient is at every timestep, on its way back: where it fades, and where it explodes.",
    "training": "What the next iteration of training does, stage by stage, and how the loss has fallen so far.",
    "compare": "Two runs side by side under one playhead, and where they differ.",
    "prose": "The lesson: what this moment is about, what it asks, and what came of the answer.",
    "why": "The selected number as formula, as numbers, as result, and where it goes.",
}
"""A view adds its words here under the name that its screen lists in `panels`."""
MARKS = {
    "boxes": "+3 is three tenths of the scale, +0 less than one, 0 nothing at all, +# more than the whole scale. "
    "Orange is positive, blue negative.",
    "selected": "The box that stands out in the colour of the pointer; why is about that one.",
    "edits": "Underlined boxes are not what they were; those set by hand have a star, or stand out.",
    "dots": "Not computed yet, in this direction of time.",
    "backward": "Gradients, read upwards. Beside one stands what happens to the loss when that number is moved.",
}


def on_the_screen(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The words on what is there, and on the marks; names without words are passed over."""
    found = [(name, PANELS[name]) for name in names if name in PANELS]
    yield from found
    if found:
        yield from MARKS.items()
