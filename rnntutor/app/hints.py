"""What the footer says works now. Pure; no screen."""

from __future__ import annotations

from rnntutor.course.lesson import Choice, Do
from rnntutor.course.walk import Walk
from rnntutor.engine.recurrent import forget_biases, recurrent_of
from rnntutor.play.cursor import Cursor
from rnntutor.show.look import Look
from rnntutor.show.operands import operands
from rnntutor.show.pictures import showings
from rnntutor.show.route import entries
from rnntutor.show.scene import Scene
from rnntutor.show.view import View
from rnntutor.vision.picture import Picture


def labels(scene: Scene, cursor: Cursor, view: View, look: Look) -> dict[str, str]:
    """Command to what the footer calls it now, where that is not what it is called always; empty for nothing."""
    backward = cursor.direction == "backward"
    found = {
        "line.open": _enter(scene, cursor, view, look),
        "line.back": "back" if cursor.trail or cursor.op is not None or cursor.aside else "",
        "turn": "forward" if backward else "backward",
        "scale": "scale" if backward else "",
        "leave": "list" if view.name == "score" and cursor.op is None and not cursor.trail else "out",
        "edit.undo": "undo" if scene.original else "",
        "learn.on": "",
        "temperature.warmer": "temperature" if view.name in ("output", "picture") else "",
        "picture.next": "",
        "picture.paint": "",
        "told.draw": "draw" if scene.telling is not None and view.name in ("picture", "beam") else "",
    }
    if view.name == "picture" and scene.picture is not None:
        found |= _at_the_picture(scene, scene.picture, view)
    if view.name == "beam":
        found |= {"line.next": "word", "unit.next": "branch", "line.open": "say it", "operand.next": ""}
    if view.name == "flow":
        found |= _in_the_laboratory(scene, look)
    if view.name == "training" and scene.learning:
        found |= {"learn.on": "learn", "line.open": "", "operand.next": ""}
    return found if view.looked_at is None else found | _among_weights(view)


def lesson_labels(walk: Walk | None, away: bool) -> dict[str, str]:
    """The same for the commands of a lesson; none of them without one."""
    if walk is None:
        return dict.fromkeys(("moment.next", "moment.return", "answer", "hint"), "")
    proposes = not walk.over and walk.moment.race is not None
    asked = not walk.settled
    return {
        "moment.next": "skip" if asked else "" if walk.over and not walk.left_open else "next",
        "moment.return": "return" if away else "",
        "race": "race" if proposes else "",
        "answer": "answer" if asked and not isinstance(walk.ask, Choice | Do) else "",
        "hint": "hint" if asked and walk.words.hints[walk.hints :] else "",
    }


def _at_the_picture(scene: Scene, picture: Picture, view: View) -> dict[str, str]:
    """What is shown next, and the brush; while that is in hand the rest gives way to it."""
    if view.brush is None:
        every = showings(picture)
        shown = every[(every.index(view.shown) + 1) % len(every)]
        return {"picture.next": shown, "picture.paint": "paint", "line.open": "", "operand.next": ""}
    quiet = ("timestep.next", "temperature.warmer", "turn", "edit", "go", "watch", "scale", "pass.end", "learn.on",
             "view.next", "unit.next")
    held = view.brush.shape is not None
    return dict.fromkeys(quiet, "") | {
        "line.next": "shape" if held else "brush", "play": "let go" if held else "paint",
        "line.back": "" if held else "erase", "line.open": "",
        "operand.next": "next" if held else "shape",
        "edit.undo": "take back" if scene.original else "", "leave": "done",
    }  # fmt: skip


def _in_the_laboratory(scene: Scene, look: Look) -> dict[str, str]:
    """What can be turned while gradients flow; the rest gives way to it."""
    quiet = dict.fromkeys(("line.next", "unit.next", "line.open", "operand.next", "edit", "watch", "go", "scale"), "")
    turns = {
        "edit.more": look.glyphs.singular if recurrent_of(scene.run) else "",
        "flow.bias.more": "bias" if forget_biases(scene.run.cell.step) else "",
        "flow.length.more": "T", "flow.window": "cut", "flow.clip": "clip",
    }  # fmt: skip
    if scene.loss is not None:
        turns["flow.counts"] = "all losses" if entries(scene).sum() == 1 < scene.steps else "last loss"
    return quiet | turns


def _among_weights(view: View) -> dict[str, str]:
    """What the keys do in a matrix."""
    return {
        "line.next": "column", "unit.next": "row", "operand.next": "matrix", "line.back": "equations",
        "line.open": "W" if view.spot.gradient else "dW",
    }  # fmt: skip


def _enter(scene: Scene, cursor: Cursor, view: View, look: Look) -> str:
    """Open, or the operand that Enter goes to; where it marks one, another key says so already."""
    if scene.stop(cursor).folded:
        return "numbers" if view.name == "score" else ""
    several = len(scene.stop(cursor).operations) > 1
    if cursor.mark < 0 and cursor.op is None and several and cursor.aside is None:
        return "open"
    if cursor.mark < 0:
        return ""
    found = operands(scene, cursor, look)
    return f"{look.glyphs.becomes} {found[cursor.mark].label}" if cursor.mark < len(found) else ""
