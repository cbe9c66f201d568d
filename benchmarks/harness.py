"""Paired measurement: all sides in turn, in one process, on one thread; the median of paired ratios with quartiles."""

from __future__ import annotations

import gc
import os
import platform
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

import numpy as np

Side = Callable[[], Any]
FORCING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
TURN = (
    5e-3  # seconds that a side runs before the other has its turn, so that the caches are its own meanwhile
)


@dataclass(frozen=True)
class Ratio:
    """Median and quartiles of paired ratios."""

    low: float
    median: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f}..{self.high:.2f})"


@dataclass(frozen=True)
class Target:
    """A bound for a ratio, from below or from above."""

    bound: float
    at_least: bool = True

    def __str__(self) -> str:
        return f"{'>=' if self.at_least else '<='} {self.bound:g}"

    def verdict(self, ratio: Ratio | None) -> str:
        if ratio is None:
            return "not measured"
        return self.holds(ratio.median)

    def holds(self, figure: float) -> str:
        return "met" if (figure >= self.bound) == self.at_least else "MISSED"


@contextmanager
def no_collection() -> Iterator[None]:
    """The garbage collector would fall on one side by chance."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def turn(side: Side, calls: int) -> float:
    """Seconds per call. Short calls are warmed up anew, for the other side has been at the caches since."""
    for _ in range(calls // 10):
        side()
    start = time.perf_counter()
    for _ in range(calls):
        side()
    return (time.perf_counter() - start) / calls


def measure(sides: Mapping[str, Side], budget: float) -> dict[str, list[float]]:
    """Seconds per call of every side, one figure per round; at least three rounds, then until the budget is spent."""
    calls = {name: max(1, int(TURN / min(turn(side, 1) for _ in range(4)))) for name, side in sides.items()}
    times: dict[str, list[float]] = {name: [] for name in sides}
    with no_collection():
        end = time.perf_counter() + budget
        while time.perf_counter() < end or min(map(len, times.values())) < 3:
            for name, side in sides.items():
                times[name].append(turn(side, calls[name]))
    return times


def ratio(numerator: Sequence[float], denominator: Sequence[float]) -> Ratio:
    """The quotients of the times of each round."""
    low, median, high = quantiles(_paired(numerator, denominator), n=4)
    return Ratio(low, median, high)


def nearly_worst(numerator: Sequence[float], denominator: Sequence[float]) -> float:
    """The 95th percentile of the same quotients."""
    return quantiles(_paired(numerator, denominator), n=20, method="inclusive")[-1]


def _paired(numerator: Sequence[float], denominator: Sequence[float]) -> list[float]:
    return [a / b for a, b in zip(numerator, denominator, strict=True)]


def typical(times: Sequence[float]) -> str:
    """The median in microseconds, for the reader who wants more than ratios."""
    return f"{quantiles(times, n=4)[1] * 1e6:.0f}"


def print_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Plain columns."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip(), flush=True
        )


def machine() -> str:
    """What the figures depend on. The kernel that OpenBLAS chose decides the large sizes."""
    parts = [f"Python {platform.python_version()}", f"NumPy {np.__version__}", f"BLAS {blas_core()}"]
    try:
        import torch
    except ImportError:
        return ", ".join([*parts, "no PyTorch"])
    return ", ".join([*parts, f"PyTorch {torch.__version__}", "one thread"])


def blas_core() -> str:
    """OpenBLAS's name for the processor, as far as threadpoolctl is there to ask.

    A variable can hold it to slower kernels than the processor has, while PyTorch's library chooses freely.
    """
    try:
        from threadpoolctl import threadpool_info
    except ImportError:
        return "unknown"
    found = [info for info in threadpool_info() if info["user_api"] == "blas" and "numpy" in info["filepath"]]
    core = " ".join(str(info.get("architecture", info["internal_api"])) for info in found) or "unknown"
    forced = [f"{name}={value}" for name in FORCING if (value := os.environ.get(name))]
    return f"{core} (forced: {', '.join(forced)})" if forced else core
