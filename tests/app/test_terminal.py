"""On a real terminal: signals leave it as it was found, and bytes that are no text do no harm."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


def read_for(terminal: int, seconds: float, until: bytes = b"") -> bytes:
    """What the terminal gets within some time, or until it has got something."""
    os.set_blocking(terminal, False)
    seen, end = b"", time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            seen += os.read(terminal, 65536)
        except (BlockingIOError, OSError):
            time.sleep(0.02)
        if until and until in seen:
            break
    return seen


@contextmanager
def playing() -> Iterator[tuple[subprocess.Popen[bytes], int, int]]:
    """The player in a terminal of its own, once it has drawn its screen."""
    terminal, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 38, 120, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "tests.app.signalled"]
    process = subprocess.Popen(command, stdin=inside, stdout=inside, stderr=inside, env=environment)
    try:
        yield process, terminal, inside
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
        os.close(inside)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT"])
def test_a_signal_leaves_the_terminal_as_found(name: str) -> None:
    number = getattr(signal, name)
    with playing() as (process, terminal, inside):
        before = termios.tcgetattr(inside)
        assert b"why" in read_for(terminal, 20, b"why")
        read_for(terminal, 0.3)
        process.send_signal(number)
        left = read_for(terminal, 5, b"\x1b[?1049l") + read_for(terminal, 0.5)
        assert process.wait(10) == 128 + number
        left += read_for(terminal, 0.2)
        for code in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?2004l"):
            assert code in left
        assert termios.tcgetattr(inside) == before
        assert b"Traceback" not in left


@pytest.mark.parametrize("bad", [b"\xff", b"\xc3(", b"\x1b[200~\xff\xfe\x1b[201~", b"\xe2\x82", b"\x00\x80"])
def test_bytes_that_are_no_text_are_survived(bad: bytes) -> None:
    with playing() as (process, terminal, _):
        assert b"why" in read_for(terminal, 20, b"why")
        read_for(terminal, 0.3)
        os.write(terminal, bad)
        read_for(terminal, 0.5)
        os.write(terminal, b"b")
        assert b"upwards" in read_for(terminal, 5, b"upwards")
        os.write(terminal, b"q")
        left = read_for(terminal, 5, b"\x1b[?1049l")
        assert process.wait(10) == 0
        assert b"Traceback" not in left
