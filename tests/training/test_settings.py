"""Training from settings: what may be asked, what is recorded, and that the shipped models are what they say."""

import json
import math
import re
import shlex
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnntutor as rt
from rnntutor.cli.training import train as train_command
from rnntutor.course.lesson import Lesson
from rnntutor.course.lessons import find_lesson, list_lessons
from rnntutor.course.opening import settings_of
from rnntutor.engine.learning import Learning
from rnntutor.engine.optim import OPTIMISERS
from rnntutor.model import load_model
from rnntutor.tasks.chars import MAX_TEXT
from rnntutor.tasks.sequences import TASKS
from rnntutor.tasks.vocabulary import Vocabulary
from rnntutor.training import PLAYED, Settings, build, learning_of, read_text, record_of, training

every_trained = pytest.mark.parametrize(
    ("lesson", "network"),
    [pytest.param(lesson, name, id=f"{lesson.id}-{name}") for lesson in list_lessons() for name in lesson.trained],
)
positive = st.floats(1e-9, 1e9)
settings_tables = st.fixed_dictionaries(
    {"text": st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)},
    optional={
        "cell": st.sampled_from(["rnn", "lstm", "gru", "gru-torch", "my cells/it's.eq"]),
        "layers": st.integers(1, 8),
        "hidden": st.integers(1, 2048),
        "steps": st.integers(1, 1000),
        "batch": st.integers(1, 64),
        "iterations": st.integers(1, 10**6),
        "optimiser": st.sampled_from(sorted(OPTIMISERS)),
        "rate": positive,
        "clip": positive | st.just(0.0),
        "recurrent": st.sampled_from(["uniform", "identity"]),
        "forget_bias": st.floats(-10, 10),
        "seed": st.integers(0, 2**32),
        "shuffle": st.booleans(),
        "precision": st.sampled_from([32, 64]),
    },
)


def parsed(command: str) -> Settings:
    """The settings that the command line makes of a command."""
    program, name, *words = shlex.split(command)
    assert (program, name) == ("rnntutor", "train")
    given = train_command.make_context(name, words).params
    return Settings.of({k: v for k, v in given.items() if v is not None and k not in ("lesson", "out")})


drawn_tables = st.fixed_dictionaries(
    {"task": st.sampled_from([name for name, task in TASKS.items() if task.draw])},
    optional={"hidden": st.integers(1, 64), "batch": st.integers(1, 64), "seed": st.integers(0, 9)},
)


@given(table=settings_tables | drawn_tables)
def test_the_recorded_command_gives_the_same_settings(table: dict[str, Any]) -> None:
    settings = Settings.of(table)
    assert parsed(settings.command) == settings


def test_every_setting_is_an_option() -> None:
    """With a text of help."""
    options = {option.name: option for option in train_command.params if option.name != "source"}
    others = {"lesson", "network", "out", "resume", "watch"}
    assert {field.name for field in fields(Settings)} == set(options) - others
    assert all(getattr(option, "help", "") for option in options.values())


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "unknown": ({"unit": 3}, "unit is not a setting; there are task, text, file, cell"),
    "text as a number": ({"hidden": "8"}, "hidden should be a whole number, not '8'"),
    "fraction": ({"hidden": 8.0}, "hidden should be a whole number"),
    "truth as a number": ({"hidden": True}, "hidden should be a whole number"),
    "truth as a rate": ({"rate": True}, "rate should be a number"),
    "number as truth": ({"shuffle": 1}, "shuffle should be true or false"),
    "no units": ({"hidden": 0}, "hidden: a whole number from 1"),
    "no steps": ({"steps": 0}, "steps: a whole number from 1"),
    "no streams": ({"batch": -1}, "batch: a whole number from 1"),
    "no iterations": ({"iterations": 0}, "iterations: a whole number from 1"),
    "optimiser": ({"optimiser": "adamw"}, "optimiser: one of sgd, adagrad, adam"),
    "rate of zero": ({"rate": 0}, "rate: a number above zero"),
    "rate NaN": ({"rate": math.nan}, "rate: a number above zero"),
    "rate without end": ({"rate": math.inf}, "rate: a number above zero"),
    "clip below zero": ({"clip": -1.0}, "clip: zero or a number above it"),
    "clip NaN": ({"clip": math.nan}, "clip: zero or a number above it"),
    "recurrent": ({"recurrent": "orthogonal"}, "recurrent: one of uniform, identity is wanted, not 'orthogonal'"),
    "forget bias": ({"forget_bias": math.nan}, "forget_bias: a finite number is wanted, not nan"),
    "seed": ({"seed": -1}, "seed: a whole number from 0"),
    "precision": ({"precision": 16}, "precision: 32 or 64"),
    "text and file": ({"file": "a.txt"}, "one of --text and --file"),
    "neither": ({"text": ""}, "either a text or a file"),
    "unknown task": ({"task": "juggling"}, f"task: one of {', '.join(TASKS)} is wanted, not 'juggling'"),
    "task as a number": ({"task": 1}, "task should be a text, not 1"),
    "a text for a task": ({"task": "parity"}, "text: the task parity draws its own sequences; leave out --text"),
    "a file for a task": ({"task": "spell", "text": "", "file": "a"}, "file: the task spell draws its own sequences"),
    "steps of a task": ({"task": "reverse", "text": "", "steps": 3}, "steps: the task reverse draws its own"),
    "shuffled task": ({"task": "reverse", "text": "", "shuffle": True}, "leave out --shuffle"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_settings_are_named(name: str) -> None:
    table, words = WRONG[name]
    with pytest.raises(ValueError, match=re.escape(words)):
        Settings.of({"text": "hello"} | table)


def test_a_whole_number_is_a_rate_too() -> None:
    assert Settings.of({"text": "ab", "rate": 1, "clip": 0}).rate == 1


# What is wrong with a file -> (its bytes, words of the message).
FILES: dict[str, tuple[bytes, str]] = {
    "not UTF-8": (b"ab\xff", "not UTF-8 text (byte 2)"),
    "NUL": (b"a\0b", "NUL"),
    "too long": (b"a" * (MAX_TEXT + 1), "at most"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_text(name: str, tmp_path: Path) -> None:
    data, words = FILES[name]
    (tmp_path / "a.txt").write_bytes(data)
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        read_text(Settings(file=str(tmp_path / "a.txt")))
    assert str(caught.value).startswith(str(tmp_path / "a.txt"))


def test_files_that_are_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path, Path("/dev/zero")):
        with pytest.raises(ValueError, match=f"{path}: "):
            read_text(Settings(file=str(path)))


def test_line_ends_of_other_systems(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a\r\nb\r\n")
    assert read_text(Settings(file="a.txt"), tmp_path) == "a\nb\n"


@pytest.mark.parametrize("file", ["../secret.txt", "/etc/hostname", "link.txt"])
def test_a_lesson_reads_nothing_outside_its_folder(file: str, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    lesson = tmp_path / "lesson"
    lesson.mkdir()
    (lesson / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(ValueError, match="in the lesson's folder"):
        read_text(Settings(file=file), lesson)


@pytest.mark.parametrize("text", ["", "a", "aaaa"])
def test_a_text_with_nothing_to_learn(text: str) -> None:
    with pytest.raises(ValueError, match="two different characters"):
        next(training(Settings(text="x"), text, {}))


def trained(settings: Settings, text: str) -> rt.Model:
    """The model after the last iteration."""
    *_, (_, model) = training(settings, text, record_of(settings, settings.command, text))
    return model


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("text", ["ab", "hello", "a\nb\n", "a\nb", "a\u2028b\x1cc", "世界, hello\n" * 3])
def test_any_text_trains(text: str, shuffle: bool) -> None:
    settings = Settings(text=text, hidden=3, steps=7, batch=3, iterations=5, shuffle=shuffle)
    assert trained(settings, text).symbols == tuple(sorted(set(text)))


@pytest.mark.parametrize("cell", rt.shipped_cells())
@pytest.mark.parametrize("precision", [32, 64])
def test_the_same_settings_give_the_same_model(cell: str, precision: int) -> None:
    settings = Settings(text="hello hello", cell=cell, hidden=4, iterations=10, precision=precision)
    one, same = trained(settings, settings.text), trained(settings, settings.text)
    for name, p in one.params.items():
        np.testing.assert_array_equal(same.params[name], p)
        assert p.dtype.itemsize * 8 == precision


def test_a_training_begins_as_it_is_told() -> None:
    _, params = build(Settings(text="ab", cell="irnn", hidden=3, recurrent="identity"), Vocabulary(("a", "b")))
    np.testing.assert_array_equal(params["W"][:, :3], np.eye(3))
    _, params = build(Settings(text="ab", cell="lstm", hidden=3, forget_bias=1), Vocabulary(("a", "b")))
    np.testing.assert_array_equal(params["b_f"], np.ones(3))
    with pytest.raises(ValueError, match="forget_bias: irnn has no gate"):
        next(training(Settings(text="ab", cell="irnn", forget_bias=1), "ab", {}))


def test_a_cell_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.eq"
    file.write_text("h = tanh(W @ [h_prev, x] + b)")
    model = trained(Settings(text="hello", cell=str(file), hidden=3, iterations=2), "hello")
    assert model.cell.title == "mine.eq"
    assert {"W", "W_y"} <= set(model.params)


def test_a_lesson_has_its_cell_in_its_folder(tmp_path: Path) -> None:
    lesson, outside = tmp_path / "lesson", tmp_path / "outside.eq"
    lesson.mkdir()
    for file in (lesson / "mine.eq", outside):
        file.write_text("h = tanh(W @ [h_prev, x] + b)")
    for cell, title in (("mine.eq", "mine.eq"), ("gru", "gru")):
        _, model = next(training(Settings(text="hello", cell=cell, hidden=3), "hello", {}, lesson))
        assert model.cell.title == title
    for cell in ("../outside.eq", str(outside)):
        with pytest.raises(ValueError, match="in the lesson's folder"):
            next(training(Settings(text="hello", cell=cell), "hello", {}, lesson))


def test_the_record_keeps_the_beginning_of_the_text() -> None:
    text = "hello world\n" * 9
    assert record_of(Settings(text=text), "", text)["play"] == text[:PLAYED]


def test_the_record_tells_how_a_model_was_made() -> None:
    settings = Settings(text="hello", hidden=3, iterations=4)
    record = trained(settings, "hello").record
    assert record["command"] == "rnntutor train --text hello --hidden 3 --iterations 4"
    assert Settings.of(record["settings"]) == settings
    assert record["iterations"] == 4
    assert json.loads(json.dumps(record)) == record


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if task.draw])
@pytest.mark.parametrize("precision", [32, 64])
def test_a_task_is_trained_and_recorded(name: str, precision: int) -> None:
    settings = Settings(task=name, cell="rnn", hidden=3, batch=2, iterations=4, precision=precision).checked()
    model, same = trained(settings, ""), trained(settings, "")
    task = TASKS[name]
    assert task.vocabulary
    assert model.symbols == task.vocabulary.symbols
    assert model.record["play"] == task.example
    assert Settings.of(_given(model.record["settings"])) == settings
    for key, p in model.params.items():
        np.testing.assert_array_equal(same.params[key], p)
        assert p.dtype.itemsize * 8 == precision


def _given(settings: dict[str, Any]) -> dict[str, Any]:
    """What a model records, without what is empty: a text or a file."""
    return {name: value for name, value in settings.items() if value != ""}


@every_trained
def test_shipped_models_were_made_by_their_command(lesson: Lesson, network: str) -> None:
    """What the file records is what lesson.toml says, and the loss says that it learned."""
    model = rt.load_model(lesson.model(network))
    settings = settings_of(lesson, network)
    one = f" --network {network}" if len(lesson.trained) > 1 else ""
    assert model.record["command"] == f"rnntutor train --lesson {lesson.id}{one}"
    assert Settings.of(_given(model.record["settings"])) == settings
    assert model.record["iterations"] == settings.iterations
    # A gradient of one timestep is to show how little it learns, and a lesson may step through a network that is still
    # learning, so that its gradients can be seen.
    share = 0.6 if settings.steps == 1 else 0.65 if settings.iterations <= 50 else 0.5
    assert model.record["loss"] < share * np.log(len(model.symbols))


def test_hello_is_what_its_command_makes() -> None:
    """Trained anew: the same weights, up to the rounding of another processor."""
    lesson = find_lesson("hello")
    settings = settings_of(lesson, "model")
    shipped, anew = rt.load_model(lesson.model("model")), trained(settings, read_text(settings, lesson.folder))
    assert anew.cell.text == shipped.cell.text
    assert anew.symbols == shipped.symbols
    assert list(anew.params) == list(shipped.params)
    for name, p in shipped.params.items():
        np.testing.assert_allclose(anew.params[name], p, rtol=0, atol=1e-9)


def test_elements_makes_up_names() -> None:
    """Names that are not in the list, of its letters, about as long, and most with an ending that elements have."""
    lesson = find_lesson("elements")
    settings = settings_of(lesson, "model")
    known = set(read_text(settings, lesson.folder).split())
    model = rt.load_model(lesson.model("model"))
    start = model.symbols.index("\n")
    said = "".join(model.symbols[k] for k in islice(rt.speak(model.cell, model.params, start, seed=1), 3000))
    names = said.split("\n")[:-1]
    made_up = {name for name in names if name not in known}
    assert len(made_up) > 20
    assert sum(name in known for name in names) > 100, "it has learned many by heart"
    assert all(0 < len(name) < 2 * max(map(len, known)) for name in names)
    endings = ("ium", "um", "on", "ine", "gen")
    assert sum(name.endswith(endings) for name in made_up) > 0.6 * len(made_up)


def test_a_model_goes_on_learning_as_its_record_says() -> None:
    settings = Settings(text="abab", optimiser="adagrad", rate=0.3, clip=0)
    assert learning_of(record_of(settings, "", "abab")) == Learning("adagrad", 0.3, 0)
    assert learning_of(load_model(find_lesson("hello").model("model")).record) is not None


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"settings": None},
        {"settings": "adam"},
        {"settings": {"optimiser": "adam", "rate": 0.1}},
        {"settings": {"optimiser": ["adam"], "rate": 0.1, "clip": 5}},
        {"settings": {"optimiser": "adam", "rate": "0.1", "clip": 5}},
        {"settings": {"optimiser": "adam", "rate": 0.1, "clip": "5"}},
        {"settings": {"optimiser": "adam", "rate": -0.1, "clip": 5}},
        {"settings": {"optimiser": "lion", "rate": 0.1, "clip": 5}},
        {"settings": {"optimiser": "adam", "rate": 0.1, "clip": 10**400}},
    ],
)
def test_a_record_that_does_not_say_how_is_only_played(record: dict[str, Any]) -> None:
    assert learning_of(record) is None
