"""What the command line says, whatever is in it."""

from __future__ import annotations

from collections.abc import Sequence

import click


def warn(messages: Sequence[str]) -> None:
    """Say lines on the error output."""
    for message in messages:
        click.echo(f"rnntutor: {harmless(message)}", err=True)


def harmless(message: str) -> str:
    """Words without anything that the terminal could take for a command."""
    return "".join(k if k.isprintable() or k == "\n" else f"\\x{ord(k):02x}" for k in message)
