"""What a number was made from: its named operands with their own formulas, and the terms of its matrix products."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from rnntutor.engine.ops import LEAVES
from rnntutor.show.element import Elements, Expr, Product
from rnntutor.show.look import Look
from rnntutor.show.operands import dots, named, ordered
from rnntutor.show.picture import Picture
from rnntutor.show.texts import cut, line_of, number, pad, shorten, words

_MOST_TERMS = 12
_LEAST_PRODUCT = 3
"""Lines of a product with one of its terms: the heading, the term, the others summed."""
_BAR = 12
"""Columns of the longest bar."""


def made_from(elements: Elements, expr: Expr, look: Look, width: int, height: int, mark: int = -1) -> Picture:
    """As many lines as fit: operands first, then products, an empty line between. `mark` is the marked operand.

    The picture's spots are the operands as `show.operands` counts them.
    """
    leaves, products = named(expr), dots(expr)
    if height < 1:
        return Picture()
    made = _operands(elements, leaves, look, width, mark)
    rows = max(mark < len(leaves), min(len(leaves), height - 1 - _LEAST_PRODUCT)) if products else height
    shown = made.cropped(max(0, min(mark, len(leaves) - 1) - rows + 1), rows)
    room = height - len(shown.lines) - bool(shown.lines)
    if not products or room < 2:
        return shown
    return shown.above(_products(products, look, width, room, mark, len(leaves)), gap=1)


# Named operands.


def _operands(elements: Elements, leaves: Sequence[Expr], look: Look, width: int, mark: int) -> Picture:
    """One line per operand: f₂[3] = 0.615, and the equation that it came from."""
    captions = {line.place: line.caption for line in elements.program.lines}
    size = max((cell_len(leaf.text) for leaf in leaves), default=0)
    origins = [_origin(elements, leaf) for leaf in leaves]
    longest = max((cell_len(origin) for origin in origins), default=0)
    lines, spots = [], []
    for k, (leaf, origin) in enumerate(zip(leaves, origins, strict=True)):
        line = line_of((leaf.text, _style(look, marked=k == mark)))
        spots.append((k, 0, line.cell_len, k))
        pad(line, size).append("  =  ", look.faint)
        line.append(number(leaf.value, leaf.signed).ljust(8), look.text)
        at = line.cell_len + 2 + longest + 3
        line.append("  " + shorten(origin, max(0, width - line.cell_len - 4), look.glyphs.more), look.soft)
        caption = words(captions.get(leaf.place, ""), look)
        if caption and at + cell_len(caption) <= width:
            pad(line, at).append(caption, look.faint)
        lines.append(line)
    return Picture(tuple(lines), tuple(spots))


def _style(look: Look, *, marked: bool) -> Style:
    """Of an operand's name."""
    return look.selected if marked else look.soft


def _origin(elements: Elements, leaf: Expr) -> str:
    """The equation of an operand, or where it is from if it has none."""
    node = elements.program.nodes[leaf.place]
    if (leaf.place, leaf.index) in elements.by_hand:
        return "set by hand"
    if node.op not in LEAVES:
        return elements.writer.formula(leaf.place) if node.name else ""
    t = elements.snapshot.t
    return {
        "param": "learned, the same at every t", "input": "given", "seed": "given from outside",
        "prev": f"from t {t - 1}" if t else "the start", "next": f"from t {t + 1}",
    }.get(node.op, "")  # fmt: skip


# The terms of matrix products.


def _products(products: Sequence[Expr], look: Look, width: int, room: int, mark: int, first: int) -> Picture:
    """The largest terms of every matrix product, and the others summed; `first` counts the operands before."""
    each = max(1, room // len(products)) if room >= 3 * len(products) else 0
    drawn = Picture()
    for product in products:
        count = 2 * len(product.terms)
        wanted = room if first <= mark < first + count else each or room
        left = room - len(drawn.lines)
        if left > 0 and (each or mark < first + count):  # in little room only from the marked one on
            made = _one_product(product, look, width, min(max(2, wanted), left), mark - first)
            drawn = drawn.above(made.counted_from(first))
        first += count
    return drawn.cropped(0, room)


def _one_product(product: Expr, look: Look, width: int, room: int, mark: int) -> Picture:
    """A heading with the value, the largest terms, and what the rest adds up to."""
    heading = line_of((product.text, look.soft), ("  =  ", look.faint), (number(product.value), look.text))
    terms = ordered(product)
    counted = sum(term.value != 0 for term in terms)
    marked = mark // 2 if 0 <= mark < 2 * len(terms) else -1
    few = min(_MOST_TERMS, room - 1 if room > counted else room - 2)
    listed = max(0, min(max(counted, marked + 1), few))
    if listed < 1:
        return Picture((heading,))
    start = max(0, marked - listed + 1)
    heading.append(f"   {counted} term{'s' if counted != 1 else ''}, the largest first", look.faint)
    if counted < len(terms):
        heading.append(f"; {len(terms) - counted} more are zero", look.faint)
    cut(heading, width, look)
    top = terms[start : start + listed]
    rest = [term for term in terms[:start] + terms[start + listed :] if term.value != 0]
    size = max(cell_len(_label(k, look)) for k in top)
    lines, spots = [heading], []
    for row, term in enumerate(top, 1):
        k = 2 * (start + row - 1)
        line, middle = _term(term, terms[0], size, look, mark - k)
        stop = middle + 1 + cell_len(term.read.label)
        spots += [(row, 3, middle, k + 1), (row, middle + 1, stop, k)]
        lines.append(line)
    if rest:
        line = line_of((f"   {len(rest)} more".ljust(size + 24), look.faint), ("   ", look.faint))
        lines.append(line.append(number(sum(k.value for k in rest)).rjust(8), look.soft))
    for line in lines:
        line.truncate(width)
    return Picture(tuple(lines), tuple(spots))


def _label(term: Product, look: Look) -> str:
    return f"{term.weight.label}{look.glyphs.dot}{term.read.label}"


def _term(term: Product, largest: Product, size: int, look: Look, mark: int) -> tuple[Text, int]:
    """W_f[3,5]·h₁[5]  +0.312 · +0.208 = +0.065 ███, and where the dot stands; mark 0 is what is read, 1 the weight."""
    dot = look.glyphs.dot if look.glyphs.subscripts else "*"
    line = line_of("   ", (term.weight.label, _style(look, marked=mark == 1)))
    middle = line.cell_len
    line.append(look.glyphs.dot, look.soft).append(term.read.label, _style(look, marked=mark == 0))
    calculation = f"{number(term.weight.value)} {dot} {number(term.read.value)}"
    pad(line, 3 + size).append(f"  {calculation.rjust(19)}", look.soft).append(" = ", look.faint)
    line.append(number(term.value).rjust(8), look.text)
    part = abs(term.value) / max(abs(largest.value), 1e-300)
    blocks = max(1, round(_BAR * part)) if np.isfinite(part) and term.value else 0
    colour = look.palette.positive if term.value > 0 else look.palette.negative
    pad(line, line.cell_len + 2).append(look.glyphs.full * min(_BAR, blocks), colour)
    return line, middle


