"""A terminal of our own: a pseudo-terminal with a program in it and a screen that can be read."""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import pyte

PROGRAM = (sys.executable, "-m", "rnntutor")
TAKE_OVER = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
"""Makes the terminal the controlling one, so that a resize reaches the program."""
ON_AT_FIRST = ("7", "25")
"""The private modes that are set in any terminal: automatic wrapping and a visible cursor."""
PATIENCE = 30.0
"""Seconds that something may take on a busy machine before it counts as missing."""


class Terminal:
    """Use it in a `with` statement: what still runs at its end is stopped."""

    def __init__(self, columns: int = 120, rows: int = 38) -> None:
        self.master, self.slave = os.openpty()
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.received = b""
        self.process: subprocess.Popen[bytes] | None = None
        self.data = tempfile.TemporaryDirectory()
        """Where the program keeps progress."""
        self.resize(columns, rows)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)
        self.data.cleanup()

    def start(self, *words: str, program: Sequence[str] = PROGRAM, env: Mapping[str, str] | None = None,
              cwd: Path | None = None) -> None:  # fmt: skip
        """Run the program with these arguments, this terminal being its input, output and error output."""
        usual = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": os.devnull,
                 "RNNTUTOR_DATA": self.data.name}  # fmt: skip
        # The terminal tells its size; where tests run side by side the environment tells another.
        inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        surroundings = {**inherited, **usual, **(env or {})}
        self.process = subprocess.Popen(
            [sys.executable, "-c", TAKE_OVER, *program, *words], stdin=self.slave, stdout=self.slave,
            stderr=self.slave, env=surroundings, cwd=cwd, start_new_session=True,
        )  # fmt: skip

    def resize(self, columns: int, rows: int) -> None:
        """Another size, as when a window is dragged."""
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    def modes(self) -> list[object]:
        """How the terminal treats what is typed: termios."""
        return list(termios.tcgetattr(self.slave))

    def left_changed(self) -> set[str]:
        """The modes that the program set or reset and did not put back: cursor, mouse, alternate screen and so on."""
        last = {
            mode.decode(): sign.decode()
            for modes, sign in re.findall(rb"\x1b\[\?([\d;]+)([hl])", self.received)
            for mode in modes.split(b";")
        }
        return {mode for mode, sign in last.items() if (sign == "h") != (mode in ON_AT_FIRST)}

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.master, keys.encode())

    def read(self, seconds: float = 0.0) -> bytes:
        """What arrives within some time goes to the screen."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        data = os.read(self.master, 1 << 16) if ready else b""
        self.received += data
        self.stream.feed(data)
        return data

    @property
    def text(self) -> str:
        """The screen, one line per row."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def wait(self, until: Callable[[], bool], what: str) -> None:
        """Read until something holds. Raises AssertionError with the screen if it never does."""
        end = time.monotonic() + PATIENCE
        while not until():
            over = time.monotonic() > end or (self.process is not None and self.process.poll() is not None)
            assert self.read(0.05) or not over, f"{what} never came:\n{self.text}"

    def wait_for(self, words: str) -> None:
        """Read until the screen shows these words."""
        self.wait(lambda: words in self.text, repr(words))

    def settle(self) -> str:
        """Read until nothing more comes for a moment; the screen."""
        while self.read(0.1):
            pass
        return self.text

    def ended(self) -> int:
        """Wait for the program's end; its exit code."""
        process = self.process
        assert process is not None
        self.wait(lambda: process.poll() is not None, "the end")
        while self.read(0.02):
            pass
        return process.returncode
