"""The tasks, by name: what a network can be run on and trained for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from rnntutor.engine.train import Batch
from rnntutor.model import Model
from rnntutor.tasks import chars
from rnntutor.tasks.episode import Episode
from rnntutor.tasks.pairs import Pair, batch_of, played
from rnntutor.tasks.vocabulary import Vocabulary

END = "."
"""Says that a word is over."""

ELEMENTS = {
    "h": "hydrogen", "b": "boron", "c": "carbon", "n": "nitrogen", "o": "oxygen", "f": "fluorine",
    "p": "phosphorus", "s": "sulfur", "k": "potassium", "v": "vanadium", "y": "yttrium", "i": "iodine",
    "w": "tungsten", "u": "uranium",
}  # fmt: skip
"""Every chemical element whose symbol is one letter, in the order of the periodic table."""

BITS = "01"
LONGEST_BITS = 8
"""The longest sequence of bits in training."""

LETTERS = "abcd"
LONGEST_WORD = 4
"""The longest sequence of letters in training."""

Draw = Callable[[np.random.Generator], str]


@dataclass(frozen=True)
class Task:
    """Something to learn, said as texts: how one is read and wanted, and which ones are learned from."""

    name: str
    summary: str
    pair: Callable[[str], Pair]
    """What is read and wanted of a text. Raises ValueError for a text that the task cannot read."""
    example: str
    """A text to play."""
    vocabulary: Vocabulary | None = None
    """The symbols; None where they are the characters of the text that is learned."""
    draw: Draw | None = None
    """A text to learn from, drawn at random; None where the text is given."""

    def batches(self, batch: int, seed: int, dtype: DTypeLike = np.float64) -> Iterator[Batch]:
        """Endless training data: `batch` texts at a time, side by side, the same for the same seed.

        Raises ValueError for a task that learns a text: see `tasks.chars.batches`.
        """
        if self.draw is None or self.vocabulary is None:
            raise ValueError(f"the task {self.name} draws nothing; it learns a text that is given")
        return _drawn(self.pair, self.draw, self.vocabulary, batch, seed, dtype)


def _drawn(
    pair: Callable[[str], Pair], draw: Draw, vocabulary: Vocabulary, batch: int, seed: int, dtype: DTypeLike
) -> Iterator[Batch]:
    rng = np.random.default_rng(seed)
    while True:
        yield batch_of([pair(draw(rng)) for _ in range(batch)], vocabulary, dtype)


# One to many.


def spell(text: str) -> Pair:
    """Reads the symbol of a chemical element, then nothing, and says its name and an end sign."""
    if text not in ELEMENTS:
        known = "".join(ELEMENTS)
        raise ValueError(f"spell reads one letter of {known}, the symbol of an element, not {_told(text)}")
    word = ELEMENTS[text] + END
    return Pair((text, *(None,) * (len(word) - 1)), tuple(word))


# Many to one.


def parity(text: str) -> Pair:
    """Reads zeros and ones, and says after the last one whether the ones were odd (1) or even (0) in number."""
    _check(text, BITS, "parity reads zeros and ones, such as 1011")
    return Pair(tuple(text), (*(None,) * (len(text) - 1), str(text.count("1") % 2)))


# Many to many, with a delay.


def reverse(text: str) -> Pair:
    """Reads letters, then nothing, and from there on says them from the last to the first."""
    _check(text, LETTERS, f"reverse reads letters of {LETTERS}, such as {LETTERS[:3]}")
    silence = (None,) * len(text)
    return Pair((*text, *silence), (*silence, *text[::-1]))


def _check(text: str, symbols: str, wanted: str) -> None:
    if not text or not set(text) <= set(symbols):
        raise ValueError(f"{wanted}, not {_told(text)}")


def _told(text: str) -> str:
    return repr(chars.shown_text(text))


def _texts_of(symbols: str, longest: int) -> Draw:
    """Texts of every length up to the longest, all equally often."""
    return lambda rng: "".join(rng.choice(list(symbols), rng.integers(1, longest + 1)))


def _vocabulary(*texts: str) -> Vocabulary:
    return Vocabulary.of("".join(texts))


TASKS = {
    task.name: task
    for task in (
        Task("chars", "a text, each character to be said one step ahead", chars.pair, ""),
        Task(
            "spell", "one letter in, the name of a chemical element out", spell, "h",
            _vocabulary(END, *ELEMENTS, *ELEMENTS.values()), lambda rng: str(rng.choice(list(ELEMENTS))),
        ),
        Task(
            "parity", "zeros and ones in, whether the ones are odd in number out", parity, "1011",
            _vocabulary(BITS), _texts_of(BITS, LONGEST_BITS),
        ),
        Task(
            "reverse", "letters in, then the same in reverse order out", reverse, "abc",
            _vocabulary(LETTERS), _texts_of(LETTERS, LONGEST_WORD),
        ),
    )
}  # fmt: skip


def find_task(name: object) -> Task:
    """A task by name. Raises ValueError naming those that there are."""
    if not isinstance(name, str) or name not in TASKS:
        raise ValueError(f"task: one of {', '.join(TASKS)} is wanted, not {name!r}")
    return TASKS[name]


def task_of(record: Mapping[str, Any]) -> Task:
    """The task that a model's record tells; chars where it tells none. Raises ValueError for an unknown one."""
    settings = record.get("settings")
    return find_task(settings.get("task", "chars") if isinstance(settings, Mapping) else "chars")


def episode(model: Model, text: str, title: str) -> Episode:
    """Run a model over a text of its own task. Raises ValueError for a text that cannot be read."""
    task = task_of(model.record)
    if task.vocabulary is None:
        return chars.episode(model, text, title)
    return played(model, task.pair(text), title, f"{task.name} · “{chars.shown_text(text)}”")
