"""The engine against PyTorch, against the fused yardstick, and against its own matrix products."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from benchmarks import fused
from benchmarks.fused_memory import GATES, Array
from benchmarks.harness import Ratio, Side, Target, measure, print_table, ratio, typical
from benchmarks.products import products_step

LINES = (*GATES, "c", "h")
HEAD = ("cell", "dtype", "H, B, T", "against", "engine", "fused", "target", "engine is")


class Size(NamedTuple):
    """D = H everywhere."""

    hidden: int
    batch: int
    steps: int


class Case(NamedTuple):
    """A cell at a size, and the bounds for its speed against each other side."""

    cell: str
    dtype: str
    size: Size
    targets: Mapping[str, Target | None]


TINY, SMALL, MIDDLE, LARGE = Size(8, 1, 20), Size(32, 1, 50), Size(128, 32, 50), Size(256, 32, 100)
AS_FUSED = Target(1.1, at_least=False)


def lstm(dtype: str, size: Size, loop: float | None, layer: float, products: float | None = None) -> Case:
    """A case of the LSTM; None where there is no bound."""
    bounds: dict[str, Target | None] = {"cell loop": Target(loop)} if loop else {}
    bounds |= {"nn.LSTM": Target(layer), "fused": AS_FUSED}
    return Case("lstm", dtype, size, bounds | ({"products": Target(products, False)} if products else {}))


CASES = (
    lstm("float32", TINY, 16, 2.2),
    lstm("float32", SMALL, 16, 1.15),
    lstm("float32", MIDDLE, 1.9, 0.6),
    lstm("float32", LARGE, 1.8, 0.6, 1.45),
    lstm("float64", TINY, None, 10),
    lstm("float64", SMALL, None, 9),
    lstm("float64", MIDDLE, None, 1.05),
    *(Case("rnn", dtype, SMALL, {"nn.RNN": Target(11)}) for dtype in ("float32", "float64")),
    *(Case("gru", dtype, SMALL, {"nn.GRU": Target(11)}) for dtype in ("float32", "float64")),
    *(Case("gru-torch", dtype, SMALL, {"nn.GRU": None}) for dtype in ("float32", "float64")),
)
QUICK = tuple(case for case in CASES if case.size in (TINY, SMALL))


def engine_step(cell_name: str, x: Array, dh: Array) -> Side | None:
    """A run and its backward pass; None while the engine cannot be imported."""
    try:
        import rnntutor as rt

        cell = rt.load_cell(cell_name)
    except (ImportError, AttributeError):
        return None
    params = rt.init_params(cell, hidden=dh.shape[-1], input=x.shape[-1], seed=0, dtype=x.dtype)

    def step() -> tuple[Any, Any]:
        run = rt.run(cell, params, x)
        return run, run.backward({"h": dh})

    return step


def fused_step(x: Array, dh: Array) -> Side:
    """The same by hand."""
    params = fused.random_params(dh.shape[-1], x.shape[-1], x.dtype)

    def step() -> tuple[fused.Run, fused.Grads]:
        run = fused.run(params, x)
        return run, run.backward(dh)

    return step


def looked_at(step: Callable[[], tuple[Any, Any]]) -> Side:
    """The same with every array asked for, so that nothing can be put off."""

    def look() -> list[Array]:
        run, grads = step()
        names = [*LINES, "x", *(f"{kind}_{gate}" for kind in "Wb" for gate in GATES)]
        return [run[line] for line in LINES] + [grads[name] for name in names]

    return look


def sides(case: Case) -> dict[str, Side]:
    """Every side of a case that can be run here."""
    size, draw = case.size, np.random.default_rng(0)
    shape = (size.steps, size.batch, size.hidden)
    x, dh = (draw.normal(size=shape).astype(case.dtype) for _ in range(2))
    found: dict[str, Side | None] = {"engine": engine_step(case.cell, x, dh)}
    if case.cell == "lstm":
        found["fused"] = fused_step(x, dh)
    if "products" in case.targets:
        found["products"] = products_step(size.hidden, size.hidden, size.batch, size.steps, case.dtype)
    return {name: side for name, side in (found | torch_sides(case, x, dh)).items() if side}


def torch_sides(case: Case, x: Array, dh: Array) -> dict[str, Side]:
    """PyTorch's sides, none where it is not installed."""
    try:
        from benchmarks import torch_side
    except ImportError:
        return {}
    layer = case.cell.removesuffix("-torch")
    found: dict[str, Side] = {f"nn.{layer.upper()}": torch_side.layer_step(layer, case.size.hidden, x, dh)}
    if "cell loop" in case.targets:
        found["cell loop"] = torch_side.cell_loop_step(case.size.hidden, x, dh)
    return found


def compare(times: Mapping[str, list[float]], ours: str, other: str) -> Ratio | None:
    """How often faster we are; against our own yardsticks, how often slower."""
    if ours not in times or other not in times or ours == other:
        return None
    if other in ("fused", "products"):
        return ratio(times[ours], times[other])
    return ratio(times[other], times[ours])


def rows(case: Case, times: Mapping[str, list[float]]) -> list[list[object]]:
    """A line of the table per target."""
    size = ", ".join(map(str, case.size))
    table: list[list[object]] = []
    for other, target in case.targets.items():
        engine, yardstick = compare(times, "engine", other), compare(times, "fused", other)
        verdict = target.verdict(engine) if target else ""
        label = f"time / {other}" if other in ("fused", "products") else other
        table.append(
            [case.cell, case.dtype, size, label, engine or "-", yardstick or "-", target or "", verdict]
        )
    return table


def main(budget: float, quick: bool) -> None:
    """Measure and print, the ratios first and the times after them."""
    table: list[list[object]] = []
    absolute: list[list[object]] = []
    for case in QUICK if quick else CASES:
        times = measure(sides(case), budget)
        table += rows(case, times)
        absolute += [
            [case.cell, case.dtype, ", ".join(map(str, case.size)), *pair] for pair in medians(times)
        ]
    print(
        "Forward and backward, every line and every gradient kept: how often faster, or the quotient of times\n"
    )
    print_table(HEAD, table)
    print("\nMedian microseconds\n")
    print_table(("cell", "dtype", "H, B, T", "side", "us"), absolute)
    print("\nThe smallest LSTM in float32 with every array asked for, so that nothing is put off\n")
    print_table(("side", "us"), medians(measure(asked_for(), budget)))


def asked_for() -> dict[str, Side]:
    """Both of our sides of the smallest case, with every array asked for."""
    found = {name: side for name, side in sides(CASES[0]).items() if name in ("engine", "fused")}
    return {name: looked_at(side) for name, side in found.items()}


def medians(times: Mapping[str, list[float]]) -> list[list[object]]:
    """Name and typical time of every side."""
    return [[name, typical(values)] for name, values in times.items()]
