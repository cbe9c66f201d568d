"""What the command line says, whatever is in it, and where it may write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click


def warn(messages: Sequence[str]) -> None:
    """Say lines on the error output."""
    for message in messages:
        click.echo(f"rnntutor: {harmless(message)}", err=True)


def harmless(message: str) -> str:
    """Words without anything that the terminal could take for a command."""
    return "".join(k if k.isprintable() or k == "\n" else f"\\x{ord(k):02x}" for k in message)


def check_target(target: Path, what: str = "a model") -> None:
    """Raise ValueError where nothing can be written, before work that would be lost."""
    if not target.parent.is_dir():
        raise ValueError(f"{target.parent}: there is no such folder")
    if target.exists() and not target.is_file():
        raise ValueError(f"{target}: this is not a file; {what} cannot be written there")
