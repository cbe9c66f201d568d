"""The edits: each with old and new, and what it did to the loss."""

from __future__ import annotations

from rich.text import Text

from rnntutor.show.change import Change, Knob
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.texts import line_of, number

NOTHING = "Nothing is edited."


def label(change: Change, look: Look) -> str:
    """f₂[3]: +0.615 → 0; of every unit f₂[:] → 0; of a knob loss counts: everywhere → at the last timestep."""
    between = "" if change.was is None else ":"
    return f"{change.place.write(look.glyphs)}{between} {_from_to(change, look)}"


def done_so_far(scene: Scene) -> str:
    """What leads from the first scene to this one: 7 iterations, 2 edits. Empty if it is the first one."""
    learning, count = scene.learning, len(scene.changes)
    before = scene.original
    while before is not None:
        count, before = count + len(before.changes), before.original
    made = learning.iteration - learning.before if learning else 0
    kinds = ((made, "iteration"), (count, "edit"))
    return ", ".join(f"{size} {name}{'s' if size > 1 else ''}" for size, name in kinds if size)


def last_edit(scene: Scene, look: Look) -> str:
    """The last edit, and how many there are; empty if there are none."""
    if not scene.changes:
        return ""
    count, last = len(scene.changes), label(scene.changes[-1], look)
    return last if count == 1 else f"{count} edits, the last {last}"


def edits(scene: Scene, look: Look) -> list[Text]:
    """A line per edit, the first one first, and what all of them together did."""
    if not scene.changes:
        return [line_of((NOTHING, look.text))]
    rows = [_row(k, change, look) for k, change in enumerate(scene.changes, 1)]
    widths = [max(len(row[k]) for row in rows) for k in range(3)]
    lines = []
    for row in rows:
        cells = [cell.ljust(size) for cell, size in zip(row, widths, strict=False)]
        lines.append(
            line_of((f"{cells[0]}  {cells[1]}", look.strong), (f"   {cells[2]}   {row[3]}", look.text))
        )
    return [*lines, *_together(scene, look)]


def _row(k: int, change: Change, look: Look) -> tuple[str, str, str, str]:
    """Number, place, values, loss."""
    values = _from_to(change, look)
    return str(k), change.place.write(look.glyphs), values, _loss(change.loss_was, change.loss, look)


def _from_to(change: Change, look: Look) -> str:
    say = change.place.say if isinstance(change.place, Knob) else number
    was = "" if change.was is None else f"{say(change.was)} "
    return f"{was}{look.glyphs.becomes} {say(change.value)}"


def _loss(old: float | None, new: float | None, look: Look) -> str:
    if old is None or new is None:
        return ""
    return f"loss {number(old, signed=False)} {look.glyphs.becomes} {number(new, signed=False)}"


def _together(scene: Scene, look: Look) -> list[Text]:
    first, last = scene.changes[0].loss_was, scene.changes[-1].loss
    said = _loss(first, last, look) if len(scene.changes) > 1 else ""
    return [Text(""), line_of((f"together: {said}", look.soft))] if said else []
