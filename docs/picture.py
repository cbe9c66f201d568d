"""Make the picture of README.md: a screen of the program, drawn by the program."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rnntutor.app.app import RnnTutorApp
from rnntutor.cli.opening import open_lesson
from rnntutor.course.lessons import find_lesson

KEYS = ("right_square_bracket", "l", "l", "l", "l", "j", "j", "j")
"""To c at t = 1, unit 3."""
PICTURE = Path(__file__).with_name("forward.svg")


async def picture() -> str:
    """The first lesson at 120 columns and 38 rows, a few keys in, as SVG."""
    app = RnnTutorApp([], start=open_lesson(find_lesson("hello")))
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.pause()
        await pilot.press(*KEYS)
        await pilot.pause()
        return app.export_screenshot(title="rnntutor hello")


if __name__ == "__main__":
    PICTURE.write_text(asyncio.run(picture()), encoding="utf-8")
