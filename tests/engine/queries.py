"""What queries ask about, and random queries with the same written out in plain NumPy."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import DTypeLike

import rnntutor as rt
from rnntutor.engine.backward import Gradients
from rnntutor.engine.run import Run
from rnntutor.engine.syntax import MAX_LINE
from tests.cases import READOUT, TEXT, Array, one_hot, program

HIDDEN = 4
SYMBOLS = (" ", "a", "\n", "b", "c")


class Subject(NamedTuple):
    """A run with gradients, symbols and facts, and nothing else."""

    run: Run
    grads: Gradients
    symbols: tuple[str, ...] = SYMBOLS
    facts: Mapping[str, float] = MappingProxyType({})

    def __repr__(self) -> str:
        return f"{self.run.cell.title} over {self.run.steps}"


@lru_cache
def cell_of(name: str) -> Any:
    """A shipped cell with a readout, or one whose numbers have no bound."""
    step = ["f = W_f @ [h_prev, x] + b_f", "c = relu(f)", "h = c * f"] if name == "unbounded" else TEXT[name]
    return rt.parse_cell(program(step=step, readout=READOUT), name)


@lru_cache(maxsize=256)
def subject(
    name: str = "lstm",
    *,
    steps: int = 6,
    batch: int = 2,
    seed: int = 0,
    growth: float = 1.0,
    dtype: DTypeLike = np.float64,
) -> Subject:
    """A cell run over random symbols, with random weights times `growth`."""
    rng = np.random.default_rng(seed)
    cell, count = cell_of(name), len(SYMBOLS)
    shapes = cell.param_shapes(HIDDEN, count, target=count)
    params = {k: (growth * rng.standard_normal(shape)).astype(dtype) for k, shape in shapes.items()}
    x, target = (one_hot(rng, steps, batch, count).astype(dtype) for _ in range(2))
    run = rt.run(cell, params, x, target=target)
    return Subject(run, run.backward())


def values(of: Subject) -> dict[str, Array]:
    """Every value of the first row of the batch, in double precision: (T,), (T, n), or as a parameter is shaped."""
    names = [*of.run.cell.step.assigned, "h_prev", "x", "target"]
    found = {name: of.run[name][:, 0] for name in names}
    gradients = ["loss", "y", "h", "c", "f", "h_prev", "x", *["a_f"] * (of.run.cell.title == "lstm")]
    found |= {f"d{name}": of.grads[name][:, 0] for name in gradients}
    found |= dict(of.run.params) | {f"d{name}": array for name, array in of.grads.params.items()}
    return {name: np.array(array, np.float64) for name, array in found.items()}


class MissingError(Exception):
    """What is read lies before the first timestep or after the last."""


class Pair(NamedTuple):
    """A query, and the same as a function of all values and t."""

    text: str
    answer: Callable[[dict[str, Array], int], Any]

    def __repr__(self) -> str:
        return self.text


TIMED = st.sampled_from(["c", "f", "h", "h_prev", "dh", "df"])
UNITS = st.integers(-HIDDEN, HIDDEN - 1)


def at(array: Array, t: int) -> Any:
    """Like array[t], but there is nothing before the first."""
    if not 0 <= t < len(array):
        raise MissingError
    return array[t]


Moment = tuple[str, Callable[[int, int], int]]
"""An index for time, and the timestep of (t, T)."""
moments: st.SearchStrategy[Moment] = st.integers(0, 2).flatmap(
    lambda k: st.sampled_from(
        [
            ("t", lambda t, _: t),
            (f"t-{k}", lambda t, _: t - k),
            (f"t + {k}", lambda t, _: t + k),
            (f"{k}", lambda _, __: k),
            (f"-{k + 1}", lambda _, steps: steps - k - 1),
        ]
    )
)


@st.composite
def vector_leaves(draw: st.DrawFn) -> Pair:
    """A vector by name."""
    if draw(st.integers(0, 4)) == 0:
        return Pair("b_f", lambda v, _: v["b_f"])
    name, (index, moment) = draw(TIMED), draw(moments)
    if index == "t" and draw(st.booleans()):
        return Pair(name, lambda v, t: at(v[name], t))
    return Pair(f"{name}[{index}]", lambda v, t: at(v[name], moment(t, len(v[name]))))


@st.composite
def number_leaves(draw: st.DrawFn) -> Pair:
    """A number: a unit, a loss, a weight, a constant or t."""
    name, (index, moment), unit, row = draw(TIMED), draw(moments), draw(UNITS), draw(UNITS)
    number = draw(st.sampled_from([0, 1, 2, 0.5, 1e-3]))
    symbol = draw(st.sampled_from(SYMBOLS))
    shown = {" ": "␣", "\n": "⏎"}.get(symbol, symbol)
    options = [
        Pair(f"{name}[{index},{unit}]", lambda v, t: at(v[name], moment(t, len(v[name])))[unit]),
        Pair(f"loss[{index}]", lambda v, t: at(v["loss"], moment(t, len(v["loss"])))),
        Pair(f"W_f[{row}, {unit}]", lambda v, _: v["W_f"][row, unit]),
        Pair(f"dW_f[{row},{unit}]", lambda v, _: v["dW_f"][row, unit]),
        Pair(f"norm(dW_f[{row}])", lambda v, _: np.sqrt((v["dW_f"][row] ** 2).sum())),
        Pair(f"p[t,'{shown}']", lambda v, t: v["p"][t, SYMBOLS.index(symbol)]),
        Pair("argmax(p)", lambda v, t: extreme(np.argmax, v["p"][t])),
        Pair("t", lambda _, t: float(t)),
        Pair(f"{number}", lambda _, __: np.float64(number)),
    ]
    chosen: Pair = draw(st.sampled_from(options))
    return chosen


def extreme(function: Callable[[Array], Any], a: Array) -> float:
    """argmax or argmin; none among nan."""
    return np.nan if np.isnan(a).any() else float(function(a))


def softmax(a: Array) -> Array:
    """As the textbook has it, shifted by the largest."""
    e: Array = np.exp(a - a.max())
    total: Array = e / e.sum()
    return total


EACH: dict[str, Callable[[Any], Any]] = {
    "-": lambda a: a * -1,
    "abs": np.abs,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "relu": lambda a: np.maximum(a, 0),
    "sigmoid": lambda a: np.tanh(a * 0.5) * 0.5 + 0.5,
}
WHOLE: dict[str, Callable[[Array], Any]] = {
    "norm": lambda a: np.sqrt((a * a).sum()),
    "max": np.max,
    "min": np.min,
    "mean": np.mean,
    "sum": np.sum,
    "argmax": lambda a: extreme(np.argmax, a),
    "argmin": lambda a: extreme(np.argmin, a),
}
SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def each(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    """A function or sign that works unit by unit."""

    def call(name: str, a: Pair) -> Pair:
        return Pair(f"{name}({a.text})", lambda v, t: EACH[name](a.answer(v, t)))

    def infix(sign: str, a: Pair, b: Pair) -> Pair:
        return Pair(f"({a.text}) {sign} ({b.text})", lambda v, t: SIGNS[sign](a.answer(v, t), b.answer(v, t)))

    def power(n: int, a: Pair) -> Pair:
        return Pair(f"({a.text})**{n}", lambda v, t: np.power(a.answer(v, t), float(n)))

    return (
        st.builds(call, st.sampled_from(sorted(EACH)), inner)
        | st.builds(infix, st.sampled_from(sorted(SIGNS)), inner, inner)
        | st.builds(power, st.integers(2, 4), inner)
    )


def with_softmax(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    """The functions of vectors."""
    return each(inner) | inner.map(lambda a: Pair(f"softmax({a.text})", lambda v, t: softmax(a.answer(v, t))))


def short(pair: Pair) -> bool:
    """Whether a query is short enough to be read."""
    return len(pair.text) <= MAX_LINE


vectors = st.recursive(vector_leaves(), with_softmax, max_leaves=4).filter(short)


@st.composite
def reduced(draw: st.DrawFn) -> Pair:
    """A number made of vectors."""
    name, a, b = draw(st.sampled_from(sorted(WHOLE))), draw(vectors), draw(vectors)
    if draw(st.integers(0, 5)) == 0:
        return Pair(f"({a.text}) @ ({b.text})", lambda v, t: (a.answer(v, t) * b.answer(v, t)).sum())
    return Pair(f"{name}({a.text})", lambda v, t: WHOLE[name](a.answer(v, t)))


numbers = st.recursive(number_leaves() | reduced(), each, max_leaves=4).filter(short)


@st.composite
def comparisons(draw: st.DrawFn) -> Pair:
    """Two or three numbers compared, or a symbol."""
    parts = draw(st.lists(numbers, min_size=2, max_size=3))
    signs = draw(st.lists(st.sampled_from(sorted(COMPARE)), min_size=len(parts) - 1, max_size=len(parts) - 1))
    if draw(st.integers(0, 3)) == 0:
        name, unit = draw(st.sampled_from(["x", "target", "p", "argmax(y)"])), draw(st.integers(0, 4))
        vector = "y" if name == "argmax(y)" else name
        return Pair(
            f"{name} == {SYMBOLS[unit].replace(chr(10), '⏎')!r}",
            lambda v, t: extreme(np.argmax, v[vector][t]) == unit,
        )

    def answer(v: dict[str, Array], t: int) -> bool:
        found = [part.answer(v, t) for part in parts]
        return all(COMPARE[sign](a, b) for sign, a, b in zip(signs, found, found[1:], strict=False))

    text = f"({parts[0].text})" + "".join(
        f" {sign} ({part.text})" for sign, part in zip(signs, parts[1:], strict=True)
    )
    return Pair(text, answer)


def joined(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    """Conditions joined; both sides are read, whatever the first says."""

    def both(sign: str, a: Pair, b: Pair) -> Pair:
        def answer(v: dict[str, Array], t: int) -> bool:
            left, right = a.answer(v, t), b.answer(v, t)
            return bool(left and right) if sign == "and" else bool(left or right)

        return Pair(f"({a.text}) {sign} ({b.text})", answer)

    turned = inner.map(lambda a: Pair(f"not ({a.text})", lambda v, t: not a.answer(v, t)))
    return turned | st.builds(both, st.sampled_from(["and", "or"]), inner, inner)


conditions = st.recursive(comparisons(), joined, max_leaves=3).filter(short)
subjects = st.builds(
    subject,
    st.sampled_from(["lstm", "unbounded"]),
    steps=st.sampled_from([3, 5, 9]),
    batch=st.integers(1, 2),
    seed=st.integers(0, 3),
    growth=st.sampled_from([1.0, 1e3, 1e150]),
    dtype=st.just(np.float64),
) | st.builds(
    subject,
    st.just("lstm"),
    steps=st.sampled_from([3, 5]),
    dtype=st.just(np.float32),
)
