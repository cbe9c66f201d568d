"""README.md says what is so: its keys, its Python, its commands, its paths."""

import doctest
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest

import rnntutor as rt
from rnntutor.app.commands import EDITOR, HOME, PLAYER, TRAINING, Command
from rnntutor.cli import cli
from rnntutor.course.lessons import list_lessons
from rnntutor.show import LEAST_COLUMNS, LEAST_ROWS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The pieces of code in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def table_after(words: str) -> list[tuple[str, str]]:
    """The rows of the first table with two columns after some words, without backquotes."""
    table = (
        README.split(words, maxsplit=1)[1].split("|---|---|\n", maxsplit=1)[1].split("\n\n", maxsplit=1)[0]
    )
    rows = [
        [cell.strip().replace("`", "") for cell in row.strip("|").split("|")] for row in table.splitlines()
    ]
    return [(left, right) for left, right in rows]


@pytest.mark.parametrize(
    ("words", "commands"),
    [
        ("In a lesson:", PLAYER),
        ("In the list:", [command for command in HOME if command not in PLAYER]),
        ("In the editor:", EDITOR),
        ("back from there, it goes on.", [command for command in TRAINING if command not in PLAYER]),
    ],
    ids=["lesson", "list", "editor", "training"],
)
def test_keys(words: str, commands: Sequence[Command]) -> None:
    assert table_after(words) == [(command.signs(), command.help) for command in commands]


def test_the_course() -> None:
    """Every lesson of it, and what it teaches."""
    told = re.findall(r"^\| (\d+) (.*?) \| (.*?) \|$", README, re.MULTILINE)
    assert told == [(str(k.number), k.title, k.summary) for k in list_lessons() if k.number]


def test_python() -> None:
    """Every example gives what stands below it, in one session from the first to the last."""
    session = doctest.DocTestParser().get_doctest("\n".join(blocks("pycon")), {}, "README.md", "README.md", 0)
    assert len(session.examples) > 5
    report: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(session, out=report.append)
    assert results.failed == 0, "".join(report)


def test_the_lstm() -> None:
    assert blocks("text") == [rt.load_cell("lstm").text]


def test_commands() -> None:
    """Every line that starts with rnntutor is understood, option by option."""
    lines = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("rnntutor ")]
    lines += re.findall(r"`(rnntutor [^`]*--[^`]*)`", README.replace("\n", " "))
    assert len(lines) > 5
    lessons = [name for k in list_lessons() for name in (k.id, str(k.number)) if name != "0"]
    for line in lines:
        words = shlex.split(line)[1:]
        if words[0] in cli.commands and "--help" not in words:
            cli.commands[words[0]].make_context(words[0], words[1:])
        elif words[0].endswith((".safetensors", ".eq")) or words[0] in lessons:
            cli.commands["play"].make_context("play", words)
        else:
            assert set(words) <= {"--ascii", "--help", *cli.commands}, line


def test_folders() -> None:
    for folder, _ in table_after("## Where things are"):
        assert (ROOT / folder).is_dir()


def test_links() -> None:
    for target in re.findall(r"\]\(([^)]*)\)", README):
        assert target.startswith("https://") or (ROOT / target).is_file(), target


def test_sizes() -> None:
    """One pair of numbers for the text, the command line and the screens."""
    assert f"a terminal of {LEAST_COLUMNS} columns and {LEAST_ROWS} rows" in README


def test_tone() -> None:
    """No exclamation marks outside of pictures and comments, and nothing left over."""
    prose = re.sub(r"!\[|<!--|```.*?```", "", README, flags=re.DOTALL)
    assert "!" not in prose
    assert "TODO" not in README
