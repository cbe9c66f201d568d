"""The panel of the weights: it follows its spot, tells clicks and the wheel, and draws as Textual would."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown, MouseScrollUp
from textual.geometry import Region
from textual.message import Message
from textual.widget import Widget

from rnntutor.app.messages import SpotMoved, SpotPicked
from rnntutor.app.widgets.weights import WeightsPanel
from rnntutor.play.cursor import Cursor
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.spot import Spot, matrices
from rnntutor.show.view import View
from rnntutor.show.weights import lay_out
from tests.show.scenes import scene


class Weights(App[None]):
    """The panel alone."""

    CSS = "WeightsPanel { width: 1fr; height: 1fr; background: #0f131a; }"

    def __init__(self, shown: Scene) -> None:
        super().__init__()
        self.shown = shown
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        """One panel."""
        yield WeightsPanel()

    def on_mount(self) -> None:
        """Look at the forget gate, where there is one."""
        self.panel.view = View("weights", spot=Spot("W_f" if "W_f" in self.shown.run.params else "", 3, 5))
        self.panel.scene = self.shown

    @property
    def panel(self) -> WeightsPanel:
        """The panel."""
        return self.query_one(WeightsPanel)

    def on_spot_picked(self, message: SpotPicked) -> None:
        """Note it."""
        self.told.append(message)

    def on_spot_moved(self, message: SpotMoved) -> None:
        """Note it."""
        self.told.append(message)


def plain(panel: WeightsPanel) -> list[list[Segment]]:
    """What Textual itself makes of the panel, drawn from nothing."""
    panel._frame = None
    panel._styles_cache.clear()
    return [merged(list(strip)) for strip in Widget.render_lines(panel, Region(0, 0, *panel.size))]


def merged(segments: list[Segment]) -> list[Segment]:
    """The same pieces, without any that hold nothing."""
    return [segment for segment in segments if segment.text]


@pytest.mark.parametrize("name", ["lstm", "rnn"])
async def test_the_panel_draws_what_textual_would(name: str) -> None:
    shown = scene(name) if name == "lstm" else scene("rnn", "hello", 100)
    app, among = Weights(shown), matrices(shown)
    async with app.run_test(size=(90, 24)) as pilot:
        moves = ("right", "down", "row_end", "toggle", "down", "toggle", "next_param", "left", "up")
        for move in moves:
            app.panel.view = View("weights", spot=getattr(among, move)(app.panel.view.spot))
            await pilot.pause()
            whole = app.panel.render_lines(Region(0, 0, *app.panel.size))
            assert [merged(list(strip)) for strip in whole] == plain(app.panel)
            part = app.panel.render_lines(Region(4, 2, 30, 5))
            assert [strip.text for strip in part] == [strip.text[4:34] for strip in whole[2:7]]


async def test_a_click_names_the_number() -> None:
    app = Weights(scene())
    async with app.run_test(size=(90, 24)) as pilot:
        sheet = lay_out(scene(), Spot("W_f", 3, 5), Look(), 90, 24)
        await pilot.click(WeightsPanel, offset=(sheet.xs[9] + 1, sheet.top + 2))
        await pilot.click(WeightsPanel, offset=(1, 0))
        assert [(k.row, k.column) for k in app.told if isinstance(k, SpotPicked)] == [(2, 9)]


async def test_the_wheel_moves_by_a_few_rows_or_columns() -> None:
    app = Weights(scene())
    async with app.run_test(size=(90, 24)) as pilot:
        for kind, shift in ((MouseScrollDown, False), (MouseScrollUp, False), (MouseScrollDown, True)):
            app.panel.post_message(
                kind(app.panel, 5, 5, 0, 1, 0, shift=shift, meta=False, ctrl=False, screen_x=5, screen_y=5)
            )
        await pilot.pause()
        moved = [(k.rows, k.columns) for k in app.told if isinstance(k, SpotMoved)]
        assert moved == [(3, 0), (-3, 0), (0, 3)]


async def test_the_panel_follows_playhead_and_spot() -> None:
    app = Weights(scene())
    async with app.run_test(size=(90, 24)) as pilot:

        def text() -> str:
            return "\n".join(strip.text for strip in app.panel.render_lines(Region(0, 0, *app.panel.size)))

        await pilot.pause()
        assert "W_f[3,5] = -0.296" in text()
        app.panel.view = View("weights", spot=replace(app.panel.view.spot, gradient=True))
        assert "dW_f is not there yet" in text()
        app.panel.cursor = Cursor("backward", 0, len(scene().backward) - 1)
        assert "dW_f[3,5] = -0.00023" in text()
        app.panel.display = False
        app.panel.view = View("weights", spot=Spot("W_y", 2, 3))
        app.panel.display = True
        await pilot.pause()
        assert "W_y[2,3] = -0.112" in text()
