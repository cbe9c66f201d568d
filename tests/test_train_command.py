"""`rnntutor train` as a program: stopped and gone on with, on a terminal and without one."""

import re
import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

import rnntutor as rt
from rnntutor.cli import cli
from tests.terminal import PATIENCE, PROGRAM, Terminal

LONG = ("--hidden", "4", "--iterations", "1000000")


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """A small text."""
    file = tmp_path / "a.txt"
    file.write_text("hello world\n" * 9)
    return file


def invoke(*words: object) -> Result:
    """The command in this process, without a terminal."""
    return CliRunner().invoke(cli, ["train", *map(str, words)])


def same(one: Path, other: Path) -> None:
    """The same weights and the same record, but for the text's place."""
    models = rt.load_model(one), rt.load_model(other)
    for name, p in models[0].params.items():
        np.testing.assert_array_equal(p, models[1].params[name])
    assert models[0].record == models[1].record


def test_sixty_and_then_forty_more_are_a_hundred(text: Path, tmp_path: Path) -> None:
    parts, whole = tmp_path / "parts.safetensors", tmp_path / "whole.safetensors"
    assert invoke(text, "--hidden", 4, "--iterations", 60, "--out", parts).exit_code == 0
    assert invoke("--resume", parts, "--iterations", 40).exit_code == 0
    assert invoke("--file", text, "--hidden", 4, "--iterations", 100, "--out", whole).exit_code == 0
    same(parts, whole)


def test_going_on_may_write_elsewhere(text: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "1.safetensors", tmp_path / "2.safetensors"
    invoke(text, "--hidden", 4, "--iterations", 3, "--out", first)
    before = first.read_bytes()
    assert invoke("--resume", first, "--iterations", 2, "--out", second).output.splitlines()[-1] == f"saved {second}"
    assert first.read_bytes() == before
    assert rt.load_model(second).record["iterations"] == 5


def test_what_is_refused(text: Path, tmp_path: Path) -> None:
    """Before anything is trained."""
    out = tmp_path / "m.safetensors"
    invoke(text, "--hidden", 4, "--iterations", 3, "--out", out)
    for words, said in (
        (("--resume", out), "all 3 iterations are made; say how many more, with --iterations"),
        (("--resume", out, "--rate", "0.1"), "goes on with the settings of the model; leave out --rate"),
        (("--resume", tmp_path / "none.safetensors"), "none.safetensors: No such file"),
        ((text, "--file", text), "FILE and --file are the same"),
        (("--lesson", "hello", text), "leave out --file"),
        (("--lesson", "hello", "--resume", out), "leave out --resume"),
    ):
        result = invoke(*words)
        assert said in str(result.exception), words
    text.write_text("another text\n")
    assert "this is not the text" in str(invoke("--resume", out, "--iterations", "1").exception)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_keeps_what_there_is(number: signal.Signals, code: int, tmp_path: Path) -> None:
    out, whole = tmp_path / "m.safetensors", tmp_path / "whole.safetensors"
    process = subprocess.Popen(
        [*PROGRAM, "train", "--text", "hello hello", *LONG, "--out", str(out)], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline().startswith("iteration      1   loss ")
    process.send_signal(number)
    said, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    assert said.endswith(f"saved {out}\n")
    done = rt.load_model(out).record["iterations"]
    assert told == f"stopped after {done} of 1000000 iterations; go on with: rnntutor train --resume {out}\n"
    assert invoke("--resume", out, "--iterations", 5).exit_code == 0
    assert invoke("--text", "hello hello", "--hidden", 4, "--iterations", done + 5, "--out", whole).exit_code == 0
    same(out, whole)


def test_ctrl_c_on_a_terminal(text: Path, tmp_path: Path) -> None:
    """Progress, a sample, and the terminal as found."""
    with Terminal(100, 20) as terminal:
        before = terminal.modes()
        terminal.start("train", str(text), *LONG, cwd=tmp_path)
        terminal.wait_for("chars/s")
        terminal.wait_for("says ")
        terminal.wait(lambda: bool(re.search(r" [1-9]\d*/1000000", terminal.text)), "a few iterations")
        terminal.type("\x03")
        assert terminal.ended() == 130
        assert "go on with: rnntutor train --resume model.safetensors" in terminal.text
        assert terminal.modes() == before
        assert not terminal.left_changed()
    assert rt.load_model(tmp_path / "model.safetensors").record["iterations"] > 0
