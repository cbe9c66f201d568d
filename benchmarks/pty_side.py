"""A program on a terminal of its own, and how long it takes to paint."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

COLUMNS, ROWS = 120, 38
QUIET = 0.05
"""Seconds without output after which a frame counts as painted."""
PATIENCE = 60.0
ASKED = b"\x1b[?2026$p"
ANSWER = b"\x1b[?2026;2$y"
"""The program asks whether frames can be shown all at once, and the terminal says yes, as most do today."""
_CONTROLS = re.compile(rb"\x1b\[[0-9;?$<>=]*[A-Za-z]")


class Program:
    """A Python program on a pseudo-terminal. Use it in a `with` statement: it ends there."""

    def __init__(self, *words: str, env: Mapping[str, str] | None = None) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        surroundings = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **(env or {})}
        for name in ("NO_COLOR", "PYTHONDONTWRITEBYTECODE"):  # a program that is installed has been compiled before
            surroundings.pop(name, None)
        self.begun = time.perf_counter()
        self.process = subprocess.Popen(  # noqa: S603  # our own programs
            [sys.executable, *words], stdin=slave, stdout=slave, stderr=slave, env=surroundings,
            cwd=Path(__file__).parent.parent, start_new_session=True,
        )  # fmt: skip
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)

    def first_frame(self, words: str) -> float:
        """Seconds from the start until a frame with these words is painted."""
        received, end = b"", self.begun + PATIENCE
        while words.encode() not in _CONTROLS.sub(b"", received):
            data = self._read(0.05)
            if ASKED in data:
                os.write(self.master, ANSWER)
            received += data
            if time.perf_counter() > end or self.process.poll() is not None:
                raise RuntimeError(f"{words!r} never came; the screen got {received[-400:]!r}")
        painted = time.perf_counter()
        self._settle(painted, 0.4)
        return painted - self.begun

    def press(self, key: str) -> float:
        """Seconds from writing a key until the last byte of what it changes on the screen."""
        start = time.perf_counter()
        os.write(self.master, key.encode())
        first = self._read(PATIENCE)
        if not first:
            raise RuntimeError(f"the key {key!r} changed nothing")
        return self._settle(time.perf_counter(), QUIET) - start

    def memory(self) -> float:
        """The most memory that it has had, in megabytes; nan where the system does not tell."""
        status = Path(f"/proc/{self.process.pid}/status")
        found = re.search(r"VmHWM:\s+(\d+)", status.read_text()) if status.exists() else None
        return int(found[1]) / 1024 if found else float("nan")

    def _settle(self, last: float, quiet: float) -> float:
        """Read until nothing comes for a while; when the last byte came."""
        while self._read(quiet):
            last = time.perf_counter()
        return last

    def _read(self, seconds: float) -> bytes:
        ready, _, _ = select.select([self.master], [], [], seconds)
        try:
            return os.read(self.master, 1 << 16) if ready else b""
        except OSError:  # the program has ended
            return b""


def ended(*words: str) -> float:
    """Seconds that a program takes from start to end, without a terminal."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True)  # noqa: S603
    return time.perf_counter() - start
