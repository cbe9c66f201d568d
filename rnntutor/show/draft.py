"""What the text of a cell means, or what is wrong with it, beside the text. Pure; no screen.

meaning(draft, look, width)     states, inputs, parameters with their shapes, and the backward pass that follows
wrong(error, look, width)       the line, the place under a caret, the hint
brief(error)                    the same in one line
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from rnntutor.engine.ops import FUNCTIONS
from rnntutor.engine.program import Line
from rnntutor.engine.syntax import EquationError
from rnntutor.show.look import Look
from rnntutor.show.texts import counted, cut, line_of, pad, shorten, words

if TYPE_CHECKING:  # what draws needs no models
    from rnntutor.tasks.drafting import Draft

LANGUAGE = (
    ("h = ...", "a line: a name, its value, and what it means after a #"),
    ("x", "what is read at this timestep"),
    ("h_prev", "h of the timestep before; that makes h a state"),
    ("W, b, ...", "every other name is a parameter; left of @ it is a matrix"),
    ("+ - * / **", "element by element; a power is a whole number"),
    ("W @ x, [a, b]", "a matrix times a vector; two vectors joined"),
    (", ".join(FUNCTIONS[:3]), f"and {', '.join(FUNCTIONS[3:])}"),
    ("init: readout:", "sections: where the states begin, and what comes out of h, up to a loss"),
)
"""The language in a few words, for the help page."""
_LEAD = 13
"""Columns of the labels."""
_INDENT = 2
_AGREES = 1e-6


def meaning(draft: Draft, look: Look, width: int) -> list[Text]:
    """What the text says, and below it the backward pass; as many lines as that takes, none wider than `width`."""
    facts = [*_facts(draft, look), *_shapes(draft, look, width), *_slips(draft, look), *_readout(draft, look)]
    return _within([*facts, Text(""), *_backward(draft, look, width)], look, width)


def _within(lines: list[Text], look: Look, width: int) -> list[Text]:
    """The lines, none wider than `width`; what is cut is marked where there is room for that."""
    for line in lines:
        cut(line, width, look)
        line.truncate(width)
    return lines


def _facts(draft: Draft, look: Look) -> Iterator[Text]:
    own, size = draft.own, draft.size(draft.own)
    remembered = counted(draft.hidden, "unit") if own.states else "nothing is remembered"
    yield _fact("states", ", ".join(own.states) or "none", remembered, look)
    over = f"{look.glyphs.quotes[0]}{draft.about}{look.glyphs.quotes[1]}"
    yield _fact("inputs", ", ".join(own.inputs) or "none", f"{len(draft.symbols)} characters of {over}", look)
    yield _fact("parameters", f"{size:,}", "number" if size == 1 else "numbers", look)


def _shapes(draft: Draft, look: Look, width: int) -> Iterator[Text]:
    """The parameters with their shapes, in as many columns as there is room for."""
    entries = [(name, look.glyphs.by.join(map(str, draft.shapes[name]))) for name in draft.own.params]
    names, shapes = (max((len(k[side]) for k in entries), default=0) for side in (0, 1))
    columns = max(1, (width - _INDENT) // (names + shapes + 4))
    for start in range(0, len(entries), columns):
        line = line_of((" " * _INDENT, look.text))
        for name, shape in entries[start : start + columns]:
            line.append(name.ljust(names + 1), look.text).append(shape.ljust(shapes + 3), look.soft)
        line.rstrip()
        yield line


def _slips(draft: Draft, look: Look) -> Iterator[Text]:
    """Parameters that may be meant as something else."""
    for name, meant in draft.slips.items():
        yield line_of((f"{name} is a parameter: did you mean {meant}?", look.bad))


def _readout(draft: Draft, look: Look) -> Iterator[Text]:
    """What was added to the text, if anything was."""
    if draft.added:
        more = draft.size(draft.cell) - draft.size(draft.own)
        yield _fact("readout", ", ".join(draft.added), f"added, with {counted(more, 'parameter')} more", look)


def _fact(label: str, said: str, about: str, look: Look) -> Text:
    line = pad(line_of((label, look.soft)), _LEAD).append(said, look.strong)
    return line.append(f"   {words(about, look)}", look.faint)


def _backward(draft: Draft, look: Look, width: int) -> Iterator[Text]:
    yield line_of(("backward pass, which follows from it", look.accent("backward")))
    lines = draft.backward.lines
    lead = max((len(line.name) for line in lines), default=0)
    for line in lines:
        yield from _equation(line, lead, look, width)


def _equation(line: Line, lead: int, look: Look, width: int) -> Iterator[Text]:
    """A line of the backward pass, on as many rows as it takes; a temporary says what it is where that has room."""
    style = look.soft if line.kind == "param" else look.text
    formula = line.text.split(" = ", 1)[1]
    at = _INDENT + min(lead, width // 3) + 3
    first, *others = _terms(formula, max(8, width - at))
    row = line_of((" " * _INDENT, look.text), (line.name, look.gradient))
    pad(row, at - 3).append(" = ", look.faint).append(first, style)
    if line.caption and not others and row.cell_len + cell_len(line.caption) + 4 <= width:
        row.append(f"   {line.caption}", look.faint)
    yield row
    for other in others:
        yield line_of((" " * at, look.text), (other, style))


def _terms(formula: str, width: int) -> list[str]:
    """A formula in rows that end, if they can, where a term of a sum does."""
    tied = "\N{NO-BREAK SPACE}"
    whole = formula.replace(" ", tied).replace(f"{tied}+{tied}", f" +{tied}")
    return [row.replace(tied, " ") for row in textwrap.wrap(whole, width)] or [""]


def wrong(error: ValueError, look: Look, width: int) -> list[Text]:
    """What is wrong: the line, the place under a caret, and what would be right."""
    return _within(list(_wrong(error, look, width)), look, width)


def _wrong(error: ValueError, look: Look, width: int) -> Iterator[Text]:
    if not isinstance(error, EquationError):
        yield from _wrapped(str(error), look.bad, look, width)
        return
    hint = f"; {error.hint}" if error.hint and not error.source else ""
    yield from _wrapped(f"{brief(error)}{hint}", look.bad, look, width)
    if error.source:
        yield from _pointed(error, look, width)


def brief(error: BaseException) -> str:
    """line 2: unknown function 'tahn': what is wrong, in one line."""
    if not isinstance(error, EquationError):
        return next(iter(str(error).splitlines()), type(error).__name__)
    return f"line {error.number}: {error.what}" if error.number else error.what


def _pointed(error: EquationError, look: Look, width: int) -> Iterator[Text]:
    """The line, shifted to where the place can be seen, a caret under it and the hint."""
    source, more = error.source, look.glyphs.more
    before, room = cell_len(words(source[: error.column], look)), max(1, width - 2 * _INDENT)
    shown = words(source, look)
    start = max(0, min(before - room // 2, cell_len(shown) - room))
    if start:
        shown, before = more + _from(shown, start + len(more)), before - start
    yield line_of((" " * 2 * _INDENT, look.text), (shorten(shown, room, more), look.text))
    caret = line_of((" " * (2 * _INDENT + before), look.text), ("^", look.bad))
    hint = words(error.hint, look)
    if caret.cell_len + 1 + cell_len(hint) <= width:
        yield caret.append(f" {hint}", look.text)
    else:
        yield caret
        yield from _wrapped(hint, look.text, look, width)


def _from(text: str, column: int) -> str:
    """A text from a column on; what of a wide character is cut off becomes a blank."""
    while text and column > 0:
        column -= cell_len(text[0])
        text = text[1:]
    return " " * -column + text


def _wrapped(text: str, style: Style, look: Look, width: int) -> list[Text]:
    return [line_of((row, style)) for row in textwrap.wrap(words(text, look), max(1, width))]


def verdict(error: float) -> str:
    """What a gradient check found."""
    if math.isnan(error):
        return "no verdict: a value or a gradient is no finite number"
    said = f"largest relative error {error:.1g}"
    if error < _AGREES:
        return f"{said}: the gradient agrees"
    return f"{said}: differences and gradient do not agree, as beside a kink of relu or among huge numbers"
