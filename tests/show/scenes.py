"""Scenes to draw: untrained models with large weights, the same every time."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

import rnntutor
from rnntutor.course.lessons import find_lesson
from rnntutor.course.opening import open_network
from rnntutor.engine.cell import Cell, init_params, parse_cell
from rnntutor.engine.learning import Learning
from rnntutor.engine.run import run
from rnntutor.show.scene import Scene

READOUT = """
readout:
    y = W_y @ h + b_y                # scores, one per symbol
    p = softmax(y)                   # probabilities, one per symbol
    loss = cross_entropy(p, target)  # -log of the probability of the right one
"""

STRANGER = """
keep = sigmoid(U @ [m_prev, x] + k)         # [bold]not markup[/]: what stays
fresh = tanh(V @ (keep * m_prev) + Z @ x)   # a part of another name
m = keep * m_prev + (1 - keep) * fresh - 0.1 * relu(m_prev)
readout:
    q = softmax(R @ m)
    cost = cross_entropy(q, target)
"""
"""A cell that nobody has seen before, with other names, and with a loss that has another name."""

CELLS = Path(rnntutor.__file__).parent / "cells"


def cell_of(name: str) -> Cell:
    """A shipped cell with a readout, or the stranger."""
    text = STRANGER if name == "stranger" else (CELLS / f"{name}.eq").read_text(encoding="utf-8") + READOUT
    return parse_cell(text, name)


@lru_cache(maxsize=32)
def scene(
    name: str = "lstm", text: str = "hello", hidden: int = 8, letters: str = "", growth: float = 2.0
) -> Scene:
    """A cell played over a text; `letters` is the alphabet, by default the letters of the text."""
    cell = cell_of(name)
    symbols = tuple(letters or sorted(set(text)))
    count = len(symbols)
    params = init_params(cell, hidden, count, seed=3, target=count)
    params = {key: growth * value for key, value in params.items()}
    codes = np.eye(count)[[symbols.index(letter) for letter in text]][:, None]
    ran = run(cell, params, codes[:-1], target=codes[1:])
    seeds = {"cost": np.ones((len(text) - 1, 1))} if name == "stranger" else None
    about = f"{name.upper()}  {hidden} units · {count} chars · “{text}”"
    return Scene(ran, ran.backward(seeds), "Four gates", about, tuple(text[:-1]), tuple(text[1:]), symbols)


@lru_cache(maxsize=4)
def lesson(name: str) -> Scene:
    """A lesson as it is played."""
    return open_network(find_lesson(name), "model")


def learner(
    name: str = "lstm", text: str = "hello", hidden: int = 8, learning: Learning | None = None, growth: float = 1.0
) -> Scene:
    """A cell that goes on learning the text, as nobody has played it yet."""
    played = scene(name, text, hidden, growth=growth)
    return replace(played, learning=learning or Learning(), snapshots=OrderedDict(), notes={})


@lru_cache(maxsize=4)
def silent(hidden: int = 6) -> Scene:
    """A plain cell without a readout."""
    cell = parse_cell((CELLS / "rnn.eq").read_text(encoding="utf-8"), "rnn")
    x = np.random.default_rng(1).normal(size=(5, 1, 3))
    ran = run(cell, init_params(cell, hidden, 3, seed=3), x)
    return Scene(ran, ran.backward({"h": np.ones((5, 1, hidden))}), "Silent")
