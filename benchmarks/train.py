"""Training speed in characters per second, and whether the losses are PyTorch's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice

import numpy as np

import rnntutor as rt
from benchmarks import corpus, fused, min_char_rnn
from benchmarks.fused_memory import Array
from benchmarks.fused_train import fused_side
from benchmarks.harness import Ratio, Side, Target, measure, print_table, ratio
from rnntutor.tasks.chars import with_readout

HIDDEN, STEPS, BATCH = 128, 50, 32
RATE, CLIP = 0.002, 5.0
CURVE = 100  # training steps of which the losses are compared

Learner = Callable[[Array, Array], float]
Maker = Callable[[Mapping[str, Array], float, float], Learner]


def engine_side(params: Mapping[str, Array], rate: float, clip: float) -> Learner:
    """A function that learns from one batch, with the engine, and returns its mean loss.

    It gets inputs and targets as symbols of shape (T, B). It must start from `params` (W_i, b_i, ... as
    `cell.param_shapes(hidden=128, input=65)` names them, W_y (65, 128), b_y (65,), all float32) and from zero
    states in every batch, scale the whole gradient down to the norm `clip` where it is longer, and apply Adam
    with this rate, betas 0.9 and 0.999, epsilon 1e-8.
    """
    cell = rt.parse_cell(with_readout(rt.load_cell("lstm").text), "lstm")
    waiting: list[rt.Batch] = []
    progress = rt.train(cell, params, iter(waiting.pop, None), rt.Adam(rate), clip)
    one_hot = np.eye(corpus.SYMBOLS, dtype=np.float32)

    def learn(inputs: Array, targets: Array) -> float:
        waiting.append(rt.Batch(one_hot[inputs], one_hot[targets], fresh=True))
        return next(progress).loss

    return learn


def torch_maker() -> Maker | None:
    """PyTorch's side where it is installed."""
    try:
        from benchmarks.torch_train import torch_side
    except ImportError:
        return None
    return torch_side


def makers() -> dict[str, Maker]:
    """Every side of training."""
    found = {"engine": engine_side, "fused": fused_side, "nn.LSTM": torch_maker()}
    return {name: maker for name, maker in found.items() if maker}


def initial() -> dict[str, Array]:
    """The weights from which every side starts."""
    params = fused.random_params(HIDDEN, corpus.SYMBOLS, np.float32)
    readout = np.random.default_rng(1).uniform(-1, 1, (corpus.SYMBOLS, HIDDEN)) * HIDDEN**-0.5
    return params | {"W_y": readout.astype(np.float32), "b_y": np.zeros(corpus.SYMBOLS, np.float32)}


def learners() -> dict[str, Learner]:
    """The sides that can be run; says why another cannot."""
    found = {}
    for name, maker in makers().items():
        try:
            found[name] = maker(initial(), RATE, CLIP)
        except RuntimeError as problem:
            print(f"{name}: {problem}\n")
    return found


def curves(symbols: Array) -> dict[str, Array]:
    """The losses of every side on the same batches."""
    data = list(islice(corpus.batches(symbols, STEPS, BATCH), CURVE))
    return {name: np.array([learn(*batch) for batch in data]) for name, learn in learners().items()}


def endless(learn: Learner, symbols: Array) -> Side:
    """One training step per call, each on a new batch."""
    data = corpus.batches(symbols, STEPS, BATCH)
    return lambda: learn(*next(data))


def min_char_side(symbols: Array) -> Side:
    """The same for min-char-rnn: one stretch of text per call, from the beginning to the end and again."""
    learn = min_char_rnn.trainer(HIDDEN, corpus.SYMBOLS)
    text = symbols.tolist()
    starts: Iterator[int] = iter(())

    def step() -> float:
        nonlocal starts
        start = next(starts, None)
        if start is None:
            starts = iter(range(0, len(text) - STEPS - 1, STEPS))
            start = next(starts)
        return learn(text[start : start + STEPS], text[start + 1 : start + STEPS + 1])

    return step


def speeds(symbols: Array, budget: float) -> dict[str, list[float]]:
    """Seconds per character of every side."""
    sides = {name: endless(learn, symbols) for name, learn in learners().items()}
    times = measure(sides | {"min-char-rnn": min_char_side(symbols)}, budget)
    characters = {name: STEPS * (1 if name == "min-char-rnn" else BATCH) for name in times}
    return {name: [value / characters[name] for value in values] for name, values in times.items()}


def rows(times: Mapping[str, list[float]]) -> list[list[object]]:
    """The two bounds, for the engine and for the fused yardstick."""
    faster, slower = Target(5), Target(1.4, at_least=False)
    table: list[list[object]] = []
    for label, other, target in (
        ("characters per second / min-char-rnn's", "min-char-rnn", faster),
        ("time per character / nn.LSTM's", "nn.LSTM", slower),
    ):
        found = {name: quotient(times, name, other, target.at_least) for name in ("engine", "fused")}
        verdict = target.verdict(found["engine"])
        table.append([label, found["engine"] or "-", found["fused"] or "-", target, verdict])
    return table


def quotient(times: Mapping[str, list[float]], ours: str, other: str, speed: bool) -> Ratio | None:
    """Of speeds or of times; None where a side is missing."""
    if ours not in times or other not in times:
        return None
    return ratio(times[other], times[ours]) if speed else ratio(times[ours], times[other])


def main(budget: float) -> None:
    """Measure and print."""
    symbols = corpus.text(200_000)
    print(f"Training: H {HIDDEN}, T {STEPS}, B {BATCH}, {corpus.SYMBOLS} symbols, float32, Adam\n")
    times = speeds(symbols, budget)
    print_table(("quotient", "engine", "fused", "target", "engine is"), rows(times))
    print()
    print_table(
        ("side", "characters per second"), [[k, f"{1 / np.median(v):,.0f}"] for k, v in times.items()]
    )
    print_curves(curves(symbols))


def print_curves(losses: Mapping[str, Array]) -> None:
    """How the losses fall, and how far apart they come."""
    print(f"\nThe losses of {CURVE} steps from the same weights on the same batches\n")
    for name, curve in losses.items():
        line = f"{name}: {curve[0]:.4f} at first, {curve[-1]:.4f} at last"
        if "nn.LSTM" in losses and name != "nn.LSTM":
            line += f"; from nn.LSTM's at most {np.abs(curve - losses['nn.LSTM']).max():.1e}"
        print(line)
