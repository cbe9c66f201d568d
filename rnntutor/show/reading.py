"""Who reads a parameter: the equations it stands in, and so what its rows and columns are called."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from rich.cells import cell_len

from rnntutor.engine.cell import Cell
from rnntutor.engine.given import known_shapes
from rnntutor.engine.program import Line, Program
from rnntutor.engine.shapes import infer
from rnntutor.engine.snapshot import Snapshot
from rnntutor.show.element import Elements
from rnntutor.show.formula import Naming, general, timed
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.texts import words


@dataclass(frozen=True)
class Reading:
    """One place where a parameter stands."""

    section: str
    line: Line
    product: int = -1
    """The place of the matrix product; -1 where the parameter is a vector."""


@dataclass(frozen=True)
class Part:
    """Neighbouring columns that multiply one value."""

    name: str
    start: int
    stop: int
    symbols: bool
    """Whether the columns are called by the characters they stand for, not by numbers."""


@dataclass(frozen=True)
class Names:
    """How a parameter's rows and columns are called."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    parts: tuple[Part, ...]

    @cached_property
    def widest_row(self) -> int:
        """Columns of the screen that the rows' names take."""
        return max(map(cell_len, self.rows))

    def part(self, column: int) -> Part:
        """The part that a column belongs to."""
        return next(part for part in self.parts if column < part.stop)


def readings(scene: Scene, name: str) -> tuple[Reading, ...]:
    """Where a parameter is read, in the order of the text; a matrix in each of its products."""
    return scene.remembered(("readings", name), lambda: _readings(scene.run.cell, name))


def _readings(cell: Cell, name: str) -> tuple[Reading, ...]:
    found = []
    for section, program in cell.programs.items():
        place = program.leaves("param").get(name)
        for line in program.lines if place is not None else ():
            nodes = [(k, program.nodes[k]) for k in program.operations(line)]
            products = [k for k, node in nodes if node.op == "matmul" and node.args[0] == place]
            if products:
                found += [Reading(section, line, k) for k in products]
            elif any(place in node.args for _, node in nodes):
                found.append(Reading(section, line))
    return tuple(found)


def elements_at(scene: Scene, reading: Reading, look: Look, t: int | None = None) -> Elements:
    """The values of the section that reads a parameter: at a timestep, or, without one, no more than their names."""
    symbols = tuple(words(symbol, look) for symbol in scene.symbols)
    naming: Naming = general if t is None or reading.section == "init" else timed
    return Elements(_snapshot(scene, reading.section, t), look.glyphs, symbols, naming=naming, coded=scene.coded)


def _snapshot(scene: Scene, section: str, t: int | None) -> Snapshot:
    run = scene.run
    if section == "init":
        program = run.cell.programs["init"]
        return Snapshot(program, _init_shapes(scene, program), dict(run.starts))
    return Snapshot(run.cell.step, run.plan.shapes, {}) if t is None else scene.snapshot("forward", t)


def _init_shapes(scene: Scene, program: Program) -> list[tuple[int, ...]]:
    known = known_shapes(scene.run.params, scene.run.inputs)
    return scene.remembered("shapes of the start", lambda: infer(program, known))


def called(elements: Elements, reading: Reading) -> str:
    """What the line that reads a parameter is called."""
    return elements.naming(elements.program.nodes[reading.line.place], 0).write(elements.glyphs)


def equation(scene: Scene, name: str, look: Look) -> str:
    """The first line that reads a parameter: f = σ(W_f·[h′,x] + b_f)."""
    return scene.remembered(("equation", name, look.glyphs), lambda: _equation(scene, name, look))


def _equation(scene: Scene, name: str, look: Look) -> str:
    reading = readings(scene, name)[0]
    elements = elements_at(scene, reading, look)
    return f"{called(elements, reading)} = {elements.writer.formula(reading.line.place)}"


def names(scene: Scene, name: str, look: Look) -> Names:
    """What the rows and columns of a parameter are called, after the first equation that reads it."""
    return scene.remembered(("names", name, look.glyphs), lambda: _names(scene, name, look))


def _names(scene: Scene, name: str, look: Look) -> Names:
    reading = readings(scene, name)[0]
    elements, shape = elements_at(scene, reading, look), scene.run.params[name].shape
    units = _units(elements, reading.line, shape[0])
    if reading.product < 0:
        return Names(("",), units, (Part(called(elements, reading), 0, shape[0], _are_symbols(units)),))
    columns: list[str] = []
    parts = []
    for place in elements.parts(elements.program.nodes[reading.product].args[1]):
        labels = _labels(elements, place, elements.snapshot.shapes[place][0])
        title = elements.writer.formula(place, expand=False)
        parts.append(Part(title, len(columns), len(columns) + len(labels), _are_symbols(labels)))
        columns += labels
    return Names(units, tuple(columns), tuple(parts))


def _units(elements: Elements, line: Line, count: int) -> tuple[str, ...]:
    """What the units of an equation are called; a parameter of another size has its rows numbered."""
    same = elements.snapshot.shapes[line.place] == (count,)
    return _labels(elements, line.place, count) if same else tuple(map(str, range(count)))


def _labels(elements: Elements, place: int, count: int) -> tuple[str, ...]:
    return tuple(elements.symbol(place, k) or str(k) for k in range(count))


def _are_symbols(labels: tuple[str, ...]) -> bool:
    return labels != tuple(map(str, range(len(labels))))
