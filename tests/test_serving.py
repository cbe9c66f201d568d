"""The tutor in a browser."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from rnntutor.cli import cli

aiohttp = pytest.importorskip("aiohttp")
pytest.importorskip("textual_serve")

PATIENCE = 60.0
"""Seconds for a process to start on a busy machine."""
CHROMIUM = shutil.which("chromium")


@contextmanager
def served(*words: str) -> Iterator[str]:
    """The address at which it is shown, for as long as that takes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "rnntutor", "serve", *words, "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_for(port)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_for(port: int) -> None:
    """Until somebody listens there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("nobody listens")


async def screen(address: str, wanted: bytes) -> tuple[str, bytes]:
    """The page, and what is drawn until some words are."""
    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://{address}/") as page:
            text = await page.text()
        drawn = b""
        async with session.ws_connect(f"ws://{address}/ws?width=120&height=38") as sent:
            while wanted not in drawn:
                message = await asyncio.wait_for(sent.receive(), PATIENCE)
                assert message.type is aiohttp.WSMsgType.BINARY, message
                drawn += message.data
    return text, drawn


@pytest.mark.parametrize(("words", "wanted"), [((), b"A caption speaks"), (("hello",), b"input gate")])
def test_a_browser_gets_a_page_and_the_first_frame(words: tuple[str, ...], wanted: bytes) -> None:
    with served(*words) as address:
        page, drawn = asyncio.run(screen(address, wanted))
    assert "rnntutor" in page
    assert wanted in drawn


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_chromium_shows_it(tmp_path: Path) -> None:
    """More than one colour arrives on the picture of the page."""
    from PIL import Image

    picture = tmp_path / "page.png"
    with served("hello") as address:
        subprocess.run(
            [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--screenshot={picture}",
             "--window-size=1200,800", "--virtual-time-budget=20000", f"http://{address}/"],
            check=True, timeout=2 * PATIENCE, capture_output=True,
        )  # fmt: skip
    with Image.open(picture) as image:
        assert len(image.convert("RGB").getcolors(1 << 20) or []) > 20


def test_an_unknown_lesson_is_told_before_anything_is_shown() -> None:
    result = CliRunner().invoke(cli, ["serve", "helo; touch /tmp/x"])
    assert isinstance(result.exception, ValueError)
    assert "no lesson is called" in str(result.exception)
