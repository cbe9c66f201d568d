"""The output and the comparison as widgets: what they draw, and what a click on them says."""

from __future__ import annotations

from textual.app import App, ComposeResult

from rnntutor.app.messages import BoxPicked, TimestepPicked
from rnntutor.app.widgets.compare import ComparePanel
from rnntutor.app.widgets.output import OutputPanel
from rnntutor.app.widgets.panel import Panel
from rnntutor.play.cursor import Cursor
from rnntutor.play.history import History
from rnntutor.show.change import Place
from rnntutor.show.scene import Scene
from rnntutor.show.view import View
from tests.show.scenes import scene, silent

NAMED = {stop.line.name: k for k, stop in enumerate(scene().forward)}
BACK = {stop.line.name: k for k, stop in enumerate(scene().backward)}


class Stage(App[None]):
    """One panel, and what was heard from it."""

    def __init__(self, panel: Panel, played: Scene, cursor: Cursor) -> None:
        super().__init__()
        self.panel = panel
        self.heard: list[tuple[int, ...]] = []
        panel.scene, panel.cursor = played, cursor
        panel.styles.height = "1fr"

    def compose(self) -> ComposeResult:
        """The panel."""
        yield self.panel

    def on_box_picked(self, event: BoxPicked) -> None:
        """A box."""
        self.heard.append((event.line, event.unit))

    def on_timestep_picked(self, event: TimestepPicked) -> None:
        """A timestep."""
        self.heard.append((event.t,))

    def shown(self) -> list[str]:
        """What is drawn."""
        return [self.panel.render_line(y).text.rstrip() for y in range(self.panel.size.height)]


def row(lines: list[str], start: str) -> int:
    """The line that begins with some text."""
    return next(y for y, line in enumerate(lines) if line.lstrip(" ▶▲").startswith(start))


def closed() -> Scene:
    """A scene with one edit."""
    return History((scene(),)).do(Place("f", 1, (3,)), -1.0).scene


async def test_a_click_on_a_symbol_leads_to_its_probability() -> None:
    app = Stage(OutputPanel(), scene(), Cursor("forward", 2, NAMED["loss"]))
    async with app.run_test(size=(80, 14)) as pilot:
        await pilot.pause()
        await pilot.click(OutputPanel, offset=(10, row(app.shown(), "h ")))
        await pilot.click(OutputPanel, offset=(10, 0))
        app.panel.cursor = Cursor("backward", 2, BACK["dy"])
        await pilot.pause()
        await pilot.click(OutputPanel, offset=(10, row(app.shown(), "o ")))
        await pilot.pause()
    assert app.heard == [(NAMED["p"], 1), (BACK["dy"], 3)]


async def test_another_temperature_is_drawn_at_once() -> None:
    panel = OutputPanel()
    app = Stage(panel, scene(), Cursor("forward", 2, NAMED["loss"]))
    async with app.run_test(size=(80, 14)) as pilot:
        await pilot.pause()
        assert "T 1 " in app.shown()[0]
        panel.view = View("output", temperature=2.0)
        await pilot.pause()
        assert "T 2 " in app.shown()[0]


async def test_without_a_softmax_a_click_says_nothing() -> None:
    app = Stage(OutputPanel(), silent(), Cursor())
    async with app.run_test(size=(80, 14)) as pilot:
        await pilot.pause()
        assert app.shown()[0].startswith(" No softmax")
        await pilot.click(OutputPanel, offset=(10, 1))
        await pilot.pause()
    assert app.heard == []


async def test_clicks_on_the_comparison_move_the_playhead() -> None:
    app = Stage(ComparePanel(), closed(), Cursor("forward", 2, NAMED["c"], 3))
    async with app.run_test(size=(120, 30)) as pilot:
        await pilot.pause()
        lines = app.shown()
        y = row(lines, "g ")
        await pilot.click(ComparePanel, offset=(lines[1].index("change") - 1 + 2 * 3, y))
        await pilot.click(ComparePanel, offset=(1, y))
        over = row(lines, "over time")
        await pilot.click(ComparePanel, offset=(lines[over].index("▶") - 4, over + 1))
        await pilot.click(ComparePanel, offset=(1, 0))
        await pilot.pause()
    assert app.heard == [(NAMED["g"], 2), (NAMED["g"], -1), (1,)]


async def test_the_comparison_waits_for_an_edit() -> None:
    app = Stage(ComparePanel(), scene(), Cursor())
    async with app.run_test(size=(80, 14)) as pilot:
        await pilot.pause()
        assert app.shown()[0].startswith(" Nothing is edited.")
        await pilot.click(ComparePanel, offset=(10, 3))
        app.panel.scene = closed()
        await pilot.pause()
        assert "before" in app.shown()[1]
    assert app.heard == []


