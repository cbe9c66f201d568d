"""The tasks, by name: what a network can be run on and trained for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from rnntutor.engine.cell import Cell, parse_cell
from rnntutor.engine.ops import Array
from rnntutor.engine.train import Batch
from rnntutor.model import Model
from rnntutor.tasks import adding, captioning, chars
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

LONGEST_COUNT = 10
"""The largest n of training with strings of n a and n b."""
STOP = "T"
"""Says that a string is over."""

KEYS = "0123"
DISTRACTORS = LETTERS
ASK = "?"
LONGEST_WAIT = 20
"""The most distractors around a key in training."""

Draw = Callable[[np.random.Generator], str]
Start = Callable[[Sequence[str], DTypeLike], Mapping[str, Array]]
Code = Callable[[Sequence[Pair], DTypeLike], Batch]


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
    readout: str = chars.READOUT
    """What turns the state into an answer, and the answer into a loss."""
    outputs: int = 0
    """How many numbers an answer has; 0 for one for every symbol."""
    code: Code | None = None
    """Pairs as numbers, where they are not those of the symbols."""
    beginning: Callable[[Cell], str] | None = None
    """The section `init` that a cell gets, where there is something to begin with."""
    start: Start | None = None
    """What an `init` section reads of texts."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """How long that is, by name."""

    def played_by(self, cell: Cell) -> Cell:
        """The cell with what the task needs: a readout, if it has none, and a beginning. Raises EquationError."""
        more = self.readout + (self.beginning(cell) if self.beginning else "")
        return parse_cell(chars.with_readout(cell.text, more, cell.title), cell.title)

    def batch_of(self, texts: Sequence[str], dtype: DTypeLike = np.float64) -> Batch:
        """Texts side by side. Raises ValueError for one that the task cannot read."""
        pairs = [self.pair(text) for text in texts]
        if self.code:
            return self.code(pairs, dtype)
        batch = batch_of(pairs, self.vocabulary or Vocabulary.of("".join(texts)), dtype)
        return replace(batch, start=self.start(texts, dtype)) if self.start else batch

    def batches(self, batch: int, seed: int, dtype: DTypeLike = np.float64) -> Iterator[Batch]:
        """Endless training data: `batch` texts at a time, side by side, the same for the same seed.

        Raises ValueError for a task that learns a text: see `tasks.chars.batches`.
        """
        if self.draw is None or self.vocabulary is None:
            raise ValueError(f"the task {self.name} draws nothing; it learns a text that is given")
        return self._drawn(self.draw, batch, seed, dtype)

    def _drawn(self, draw: Draw, batch: int, seed: int, dtype: DTypeLike) -> Iterator[Batch]:
        rng = np.random.default_rng(seed)
        while True:
            yield self.batch_of([draw(rng) for _ in range(batch)], dtype)


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


# Counting and remembering.


def anbn(text: str) -> Pair:
    """Reads n a and then n b, and says from the first b on what comes next: the other b, and an end sign.

    While there are only a, the next may be an a or a b, so nothing is wanted: the loss could not fall to zero, and one
    answer cannot name both, as the network of Gers & Schmidhuber 2001 does with a unit for each.
    """
    n = len(text) // 2
    if not n or text != "a" * n + "b" * n:
        raise ValueError(f"anbn reads as many b as a before them, such as aabb, not {_told(text)}")
    return Pair(tuple(text), (*(None,) * n, *"b" * (n - 1), STOP))


def recall(text: str) -> Pair:
    """Reads a key among letters and then a question mark, and says the key."""
    keys = [symbol for symbol in text if symbol in KEYS]
    if len(keys) != 1 or not text.endswith(ASK) or not set(text[:-1]) <= set(KEYS + DISTRACTORS):
        wanted = f"one of {KEYS} among letters of {DISTRACTORS} and then {ASK}"
        raise ValueError(f"recall reads {wanted}, such as ab3dca{ASK}, not {_told(text)}")
    return Pair(tuple(text), (*(None,) * (len(text) - 1), keys[0]))


def _counted(rng: np.random.Generator) -> str:
    n = int(rng.integers(1, LONGEST_COUNT + 1))
    return "a" * n + "b" * n


def _hidden(rng: np.random.Generator) -> str:
    around = "".join(rng.choice(list(DISTRACTORS), rng.integers(1, LONGEST_WAIT + 1)))
    at = int(rng.integers(len(around) + 1))
    return f"{around[:at]}{rng.choice(list(KEYS))}{around[at:]}{ASK}"


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
        Task(
            "anbn", "n a and then n b in, when the last b has come out", anbn, "aaabbb",
            Vocabulary(("a", "b", STOP)), _counted,
        ),
        Task(
            "recall", "a key among letters in, the key out when asked", recall, "ab3dca?",
            Vocabulary((*KEYS, *DISTRACTORS, ASK)), _hidden,
        ),
        Task(
            "adding", "numbers in, the sum of the two that are marked out", adding.adding, "0.5* -0.3 0.7* -0.9",
            adding.FEATURES, adding.draw, adding.READOUT, 1, adding.batch_of,
        ),
        Task(
            "captions", "a picture in, a sentence on it out", captioning.caption, captioning.EXAMPLE,
            captioning.VOCABULARY, captioning.draw, beginning=captioning.beginning, start=captioning.start,
            sizes=captioning.SIZES,
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
    if task.start:
        return captioning.of_text(model, text, title)
    batch = task.batch_of([text]) if task.code else None
    return played(model, task.pair(text), title, f"{task.name} · “{chars.shown_text(text)}”", batch=batch)
