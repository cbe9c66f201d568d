"""Hard to break: keys at random over every screen, pastes and storms of sizes, on a real pseudo-terminal."""

from __future__ import annotations

import os
import random
import select
import signal
import time
from pathlib import Path

import pytest

from tests.terminal import PATIENCE, Terminal

KEYS = 4_000
"""For each of five screens to begin with: 20,000 in all."""
TOGETHER = 40
"""Keys that are pressed before what they draw is read."""
PLAIN = [chr(k) for k in range(32, 127) if chr(k) not in "qS"]  # one leaves, one saves pictures
SPECIAL = [
    "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F", "\x1b[5~", "\x1b[6~", "\x1b[2~", "\x1b[3~", "\t",
    "\x1b[Z",    "\r", "\x7f", "\x1bOP", "\x1bOQ", "\x1b[15~", "\x0c", "\x07", "\x0e", "\x14",
]  # fmt: skip
REPORTS = [
    "\x1b[I", "\x1b[O", "\x1b[<0;%d;%dM", "\x1b[<0;%d;%dm", "\x1b[<35;%d;%dM", "\x1b[<64;%d;%dM", "\x1b[<65;%d;%dM",
]  # fmt: skip
ODD = ["\x1b", "\x1b[200~[/b] \x1b[31m h[t-1]\x1b[201~", "é", "日", "\u202e", "\x1b[999;999R", "\x1b]0;x\x07"]
STARTS = [(), ("hello",), ("7",), ("13",), ("edit", "lstm")]


def some_key(rng: random.Random) -> str:
    """A letter, an arrow, the mouse, or something that no keyboard sends."""
    kind = rng.random()
    if kind < 0.5:
        return rng.choice(PLAIN)
    if kind < 0.8:
        return rng.choice(SPECIAL)
    if kind < 0.95:
        report = rng.choice(REPORTS)
        return report % (rng.randint(1, 130), rng.randint(1, 45)) if "%" in report else report
    return rng.choice(ODD)


def drained(terminal: Terminal, quiet: float = 0.0) -> int:
    """Take what was drawn, without looking at it; how many bytes."""
    count = 0
    while select.select([terminal.master], [], [], quiet)[0]:
        data = os.read(terminal.master, 1 << 16)
        terminal.received = (terminal.received + data)[-1_000_000:]
        count += len(data)
    return count


def alive(terminal: Terminal) -> bool:
    """Whether the program goes on; one that ended by a key did so without a word of complaint."""
    assert terminal.process is not None
    code = terminal.process.poll()
    assert code in (None, 0), terminal.received[-3000:].decode(errors="replace")
    return code is None


def pressed(terminal: Terminal, keys: str) -> None:
    """All of them, taking what is drawn meanwhile."""
    data, end = keys.encode(), time.monotonic() + PATIENCE
    while data:
        assert time.monotonic() < end, "nothing is read any more"
        if select.select([], [terminal.master], [], 0.1)[1]:
            data = data[os.write(terminal.master, data[:512]) :]
        drained(terminal)


def settled(terminal: Terminal) -> None:
    """Everything that was pressed is done: nothing more is drawn, or only what plays by itself."""
    end = time.monotonic() + 4 * PATIENCE
    while drained(terminal, 0.5) and time.monotonic() < end and alive(terminal):
        pass


def stopped(terminal: Terminal, before: list[object]) -> None:
    """It still ends at once when it is told to, and the terminal is as it was found."""
    assert terminal.process is not None
    if terminal.process.poll() is None:
        terminal.process.send_signal(signal.SIGTERM)
        end = time.monotonic() + PATIENCE
        while terminal.process.poll() is None:
            assert time.monotonic() < end, "it does not end"
            drained(terminal, 0.05)
        assert terminal.process.returncode == 128 + signal.SIGTERM, terminal.received[-3000:].decode(errors="replace")
    drained(terminal, 0.1)
    assert b"Traceback" not in terminal.received
    assert terminal.modes() == before


@pytest.mark.slow
@pytest.mark.parametrize("words", STARTS, ids=lambda words: "-".join(words) or "list")
def test_keys_at_random(words: tuple[str, ...], tmp_path: Path) -> None:
    rng = random.Random(" ".join(words))  # noqa: S311 - not for secrets
    left = KEYS
    while left:
        with Terminal() as terminal:
            before = terminal.modes()
            terminal.start(*words, cwd=tmp_path)
            drained(terminal, 2.0)
            while left and alive(terminal):
                pressed(terminal, "".join(some_key(rng) for _ in range(TOGETHER)))
                left -= TOGETHER
            settled(terminal)
            stopped(terminal, before)


@pytest.mark.slow
def test_a_paste_of_a_megabyte(tmp_path: Path) -> None:
    for words in (("hello",), ("edit", "rnn")):
        with Terminal() as terminal:
            before = terminal.modes()
            terminal.start(*words, cwd=tmp_path)
            drained(terminal, 2.0)
            pressed(terminal, "\x1b[200~" + "h = tanh(W @ [h_prev, x])\n" * 40_000 + "\x1b[201~")
            drained(terminal, 1.0)
            assert alive(terminal)
            stopped(terminal, before)


@pytest.mark.slow
@pytest.mark.parametrize("words", [("hello",), ("13",)], ids=lambda words: words[0])
def test_a_storm_of_sizes(words: tuple[str, ...], tmp_path: Path) -> None:
    rng = random.Random(1)  # noqa: S311
    with Terminal() as terminal:
        before = terminal.modes()
        terminal.start(*words, cwd=tmp_path)
        drained(terminal, 2.0)
        for columns, rows in [(1, 1), (3, 10), (10, 30), (500, 200), (200, 1), (1, 200)] * 3:
            terminal.resize(columns, rows)
            pressed(terminal, "".join(some_key(rng) for _ in range(8)))
        terminal.resize(120, 38)
        drained(terminal, 1.0)
        alive(terminal)
        stopped(terminal, before)
