"""What is said around the map of a parameter: what it is, who reads it, the selected number, and all of them."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from rnntutor.show.element import Elements
from rnntutor.show.look import Look
from rnntutor.show.matrix import (
    LARGEST_SIGMA,
    Facts,
    by_hand,
    facts,
    name_of,
    numbers,
    only_from_start,
    scale_of,
    swept,
)
from rnntutor.show.reading import Reading, called, elements_at, equation, readings
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot, entry, matrices
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import cut, line_of, number, shorten, words

_GAP = "   "
_LEAST = 14
"""Columns below which the beginning of an equation says nothing."""


def heading(scene: Scene, head: Playhead, spot: Spot, look: Look, width: int) -> Text:
    """W_f  8 × 12  the weights, and the equation that reads them."""
    name, (rows, columns) = name_of(scene, spot), matrices(scene).size(spot)
    vector = scene.run.params[name].ndim < 2
    size = f"{columns} numbers" if vector else f"{rows} {look.glyphs.by} {columns}"
    style = look.accent("backward" if spot.gradient else "forward")
    line = line_of((f"{'d' if spot.gradient else ''}{name}", style), (f"  {size}", look.text))
    line.append(_GAP + _what(scene, head, spot), look.soft)
    reading = readings(scene, name)[0]
    room = width - line.cell_len - len(_GAP)
    if room >= _LEAST:
        line.append(_GAP + shorten(equation(scene, name, look), room, look.glyphs.more), look.text)
    caption = words(reading.line.caption, look)
    if caption and line.cell_len + len(_GAP) + len(caption) <= width:
        line.append(_GAP + caption, look.faint)
    cut(line, width, look)
    return line


def _what(scene: Scene, head: Playhead, spot: Spot) -> str:
    """Which of the two is shown, and how much of it."""
    if not spot.gradient:
        return "the weights"
    first, last = swept(scene, head), scene.steps - 1
    if first > last:
        return "nothing swept yet"
    if first == 0:
        return "the whole gradient"
    return f"so far: t {last}" if first == last else f"so far: t {last} to t {first}"


def listed(scene: Scene, spot: Spot, look: Look, width: int) -> Text:
    """All parameters, each behind the first equation that reads it; those around the current one, if need be."""
    current = name_of(scene, spot)
    pieces: list[Text] = []
    before = None
    for name in matrices(scene).names:
        reading = readings(scene, name)[0]
        piece = line_of()
        if (reading.section, reading.line.name) != before:
            piece.append(f"{_GAP if pieces else ''}{reading.line.name}  ", look.faint)
            before = (reading.section, reading.line.name)
        if name != current:
            piece.append(f" {name} ", look.soft)
        else:
            piece.append(f"[{name}]" if look.plain else f" {name} ", look.badge())
        pieces.append(piece)
    return _around(pieces, matrices(scene).index(spot), look, width)


def _around(pieces: Sequence[Text], current: int, look: Look, width: int) -> Text:
    """As many pieces as fit, from the first one on with which the current one is in sight."""
    start = 0
    more = len(look.glyphs.more)
    while start < current and sum(k.cell_len for k in pieces[start : current + 1]) > width - 2 * more:
        start += 1
    line = line_of((look.glyphs.more if start else "", look.faint))
    for piece in pieces[start:]:
        line.append_text(piece)
    cut(line, width, look)
    return line


def about_one(scene: Scene, head: Playhead, spot: Spot, look: Look, width: int) -> Text:
    """The selected number and what it multiplies; where there is none yet, why not."""
    shown, place = numbers(scene, head, spot), matrices(scene).place(spot)
    if shown is None:
        return line_of((shorten(not_yet(scene, head, spot), width, look.glyphs.more), look.soft))
    line = line_of((f"{label(scene, spot)} = ", look.text), (number(float(shown[place])), look.accent()))
    old = numbers(scene.original, head, spot) if scene.original else None
    if old is not None and number(float(old[place])) != number(float(shown[place])):
        line.append(f"{_GAP}was {number(float(old[place]))}", look.soft)
    if not spot.gradient and by_hand(scene, name_of(scene, spot))[place]:
        line.append(f"{_GAP}set by hand", look.soft)
    said = [duty(scene, spot, reading, look) for reading in readings(scene, name_of(scene, spot))]
    line.append(_GAP + "; ".join(said), look.soft)
    cut(line, width, look)
    return line


def label(scene: Scene, spot: Spot) -> str:
    """W_f[3,5], or dW_f[3,5]."""
    place = ",".join(map(str, entry(scene, spot)))
    return f"{'d' if spot.gradient else ''}{name_of(scene, spot)}[{place}]"


def duty(scene: Scene, spot: Spot, reading: Reading, look: Look) -> str:
    """What a number of a parameter does in an equation: multiplies h′[5] for unit 3 of f."""
    row, column = matrices(scene).place(spot)
    elements = elements_at(scene, reading, look)
    if reading.product < 0:
        return f"belongs to {_unit(elements, reading, column)}"
    vector = elements.program.nodes[reading.product].args[1]
    return f"multiplies {elements.reader(vector, column, 0.0).label} for {_unit(elements, reading, row)}"


def _unit(elements: Elements, reading: Reading, k: int) -> str:
    """Unit 3 of f, or “l” of y."""
    index = elements.index(reading.line.place, k)
    return f"{'unit ' if index == str(k) else ''}{index} of {called(elements, reading)}"


def not_yet(scene: Scene, head: Playhead, spot: Spot) -> str:
    """Why there is no gradient to be shown."""
    name, first, last = name_of(scene, spot), swept(scene, head), scene.steps - 1
    if head.direction == "forward":
        return f"d{name} is not there yet: the backward pass adds it up from t {last} to t 0"
    if only_from_start(scene, name):
        return f"d{name} is not there yet: it comes through the start, once t 0 is swept"
    if first > last:
        return f"d{name} is not there yet: t {last} adds the first part at the end of its sweep"
    return (
        f"d{name} has too many numbers to be added up over {last + 1 - first} timesteps; t 0 makes it whole"
    )


def about_all(scene: Scene, head: Playhead, spot: Spot, look: Look, width: int) -> Text:
    """What all numbers together amount to, as much of it as fits."""
    found = facts(scene, head, spot)
    if found is None:
        return line_of()
    line = line_of((f"scale {look.glyphs.plus_minus}{scale_of(scene, head, spot, look):g}", look.faint))
    for name, value in _said(found, scene, spot, look):
        if line.cell_len + len(_GAP) + len(name) + len(value) + 1 > width:
            break
        line.append(f"{_GAP}{name} ", look.faint)
        line.append(value, look.soft)
    cut(line, width, look)
    return line


def _said(found: Facts, scene: Scene, spot: Spot, look: Look) -> list[tuple[str, str]]:
    """Each number with its name."""
    name, norm = name_of(scene, spot), look.glyphs.norm
    letter = f"{'d' if spot.gradient else ''}{name}"
    said = [("not finite:", str(found.odd))] if found.odd else []
    said += [("min", number(found.low)), ("max", number(found.high)), ("mean", number(found.mean))]
    said.append((f"{norm}{letter}{norm}", number(found.norm, signed=False)))
    if scene.run.params[name].ndim == 2 and not found.odd:
        said.append((look.glyphs.singular, _sigma(found, scene, spot, look)))
    return said


def _sigma(found: Facts, scene: Scene, spot: Spot, look: Look) -> str:
    """The largest singular value, or why it is left out."""
    if found.sigma is not None:
        return number(found.sigma, signed=False)
    rows, columns = LARGEST_SIGMA
    rows_here, columns_here = sorted(matrices(scene).size(spot))
    if rows_here > rows or columns_here > columns:
        return f"left out beyond {rows} {look.glyphs.by} {columns}"
    return "once t 0 is swept"
