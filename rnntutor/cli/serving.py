"""rnntutor serve: the tutor in a browser, for a class."""

from __future__ import annotations

import os
import shlex
import sys
from ipaddress import ip_address

import click

from rnntutor.cli.saying import warn

WEB_DRIVER = "textual.drivers.web_driver:WebDriver"
"""What textual-serve runs an app with, on pipes instead of a terminal."""


def is_served() -> bool:
    """Whether this process was started to be shown in a browser."""
    return os.environ.get("TEXTUAL_DRIVER") == WEB_DRIVER


@click.command()
@click.argument("lesson", default="")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="The port.")
def serve(lesson: str, host: str, port: int) -> None:
    """Show the tutor in a browser: its list, or a lesson. Everyone who opens the page has a tutor of their own."""
    try:
        from textual_serve.server import Server
    except ImportError as error:
        raise ValueError('serve needs one package more: pip install "rnntutor[web]"') from error
    if lesson:
        from rnntutor.cli.opening import opener

        opener(lesson, None)  # an unknown one is told now, not in the browser
    if not _is_loopback(host):
        warn([f"{host} can be reached from other machines; who opens the page runs the tutor on this one"])
    # textual-serve hands the words to a shell.
    words = shlex.join([sys.executable, "-m", "rnntutor", *([lesson] if lesson else [])])
    Server(words, host=host, port=port, title="rnntutor").serve()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
