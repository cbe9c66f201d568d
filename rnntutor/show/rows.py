"""The rows of the score: every equation of a pass with its values, and what a timestep starts from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.engine.program import Line
from rnntutor.show.beginning import beginning_with
from rnntutor.show.change import differs
from rnntutor.show.data import not_wanted, silence, stands_for
from rnntutor.show.formula import Writer, general, plain_name, timed
from rnntutor.show.look import Look
from rnntutor.show.scales import full_box, full_box_at, full_box_inside, largest
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead, Stop
from rnntutor.show.texts import words
from rnntutor.show.ways import way_back


@dataclass(frozen=True)
class Row:
    """One line of the score before it is laid out."""

    name: str
    formula: str
    caption: str
    size: int
    values: tuple[float, ...] | None
    """None where the playhead has not been yet; empty for a loss that does not count, or a target that is none."""
    scale: float
    stop: int = -1
    """Which stop of the pass; -1 for what is given beforehand."""
    op: int | None = None
    """Which operation inside the line; None for the line itself."""
    note: str = ""
    """The scale, where it is not one."""
    needed: int = 9
    """What has little of it goes first where room is short."""
    changed: frozenset[int] = frozenset()
    """The units that are not what they were before all edits."""
    by_hand: frozenset[int] = frozenset()
    """The units that were set by hand."""
    place: int = -1
    """Of what is given, where it stands in the program."""


def rows(scene: Scene, head: Playhead, look: Look) -> list[Row]:
    """All rows from top to bottom; the backward pass is read upwards."""
    listed = [*_given(scene, head, look), *_lines(scene, head, look)]
    return listed if head.direction == "forward" else listed[::-1]


def full_height(scene: Scene, head: Playhead) -> int:
    """The rows that the score would like to have, its heading included."""
    kinds = ("input", "prev") if head.direction == "forward" else ("next",)
    given = sum(node.op in kinds for node in scene.program(head.direction).nodes)
    inner = len(scene.stop(head).operations) - 1 if head.op is not None else 0
    return 1 + given + len(scene.stops(head.direction)) + inner


def _given(scene: Scene, head: Playhead, look: Look) -> list[Row]:
    """What a timestep starts from: inputs and the states before it, or the gradients from the timestep after."""
    made = _made(scene, head, look)
    leaves = _leaves(scene, head, look)
    for place, make in leaves:
        if ("given", place) not in made:
            made["given", place] = make()
    return [made["given", place] for place, _ in leaves]


def _leaves(scene: Scene, head: Playhead, look: Look) -> list[tuple[int, Callable[[], Row]]]:
    """What is given, in order, and what makes its row."""
    program, at = scene.program(head.direction), (scene, head, look)
    if head.direction == "backward":
        return [(place, partial(_from_after, *at, place)) for place in program.leaves("next").values()]
    inputs = [(place, partial(_input, *at, name, place)) for name, place in program.leaves("input").items()]
    states = [(k.leaf, partial(_from_before, *at, k.name, k.leaf)) for k in reversed(program.carries)]
    return [*inputs, *states]


def _input(scene: Scene, head: Playhead, look: Look, name: str, place: int) -> Row:
    values = scene.column("forward", place, head.t)
    if name == "target" and not scene.has_taken(head, head.t):
        return Row(name, look.glyphs.dot, "not taken yet", len(values), None, 1.0, needed=1)
    one_hot = np.count_nonzero(values) == 1 and values.max() == 1
    formula = stands_for(scene, name, head.t, look) or "given"
    encoded = f"one-hot, {len(values)} characters" if one_hot and len(values) == len(scene.symbols) else ""
    silent = silence(scene, name, head.t)
    blank = silent and name == "target"  # what stands there instead is read by nothing that counts
    caption = encoded if not silent else silent if blank else "nothing, all zero"
    scale = scene.remembered(("input scale", name), lambda: max(1.0, largest([scene.run.inputs[name]], 1.0)))
    hand = scene.set_by_hand(name, head.t)
    # What is wanted is told by the tape as well; so it is the first to go.
    return Row(
        name, formula, _said(caption, hand, len(values)), len(values), () if blank else _numbers(values), scale,
        needed=1 if name == "target" else 3,
        changed=_changed(scene, "forward", place, head.t, scale), by_hand=hand, place=place,
    )  # fmt: skip


def _from_before(scene: Scene, head: Playhead, look: Look, state: str, leaf: int) -> Row:
    values = scene.column("forward", leaf, head.t)
    node = scene.program("forward").nodes[leaf]
    made = beginning_with(scene, look, state) if head.t == 0 else None
    formula = timed(node, head.t).write(look.glyphs) if head.t else "the start"
    caption = f"from t {head.t - 1}" if head.t else "given" if values.any() else "all zero"
    if made is not None:
        formula, caption = made.formula(look), "of the picture"
    stop = next(k for k in scene.forward if k.line.name == state)
    name = plain_name(node.name).write(look.glyphs)
    scale = full_box(scene, "forward", stop)
    hand = scene.set_by_hand(state, head.t - 1) if head.t else scene.set_by_hand(node.name, 0)
    return Row(
        name, formula, _said(caption, hand, len(values)), len(values), _numbers(values), scale,
        note=_note(scale, look), needed=4,
        changed=_changed(scene, "forward", leaf, head.t, scale), by_hand=hand, place=leaf,
    )  # fmt: skip


def _from_after(scene: Scene, head: Playhead, look: Look, leaf: int) -> Row:
    values = scene.column("backward", leaf, head.t)
    name = general(scene.program("backward").nodes[leaf], head.t).write(look.glyphs)
    formula = f"from t {head.t + 1}"
    if head.t + 1 in scene.grads.cuts:
        formula = f"cut off {formula}"
    elif head.t == scene.steps - 1 and not values.any():
        formula = "nothing beyond the end"
    scale = scale_of(scene, head, look, scene.backward[0])
    changed = _changed(scene, "backward", leaf, head.t, scale)
    return Row(name, formula, "", len(values), _numbers(values), scale, needed=2, changed=changed, place=leaf)


def _numbers(values: Array) -> tuple[float, ...]:
    return tuple(values.tolist())


@dataclass
class _Timestep:
    """The rows of one timestep that were made already: from key to key most of them say the same."""

    key: object = None
    rows: dict[object, Row] = field(default_factory=dict)


def _made(scene: Scene, head: Playhead, look: Look) -> dict[object, Row]:
    """The rows of the timestep under the playhead; those of another are forgotten."""
    store, taken = scene.remembered("rows", _Timestep), scene.has_taken(head, head.t)
    key = (head.direction, head.t, taken, look)
    if store.key != key:
        store.key, store.rows = key, {}
    return store.rows


def _lines(scene: Scene, head: Playhead, look: Look) -> list[Row]:
    snapshot, made = scene.snapshot(head.direction, head.t), _made(scene, head, look)
    writer = Writer(scene.program(head.direction), tuple(snapshot.shapes), look.glyphs, head.t)
    listed = []
    for k, stop in enumerate(scene.stops(head.direction)):
        if k == head.line and head.op is not None:
            listed += [_inner(scene, head, look, writer, op) for op in range(len(stop.operations) - 1)]
        known = scene.visited(head, head.direction, k, head.t)
        line = scene.current_line(head) if k == head.line else stop.line
        if (k, known, line.place) not in made:
            made[k, known, line.place] = _line(scene, head, look, writer, k, line, known)
        listed.append(made[k, known, line.place])
    return listed


def _line(scene: Scene, head: Playhead, look: Look, writer: Writer, k: int, line: Line, known: bool) -> Row:
    """A line of the program; of a folded stop the one that is selected."""
    stop = scene.stops(head.direction)[k]
    values = _numbers(scene.strip(head.direction, stop, head.t)) if known else None
    if head.direction == "forward" and scene.loss is stop and not scene.counted(head.t):
        values = ()
    name = plain_name(line.name).write(look.glyphs)
    formula, caption = writer.formula(line.place), words(_caption(scene, head, look, stop, line), look)
    if stop.folded:  # said beside the formula, since a caption may have no room
        formula = f"{formula}   {stop.lines.index(line) + 1}/{stop.size}"
    scale = scale_of(scene, head, look, stop)
    usual = 1.0 if head.direction == "forward" else scale_of(scene, head, look, scene.backward[0])
    note = _note(scale, look) if scale != usual else ""
    hand = scene.set_by_hand(line.name, head.t) if known and head.direction == "forward" else frozenset()
    changed = _moved(scene, head, stop, values, scale)
    return Row(name, formula, _said(caption, hand, stop.size), stop.size, values, scale, k, None, note,
               changed=changed, by_hand=hand)  # fmt: skip


def _inner(scene: Scene, head: Playhead, look: Look, writer: Writer, op: int) -> Row:
    """An operation inside the opened line: the formula as far as it goes."""
    stop = scene.stop(head)
    place = stop.operations[op]
    scale = full_box_inside(scene, head.direction, place)
    known = (head.op is not None and op <= head.op) or scene.visited(head, head.direction, head.line, head.t)
    values = _numbers(scene.column(head.direction, place, head.t)) if known else None
    changed = _changed(scene, head.direction, place, head.t, scale) if known else frozenset()
    return Row(
        "", writer.formula(place), "", stop.sizes[op], values, scale, head.line, op, _note(scale, look), changed=changed
    )


def _moved(
    scene: Scene, head: Playhead, stop: Stop, values: Sequence[float] | None, scale: float
) -> frozenset[int]:
    """The units of a stop that are not what they were before all edits."""
    if scene.original is None or not values:
        return frozenset()
    old = scene.original.strip(head.direction, stop, head.t)
    return frozenset(map(int, np.flatnonzero(differs(np.array(values), old, scale))))


def _changed(scene: Scene, direction: str, place: int, t: int, scale: float) -> frozenset[int]:
    """The same for what is given."""
    if scene.original is None:
        return frozenset()
    new, old = (played.column(direction, place, t) for played in (scene, scene.original))
    return frozenset(map(int, np.flatnonzero(differs(new, old, scale))))


def _said(caption: str, by_hand: frozenset[int], size: int) -> str:
    """The caption of a row; where numbers of it were set by hand, that is what matters."""
    units = f"unit{'s' if len(by_hand) > 1 else ''} {', '.join(map(str, sorted(by_hand)))}"
    units = "every unit" if 1 < size == len(by_hand) else units
    return f"set by hand: {units}" if by_hand else caption


def scale_of(scene: Scene, head: Playhead, look: Look, stop: Stop) -> float:
    """What counts as a full box of a stop, as the reader wants it."""
    if look.near and head.direction == "backward":
        return full_box_at(scene, stop, head.t)
    return full_box(scene, head.direction, stop)


def _note(scale: float, look: Look) -> str:
    """A scale beside a strip; one goes without saying."""
    return f"{look.glyphs.plus_minus}{scale:g}" if scale != 1 else ""


# Captions.


def _caption(scene: Scene, head: Playhead, look: Look, stop: Stop, line: Line) -> str:
    if head.direction == "forward":
        silent = scene.loss is stop and not scene.counted(head.t)
        return f"no loss: {not_wanted(scene)}" if silent else line.caption
    if stop.folded:
        return f"norms of {stop.size} gradients, one each"
    return " · ".join(_of_gradient(scene, head, look, line))


def _of_gradient(scene: Scene, head: Playhead, look: Look, line: Line) -> list[str]:
    """What a gradient belongs to, where it comes from and where it goes."""
    program = scene.grads.program
    of_loss = scene.loss is not None and line.name == f"d{scene.loss.line.name}"
    if of_loss and not scene.counted(head.t):
        return [f"no gradient: {not_wanted(scene)}"]
    if program.formula(line.place) == "1" or (of_loss and scene.counts):
        return ["where the gradient starts"]
    said = [_temporary(line.caption, look)] if line.caption else []
    if scene.set_by_hand(line.name[1:], head.t):
        said.append("set by hand, followed through its formula all the same")
    said += [
        k.caption.split(":")[0].split(",")[0] for k in scene.run.cell.step.lines if f"d{k.name}" == line.name
    ]
    if any(program.nodes[k].op == "next" for k in program.operands(line.place)) and head.t + 1 < scene.steps:
        said.append(f"and from t {head.t + 1}")
    if any(carry.source == line.place for carry in program.carries):
        said.append(f"to {f't {head.t - 1}' if head.t else 'the start'}, {way_back(scene, line)}")
    return [k for k in said if k]


def _temporary(caption: str, look: Look) -> str:
    """The engine's own words on a temporary, with nicer signs."""
    if not look.glyphs.subscripts:
        return caption
    for old, new in ((" @ ", "·"), ("_prev", "′"), (" * ", " ⊙ "), ("sigmoid", "σ"), (", x]", ",x]")):
        caption = caption.replace(old, new)
    return caption
