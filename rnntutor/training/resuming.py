"""A training on the disk: the model, and beside it what only the training needs.

model.safetensors             as any model, to be played
model.training.safetensors    the optimiser's memory, the states that the last batch left, the loss of every iteration
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from rnntutor.engine.learning import Learning, Stepper
from rnntutor.engine.ops import Array
from rnntutor.model import Model, load_model, load_tensors, save_model, save_tensors
from rnntutor.training import Settings, digest, read_text
from rnntutor.training.underway import Point, Underway

FORMAT = "rnntutor training 1"
_MODEL, _TRAINING = ".safetensors", ".training.safetensors"


def beside(model: Path) -> Path:
    """The file with what a model's training needs to go on."""
    return model.with_name(model.name.removesuffix(_MODEL) + _TRAINING)


def save_training(path: Path, under: Underway, point: Point | None = None) -> None:
    """Write the model of a point, the last one if no other is given, and what it needs to go on."""
    point = point or under.point
    memory = {f"{kind}/{name}": p for kind, table in _memory(point.stepper).items() for name, p in table.items()}
    states = {f"states/{name}": p for name, p in (point.states or {}).items()}
    losses = np.array(under.losses[: point.iteration], np.float64)
    words = {"format": FORMAT, "weights": _digest(point.params), "steps": str(getattr(point.stepper, "steps", 0))}
    save_tensors(beside(path), {"losses": losses, **memory, **states}, words)
    save_model(path, under.model(point))


def load_training(path: Path, *, file: str = "", more: int | None = None) -> Underway:
    """A training to go on with, over its own text, or the same one in another `file`.

    It has `more` iterations to go, or those that it was stopped before. Raises ValueError in one line for files that
    cannot be gone on with, another text, and a training that is over.
    """
    model, side = load_model(path), beside(path)
    if not side.exists():
        raise ValueError(f"{side}: there is no such file, and without it the training of {path} cannot go on")
    tensors, words = load_tensors(side)
    if words.get("format") != FORMAT or words.get("weights") != _digest(model.params):
        raise ValueError(f"{side}: this does not belong to {path}; both are written together")
    settings = _settings(path, model.record, file)
    losses = tensors.get("losses", np.zeros(0))
    done = model.record.get("iterations")
    if losses.ndim != 1 or done != len(losses):
        raise ValueError(f"{side}: it tells {losses.size} losses; {path} has made {done!r} iterations")
    settings = replace(settings, iterations=_total(path, settings, len(losses), more))
    point = Point(len(losses), model.params, _stepper(side, settings, model, tensors, words), _states(tensors))
    return Underway(settings, _text(path, settings, model.record), model.cell, point, losses.tolist())


def _settings(path: Path, record: Mapping[str, Any], file: str) -> Settings:
    """Those of the record, the text perhaps from another file."""
    told = record.get("settings")
    if not isinstance(told, Mapping):
        raise ValueError(f"{path}: its record has no settings to go on with")
    elsewhere = {"text": "", "file": file} if file else {}
    return Settings.of({name: value for name, value in {**told, **elsewhere}.items() if value != ""})


def _text(path: Path, settings: Settings, record: Mapping[str, Any]) -> str:
    text = read_text(settings)
    if record.get("digest") != digest(text):
        what = settings.file or "the text"
        raise ValueError(f"{what}: this is not the text that {path} has learned so far; train a new model with it")
    return text


def _total(path: Path, settings: Settings, done: int, more: int | None) -> int:
    """Iterations in all."""
    if more is not None:
        if more < 1:
            raise ValueError(f"iterations: a whole number from 1 is wanted, not {more}")
        return done + more
    if done >= settings.iterations:
        raise ValueError(f"{path}: all {done} iterations are made; say how many more, with --iterations")
    return settings.iterations


def _memory(stepper: Stepper) -> dict[str, dict[str, Array]]:
    """What an optimiser remembers of every parameter."""
    return {name: value for name, value in vars(stepper).items() if isinstance(value, dict)}


def _stepper(
    side: Path, settings: Settings, model: Model, tensors: Mapping[str, Array], words: Mapping[str, str]
) -> Stepper:
    """The optimiser as it was left."""
    stepper = Learning(settings.optimiser, settings.rate, settings.clip).stepper()
    for kind, table in _memory(stepper).items():
        for name, p in model.params.items():
            kept = tensors.get(f"{kind}/{name}")
            if kept is None or kept.shape != p.shape or kept.dtype != p.dtype:
                raise ValueError(f"{side}: {kind}/{name} is missing, or not of the shape and kind of {name}")
            table[name] = kept
    if hasattr(stepper, "steps"):
        if not words.get("steps", "").isdecimal():
            raise ValueError(f"{side}: its metadata should say the optimiser's steps, a whole number")
        stepper.steps = int(words["steps"])
    return stepper


def _states(tensors: Mapping[str, Array]) -> dict[str, Array]:
    return {name.removeprefix("states/"): p for name, p in tensors.items() if name.startswith("states/")}


def _digest(params: Mapping[str, Array]) -> str:
    """What tells parameters from others: SHA-256 of all their bytes."""
    whole = sha256()
    for name in sorted(params):
        whole.update(name.encode() + np.ascontiguousarray(params[name]).tobytes())
    return whole.hexdigest()
