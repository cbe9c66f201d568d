"""A calculation drawn: its rows under each other, the result, and what is said beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from rnntutor.show.element import Expr
from rnntutor.show.look import Look
from rnntutor.show.texts import line_of, number, shorten
from rnntutor.show.working import Working, working


def calculation(
    expr: Expr, name: str, asides: Sequence[Text], roads: Sequence[str], look: Look, width: int, height: int
) -> list[Text]:
    """The calculation in as many rows as there is room for; `roads` says of every term where it came along."""
    work = working(expr, look)
    total = number(expr.value, expr.signed)
    noted = len(roads) == len(work.signs) > 1 and height > 3
    rows = _chosen(work.rows, height - noted)
    if height < 3 or _wide(work, rows, name) > width:
        return _narrow(work, name, total, asides, look, width, height)
    told = [*rows, tuple(roads)] if noted and _wide(work, [*rows, roads], name) <= width else rows
    widths = [max(cell_len(row[k]) for row in told) for k in range(len(work.signs))]
    lines = []
    for k, row in enumerate(rows):
        style = look.strong if k == 0 else look.text
        line = line_of((name if k == 0 else " " * cell_len(name), look.strong), ("  =  ", style))
        _cells(line, work, row, widths, style)
        lines.append(line)
    notes = [_notes(cell_len(name) + 5, roads, widths, look)] if len(told) > len(rows) else []
    spare = height - len(lines) - len(notes)
    result = _with_result(lines[-1], total, asides, look, width, spare)
    return [*lines[:1], *notes, *lines[1:-1], *result] if len(lines) > 1 else [*result, *notes]


def _notes(column: int, roads: Sequence[str], widths: Sequence[int], look: Look) -> Text:
    """What is said under every term."""
    cells = [road.ljust(size) for road, size in zip(roads, widths, strict=True)]
    return line_of((" " * column + "     ".join(cells).rstrip(), look.faint))


def _chosen(rows: tuple[tuple[str, ...], ...], height: int) -> list[tuple[str, ...]]:
    """The formula, and the rows that say most: the numbers between may go."""
    if len(rows) <= height:
        return list(rows)
    return [rows[0], *rows[len(rows) - height + 1 :]] if height > 1 else [rows[-1]]


def _wide(work: Working, rows: Iterable[Sequence[str]], name: str) -> int:
    cells = list(zip(*rows, strict=True))
    each = sum(max(cell_len(cell) for cell in column) for column in cells)
    return cell_len(name) + 5 + len(work.before) + len(work.after) + each + 5 * (len(cells) - 1) + 14


def _cells(line: Text, work: Working, row: tuple[str, ...], widths: list[int], style: Style) -> None:
    """The terms of one row, under those of the row above."""
    line.append(work.before, style)
    shown = [(sign, cell, size) for sign, cell, size in zip(work.signs, row, widths, strict=True) if cell]
    alone = len(shown) < len(row)
    for k, (sign, cell, size) in enumerate(shown):
        lead = ("-" if sign == "-" else "") if k == 0 else f"  {sign}  "
        line.append(lead, style)
        line.append(cell if alone or (k == len(shown) - 1 and work.after) else cell.ljust(size), style)
    line.append(work.after, style)


def _with_result(
    line: Text, total: str, asides: Sequence[Text], look: Look, width: int, spare: int
) -> list[Text]:
    """The last row with the result, and beside or under it what is said about it."""
    line.rstrip()
    line.append("   =  ", look.text)
    line.append(total, look.accent())
    return with_asides(line, asides, width, spare)


def with_asides(line: Text, asides: Sequence[Text], width: int, spare: int) -> list[Text]:
    """A line and what is said about it: behind it, or under it where that does not fit."""
    lines = [line]
    for said in asides:
        gap = 3 if said.plain.startswith("was") else 6
        if lines[-1].cell_len + gap + said.cell_len <= width:
            lines[-1] = Text.assemble(lines[-1], " " * gap, said, no_wrap=True, end="")
        elif spare >= len(lines):
            lines.append(Text.assemble("       ", said, no_wrap=True, end=""))
    return lines


def _narrow(
    work: Working, name: str, total: str, asides: Sequence[Text], look: Look, width: int, height: int
) -> list[Text]:
    """The calculation in one or two lines: the formula if there is room, the numbers, the result."""
    formula, numbers = joined(work, work.rows[0]), joined(work, work.brief)
    lines = []
    if height > 1:
        lines.append(line_of((shorten(f"{name} = {formula}", width, look.glyphs.more), look.strong)))
    lead = f"{name} = " if height <= 1 else " " * cell_len(name) + " = "
    was = sum(3 + said.cell_len for said in asides if said.plain.startswith("was"))
    room = width - len(total) - 3 - cell_len(lead) - was
    last = line_of((lead, look.strong))
    if numbers != total:
        last.append(shorten(numbers, room, look.glyphs.more), look.text).append(" = ", look.text)
    last.append(total, look.accent())
    return [*lines, *with_asides(last, asides, width, height - len(lines) - 1)]


def joined(work: Working, row: tuple[str, ...]) -> str:
    """A row in as little room as possible."""
    shown = [(sign, cell) for sign, cell in zip(work.signs, row, strict=True) if cell]
    text = "".join(
        (("-" if sign == "-" else "") if k == 0 else f" {sign} ") + cell
        for k, (sign, cell) in enumerate(shown)
    )
    return f"{work.before.strip()}{text}{work.after.strip()}"
