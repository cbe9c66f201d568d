"""Why a number is what it is: as formula, as numbers, as result, and, where there is room, what it was made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from rnntutor.engine.ops import OPS
from rnntutor.show.beside import beside
from rnntutor.show.element import Elements, Expr, elements_of, factors, summands
from rnntutor.show.formula import line_name, power
from rnntutor.show.look import Look
from rnntutor.show.made import made_from
from rnntutor.show.onward import goes_to
from rnntutor.show.scene import Playhead, Scene
from rnntutor.show.share import share
from rnntutor.show.spot import Spot
from rnntutor.show.texts import line_of, number, shorten
from rnntutor.show.weight import weight

Folds = Callable[[Expr], bool]


@dataclass(frozen=True)
class Printer:
    """Writes an expression; what `folds` says stands as its number."""

    look: Look
    folds: Folds

    def write(self, expr: Expr, rank: int = 0) -> str:
        """The text of an expression, in brackets if it binds more weakly than `rank`."""
        if expr.op == "const":
            return expr.text
        if self.folds(expr):
            return number(expr.value, expr.signed)
        if expr.is_leaf:
            return expr.text
        text, own = self._written(expr)
        return f"({text})" if own < rank else text

    def _written(self, expr: Expr) -> tuple[str, int]:
        args = expr.args
        if expr.op == "neg":
            return f"-{self.write(args[0], 3)}", 3
        if expr.op == "pow":
            return self._power(expr), 4
        rank = OPS[expr.op].rank
        if rank == 9 or expr.op == "outer":
            inner = ", ".join(self.write(k) for k in args)
            return f"{expr.text}({inner})", 9
        sign = (
            (self.look.glyphs.dot if self.look.glyphs.subscripts else "*")
            if expr.op == "mul"
            else OPS[expr.op].symbol
        )
        right = rank if expr.op in ("add", "mul") else rank + 1
        return f"{self.write(args[0], rank)} {sign} {self.write(args[1], right)}", rank

    def _power(self, expr: Expr) -> str:
        base, raised = expr.args[0], power(expr.exponent, self.look.glyphs)
        call = not base.is_leaf and OPS[base.op].rank == 9
        if call and not self.folds(base) and self.look.glyphs.powers:
            return f"{base.text}{raised}({self.write(base.args[0])})"
        text = self.write(base, 5)
        return f"({text}){raised}" if text[:1] in "+-" else f"{text}{raised}"


@dataclass(frozen=True)
class Working:
    """The rows of a calculation, each a list of cells that stand under each other."""

    rows: tuple[tuple[str, ...], ...]
    """Rows of terms; the formula first."""
    signs: tuple[str, ...]
    before: str = ""
    after: str = ""
    """What encloses the sum: "σ( " and " )"."""
    brief: tuple[str, ...] = ()
    """The row that says most where there is room for one: every factor as a number."""


def working(expr: Expr, look: Look) -> Working:
    """A number's calculation: formula, numbers, factors, terms; no row twice."""
    before, after, inner = _wrapper(expr)
    terms = summands(inner)
    rows = [tuple(Printer(look, folds).write(term, 2) for _, term in terms) for folds in (_never, _is_leaf)]
    rows.append(brief := tuple(_factors_folded(term, look) for _, term in terms))
    if len(terms) > 1:
        rows.append(tuple(number(term.value, term.signed) for _, term in terms))
    if before:
        rows.append((number(inner.value, inner.signed), *[""] * (len(terms) - 1)))
    elif rows[-1] == (number(expr.value, expr.signed),) and len(rows) > 1:
        rows.pop()  # the result stands there anyway
    unique = tuple(dict.fromkeys(rows))
    return Working(unique, tuple(sign for sign, _ in terms), before, after, brief)


def _never(_: Expr) -> bool:
    return False


def _is_leaf(expr: Expr) -> bool:
    return expr.is_leaf


def _wrapper(expr: Expr) -> tuple[str, str, Expr]:
    """What encloses the whole expression: a function or a minus sign."""
    if expr.is_leaf:
        return "", "", expr
    if expr.op == "neg":
        before, after, inner = _wrapper(expr.args[0])
        return (
            (f"-{before}", after, inner)
            if before
            else ("-(", ")", inner)
            if inner.op in ("add", "sub")
            else ("-", "", inner)
        )
    if OPS[expr.op].rank == 9 and len(expr.args) == 1:
        return f"{expr.text}( ", " )", expr.args[0]
    return "", "", expr


def _factors_folded(term: Expr, look: Look) -> str:
    """A term with each factor as one number."""
    if term.op == "div":
        parts = tuple(term.args)
        return Printer(look, lambda e: any(e is k for k in parts)).write(term, 2)
    parts = tuple(factors(term))
    return Printer(look, lambda e: any(e is k for k in parts)).write(term, 2)


# Drawing.


def why(
    scene: Scene, head: Playhead, look: Look, width: int, height: int, spot: Spot | None = None
) -> list[Text]:
    """Why the selected number is what it is; at most `height` lines, none wider than `width`.

    With a `spot` it is that number of a parameter, else the one under the playhead.
    """
    label = line_of((" why ", look.badge(head.direction)), " ")
    stop, unit = scene.stop(head), scene.unit(head)
    if spot is not None:
        body = weight(scene, head, spot, look, width - 7, height)
    elif stop.folded:
        body = share(scene, head, look, width - 7, height)
    else:
        elements = elements_of(scene, head, look)
        expr = elements.of(stop.line.place, unit)
        name = line_name(stop.line.name, head.t).write(look.glyphs, elements.index(stop.line.place, unit))
        said = beside(scene, head, expr, look)
        if head.direction == "forward" and (expr.place, expr.index) in elements.by_hand:
            body = _by_hand(expr, name, said, look, width - 7, height)
        else:
            body = _calculation(expr, name, said, look, width - 7, height)
        body += _rest(elements, expr, look, width - 7, height - len(body))
        body += _onward(scene, head, look, width - 7, height - len(body))
    lines = [
        Text.assemble(label if k == 0 else "      ", line, no_wrap=True, end="")
        for k, line in enumerate(body)
    ]
    for line in lines:
        line.truncate(width)
    return lines[: max(0, height)]


def _by_hand(
    expr: Expr, name: str, asides: Sequence[Text], look: Look, width: int, height: int
) -> list[Text]:
    """A number that was set, and the formula that no longer makes it."""
    line = line_of((f"{name}  =  ", look.strong), (number(expr.value, expr.signed), look.accent()))
    line.append("   set by hand", look.soft)
    work = working(expr, look)
    formula = shorten(f"instead of {_joined(work, work.rows[0])}", width - 7, look.glyphs.more)
    lines = _with_asides(line, asides, width, 0)
    return [*lines, line_of((" " * min(7, width) + formula, look.faint))][:height]


def _rest(elements: Elements, expr: Expr, look: Look, width: int, height: int) -> list[Text]:
    """What the number was made from, after an empty line."""
    made = made_from(elements, expr, look, width, height - 1)
    return [Text(""), *made] if made and height > 1 else []


def _onward(scene: Scene, head: Playhead, look: Look, width: int, height: int) -> list[Text]:
    """Where the number goes next, after an empty line."""
    lines = goes_to(scene, head, look, width)
    return [Text(""), *lines][:height] if lines and height > len(lines) else []


def _calculation(
    expr: Expr, name: str, asides: Sequence[Text], look: Look, width: int, height: int
) -> list[Text]:
    """The calculation in as many rows as there is room for."""
    work = working(expr, look)
    total = number(expr.value, expr.signed)
    rows = _chosen(work.rows, height)
    if height < 3 or _wide(work, rows, name) > width:
        return _narrow(work, name, total, asides, look, width, height)
    widths = [max(cell_len(row[k]) for row in rows) for k in range(len(work.signs))]
    lines = []
    for k, row in enumerate(rows):
        style = look.strong if k == 0 else look.text
        line = line_of((name if k == 0 else " " * cell_len(name), look.strong), ("  =  ", style))
        _cells(line, work, row, widths, style)
        lines.append(line)
    return [
        *lines[:-1],
        *_with_result(lines[-1], total, asides, look, width, height - len(lines)),
    ]


def _chosen(rows: tuple[tuple[str, ...], ...], height: int) -> list[tuple[str, ...]]:
    """The formula, and the rows that say most: the numbers between may go."""
    if len(rows) <= height:
        return list(rows)
    return [rows[0], *rows[len(rows) - height + 1 :]] if height > 1 else [rows[-1]]


def _wide(work: Working, rows: Iterable[tuple[str, ...]], name: str) -> int:
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
    return _with_asides(line, asides, width, spare)


def _with_asides(line: Text, asides: Sequence[Text], width: int, spare: int) -> list[Text]:
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
    formula, numbers = _joined(work, work.rows[0]), _joined(work, work.brief)
    lines = []
    if height > 1:
        lines.append(line_of((shorten(f"{name} = {formula}", width, look.glyphs.more), look.strong)))
    lead = f"{name} = " if height <= 1 else " " * cell_len(name) + " = "
    was = sum(3 + said.cell_len for said in asides if said.plain.startswith("was"))
    room = width - len(total) - 3 - cell_len(lead) - was
    last = line_of(
        (lead, look.strong), (shorten(numbers, room, look.glyphs.more), look.text), (" = ", look.text)
    )
    last.append(total, look.accent())
    return [*lines, *_with_asides(last, asides, width, height - len(lines) - 1)]


def _joined(work: Working, row: tuple[str, ...]) -> str:
    """A row in as little room as possible."""
    shown = [(sign, cell) for sign, cell in zip(work.signs, row, strict=True) if cell]
    text = "".join(
        (("-" if sign == "-" else "") if k == 0 else f" {sign} ") + cell
        for k, (sign, cell) in enumerate(shown)
    )
    return f"{work.before.strip()}{text}{work.after.strip()}"
