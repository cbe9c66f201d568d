"""What a number was made from: its named operands with their own formulas, and the terms of its matrix products."""

from __future__ import annotations

import numpy as np
from rich.cells import cell_len
from rich.text import Text

from rnntutor.engine.ops import LEAVES
from rnntutor.show.element import Elements, Expr, Product, leaves
from rnntutor.show.look import Look
from rnntutor.show.texts import cut, line_of, number, pad, shorten, words


def made_from(elements: Elements, expr: Expr, look: Look, width: int, height: int) -> list[Text]:
    """As many lines as fit: operands first, then products, an empty line between."""
    parts = list({leaf.text: leaf for leaf in leaves(expr)}.values())
    named = [leaf for leaf in parts if leaf.op == "leaf" and leaf.place >= 0]
    lines = _operands(elements, [k for k in named if _has_formula(elements, k)], look, width)[:height]
    products = [leaf for leaf in parts if leaf.terms]
    gap = [Text("")] if lines else []
    room = height - len(lines) - len(gap)
    if not products or room < 2:
        return lines if height > 0 else []
    return [*lines, *gap, *_products(products, look, width, room)]


def _has_formula(elements: Elements, leaf: Expr) -> bool:
    node = elements.program.nodes[leaf.place]
    return node.op not in LEAVES and bool(node.name)


def _operands(elements: Elements, named: list[Expr], look: Look, width: int) -> list[Text]:
    """One line per operand: f₂[3] = 0.615, and the equation that it came from."""
    captions = {line.place: line.caption for line in elements.program.lines}
    size = max((cell_len(leaf.text) for leaf in named), default=0)
    formulas = [
        "set by hand" if (leaf.place, leaf.index) in elements.by_hand else elements.writer.formula(leaf.place)
        for leaf in named
    ]
    longest = max((cell_len(formula) for formula in formulas), default=0)
    lines = []
    for leaf, formula in zip(named, formulas, strict=True):
        line = line_of((leaf.text.ljust(size), look.soft), ("  =  ", look.faint))
        line.append(number(leaf.value, leaf.signed).ljust(8), look.text)
        at = line.cell_len + 2 + longest + 3
        line.append("  " + shorten(formula, max(0, width - line.cell_len - 4), look.glyphs.more), look.soft)
        caption = words(captions.get(leaf.place, ""), look)
        if caption and at + cell_len(caption) <= width:
            pad(line, at).append(caption, look.faint)
        lines.append(line)
    return lines


def _products(products: list[Expr], look: Look, width: int, room: int) -> list[Text]:
    """The largest terms of every matrix product, and the others summed."""
    each = max(1, room // len(products)) if room >= 3 * len(products) else 0
    lines: list[Text] = []
    for product in products:
        lines += _one_product(product, look, width, (each or room) if len(lines) < room else 0)
    return lines[:room]


def _one_product(product: Expr, look: Look, width: int, room: int) -> list[Text]:
    """A heading with the value, the largest terms, and what the rest adds up to."""
    if room < 1:
        return []
    heading = line_of((product.text, look.soft), ("  =  ", look.faint), (number(product.value), look.text))
    # What is not a number comes first: it is why the result is none.
    ordered = sorted(
        (k for k in product.terms if k.value), key=lambda k: (not np.isnan(k.value), -abs(k.value))
    )
    listed = min(len(ordered), room - 2 if room - 1 < len(ordered) else room - 1, 12)
    if listed < 1:
        return [heading]
    zeros = len(product.terms) - len(ordered)
    heading.append(f"   {len(ordered)} terms, the largest first", look.faint)
    if zeros:
        heading.append(f"; {zeros} more are zero", look.faint)
    cut(heading, width, look)
    top, rest = ordered[:listed], ordered[listed:]
    size = max(cell_len(k.label) for k in top)
    lines = [_term(k, top[0], size, look) for k in top]
    if rest:
        line = line_of((f"   {len(rest)} more".ljust(size + 24), look.faint), ("   ", look.faint))
        line.append(number(sum(k.value for k in rest)).rjust(8), look.soft)
        lines.append(line)
    for line in lines:
        line.truncate(width)
    return [heading, *lines]


def _term(term: Product, largest: Product, size: int, look: Look) -> Text:
    dot = look.glyphs.dot if look.glyphs.subscripts else "*"
    calculation = f"{number(term.weight)} {dot} {number(term.read)}"
    line = line_of((f"   {term.label.ljust(size)}  {calculation.rjust(19)}", look.soft), (" = ", look.faint))
    line.append(number(term.value).rjust(8), look.text)
    part = abs(term.value) / max(abs(largest.value), 1e-300)
    blocks = max(1, round(12 * part)) if np.isfinite(part) else 0
    colour = look.palette.positive if term.value > 0 else look.palette.negative
    pad(line, line.cell_len + 2).append(look.glyphs.full * min(12, blocks), colour)
    return line
