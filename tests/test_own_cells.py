"""Cells of one's own on the command line: played at once, shown, written on, and refused in one line."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest

from tests.terminal import Terminal
from tests.test_cli import invoke, refusal

RNN = "h = tanh(W @ [h_prev, x] + b)   # hidden state\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A cell in a file."""
    path = tmp_path / "mine.eq"
    path.write_text(RNN)
    return path


def test_it_is_played_at_once(file: Path) -> None:
    with Terminal() as terminal:
        terminal.start(str(file), "--text", "abcab", "--hidden", "5")
        terminal.wait_for("MINE  5 units · 3 chars · “abcab”")
        terminal.type("i")
        terminal.wait_for("iteration 1: loss 1.")
        terminal.type("q")
        terminal.wait_for("The same again quits, and 1 iteration will be lost.")
        terminal.type("q")
        assert terminal.ended() == 0


def test_it_is_shown(file: Path) -> None:
    assert "MINE  8 units · 4 chars · “hello”" in invoke("show", str(file)).output
    numbers = json.loads(invoke("show", str(file), "--format", "json", "--text", "abab").output)
    assert "h" in json.dumps(numbers)


@pytest.mark.parametrize(
    ("text", "words", "why"),
    [
        (RNN, ("--hidden", "0"), "units: a whole number from 1 is wanted, not 0"),
        (RNN, ("--text", "a"), "a text to play needs at least two characters"),
        ("h = \0", (), "it holds NUL bytes"),
        ("s = tanh(W @ [s_prev, x])", (), "no line assigns h, and the readout that is added reads h"),
    ],
)
def test_what_cannot_be_played(file: Path, text: str, words: tuple[str, ...], why: str) -> None:
    file.write_text(text)
    assert why in refusal(str(file), *words)


def test_an_error_has_its_caret(file: Path) -> None:
    file.write_text("h = tanh(W @ x\n")
    with Terminal() as terminal:
        terminal.start(str(file))
        assert terminal.ended() == 2
        assert terminal.received.decode().splitlines() == [
            "rnntutor: mine.eq, line 1: this ( is never closed",
            "    h = tanh(W @ x",
            "            ^ close it with )",
        ]


def test_hidden_is_for_cells_alone() -> None:
    assert "--hidden is for a file with equations" in refusal("hello", "--hidden", "3")


@pytest.mark.parametrize("words", [("edit", "nonesuch"), ("nonesuch.eq",), ("edit", "no/such.eq")])
def test_a_cell_that_is_not_there(words: tuple[str, ...]) -> None:
    assert "no cell is called" in refusal(*words)


@pytest.mark.parametrize("env", [{}, {"NO_COLOR": "1"}, {"LC_ALL": "C"}], ids=str)
def test_write_save_and_leave(tmp_path: Path, env: dict[str, str]) -> None:
    """With the keys as a terminal sends them; the terminal as found."""
    with Terminal(80, 24) as terminal:
        before = terminal.modes()
        terminal.start("edit", "gru", env=env, cwd=tmp_path)
        terminal.wait_for("backward pass, which follows from it")
        terminal.type("q = h\r")
        terminal.wait_for("h is used before its line")
        terminal.type("\x7f" * 6)
        terminal.wait_for("da_n")
        terminal.type("\x07")
        terminal.wait_for("the gradient agrees")
        terminal.type("\x13")
        terminal.wait_for("save as")
        terminal.type("\r")
        terminal.wait_for("saved ")
        assert (tmp_path / "mine.eq").is_file()
        terminal.type("\x12")
        terminal.wait_for("chars")
        terminal.type("\x1b")
        terminal.wait_for("your own cell")
        terminal.type("\x11")
        assert terminal.ended() == 0
        assert not terminal.left_changed()
        assert terminal.modes() == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signals_leave_the_terminal_as_found(number: signal.Signals) -> None:
    """Whatever is unsaved: who sends a signal does not answer questions."""
    with Terminal(80, 24) as terminal:
        before = terminal.modes()
        terminal.start("edit")
        terminal.wait_for("backward pass")
        terminal.type("x")
        terminal.wait_for("not saved")
        assert terminal.process is not None
        os.kill(terminal.process.pid, number)
        assert terminal.ended() == 128 + number
        assert not terminal.left_changed()
        assert terminal.modes() == before
