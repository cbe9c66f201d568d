"""The command line: what it makes, and that whatever is wrong is one line on stderr with exit code 2."""

import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result

import rnntutor as rt
from rnntutor.cli import cli
from rnntutor.course import lessons
from rnntutor.tasks.sequences import TASKS
from tests.terminal import PROGRAM, Terminal

SECONDS = 3.0
"""An error takes less: one second on a quiet machine, and a few tests beside it on a busy one."""


def invoke(*words: str) -> Result:
    """The command line inside of this process."""
    return CliRunner().invoke(cli, words, standalone_mode=False)


def started(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The program as its own process, without a terminal."""
    return subprocess.run(
        [*PROGRAM, *words], stdin=subprocess.DEVNULL, capture_output=True, cwd=cwd, text=True, timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(rt.__file__).parents[1]), "PYTHONWARNINGS": "ignore"}, check=False,
    )  # fmt: skip


def one_line(message: str) -> str:
    """A message, if it is one line of ours and nothing that a terminal could take for a command."""
    assert message.startswith("rnntutor: ")
    assert message.count("\n") == 1
    assert message.rstrip("\r\n").isprintable()
    return message


def refusal(*words: str, columns: int = 120, rows: int = 38, env: Mapping[str, str] | None = None) -> str:
    """The one line that the program leaves on a terminal before it ends with exit code 2."""
    with Terminal(columns, rows) as terminal:
        start = time.perf_counter()
        terminal.start(*words, env=env)
        assert terminal.ended() == 2
        assert time.perf_counter() - start < SECONDS
        return one_line(terminal.received.decode())


def test_help() -> None:
    shown = invoke("--help").output
    for word in ("LESSON", "show", "train", "--ascii", "--version"):
        assert word in shown
    assert invoke("-h").output == shown


def test_version() -> None:
    assert invoke("--version").output == f"rnntutor {rt.__version__}\n"


@pytest.mark.parametrize("command", cli.commands.values(), ids=lambda command: command.name)
def test_every_option_is_explained(command: click.Command) -> None:
    assert command.help
    assert command.help.endswith(".")
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_keys_are_printed_as_a_file_to_begin_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "keys.toml"
    monkeypatch.setenv("RNNTUTOR_KEYS", str(file))
    result = invoke("keys")
    assert f"rnntutor: keys are read from {file}, where no file is yet\n" in result.stderr
    keys = tomllib.loads(result.stdout)["keys"]
    assert keys["line.next"] == ["right", "l"]
    file.write_text(result.stdout.replace('["right", "l"]', '["Z"]', 1) + "nonsense = 3\n")
    result = invoke("keys")
    assert result.stderr == (
        f"rnntutor: keys are read from {file}\nrnntutor: {file}: there is no command 'nonsense'\n"
    )
    assert tomllib.loads(result.stdout)["keys"] == {**keys, "line.next": ["Z"]}


def test_training_writes_a_model(tmp_path: Path) -> None:
    out = tmp_path / "m.safetensors"
    result = invoke("train", "--text", "hello", "--hidden", "4", "--iterations", "30", "--out", str(out))
    lines = result.output.splitlines()
    assert lines[0].startswith("iteration      1   loss 1.")
    assert lines[-1] == f"saved {out}"
    model = rt.load_model(out)
    assert model.symbols == ("e", "h", "l", "o")
    assert model.record["command"] == "rnntutor train --text hello --hidden 4 --iterations 30"


def test_training_writes_beside_you_by_default(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello\n" * 9)
    ended = started("train", "--file", "a.txt", "--cell", "gru", "--hidden", "3", "--iterations", "3",
                    "--shuffle", cwd=tmp_path)  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    assert rt.load_model(tmp_path / "model.safetensors").record["settings"]["shuffle"] is True


def test_training_a_lesson(tmp_path: Path) -> None:
    out = tmp_path / "m.safetensors"
    assert invoke("train", "--lesson", "hello", "--out", str(out)).exit_code == 0
    assert rt.load_model(out).record["command"] == "rnntutor train --lesson hello"


@pytest.mark.parametrize(
    ("task", "text"),
    [
        ("spell", "o"), ("parity", "0110"), ("reverse", "cab"),
        ("anbn", "aabb"), ("recall", "a2c?"), ("adding", "0.5* -1*"),
    ],
)  # fmt: skip
def test_a_task_is_trained_and_shown(task: str, text: str, tmp_path: Path) -> None:
    """Over its example, or over a text of its own kind; every number can be told."""
    out = tmp_path / "m.safetensors"
    words = ("--task", task, "--cell", "rnn", "--hidden", "4", "--batch", "2", "--iterations", "3")
    assert invoke("train", *words, "--out", str(out)).output.splitlines()[-1] == f"saved {out}"
    assert rt.load_model(out).record["command"] == " ".join(("rnntutor train", *words))
    assert f"RNN  4 units · {task} · “{TASKS[task].example}”" in invoke("show", str(out)).output
    assert f"{task} · “{text}”" in invoke("show", str(out), "--text", text).output
    told = json.loads(invoke("show", str(out), "--text", text, "--format", "json").output)
    pair = TASKS[task].pair(text)
    assert (told["reads"], told["wants"], told["counts"]) == (pair.reads[0], pair.wants[0], pair.counts[0])
    assert told["took"] is False


def test_a_text_of_another_task(tmp_path: Path) -> None:
    out = tmp_path / "m.safetensors"
    invoke("train", "--task", "parity", "--hidden", "2", "--iterations", "1", "--out", str(out))
    assert "parity reads zeros and ones, such as 1011, not '12'" in refusal("show", str(out), "--text", "12")
    model = rt.load_model(out)
    rt.save_model(out, replace(model, record={**model.record, "settings": {"task": "juggling"}}))
    assert f"task: one of {', '.join(TASKS)} is wanted, not 'juggling'" in refusal("show", str(out))


# What is asked -> words of the answer.
WRONG: dict[str, tuple[list[str], str]] = {
    "unknown lesson": (["nonesuch"], "no lesson is called 'nonesuch'; there are "),
    "unknown lesson to show": (["show", "nonesuch"], "no lesson is called 'nonesuch'"),
    "escape sequence": (["\x1b[31mred"], r"'\x1b[31mred'"),
    "unknown option": (["--colour"], "--colour"),
    "nothing to train on": (["train"], "one of --text and --file"),
    "text of one letter": (["train", "--text", "aaa"], "two different characters"),
    "not a number": (["train", "--text", "ab", "--hidden", "many"], "--hidden"),
    "wrong rate": (["train", "--text", "ab", "--rate", "nan"], "rate: a number above zero"),
    "unknown cell": (["train", "--text", "ab", "--cell", "lstn"], "no cell is called 'lstn'; there are gru"),
    "no file": (["train", "--file", "/nonesuch.txt"], "/nonesuch.txt: No such file"),
    "file with an escape sequence": (["train", "--file", "/\x1b[2J.txt"], r"/\x1b[2J"),
    "no folder": (["train", "--text", "ab", "--iterations", "1", "--out", "/nonesuch/m"], "no such folder"),
    "a folder as model": (
        ["train", "--text", "ab", "--iterations", "999999", "--out", "/usr"],
        "/usr: this is not a file",
    ),
    "more units than memory": (["train", "--text", "ab", "--hidden", "100000000"], "memory"),
    "lesson and a text": (
        ["train", "--lesson", "hello", "--file", "x", "--text", "y"],
        "leave out --file, --text",
    ),
    "unknown task": (["train", "--task", "juggling"], f"task: one of {', '.join(TASKS)} is wanted"),
    "task and a text": (["train", "--task", "parity", "--text", "101"], "draws its own sequences; leave out --text"),
    "lesson and settings": (["train", "--lesson", "hello", "--rate", "1"], "leave out --rate"),
    "unknown lesson to train": (["train", "--lesson", "nonesuch"], "no lesson is called"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_words(name: str) -> None:
    words, answer = WRONG[name]
    assert answer in refusal(*words)


def test_training_that_diverges(tmp_path: Path) -> None:
    (tmp_path / "mine.eq").write_text("h = W @ [h_prev, x]")
    ended = started("train", "--text", "hello world", "--cell", "mine.eq", "--optimiser", "sgd", "--rate", "1e9",
                    "--clip", "0", cwd=tmp_path)  # fmt: skip
    assert ended.returncode == 2
    assert ended.stderr.startswith("rnntutor: the ")
    assert "at iteration" in ended.stderr
    assert ended.stderr.count("\n") == 1
    kept = rt.load_model(tmp_path / "model.safetensors")
    assert f"saved model.safetensors, the model after iteration {kept.record['iterations']}" in ended.stderr
    assert np.isfinite(kept.record["loss"])
    assert all(np.isfinite(p).all() for p in kept.params.values())


def test_equations_that_are_wrong(tmp_path: Path) -> None:
    """Here a few lines: the place, with a caret under it."""
    (tmp_path / "mine.eq").write_text("h = tahn(x)")
    ended = started("train", "--text", "ab", "--cell", "mine.eq", cwd=tmp_path)
    assert ended.returncode == 2
    assert "mine.eq, line 1" in ended.stderr
    assert "did you mean tanh?" in ended.stderr


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """A lesson with a damaged model."""
    (tmp_path / "lesson.toml").write_text(
        'format_version = 1\nid = "mine"\n[network.model]\nplay = "hello"\n'
        'train = { text = "hello", iterations = 1 }\n'
    )
    (tmp_path / "en.md").write_text("# Title\n\nSummary.\n")
    (tmp_path / "model.safetensors").write_bytes(b"\x80\x04\x95 a pickle")
    return tmp_path


def test_a_damaged_model(lesson: Path) -> None:
    assert f"{lesson}/model.safetensors: not a safetensors file" in refusal(str(lesson))


def test_a_missing_model(lesson: Path) -> None:
    (lesson / "model.safetensors").unlink()
    assert f"{lesson}/model.safetensors: No such file" in refusal(str(lesson))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model file of one's own."""
    file = tmp_path / "mine.safetensors"
    assert invoke("train", "--text", "hello", "--iterations", "2", "--out", str(file)).exit_code == 0
    return file


def test_a_model_file_is_opened(model: Path) -> None:
    """Over the text given, or else over the beginning of what it learned."""
    shown = invoke("show", str(model), "--text", "hole").output
    assert "mine" in shown
    assert "“hole”" in shown
    assert "“hello”" in invoke("show", str(model)).output


def test_a_lesson_is_opened_over_another_text() -> None:
    assert "“hole”" in invoke("show", "hello", "--text", "hole").output


def test_a_model_that_does_not_say_what_to_play(model: Path) -> None:
    rt.save_model(model, replace(rt.load_model(model), record={}))
    assert f"{model}: say what to play, with --text" in refusal("show", str(model))


def test_a_text_that_a_model_cannot_read(model: Path) -> None:
    assert "the model does not know 'z'" in refusal("show", str(model), "--text", "hez")


def test_a_lesson_that_is_wrong_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "lessons"
    shutil.copytree(lessons.lessons_folder(), copy)
    (copy / "hello" / "lesson.toml").write_text("no toml")
    monkeypatch.setattr(lessons, "lessons_folder", lambda: copy)
    assert invoke("show", "elements").exit_code == 0
    assert "hello/lesson.toml: " in str(invoke("show", "hello").exception)


@pytest.mark.parametrize("words", [[], ["hello"]])
def test_no_terminal(words: list[str]) -> None:
    start = time.perf_counter()
    ended = started(*words)
    assert time.perf_counter() - start < SECONDS
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "not a terminal" in one_line(ended.stderr)


@pytest.mark.parametrize(
    ("redirection", "what"),
    [
        ("<file", "input"), ("<&-", "input"), (">file", "output"), (">&-", "output"), ("2>file", "error output"),
    ],
)  # fmt: skip
def test_a_stream_that_is_redirected(redirection: str, what: str, tmp_path: Path) -> None:
    """Or closed. The line is the only thing that is ever written to a file."""
    file = tmp_path / "file"
    file.touch()
    with Terminal() as terminal:
        command = f'exec "$0" -m rnntutor hello {redirection.replace("file", str(file))}'
        terminal.start("-c", command, sys.executable, program=["/bin/sh"])
        assert terminal.ended() == 2
        said = terminal.received.decode() + file.read_text()
        assert f"the {what} is not a terminal" in one_line(said)


@pytest.mark.parametrize("term", ["dumb", "", "unknown"])
def test_a_terminal_too_simple(term: str) -> None:
    assert "TERM" in refusal("hello", env={"TERM": term})


@pytest.mark.parametrize(("columns", "rows"), [(59, 38), (120, 17), (10, 3), (1, 1), (0, 0)])
def test_a_terminal_too_small(columns: int, rows: int) -> None:
    answer = refusal("hello", columns=columns, rows=rows)
    assert f"{columns}×{rows}" in answer
    assert "60×18" in answer


def test_the_help_of_train_names_every_task() -> None:
    """It may not load them: the help needs no NumPy."""
    told = " ".join(invoke("train", "--help").output.split())
    assert all(name in told for name in TASKS)
