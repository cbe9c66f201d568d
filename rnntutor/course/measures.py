r"""Measurements that lessons quote: pure functions over what is played, by kind; none of them measures time.

measured("names", "variety", scene, {"first": "\n", "stop": "\n"})   # {"names_distinct": 93.0, "names_length": ...}
samples(scene, first="\n", stop="\n", count=5)                       # the texts themselves
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from inspect import Parameter, signature
from itertools import islice, takewhile
from typing import Any, TypeVar

import numpy as np

from rnntutor.engine.arguments import whole
from rnntutor.engine.known import Subject
from rnntutor.engine.norms import norm
from rnntutor.engine.ops import Array
from rnntutor.engine.query import parse_query
from rnntutor.engine.run import Run
from rnntutor.engine.sample import How, speak_together
from rnntutor.engine.symbols import shown, units_of
from rnntutor.model import Model
from rnntutor.race.result import Result
from rnntutor.tasks.sequences import find_task
from rnntutor.tasks.success import measures_of, success

MOST = 100_000
"""Symbols that are said for one measurement."""

T = TypeVar("T")


def measured(name: str, kind: str, subject: Subject, settings: Mapping[str, Any]) -> dict[str, float]:
    """Facts NAME_key: what a measurement of a kind gives with these settings.

    Raises ValueError, one line, for an unknown kind and for a setting that is unknown, missing or wrong.
    """
    if not (isinstance(name, str) and re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name)):
        raise ValueError(f"name: letters, digits and _ are wanted, a letter first, not {name!r}")
    if kind not in MEASURES:
        raise ValueError(f"{name}: kind should be one of {', '.join(MEASURES)}, not {kind!r}")
    found = with_settings(name, MEASURES[kind], subject, settings)
    return {f"{name}_{key}": value for key, value in found.items()}


def with_settings(name: str, function: Callable[..., T], subject: Subject, settings: Mapping[str, Any]) -> T:
    """What a function of this module gives with settings by name. Raises ValueError, one line, for what is wrong."""
    known = _settings(function)
    for setting in settings:
        if setting not in known:
            raise ValueError(f"{name}: {setting} is not a setting; there are {', '.join(known)}")
    for setting, default in known.items():
        if default is Parameter.empty and setting not in settings:
            raise ValueError(f"{name}: {setting} is missing")
    try:
        return function(subject, **settings)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from error


def _settings(function: Callable[..., object]) -> dict[str, Any]:
    """The settings of a function by name, with their defaults; those that it hands on are those of `samples`."""
    found: dict[str, Any] = {}
    for name, parameter in signature(function).parameters.items():
        if parameter.kind is Parameter.KEYWORD_ONLY:
            found[name] = parameter.default
        elif parameter.kind is Parameter.VAR_KEYWORD:
            found |= _settings(samples)
    return found


# What the run is before anything is edited.


def kept(subject: Subject, *, query: str) -> dict[str, float]:
    """`value`, the answer of a query on the run before all edits: one number, the same at every timestep.

    Raises ValueError for a query that cannot be read, varies over time, or gives no number.
    """
    if not isinstance(query, str):
        raise ValueError(f"query: a text is wanted, such as 'total(loss)', not {query!r}")
    asked = parse_query(query, subject)
    answer = asked.at(0)
    if asked.kinds[-1].varies or not isinstance(answer, float):
        raise ValueError(f"query: one number for the whole run is wanted, such as total(loss), not {query}")
    return {"value": answer}


# What the model says.


def samples(
    subject: Subject,
    *,
    first: str,
    stop: str | None = None,
    count: int = 100,
    length: int = 20,
    how: How = "sample",
    temperature: float = 1.0,
    top_k: int | None = None,
) -> tuple[str, ...]:
    """What the model says `count` times, with seeds 0 to count - 1.

    Each time it says `length` symbols after `first`, fewer where it comes to `stop`. A text begins with `first` and
    leaves out the stop symbol, as `first` too where it is that; symbols are written as the screen shows them. The
    weights are those of the run, with what was edited in them. Raises ValueError for a bad argument.
    """
    count = whole("count", count, most=MOST)
    length = whole("length", length, most=MOST // count)
    begin, end = _unit("first", first, subject), -1 if stop is None else _unit("stop", stop, subject)
    cell, params = subject.run.cell, subject.run.params
    saying = speak_together(cell, params, begin, range(count), how=how, temperature=temperature, top_k=top_k)
    said, silent = [np.full(count, begin)], np.zeros(count, bool)
    for symbols in islice(saying, length):
        said.append(symbols)
        silent |= symbols == end
        if silent.all():
            break
    texts = np.stack(said, axis=1)[:, begin == end :].tolist()
    return tuple("".join(shown(subject.symbols[k]) for k in takewhile(lambda k: k != end, text)) for text in texts)


def _unit(name: str, symbol: str, subject: Subject) -> int:
    """The unit of a symbol; each score has one."""
    run, symbols = subject.run, subject.symbols
    if "y" not in run.cell.step.assigned or run["y"].shape[2:] != (len(symbols),):
        raise ValueError(f"cell: a line y with a score for each of {len(symbols)} symbols is wanted")
    found = units_of(symbol, symbols) if isinstance(symbol, str) else []
    if len(found) == 1:
        return found[0]
    what = f"{len(found)} symbols look like {symbol!r}" if found else f"{symbol!r} is not a symbol"
    raise ValueError(f"{name}: {what}; there are {' '.join(map(shown, symbols))}")


def variety(subject: Subject, *, words: Iterable[str] | None = None, **speech: Any) -> dict[str, float]:
    """How much what the model says varies; `speech` are the settings of `samples`, which gives the texts.

    `distinct`, the number of different texts; `length`, how many characters they have on average; and where `words`
    are given `known`, the share of all texts that are among them. Raises ValueError for a bad argument.
    """
    known = None if words is None else _known(words)
    texts = samples(subject, **speech)
    found = {"distinct": float(len(set(texts))), "length": float(np.mean([len(text) for text in texts]))}
    return found if known is None else found | {"known": float(np.mean([text in known for text in texts]))}


def _known(words: Iterable[str]) -> set[str]:
    """The words as the screen shows them."""
    listed = [] if isinstance(words, str) or not isinstance(words, Iterable) else list(words)
    if not listed or not all(isinstance(word, str) for word in listed):
        raise ValueError("words: a list of texts is wanted, with at least one in it")
    return {"".join(map(shown, word)) for word in listed}


# What a gradient costs.


def truncation(subject: Subject, *, windows: Sequence[int] = (1, 5, 25)) -> dict[str, float]:
    """What is lost and saved where no gradient crosses t = W, 2W, ... for each W of `windows`.

    Of the gradients of all parameters taken as one vector, g of the truncated pass and G of the full one:
    `error_W` is |g - G| / |G| and `cosine_W` is g · G / (|g| |G|), nan where that is 0 / 0.
    `bytes_W` and `bytes_full` count the values that wait in memory for the backward pass over one window, or over
    everything: all lines and inputs at its timesteps, and the states before it. Truncated backpropagation through time:
    R. J. Williams and J. Peng, An efficient gradient-based algorithm for on-line training of recurrent network
    trajectories, Neural Computation 2 (1990). Raises ValueError for a bad argument.
    """
    if isinstance(windows, str) or not isinstance(windows, Sequence) or not windows:
        raise ValueError(f"windows: a list of whole numbers is wanted, such as [1, 5, 25], not {windows!r}")
    sizes = [whole("windows", window) for window in windows]
    if not subject.run.params:
        raise ValueError("the cell has no parameters, so there is no gradient to truncate")
    full, found = _gradient(subject, None), dict[str, float]()
    for size in sizes:
        found |= {f"{key}_{size}": value for key, value in _compared(_gradient(subject, size), full).items()}
        found[f"bytes_{size}"] = _bytes(subject.run, size)
    return found | {"bytes_full": _bytes(subject.run, subject.run.steps)}


def _gradient(subject: Subject, window: int | None) -> Array:
    """The gradients of all parameters as one vector, in double precision."""
    grads = subject.run.backward(subject.grads.seeds, window)
    return np.concatenate([grads.params[name].ravel() for name in grads.params]).astype(np.float64)


def _compared(part: Array, full: Array) -> dict[str, float]:
    """How far a gradient is from the full one, and the cosine between both, which rounding must not carry beyond 1."""
    with np.errstate(all="ignore"):
        error = np.float64(norm(part - full)) / norm(full)
        cosine = (part / norm(part)) @ (full / norm(full))
    return {"error": float(error), "cosine": float(np.clip(cosine, -1, 1))}


def _bytes(run: Run, steps: int) -> float:
    """What the values of so many timesteps take, with the states before them."""
    timed = [run[name] for name in run.cell.step.assigned]
    timed += [array for array in run.inputs.values() if array.ndim > 2]
    return float(sum(array[:steps].nbytes for array in timed) + sum(state.nbytes for state in run.init.values()))


# What was learned.


def raced(_: Subject, *, file: str) -> dict[str, float]:
    """What came of a race that is kept: `file` is the text of what `rnntutor race --out` wrote.

    Of the first measure the median over all seeds as `CELL`, with `CELL_lowest` and `CELL_highest`; signs in names such
    as lstm+forget become _. Raises ValueError for what is no such text.
    """
    found: dict[str, float] = {}
    for standing in Result.from_json(file).standings:
        name = re.sub(r"\W", "_", standing.contestant)
        lowest, highest = (standing.values[0], standing.values[-1]) if standing.values else (np.nan, np.nan)
        found |= {name: standing.median, f"{name}_lowest": lowest, f"{name}_highest": highest}
    return found


def succeeded(subject: Subject, *, task: str) -> dict[str, float]:
    """How well the weights of the run do a task: a fact for each measure of `tasks.success`, such as longest_n."""
    found = find_task(task)
    model = Model(subject.run.cell, subject.run.params, subject.symbols)
    names = (re.sub(r"\W+", "_", measure.name) for measure in measures_of(found))
    return dict(zip(names, success(found, model), strict=True))


def stored(_: Subject, *, file: str) -> dict[str, float]:
    """What `rnntutor measure --out` wrote: a fact for each measure. Raises ValueError for what is no such text."""
    try:
        found = json.loads(file)["measures"]
        return {re.sub(r"\W+", "_", name): float(value) for name, value in found.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("file: wanted is what rnntutor measure --out writes") from error


MEASURES: dict[str, Callable[..., dict[str, float]]] = {
    "value": kept, "variety": variety, "truncation": truncation, "race": raced, "success": succeeded,
    "stored": stored,
}  # fmt: skip
"""The measurements by kind; what follows the subject are settings."""
