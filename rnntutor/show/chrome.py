"""The line at the top of the screen."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text

from rnntutor.show.edits import done_so_far
from rnntutor.show.element import elements_of
from rnntutor.show.formula import plain_name
from rnntutor.show.look import Look
from rnntutor.show.margins import WIDE
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import fit, line_of, shorten, words


def header(scene: Scene, head: Playhead, look: Look, width: int) -> Text:
    """The title, what is being played, and where the playhead stands."""
    place = shorten(_place(scene, head, look, width >= WIDE), max(0, width - 4), look.glyphs.more)
    done = done_so_far(scene)
    edits = f"  {done}" if done else ""
    room = max(0, width - cell_len(place) - cell_len(edits) - 4)
    title = shorten(f" {words(scene.title, look)} ", room, look.glyphs.more)
    room = width - cell_len(title) - cell_len(edits) - cell_len(place) - 4
    about = shorten(words(scene.about, look), max(0, room - 2), look.glyphs.more)
    line = line_of(
        (title, look.badge()), (edits, look.bar + look.strong), (fit(f"  {about}", room), look.bar)
    )
    line.append(f"  {place}  ", look.bar + look.accent(head.direction))
    line.truncate(width)
    return line


def _place(scene: Scene, head: Playhead, look: Look, long: bool) -> str:
    """▶ forward · t 2 · line c · unit 3, or ▶ t 2 · c[3]; inside a line also which operation of how many."""
    stop = scene.stop(head)
    mark = look.glyphs.play if head.direction == "forward" else look.glyphs.back
    name = plain_name(scene.current_line(head).name).write(look.glyphs)
    dot = look.glyphs.dot if look.glyphs.subscripts else "-"
    count = f", {head.op + 1} of {len(stop.operations)}" if head.op is not None else ""
    if stop.folded or scene.size(head) == 1:
        where, short = f" {dot} line {name}{count}", f"{name}{count}"
    else:
        index = elements_of(scene, head, look).index(scene.here(head), scene.unit(head))
        where, short = f" {dot} line {name}{count} {dot} unit {index}", f"{name}[{index}]{count}"
    return f"{mark} {head.direction} {dot} t {head.t}{where}" if long else f"{mark} t {head.t} {dot} {short}"
