"""The tutor in a browser."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from rnntutor.cli import cli
from rnntutor.show.look import DARK

aiohttp = pytest.importorskip("aiohttp")
pytest.importorskip("textual_serve")

PATIENCE = 60.0
"""Seconds for a process to start on a busy machine."""
CHROMIUM = shutil.which("chromium")


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def served(*words: str) -> Iterator[str]:
    """The address at which it is shown, for as long as that takes."""
    port = free_port()
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


async def photographed(port: int, colour: tuple[int, ...]) -> int:
    """How many pixels of a page in a browser have a colour, once any have."""
    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{port}/json") as found:
            page = next(k for k in await found.json() if k["type"] == "page")
        async with session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as browser:
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                await browser.send_json({"id": 1, "method": "Page.captureScreenshot"})
                while (answer := await browser.receive_json()).get("id") != 1:
                    pass
                with Image.open(BytesIO(b64decode(answer["result"]["data"]))) as image:
                    counts = {rgb: count for count, rgb in image.convert("RGB").getcolors(1 << 21) or []}
                if counts.get(colour, 0):
                    return counts[colour]
                await asyncio.sleep(0.5)
    return 0


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")
def test_chromium_shows_it(tmp_path: Path) -> None:
    """The colour under the lesson's name arrives on the page."""
    port = free_port()
    with served("hello") as address:
        browser = subprocess.Popen(
            [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}",
             f"--remote-debugging-port={port}", "--window-size=1200,800", f"http://{address}/"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for(port)
            assert asyncio.run(photographed(port, tuple(bytes.fromhex(DARK.accent.lstrip("#"))))) > 500
        finally:
            browser.kill()
            browser.wait(PATIENCE)


def test_an_unknown_lesson_is_told_before_anything_is_shown() -> None:
    result = CliRunner().invoke(cli, ["serve", "helo; touch /tmp/x"])
    assert isinstance(result.exception, ValueError)
    assert "no lesson is called" in str(result.exception)
