"""The leaves of a query: a name, perhaps with indices, and what it stands for.

read_of("c[t-1,3]", scene)     # the same reading of a name for what is typed to be watched, set or gone to
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass, replace

from rnntutor.engine.known import Subject, Value, names, value
from rnntutor.engine.recurrent import recurrent_of
from rnntutor.engine.symbols import shown, units_of
from rnntutor.engine.syntax import Source, did_you_mean
from rnntutor.engine.written import tree_of

_ROLES = ((), ("unit",), ("row", "column"))
"""What the indices of a number, a vector and a matrix say, after the timestep."""


@dataclass(frozen=True)
class Read:
    """A value at a timestep: t + `t` where it is relative."""

    value: Value
    t: int = 0
    relative: bool = True
    index: tuple[int, ...] = ()
    """The unit, or the row and the column, as far as they are said."""

    def time(self, t: int) -> int:
        """The timestep that is read at `t`."""
        return t + self.t if self.relative else self.t

    def moment(self, t: int) -> int:
        """The same, checked. Raises ValueError where there is no such timestep."""
        steps, found = len(self.value.array), self.time(t)
        if not 0 <= found < steps:
            raise ValueError(f"{self.value.name} has timesteps 0 to {steps - 1}, not {found}")
        return found


@dataclass(frozen=True)
class Leaves:
    """Finds what names and indices mean to a subject; what they cannot mean is an EquationError."""

    subject: Subject
    source: Source
    listed: Collection[str] = ()
    """What a hint lists beside the cell's own names."""

    def value(self, name: ast.Name) -> Value:
        """What a name stands for."""
        known = names(self.subject)
        if name.id not in known:
            listed = dict.fromkeys([*self.subject.run.cell.step.by_name, *self.listed])
            hint = did_you_mean(name.id, (*known, "t"), listed)
            raise self.source.error(f"unknown name {name.id!r}", name, hint)
        try:
            return value(self.subject, name.id)
        except ValueError as error:
            raise self.source.error(str(error), name) from error

    def indexed(self, tree: ast.Subscript) -> Read:
        """A value with indices: a timestep where it has time, then units."""
        name = tree.value
        if not isinstance(name, ast.Name):
            raise self.source.error("only a name takes an index", name, "as in c[t,3]")
        if name.id == "t":
            raise self.source.error("t is the timestep and takes no index", name)
        known = self.value(name)
        if isinstance(tree.slice, ast.Name) and tree.slice.id.endswith("_prev") and len(known.shape) == 2:
            return self.columns(known, tree.slice)
        index = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
        count = len(index)
        while len(index) > known.timed and _is_all(index[-1]):
            index = index[:-1]
        roles = [*["timestep"] * known.timed, *_ROLES[len(known.shape)]]
        if not roles:
            raise self.source.error(f"{name.id} is one number and takes no index", tree.slice)
        if not 1 <= count <= len(roles):
            what = f"{count} indices" if count else "nothing"
            raise self.source.error(f"{name.id} takes a {' and a '.join(roles)}, not {what}", tree.slice)
        read = self.moment(known, index[0]) if known.timed else Read(known)
        units = zip(index[known.timed :], roles[known.timed :], known.shape, strict=False)
        place = tuple(self.unit(known, *each) for each in units)
        return replace(read, value=known.unit(*place), index=place)

    def columns(self, known: Value, name: ast.Name) -> Read:
        """W[h_prev]: the columns of a parameter that multiply a state before."""
        found = recurrent_of(self.subject.run, name.id).get(known.name, ())
        if not found:
            hint = f"write a row and a column, such as {known.name}[0,1]"
            raise self.source.error(f"{known.name} has no columns that multiply {name.id}", name, hint)
        columns = known.array[:, :, list(found)]
        return Read(replace(known, name=f"{known.name}[{name.id}]", array=columns, shape=columns.shape[1:]))

    def moment(self, known: Value, tree: ast.expr) -> Read:
        """The timestep of a value: t, t + 1, t - 1, or a number."""
        match tree:
            case ast.Name(id="t"):
                return Read(known)
            case ast.BinOp(
                left=ast.Name(id="t"), op=ast.Add() | ast.Sub() as sign, right=ast.Constant(value=k)
            ) if type(k) is int:
                return Read(known, k if isinstance(sign, ast.Add) else -k)
        hint = "write t, t-1 or a whole number"
        return Read(known, self.whole(known, tree, "timestep", len(known.array), hint), relative=False)

    def unit(self, known: Value, tree: ast.expr, role: str, size: int) -> int:
        """A unit, a row or a column: a number, or a symbol where units are symbols."""
        if isinstance(tree, ast.Constant) and isinstance(tree.value, str) and known.symbols:
            return self.symbol(tree.value, tree)
        also = ", or a symbol in quotes" if known.symbols else ""
        hint = f"write a whole number{also}" + ("" if known.timed else f"; {known.name} has no timestep")
        return self.whole(known, tree, role, size, hint)

    def whole(self, known: Value, tree: ast.expr, role: str, size: int, hint: str) -> int:
        """A whole number from 0 to size - 1; below 0 it counts from the end."""
        match tree:
            case ast.Constant(value=k) if type(k) is int:
                pass
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=k)) if type(k) is int:
                k = -k
            case _:
                raise self.source.error(f"this is not a {role}", tree, hint)
        if not -size <= k < size:
            raise self.source.error(
                f"there is no such {role}", tree, f"{known.name} has {role}s 0 to {size - 1}"
            )
        return int(k) % size

    def symbol(self, text: str, tree: ast.expr) -> int:
        """The unit that stands for a symbol; the stand-in that the screen shows means the same."""
        symbols = self.subject.symbols
        found = units_of(text, symbols)
        if len(found) == 1:
            return found[0]
        if found:
            raise self.source.error(
                f"{len(found)} symbols look like {text!r}", tree, "write the number of the unit"
            )
        raise self.source.error(
            f"{text!r} is not a symbol", tree, f"there are {' '.join(map(shown, symbols))}"
        )


def _is_all(tree: ast.expr) -> bool:
    """Whether this is a colon, which stands for every unit."""
    return isinstance(tree, ast.Slice) and tree.lower is tree.upper is tree.step is None


def read_of(text: str, subject: Subject) -> Read | None:
    """What a name with its indices reads: f, f[2], c[t-1,3], W_f[3,5], and as the screen writes it c₂[3], h′[3].

    None for an expression that is more than a name. Raises EquationError, with a caret, for what is wrong.
    """
    source = Source("query", 0, text.strip())
    leaves = Leaves(subject, source)
    match tree_of(source):
        case ast.Name() as name if name.id != "t":
            return Read(leaves.value(name))
        case ast.Subscript() as tree:
            return leaves.indexed(tree)
    return None
