"""Walk through a lesson on a terminal: `python -m tests.smoke PROGRAM...` checks a program as it is installed."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.terminal import Terminal

STEPS = 10


def walk(terminal: Terminal, program: Sequence[str], env: Mapping[str, str] | None = None,
         cwd: Path | None = None) -> None:  # fmt: skip
    """First frame, ten steps that each change the screen, quit; exit code 0 and the terminal as found."""
    before = terminal.modes()
    terminal.start("hello", program=program, env=env, cwd=cwd)
    terminal.wait_for("hello")
    seen = [terminal.settle()]
    for _ in range(STEPS):
        terminal.type("l")
        terminal.wait(lambda: terminal.text != seen[-1], "a new screen")
        seen.append(terminal.settle())
    assert len(set(seen)) == STEPS + 1, "ten steps show ten different screens"
    assert terminal.modes() != before, "keys are read one by one"
    terminal.type("q")
    assert terminal.ended() == 0
    assert terminal.modes() == before, "termios as found"
    assert not terminal.left_changed(), f"modes left changed: {terminal.left_changed()}"


def main() -> None:
    """Walk through a program, started from a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, Terminal() as terminal:
        walk(terminal, sys.argv[1:], cwd=Path(folder))
        frames = len(terminal.received)
    said = f"first frame, {STEPS} steps, quit, exit code 0, terminal as found; {frames:,} bytes drawn"
    sys.stdout.write(f"{sys.argv[1]}: {said}\n")


if __name__ == "__main__":
    main()
