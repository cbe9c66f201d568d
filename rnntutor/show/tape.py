"""The tape: a column per timestep. What it reads, the states as heat strips, what it says, the loss."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text

from rnntutor.show import scrub
from rnntutor.show.grid import heat_width
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.tape_rows import Columns, Slot, parts, states_of, watch_of
from rnntutor.show.texts import fit, line_of, pad, shorten

_LABEL = 12
_LABEL_SMALL = 7
_LEAST = 15
"""Columns that "e .61   want e" needs."""
_GOOD_PART = 6
"""Timesteps that should be in sight together."""


Watches = tuple[str, ...]


def lay_out(scene: Scene, head: Playhead, width: int, compact: bool, watches: Watches = ()) -> Columns:
    """The columns that fit, around the playhead."""
    label = _LABEL_SMALL if compact else _LABEL
    longest = max((cell_len(text) for text in watches), default=0)
    label = max(label, min(longest + (2 if compact else 4), width // 5))
    room = max(1, width - label)
    units = max((stop.size for stop in states_of(scene)), default=1)
    # Wide boxes if that leaves room for the whole sequence, or for a good part of it.
    heat = heat_width(units, max(_LEAST + 1, min(40, room // min(scene.steps, _GOOD_PART) - 2)))
    least = max(heat + 2, _LEAST)
    fits = max(1, min(scene.steps, room // least))
    column = min(max(least, room // fits), max(heat + 8, _LEAST + 5)) if fits == scene.steps else room // fits
    start = max(0, min(head.t - fits // 2, scene.steps - fits))
    return Columns(start, start + fits, label, column, heat)


def height(scene: Scene, head: Playhead, width: int, compact: bool, watches: Watches = ()) -> int:
    """How many lines the tape has."""
    own = len(parts(scene, head.direction, compact)) + len(watches)
    return own + scrolls(scene, head, width, compact, watches)


def scrolls(scene: Scene, head: Playhead, width: int, compact: bool, watches: Watches = ()) -> bool:
    """Whether there are more timesteps than fit, so that there is a bar to drag."""
    columns = lay_out(scene, head, width, compact, watches)
    return columns.stop - columns.start < scene.steps


def seen(scene: Scene, head: Playhead, watches: Watches = ()) -> tuple[object, ...]:
    """What the tape shows of a place: two places where this is the same have the same tape."""
    if watches or head.trail:  # they may read anything; what was computed stays where operands are followed
        return head, watches
    stops = [*states_of(scene), scene.probabilities, scene.loss]
    names = [stop.line.name for stop in stops if stop]
    if head.direction == "forward":
        known = [scene.knows(head, name, head.t) for name in names]
    else:
        gradients = {f"d{state}" for state in scene.run.cell.states}
        known = [
            scene.visited(head, "backward", k, head.t)
            for k, stop in enumerate(scene.backward)
            if stop.line.name in gradients
        ]
    return head.direction, head.t, tuple(known)


def tape(
    scene: Scene, head: Playhead, look: Look, width: int, compact: bool = False, watches: Watches = ()
) -> list[Text]:
    """The tape as lines of text, none wider than `width`."""
    columns = lay_out(scene, head, width, compact, watches)
    drawn = []
    watched = [(text, watch_of(text)) for text in watches]
    for label, part in parts(scene, head.direction, compact) + watched:
        shown = label.replace("|", look.glyphs.norm)
        shown = shorten((" " if compact else "  ") + shown, columns.label - 1, look.glyphs.more)
        line = line_of((fit(shown, columns.label), look.faint))
        for t in range(columns.start, columns.stop):
            pad(line, columns.x(t))
            part(Slot(line, scene, head, look, t, columns))
        line.truncate(width)
        drawn.append(line)
    _mark_cut(drawn[0], scene, look, columns, width)
    if columns.stop - columns.start < scene.steps:
        bar = scrub.lay_out(scene.steps, columns.label, width)
        drawn.append(scrub.scrub(head, bar, range(columns.start, columns.stop), look))
    return drawn


def hit(
    scene: Scene, head: Playhead, width: int, compact: bool, x: int, y: int, watches: Watches = ()
) -> int | None:
    """The timestep at a place of the tape: of a column, or of the bar under all of them."""
    columns = lay_out(scene, head, width, compact, watches)
    bar = columns.stop - columns.start < scene.steps
    if bar and y == height(scene, head, width, compact, watches) - 1:
        return scrub.lay_out(scene.steps, columns.label, width).timestep(x)
    return columns.timestep(x)


def _mark_cut(line: Text, scene: Scene, look: Look, columns: Columns, width: int) -> None:
    """Say that there are more timesteps on either side."""
    if columns.start > 0:
        at = columns.label - 3
        line.plain = line.plain[:at] + look.glyphs.left[0] + line.plain[at + 1 :]
    if columns.stop < scene.steps:
        pad(line, width - 2).append(look.glyphs.right, look.faint)


