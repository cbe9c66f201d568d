"""Training a model from settings that can be written down and repeated."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from rnntutor.engine.cell import Cell, init_params, load_cell, shipped_cells
from rnntutor.engine.learning import Learning
from rnntutor.engine.stack import stacked
from rnntutor.engine.start import check_start
from rnntutor.engine.train import Batch, Progress, train
from rnntutor.model import Model
from rnntutor.tasks.chars import MAX_TEXT, batches
from rnntutor.tasks.sequences import find_task
from rnntutor.tasks.vocabulary import Vocabulary

_MOST = {"layers": 100, "hidden": 100_000_000}
"""Beyond this, not even the attempt to make a network ends well."""
_KINDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


@dataclass(frozen=True)
class Settings:
    """Everything that a training depends on. The same settings give the same model on the same machine."""

    task: str = "chars"
    """What is learned: a name of `tasks.sequences.TASKS`. The task chars needs a text; the others draw their own."""
    text: str = ""
    """The text itself, or"""
    file: str = ""
    """the file that holds it."""
    cell: str = "lstm"
    layers: int = 1
    """How many of the cell, one above the other."""
    hidden: int = 32
    steps: int = 25
    """Characters a gradient goes back through."""
    batch: int = 1
    """Streams of the text side by side; of other tasks, sequences."""
    iterations: int = 1000
    optimiser: str = "adam"
    rate: float = 0.01
    clip: float = 5.0
    """The largest norm of a gradient; 0 for no limit."""
    recurrent: str = "uniform"
    """How the weights on a state before begin: a name of `engine.start.RECURRENT`."""
    forget_bias: float = 0.0
    """With which bias the gates begin that keep a state."""
    seed: int = 0
    shuffle: bool = False
    """Whether the lines of the text come in a new order at every reading."""
    precision: int = 64
    """32 or 64 bits a number."""

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Settings:
        """Settings from a table of names and values. Raises ValueError naming what is wrong."""
        kinds = {field.name: type(getattr(cls(), field.name)) for field in fields(cls)}
        for name, value in table.items():
            if name not in kinds:
                raise ValueError(f"train: {name} is not a setting; there are {', '.join(kinds)}")
            fits = isinstance(value, int | float) if kinds[name] is float else isinstance(value, kinds[name])
            if not fits or (isinstance(value, bool) and kinds[name] is not bool):
                raise ValueError(f"train: {name} should be {_KINDS[kinds[name]]}, not {value!r}")
        return cls(**table).checked()

    def checked(self) -> Settings:
        """These settings if they make sense. Raises ValueError naming the first that does not."""
        for name in ("layers", "hidden", "steps", "batch", "iterations"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: a whole number from 1 is wanted, not {getattr(self, name)}")
        for name, most in _MOST.items():
            if getattr(self, name) > most:
                raise ValueError(f"{name}: a whole number up to {most:,} is wanted")
        Learning(self.optimiser, self.rate, self.clip)  # which checks them
        check_start(self.recurrent, self.forget_bias)
        if self.seed < 0:
            raise ValueError(f"seed: a whole number from 0 is wanted, not {self.seed}")
        if self.precision not in (32, 64):
            raise ValueError(f"precision: 32 or 64 is wanted, not {self.precision}")
        if find_task(self.task).draw:
            return self._checked_to_draw()
        if bool(self.text) == bool(self.file):
            raise ValueError("either a text or a file is wanted: one of --text and --file")
        return self

    def _checked_to_draw(self) -> Settings:
        """These settings, of a task that draws its own sequences, if nothing is asked of a text."""
        for name in ("text", "file", "steps", "shuffle"):
            if getattr(self, name) != getattr(Settings(), name):
                raise ValueError(f"{name}: the task {self.task} draws its own sequences; leave out --{name}")
        return self

    @property
    def command(self) -> str:
        """The command line that repeats this training, but for where the model goes."""
        return shlex.join(["rnntutor", "train", *self.options()])

    def options(self, always: Collection[str] = ()) -> list[str]:
        """What the command line is to be told: all that is not as usual, and what is to be told anyway."""
        words: list[str] = []
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in always or value != getattr(Settings(), field.name):
                option = f"--{field.name.replace('_', '-')}"
                words += [option] if value is True else [option, str(value)]
        return words


def read_text(settings: Settings, folder: Path | None = None) -> str:
    """The text to learn from; empty for a task that draws its own. Raises ValueError if it cannot be read."""
    if settings.text or not settings.file:
        return settings.text
    path = inside(folder, settings.file)
    if path.exists() and not path.is_file():
        raise ValueError(f"{path}: this is not a file")
    try:
        if path.stat().st_size > MAX_TEXT:
            raise ValueError(f"{path}: at most {MAX_TEXT:,} bytes are read")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: this is not UTF-8 text (byte {error.start})") from error
    if "\0" in text:
        raise ValueError(f"{path}: this is not a text; it holds NUL bytes")
    return text


def inside(folder: Path | None, name: str) -> Path:
    """A file that a lesson names, or anyone without a lesson. Raises ValueError if it is outside of the folder."""
    if "\0" in name:
        raise ValueError(f"{name!r}: no file can be called that; its name holds NUL")
    path = (folder or Path()) / name
    if folder is not None and not path.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"{path}: a lesson's files should be in the lesson's folder")
    return path


def build(
    settings: Settings, vocabulary: Vocabulary, folder: Path | None = None
) -> tuple[Cell, dict[str, Any]]:
    """The cell with its readout, and fresh parameters. A lesson's own cell is in its folder."""
    shipped = folder is None or settings.cell in shipped_cells()
    cell = load_cell(settings.cell if shipped else inside(folder, settings.cell))
    cell, task = stacked(cell, settings.layers), find_task(settings.task)
    cell = task.played_by(cell)
    size, dtype = len(vocabulary), dtype_of(settings)
    return cell, init_params(
        cell, settings.hidden, size, target=task.outputs or size, seed=settings.seed, dtype=dtype,
        recurrent=settings.recurrent, forget_bias=settings.forget_bias, **task.sizes,
    )  # fmt: skip


def training(
    settings: Settings, text: str, record: Mapping[str, Any], folder: Path | None = None
) -> Iterator[tuple[Progress, Model]]:
    """Train, yielding after every iteration where things stand and the model as it is."""
    vocabulary = vocabulary_of(settings, text)
    cell, params = build(settings, vocabulary, folder)
    data = batches_of(settings, text, vocabulary)
    stepper = Learning(settings.optimiser, settings.rate, settings.clip).stepper()
    for progress in train(cell, params, islice(data, settings.iterations), stepper, settings.clip or None):
        told = {**record, "iterations": progress.iteration, "loss": progress.loss}
        yield progress, Model(cell, progress.params, vocabulary.symbols, told)


def untrained(settings: Settings, text: str, folder: Path | None = None) -> Model:
    """The model before any training."""
    vocabulary = vocabulary_of(settings, text)
    cell, params = build(settings, vocabulary, folder)
    return Model(cell, params, vocabulary.symbols, record_of(settings, "", text))


def vocabulary_of(settings: Settings, text: str) -> Vocabulary:
    """The symbols of the task, or of the text that is learned."""
    try:
        return find_task(settings.task).vocabulary or Vocabulary.of(text)
    except ValueError as error:
        raise ValueError(f"{settings.file}: {error}" if settings.file else str(error)) from error


def batches_of(settings: Settings, text: str, vocabulary: Vocabulary, skip: int = 0) -> Iterator[Batch]:
    """Endless batches, but for the first `skip`: sequences that the task draws, or the text."""
    task, dtype = find_task(settings.task), dtype_of(settings)
    if task.draw:
        return islice(task.batches(settings.batch, settings.seed, dtype), skip, None)
    shuffle = settings.seed if settings.shuffle else None
    return batches(
        text, vocabulary, steps=settings.steps, batch=settings.batch, dtype=dtype, shuffle=shuffle, skip=skip
    )


def dtype_of(settings: Settings) -> type[np.floating[Any]]:
    """What the parameters are made of."""
    return np.float32 if settings.precision == 32 else np.float64


PLAYED = 24
"""Characters of its text that a model file keeps, to be played when it is opened."""


def record_of(settings: Settings, command: str, text: str) -> dict[str, Any]:
    """What a model file tells about its making."""
    return {
        "play": text[:PLAYED] or find_task(settings.task).example,
        "command": command,
        "settings": asdict(replace(settings)),
        "digest": digest(text),
        "numpy": np.__version__,
    }


def digest(text: str) -> str:
    """What tells a text from others: SHA-256 of its UTF-8."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def learning_of(record: Mapping[str, Any]) -> Learning | None:
    """How a model of this record can go on learning, from its first iteration; None where the record does not say."""
    settings = record.get("settings")
    try:
        return Learning(settings["optimiser"], settings["rate"], settings["clip"]) if settings else None
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
