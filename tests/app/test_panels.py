"""Panels draw only what changed, and what they draw is what the plain way would have drawn."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyte
import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from rnntutor.app.widgets.panel import Panel
from rnntutor.app.widgets.strips import LineStrip, strip_of
from rnntutor.show.look import Look
from tests.app.episodes import long_episode, player, player_app

BASE = Style(color="#e8ebf2", bgcolor="#0f131a")
MOVES = (
    "next_line",
    "next_timestep",
    "next_unit",
    "turn",
    "next_line",
    "next_timestep",
    "next_unit",
    "end",
    "home",
)


def plain_strip(line: Text, width: int, base: Style = BASE) -> Strip:
    """A line as a strip, the way of Rich."""
    pieces = [(text, style or Style.null()) for text, style, _ in line.render(Console()) if text]
    return Strip([Segment(text, base + style) for text, style in pieces]).adjust_cell_length(width, base)


@pytest.mark.parametrize("width", [3, 8, 30])
def test_strips_are_what_rich_makes_of_a_line(width: int) -> None:
    line = Text.assemble(
        "a", ("bc", "#ff0000 on #00ff00"), "", (" σ", Style(bold=True)), ("漢字", "#123456"), " end"
    )
    for text in (line, Text(""), Text("plain"), Text.assemble(("x", "bold"))):
        assert list(strip_of(text, width, BASE)) == list(plain_strip(text, width))


def on_screen(written: str, width: int) -> list[pyte.screens.Char]:
    """What a terminal shows of it."""
    screen = pyte.Screen(width, 1)
    pyte.Stream(screen).feed(written)
    return [screen.buffer[0][x] for x in range(width)]


@pytest.mark.parametrize("base", [BASE, Style(), Style(color="#e8ebf2")])
@pytest.mark.parametrize("system", ["standard", "256", "truecolor"])
def test_a_terminal_shows_of_a_line_what_it_shows_of_its_segments(
    base: Style, system: Literal["standard", "256", "truecolor"]
) -> None:
    look = Look()
    line = Text.assemble(
        "a", ("bc", "#ff0000 on #00ff00"), ("  ", look.heat(0.5)), (" ", look.selected), ("+1", look.heat(-1)),
        ("  ", look.heat(0.2) + Style(underline=True)), ("   ", look.faint), ("漢", "bold #123456"), " end ",
    )  # fmt: skip
    console = Console(color_system=system, force_terminal=True)
    for text, width in ((line, 30), (line, 22), (Text(""), 5), (Text("plain"), 5)):
        quick = strip_of(text, width, base)
        assert isinstance(quick, LineStrip)
        slow = Strip(list(plain_strip(text, width, base)))
        fields = [
            [
                (k.data, k.bg, k.bold, k.underscore, k.fg if k.data.strip() else "")
                for k in on_screen(w, width)
            ]
            for w in (quick.render(console), slow.render(console))
        ]
        assert fields[0] == fields[1]
        assert quick.cell_length == slow.cell_length == width


async def test_what_is_left_standing_is_right() -> None:
    """After any walk every panel shows what it would show if it were drawn from nothing."""
    app = player_app(long_episode())
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.pause()
        for name in np.random.default_rng(0).permutation(MOVES * 4):
            player(app).action_move(str(name))
            await pilot.pause()
            for panel in app.screen.query(Panel):
                shown = [list(panel.render_line(y)) for y in range(panel.size.height)]
                panel._frame = None
                assert shown == [list(panel.render_line(y)) for y in range(panel.size.height)]


async def test_a_step_repaints_few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line on: the two rows with the pointer, the header, and the panel below; not the whole score."""
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.pause()
        player(app).action_move("next_line")
        await pilot.pause()
        made: list[str] = []

        def noted(line: Text, width: int, base: Style) -> Strip:
            made.append(line.plain)
            return strip_of(line, width, base)

        monkeypatch.setattr("rnntutor.app.widgets.panel.strip_of", noted)
        player(app).action_move("next_line")
        await pilot.pause()
        assert 2 < len(made) < 25
        assert not any("reads x" in line for line in made)
