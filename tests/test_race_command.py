"""rnntutor race, from the command line to the table and the file."""

import json
from pathlib import Path

import pytest

from rnntutor.race.result import Result
from tests.terminal import Terminal
from tests.test_cli import invoke, one_line, refusal, started

TINY = ("--task", "recall", "--hidden", "4", "--batch", "2", "--iterations", "3", "--seeds", "2")


def test_a_race_is_run_told_and_kept(tmp_path: Path) -> None:
    """The table on the output, a line for every run on the error output, and the file holds what the table says."""
    out = tmp_path / "race.json"
    ended = started("race", "--cells", "lstm, rnn,irnn+identity", *TINY, "--out", str(out))
    assert ended.returncode == 0
    told = ended.stderr.splitlines()
    assert [line.split(" ")[0] for line in told] == [f"{k}/6" for k in range(1, 7)]
    assert "1/6 lstm seed 0 ████████████████ 3/3  loss " in told[0]
    assert told[-1].endswith("0:00 left")
    lines = ended.stdout.splitlines()
    assert lines[0].startswith("recall   accuracy: ")
    assert lines[-1] == f"saved {out}"
    result = Result.from_json(out.read_text(encoding="utf-8"))
    first = next(k for k, line in enumerate(lines) if line.startswith("cell ")) + 1
    rows = [line.split() for line in lines[first : first + 3]]
    assert [row[0] for row in rows] == [k.contestant for k in result.standings]
    assert [row[3] for row in rows] == [f"{k.median:.3f}" for k in result.standings]
    assert result.command == (
        "rnntutor race --cells lstm,rnn,irnn+identity --seeds 2 --same parameters "
        "--task recall --hidden 4 --batch 2 --iterations 3"
    )


def test_the_command_in_the_file_repeats_the_race(tmp_path: Path) -> None:
    outcomes = []
    words = ["race", "--cells", "gru,mgu", *TINY, "--same", "units"]
    for k in range(2):
        out = tmp_path / f"{k}.json"
        assert invoke(*words, "--out", str(out)).exit_code == 0
        table = json.loads(out.read_text(encoding="utf-8"))
        outcomes.append([{**run, "seconds": 0} for run in table["finishes"]])
        words = table["command"].split()[1:]
    assert outcomes[0] == outcomes[1]


def test_a_text_is_raced_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello hello")
    ended = started("race", "--cells", "rnn", "--file", "a.txt", "--hidden", "3", "--iterations", "2", "--seeds", "1",
                    "--ascii", cwd=tmp_path)  # fmt: skip
    assert ended.returncode == 0
    assert ended.stdout.isascii()
    assert ended.stdout.startswith("chars   loss: ")


def test_what_diverges_is_told_in_the_table() -> None:
    result = invoke("race", "--cells", "irnn", "--task", "adding", "--rate", "1e9", "--seeds", "1", "--iterations", "9")
    assert result.exit_code == 0
    assert "irnn seed 0 diverged: the loss is inf at iteration" in result.stdout


def test_on_a_terminal_one_line_is_written_over_and_over() -> None:
    with Terminal(90, 30) as terminal:
        terminal.start("race", "--cells", "rnn", *TINY)
        assert terminal.ended() == 0
        received = terminal.received.decode()
    progress = received[: received.index("recall   accuracy")]
    assert progress.count("\n") == 1
    assert progress.count("\r1/2 rnn seed 0") >= 2
    assert max(map(len, progress.split("\r"))) <= 90


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--cells", "rnn,rnn", *TINY), "cells: different ones are wanted"),
        (("--cells", "lstn", *TINY), "no cell is called 'lstn'"),
        (("--cells", "", *TINY), "no cell is called ''"),
        (("--cells", "rnn+forget", *TINY), "forget_bias: rnn has no gate"),
        (("--cells", "rnn", "--task", "recall", "--hidden", "0"), "hidden: a whole number from 1 is wanted, not 0"),
        (("--cells", "rnn", "--task", "recall", "--rate", "nan"), "rate: a number above zero is wanted, not nan"),
        (("--cells", "rnn", "--task", "recall", "--budget", "nan"), "budget: seconds from zero on are wanted, not nan"),
        (("--cells", "rnn", "--task", "recall", "--seeds", "0"), "seeds: a whole number from 1 is wanted, not 0"),
        (("--cells", "rnn", "--task", "swim"), "task: one of chars, "),
        (("--cells", "rnn"), "either a text or a file is wanted"),
        (("--cells", "rnn", *TINY, "--out", "no/where.json"), "no: there is no such folder"),
        ((), "Missing option '--cells'"),
    ],
)
def test_what_cannot_be_raced_is_one_line(words: tuple[str, ...], message: str) -> None:
    ended = started("race", *words)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert message in one_line(ended.stderr)


def test_an_error_on_a_terminal() -> None:
    assert "no cell is called 'lstn'" in refusal("race", "--cells", "lstn", *TINY)
