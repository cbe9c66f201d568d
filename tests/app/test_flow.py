"""The panel of the flow: it draws what `show.flow` draws, follows the playhead, and a click says a timestep."""

from __future__ import annotations

from textual.app import App, ComposeResult

from rnntutor.app.messages import TimestepPicked
from rnntutor.app.widgets.flow import FlowPanel
from rnntutor.play.cursor import Cursor
from rnntutor.show.flow import flow, lay_out
from rnntutor.show.look import Look
from tests.show.flows import far

START = Cursor("backward", 20, 3)


class FlowApp(App[None]):
    """The panel alone."""

    CSS = "FlowPanel { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self.picked: list[int] = []

    def compose(self) -> ComposeResult:
        """One panel over one scene."""
        panel = FlowPanel()
        panel.scene, panel.cursor = far(), START
        yield panel

    def on_timestep_picked(self, message: TimestepPicked) -> None:
        """Note it, and go there."""
        self.picked.append(message.t)
        panel = self.query_one(FlowPanel)
        panel.cursor = Cursor("backward", message.t, 3)


def shown(panel: FlowPanel) -> list[str]:
    """What stands on the screen."""
    return [panel.render_line(y).text.rstrip() for y in range(panel.size.height)]


def wanted(cursor: Cursor, width: int, height: int) -> list[str]:
    """What should."""
    lines = [line.plain.rstrip() for line in flow(far(), cursor, Look(), width, height)]
    return lines + [""] * (height - len(lines))


async def test_a_click_on_the_plot_goes_to_its_timestep() -> None:
    app = FlowApp()
    async with app.run_test(size=(120, 24)) as pilot:
        panel = app.query_one(FlowPanel)
        assert shown(panel) == wanted(START, 120, 24)
        sheet = lay_out(far(), START, Look(), 120, 24)
        middle = sheet.plotted[len(sheet.plotted) // 2]
        for t in (25, 7):
            await pilot.click(FlowPanel, offset=(sheet.columns.x(t), middle))
            await pilot.pause()
            assert app.picked[-1] == t
            assert shown(panel) == wanted(Cursor("backward", t, 3), 120, 24)


async def test_a_click_elsewhere_says_nothing() -> None:
    app = FlowApp()
    async with app.run_test(size=(80, 14)) as pilot:
        await pilot.click(FlowPanel, offset=(30, 0))
        await pilot.click(FlowPanel, offset=(2, 6))
        app.query_one(FlowPanel).scene = None
        await pilot.click(FlowPanel, offset=(30, 6))
        await pilot.pause()
        assert app.picked == []
