"""The score: the equations of a timestep as a program, a pointer at the current line, every value as a strip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from rnntutor.engine.ops import Array
from rnntutor.engine.program import Line
from rnntutor.show.element import Elements
from rnntutor.show.formula import Writer, general, plain_name, timed
from rnntutor.show.grid import Window, append_numbers, append_strip, window
from rnntutor.show.look import Look, line_of, pad, shorten, words
from rnntutor.show.scene import Playhead, Scene, Stop

_WIDE = 100
"""From this width on there is air at the left."""


@dataclass(frozen=True)
class Row:
    """One line of the score before it is laid out."""

    name: str
    formula: str
    caption: str
    size: int
    values: Array | None
    """None where the playhead has not been yet."""
    scale: float
    stop: int = -1
    """Which stop of the pass; -1 for what is given beforehand."""
    needed: int = 9
    """What has little of it goes first where room is short."""


@dataclass(frozen=True)
class Sheet:
    """The score laid out: what stands where."""

    rows: tuple[Row, ...]
    titled: bool
    cut_above: bool
    cut_below: bool
    margin: int
    name_width: int
    formula_width: int
    caption_width: int
    box_width: int
    strip_room: int

    @property
    def strip_at(self) -> int:
        """The column where strips begin."""
        return self.margin + self.name_width + 3 + self.formula_width + 2

    def window(self, size: int, unit: int) -> Window:
        """The boxes of a strip that are in sight."""
        return window(size, self.strip_room, unit, self.box_width)

    def hit(self, x: int, y: int, unit: int) -> tuple[int, int] | None:
        """The stop and unit at a place of the picture; the unit is -1 beside the strip."""
        k = y - self.titled
        if not 0 <= k < len(self.rows) or self.rows[k].stop < 0:
            return None
        where = self.window(self.rows[k].size, unit)
        box = (x - self.strip_at) // self.box_width
        return self.rows[k].stop, where.start + box if 0 <= box < where.count else -1


def rows(scene: Scene, head: Playhead, look: Look) -> list[Row]:
    """All rows from top to bottom; the backward pass is read upwards."""
    listed = [*_given(scene, head, look), *_lines(scene, head, look)]
    return listed if head.direction == "forward" else listed[::-1]


def full_height(scene: Scene, direction: str) -> int:
    """The rows that the score would like to have, its heading included."""
    kinds = ("input", "prev") if direction == "forward" else ("next",)
    program = scene.program(direction)
    given = sum(node.op in kinds for node in program.nodes)
    return 1 + given + len(scene.stops(direction))


def _given(scene: Scene, head: Playhead, look: Look) -> list[Row]:
    """What a timestep starts from: inputs and the states before it, or the gradients from the timestep after."""
    program = scene.program(head.direction)
    if head.direction == "forward":
        inputs = [_input(scene, head, look, name, place) for name, place in program.leaves("input").items()]
        return inputs + [_from_before(scene, head, look, k.name, k.leaf) for k in reversed(program.carries)]
    return [_from_after(scene, head, look, place) for place in program.leaves("next").values()]


def _input(scene: Scene, head: Playhead, look: Look, name: str, place: int) -> Row:
    values = scene.column("forward", place, head.t)
    known = {"x": scene.reads, "target": scene.wants}.get(name, ())
    one_hot = np.count_nonzero(values) == 1 and values.max() == 1
    left, right = look.glyphs.quotes
    formula = f"{left}{words(known[head.t], look)}{right}" if head.t < len(known) else "given"
    caption = f"one-hot, {len(values)} characters" if one_hot and len(values) == len(scene.symbols) else ""
    scale = scene.remembered(("input scale", name), lambda: max(1.0, float(np.nanmax(np.abs(scene.run.inputs[name])))))
    # What is wanted is told by the tape as well; so it is the first to go.
    return Row(name, formula, caption, len(values), values, scale, needed=1 if name == "target" else 3)


def _from_before(scene: Scene, head: Playhead, look: Look, state: str, leaf: int) -> Row:
    values = scene.column("forward", leaf, head.t)
    node = scene.program("forward").nodes[leaf]
    formula = timed(node, head.t).write(look.glyphs) if head.t else "the start"
    caption = f"from t {head.t - 1}" if head.t else "given" if values.any() else "all zero"
    stop = next(k for k in scene.forward if k.line.name == state)
    name = plain_name(node.name).write(look.glyphs)
    return Row(name, formula, caption, len(values), values, scene.scale("forward", stop), needed=4)


def _from_after(scene: Scene, head: Playhead, look: Look, leaf: int) -> Row:
    values = scene.column("backward", leaf, head.t)
    name = general(scene.program("backward").nodes[leaf], head.t).write(look.glyphs)
    last = head.t == scene.steps - 1 or head.t + 1 in scene.grads.cuts
    formula = "nothing beyond the end" if last and not values.any() else f"from t {head.t + 1}"
    return Row(name, formula, "", len(values), values, scene.scale("backward", scene.backward[0]), needed=2)


def _lines(scene: Scene, head: Playhead, look: Look) -> list[Row]:
    program, snapshot = scene.program(head.direction), scene.snapshot(head.direction, head.t)
    writer = Writer(program, tuple(snapshot.shapes), look.glyphs, head.t)
    made = []
    for k, stop in enumerate(scene.stops(head.direction)):
        known = scene.visited(head, head.direction, k, head.t)
        values = scene.strip(head.direction, stop, head.t) if known else None
        line = scene.current_line(head) if k == head.line else stop.line
        name = plain_name(line.name).write(look.glyphs)
        formula, caption = writer.formula(line.place), words(_caption(scene, head, look, stop, line), look)
        made.append(Row(name, formula, caption, stop.size, values, scene.scale(head.direction, stop), k))
    return made


# Captions.


def _caption(scene: Scene, head: Playhead, look: Look, stop: Stop, line: Line) -> str:
    if head.direction == "forward":
        scale = scene.scale("forward", stop)
        return line.caption + (f"   {look.glyphs.plus_minus}{scale:g}" if scale != 1 else "")
    if stop.folded:
        return f"1 of {stop.size} parameters, adds up over every t"
    return " · ".join(_of_gradient(scene, head, look, line))


def _of_gradient(scene: Scene, head: Playhead, look: Look, line: Line) -> list[str]:
    """What a gradient belongs to, where it comes from and where it goes."""
    said = [_temporary(line.caption, look)] if line.caption else []
    said += [k.caption.split(":")[0].split(",")[0] for k in scene.run.cell.step.lines if f"d{k.name}" == line.name]
    program = scene.grads.program
    if any(program.nodes[k].op == "next" for k in program.operands(line.place)) and head.t + 1 < scene.steps:
        said.append(f"and from t {head.t + 1}")
    if any(carry.source == line.place for carry in program.carries):
        way = "through a matrix" if any(program.nodes[k].op == "matmul" for k in program.operations(line)) else "no matrix"
        said.append(f"to {f't {head.t - 1}' if head.t else 'the start'}, {way}")
    return [k for k in said if k]


def _temporary(caption: str, look: Look) -> str:
    """The engine's own words on a temporary, with nicer signs."""
    if not look.glyphs.subscripts:
        return caption
    for old, new in ((" @ ", "·"), ("_prev", "′"), (" * ", " ⊙ "), ("sigmoid", "σ"), (", x]", ",x]")):
        caption = caption.replace(old, new)
    return caption


# Layout.


def lay_out(scene: Scene, head: Playhead, look: Look, width: int, height: int) -> Sheet:
    """Fit the rows into a width and a height."""
    every = rows(scene, head, look)
    kept, titled = _that_fit(every, height, width)
    kept, above, below = _around(kept, head.line, height - titled)
    margin = 6 if width >= _WIDE else 3
    name_width = max(cell_len(row.name) for row in every)
    room = width - margin - name_width - 5
    sizes = max(row.size for row in every)
    box_width = 3 if 3 * sizes + 26 <= room else 2 if 2 * sizes + 20 <= room else 3 if 3 * min(sizes, 9) + 20 <= room else 2
    strip = min(sizes * box_width, max(room - 30, room // 2, box_width))
    longest = max(cell_len(row.formula) for row in every)
    formula = min(longest, max(8, room - strip - (_caption_share(every, room - strip))))
    caption = max(0, room - strip - formula - 3)
    return Sheet(tuple(kept), titled, above, below, margin, name_width, formula, caption, box_width, strip)


def _caption_share(every: Sequence[Row], room: int) -> int:
    """How much of the room beside the strip captions may have."""
    wanted = max((cell_len(row.caption) for row in every), default=0) + 3
    return min(wanted, max(0, room - 30), 48) if room >= 40 else 0


def _that_fit(every: list[Row], height: int, width: int) -> tuple[list[Row], bool]:
    """Leave out what is needed least; the heading stays longer than what is given."""
    kept = list(every)
    for needed in (1, 2, 3):
        if len(kept) + 1 > height:
            kept = [row for row in kept if row.needed > needed]
    titled = len(kept) + 1 <= height or (width >= _WIDE and height > 4)
    if len(kept) + titled > height:
        kept = [row for row in kept if row.needed > 4]
    return kept, titled


def _around(kept: list[Row], line: int, height: int) -> tuple[list[Row], bool, bool]:
    """The rows around the current one, where not all of them fit."""
    if len(kept) <= height:
        return kept, False, False
    current = next(k for k, row in enumerate(kept) if row.stop == line)
    start = max(0, min(current - height // 2, len(kept) - height))
    return kept[start : start + max(1, height)], start > 0, start + height < len(kept)


# Drawing.


def score(scene: Scene, head: Playhead, look: Look, width: int, height: int) -> list[Text]:
    """The score as lines of text, none wider than `width`."""
    sheet = lay_out(scene, head, look, width, height)
    lines = [_heading(scene, head, look, sheet, width)] if sheet.titled else []
    for k, row in enumerate(sheet.rows):
        cut = (k == 0 and sheet.cut_above) or (k == len(sheet.rows) - 1 and sheet.cut_below)
        lines.append(_drawn(scene, head, look, sheet, row, cut))
    return lines


def _heading(scene: Scene, head: Playhead, look: Look, sheet: Sheet, width: int) -> Text:
    upwards = ", read upwards" if head.direction == "backward" else ""
    line = line_of((" " * (sheet.margin // 2) + f"the cell at t {head.t}{upwards}", look.strong))
    pad(line, sheet.strip_at - 5)
    line.truncate(max(0, sheet.strip_at - 5))
    line.append("unit ", look.faint)
    stop, unit = scene.stop(head), scene.unit(head)
    sizes = max(row.size for row in sheet.rows)
    where = sheet.window(max(stop.size, sizes if stop.size == 1 else stop.size), unit)
    append_numbers(line, _unit_labels(scene, head, look, where.size), where, look, unit)
    hidden = where.size - where.count
    side = f"   {where.start}{look.glyphs.more}{where.stop - 1} of {where.size}" if hidden else ""
    if head.direction == "backward":
        side += f"   scale {look.glyphs.plus_minus}{scene.scale('backward', stop):g}"
    pad(line, sheet.strip_at + sheet.strip_room).append(shorten(side, sheet.caption_width + 3), look.faint)
    return line


def _unit_labels(scene: Scene, head: Playhead, look: Look, size: int) -> list[str]:
    """What stands over the boxes: the characters of the data where the units are characters, else numbers."""
    stop = scene.stop(head)
    if stop.folded or stop.size != size:
        return [str(k) for k in range(size)]
    elements = Elements(scene.snapshot(head.direction, head.t), look.glyphs, scene.symbols)
    return [elements.index(stop.line.place, k).strip(look.glyphs.quotes) or "0" for k in range(size)]


def _drawn(scene: Scene, head: Playhead, look: Look, sheet: Sheet, row: Row, cut: bool) -> Text:
    current = row.stop == head.line
    name, formula, caption = _styles(head, look, row, current)
    mark = _pointer(head, look) if current else look.glyphs.more if cut else ""
    line = line_of((mark.rjust(sheet.margin - 2 if sheet.margin > 3 else 2), look.accent(head.direction)))
    pad(line, sheet.margin).append(row.name, name)
    pad(line, sheet.margin + sheet.name_width).append(" = ", formula)
    line.append(shorten(row.formula, sheet.formula_width, look.glyphs.more), formula)
    pad(line, sheet.strip_at)
    where = sheet.window(row.size, scene.unit(head) if row.size == scene.stop(head).size else min(head.unit, row.size - 1))
    append_strip(line, row.values, row.scale, where, look, scene.unit(head) if current else -1)
    if row.caption and sheet.caption_width > 5:
        pad(line, sheet.strip_at + sheet.strip_room + 3)
        line.append(shorten(row.caption, sheet.caption_width, look.glyphs.more), caption)
    return line


def _pointer(head: Playhead, look: Look) -> str:
    return look.glyphs.play if head.direction == "forward" else look.glyphs.up


def _styles(head: Playhead, look: Look, row: Row, current: bool) -> tuple[Style, Style, Style]:
    """The styles of a row's name, formula and caption."""
    if row.stop < 0:
        return look.soft, look.soft, look.faint
    if row.values is None:
        return look.faint + Style(bold=True), look.faint, look.faint
    if current:
        return look.accent(), Style(color=look.palette.accent), look.soft
    name = look.strong if head.direction == "forward" else look.accent("backward")
    return name, look.text, look.soft
