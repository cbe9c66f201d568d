"""What truncating costs and saves: the time of one reading, the time until the first update, what can be learned."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice

import numpy as np

import rnntutor as rt
from benchmarks import corpus
from benchmarks.fused_memory import Array
from benchmarks.harness import Side, measure, print_table, ratio, typical
from rnntutor.engine.cell import init_params
from rnntutor.tasks.chars import with_readout
from rnntutor.tasks.sequences import episode
from rnntutor.training import Settings, record_of, training

HIDDEN, LENGTH = 32, 1000
WINDOWS = (1, 5, 25, LENGTH)
RATE, CLIP = 0.001, 5.0
PAIRS, READ = 200, 25_000
"""Of brackets in a text, and characters that every network reads in training."""

Reader = Callable[[int, int | None], float]
"""Takes a window and how many updates to make, all of a reading if None; gives the last loss."""


def reader(symbols: Array) -> Reader:
    """Training over the text, each time from the same weights: forward, loss, backward, clip, update per window."""
    cell = rt.parse_cell(with_readout(rt.load_cell("rnn").text), "rnn")
    params = init_params(cell, HIDDEN, corpus.SYMBOLS, target=corpus.SYMBOLS)
    one_hot = np.eye(corpus.SYMBOLS)[symbols][:, None]
    x, target = one_hot[:-1], one_hot[1:]

    def read(window: int, updates: int | None = None) -> float:
        starts = range(0, len(x), window)
        batches = (rt.Batch(x[k : k + window], target[k : k + window], fresh=k == 0) for k in starts)
        return [k.loss for k in islice(rt.train(cell, params, batches, rt.Adam(RATE), CLIP), updates)][-1]

    return read


def sides(read: Reader, updates: int | None) -> dict[str, Side]:
    """One side per window."""
    return {str(window): lambda window=window: read(window, updates) for window in WINDOWS}  # type: ignore[misc]


def rows(readings: Mapping[str, list[float]], firsts: Mapping[str, list[float]]) -> list[list[object]]:
    """A line for each window; the last one holds all of the text."""
    full = str(LENGTH)
    return [
        [
            window,
            LENGTH // int(window),
            f"{float(typical(readings[window])) / LENGTH:.1f}",
            ratio(readings[window], readings[full]),
            typical(firsts[window]),
            ratio(firsts[full], firsts[window]),
        ]
        for window in readings
    ]


def brackets(seed: int) -> str:
    """Pairs of brackets, five dashes apart: which kind closes has to be remembered for more than five characters."""
    kinds = np.random.default_rng(seed).integers(0, 2, PAIRS)
    return "".join("([ "[kind] + "-----" + ")] "[kind] for kind in kinds)


def learned(window: int, seed: int) -> float:
    """The mean loss on new brackets, after reading as many characters whatever the window."""
    settings = Settings(
        text=brackets(0), cell="rnn", hidden=6, steps=window, iterations=READ // window, seed=seed
    ).checked()
    *_, (_, model) = training(settings, settings.text, record_of(settings, "", settings.text))
    return float(episode(model, brackets(1), "brackets").run["loss"].mean())


def print_learned(seeds: int) -> None:
    """What each window comes to, from the best to the worst of the seeds."""
    losses = {window: [learned(window, seed) for seed in range(seeds)] for window in WINDOWS[:3]}
    print(f"\nBrackets: rnn, H 6, {READ:,} characters read, {seeds} seeds; mean loss on a new text\n")
    table = [
        [window, *(f"{value:.3f}" for value in (min(k), np.median(k), max(k)))] for window, k in losses.items()
    ]
    print_table(("window", "best", "median", "worst"), table)
    print(f"guessing which closes: {2 * np.log(2) / 7:.3f}; knowing it: {np.log(2) / 7:.3f}")


def main(budget: float, seeds: int) -> None:
    """Measure and print."""
    read = reader(corpus.text(LENGTH + 1))
    print(f"Truncation: rnn, H {HIDDEN}, B 1, {corpus.SYMBOLS} symbols, float64, Adam, {LENGTH} characters\n")
    head = ("window", "updates", "µs per character", "/ full", "µs to first update", "full / it")
    print_table(head, rows(measure(sides(read, None), budget), measure(sides(read, 1), budget)))
    print_learned(seeds)
