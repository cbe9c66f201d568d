"""The program itself on a terminal: what it shows, what keys do, and that it leaves everything as found."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.course.lessons import find_lesson
from rnntutor.course.progress import Progress
from rnntutor.course.store import Store
from tests.smoke import walk
from tests.terminal import PROGRAM, Terminal


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """An empty terminal of 120 columns and 38 rows."""
    with Terminal() as terminal:
        yield terminal


def test_a_walk(terminal: Terminal) -> None:
    """First frame, ten steps, quit; the terminal as found."""
    walk(terminal, PROGRAM)


@pytest.mark.parametrize(("columns", "rows"), [(60, 18), (80, 24), (200, 60)])
def test_a_walk_at_other_sizes(columns: int, rows: int) -> None:
    with Terminal(columns, rows) as terminal:
        walk(terminal, PROGRAM)


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"LC_ALL": "C"}, {"TERM": "linux"}], ids=str)
def test_a_walk_on_other_terminals(terminal: Terminal, env: dict[str, str]) -> None:
    walk(terminal, PROGRAM, env)


def test_numbers_on_the_screen_are_the_engine_s(terminal: Terminal) -> None:
    """What the panel below works out for unit 2 of every line is what a run of the model gives."""
    model = rt.load_model(find_lesson("hello").model("model"))
    x, target = np.eye(4)[[1]][None], np.eye(4)[[0]][None]  # "h", then "e"
    run = rt.run(model.cell, model.params, x, target=target)
    terminal.start("hello")
    terminal.wait_for("t 0 · line i")
    terminal.type("jj")
    for line in model.cell.lines:
        terminal.wait_for(f"t 0 · line {line.name}")
        worked_out = terminal.settle().split("why", maxsplit=1)[1]
        number = abs(run[line.name].reshape(-1)[2 if run[line.name].ndim == 3 else 0])
        assert f"{number:.3f}" in worked_out, line.text
        terminal.type("l")


def test_keys(terminal: Terminal) -> None:
    """Lines, timesteps, units, the way back, help, the list."""
    terminal.start("hello")
    terminal.wait_for("forward · t 0 · line i · unit 0")
    for keys, place in (
        ("l", "forward · t 0 · line f · unit 0"),
        ("\x1b[C", "forward · t 0 · line o · unit 0"),
        ("jj", "forward · t 0 · line o · unit 2"),
        ("k", "forward · t 0 · line o · unit 1"),
        ("]", "forward · t 1 · line o · unit 1"),
        ("[", "forward · t 0 · line o · unit 1"),
        ("\x1b[D", "forward · t 0 · line f · unit 1"),
        ("b", "backward · t 3"),
        ("b", "forward · t 0 · line f · unit 1"),
    ):
        terminal.type(keys)
        terminal.wait_for(place)
    terminal.type("?")
    terminal.wait_for("On the screen")
    terminal.type("\x1b")
    terminal.wait_for("forward · t 0")
    terminal.type("\x1b")
    terminal.wait_for("Walk through it number by number")
    terminal.type("q")
    assert terminal.ended() == 0


def test_the_list_opens_a_lesson(terminal: Terminal) -> None:
    terminal.start()
    terminal.wait_for("The elements")
    terminal.type("\r")
    terminal.wait_for("forward · t 0")
    terminal.type("q")
    assert terminal.ended() == 0
    assert not terminal.left_changed()


def test_resizing(terminal: Terminal) -> None:
    """Smaller, too small, large again: the place stays, and every size is drawn anew."""
    terminal.start("hello")
    terminal.wait_for("line i")
    terminal.type("ll")
    terminal.wait_for("line o")
    terminal.resize(80, 24)
    terminal.wait_for("t 0 · o[0]")
    terminal.resize(20, 5)
    terminal.wait_for("larger")
    terminal.resize(120, 38)
    terminal.wait_for("line o")
    terminal.type("q")
    assert terminal.ended() == 0


def test_a_lesson_that_does_not_open_says_so(terminal: Terminal, tmp_path: Path) -> None:
    """The shell's screen is never left before it is known that there is something to show."""
    terminal.start(str(tmp_path))
    assert terminal.ended() == 2
    assert b"\x1b" not in terminal.received


def test_keys_of_one_s_own(terminal: Terminal, tmp_path: Path) -> None:
    """They hold; what is wrong is said in the footer, and in full once the terminal is as found."""
    file = tmp_path / "keys.toml"
    file.write_text('[keys]\n"line.next" = "ctrl+n"\nquit = "Q"\nturn = "\\u001b[31m"\nedti = "x"\n')
    before = terminal.modes()
    terminal.start("hello", env={"RNNTUTOR_KEYS": str(file)})
    terminal.wait_for("Keys: 2 problems, told in full on leaving.")
    terminal.type("\x0e")
    terminal.wait_for("line f")
    terminal.type("Q")
    assert terminal.ended() == 0
    assert terminal.modes() == before
    told = terminal.received.rpartition(b"\x1b[?1049l")[2].decode()
    assert f"rnntutor: {file}: turn: there is no key '\\x1b[31m'" in told
    assert f"rnntutor: {file}: there is no command 'edti'; did you mean 'edit'?" in told


def test_damaged_progress_is_told_and_the_list_opens(terminal: Terminal) -> None:
    """On the screen, and in full once the terminal is as found; what was good is on the list."""
    folder = Path(terminal.data.name) / "progress"
    store = Store(folder)
    store.save(Progress("elements").visited("a"))
    (folder / "hello.json").write_bytes(b"\0" * 100)
    before = terminal.modes()
    terminal.start()
    terminal.wait_for("Continue: The elements")
    terminal.wait_for("hello.json: this is not JSON")
    terminal.type("q")
    assert terminal.ended() == 0
    assert terminal.modes() == before
    told = terminal.received.rpartition(b"\x1b[?1049l")[2].decode()
    assert told.count("rnntutor: ") == 1
    assert "it is set aside as hello.json.bad" in told
    assert (folder / "hello.json.bad").read_bytes() == b"\0" * 100


@pytest.mark.parametrize("home", ["unset", "file"])
def test_no_place_for_progress(terminal: Terminal, tmp_path: Path, home: str) -> None:
    """The app opens all the same, and says so once."""
    (tmp_path / "file").write_text("a file")
    data = str(tmp_path / "file") if home == "file" else ""
    terminal.start(env={"RNNTUTOR_DATA": data, "XDG_DATA_HOME": str(tmp_path / "file"), "HOME": ""})
    terminal.wait_for("progress is not kept")
    terminal.type("\r")
    terminal.wait_for("forward · t 0")
    terminal.type("q")
    assert terminal.ended() == 0
    assert terminal.received.rpartition(b"\x1b[?1049l")[2].count(b"progress is not kept") == 1
