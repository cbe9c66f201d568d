"""The player: one playhead, and panels that follow it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.events import Resize
from textual.reactive import reactive

from rnntutor.app.commands import PLAYER, bindings
from rnntutor.app.cursor import Cursor, Track
from rnntutor.app.messages import BoxPicked, TimestepPicked
from rnntutor.app.screens.base import TutorScreen
from rnntutor.app.widgets.footer import FooterLine
from rnntutor.app.widgets.header import HeaderLine
from rnntutor.app.widgets.panel import Panel
from rnntutor.app.widgets.score import ScorePanel
from rnntutor.app.widgets.tape import TapePanel
from rnntutor.app.widgets.why import WhyPanel
from rnntutor.show.layout import arrange
from rnntutor.show.scene import Scene

MOVES = frozenset({
    "next_line", "previous_line", "next_timestep", "previous_timestep", "next_unit", "previous_unit",
    "home", "end", "turn",
})  # fmt: skip
"""What `action_move` may do: the moves of `Track`."""


class PlayerScreen(TutorScreen):
    """Holds a scene and a cursor; the panels get both by data binding and repaint themselves."""

    BINDINGS = bindings(PLAYER)
    playing = True

    scene: reactive[Scene | None] = reactive(None, init=False, repaint=False)
    cursor: reactive[Cursor] = reactive(Cursor(), init=False, repaint=False)
    compact: reactive[bool] = reactive(False, repaint=False)
    direction: reactive[str] = reactive("forward", repaint=False)

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.set_reactive(PlayerScreen.scene, scene)
        self.track = Track(
            scene.steps, tuple(k.size for k in scene.forward), tuple(k.size for k in scene.backward)
        )

    def compose(self) -> ComposeResult:
        """Header, tape, score, why, footer."""
        for panel in (HeaderLine(), TapePanel(), ScorePanel(), WhyPanel()):
            yield panel.data_bind(
                PlayerScreen.scene, PlayerScreen.cursor, PlayerScreen.look, PlayerScreen.compact
            )
        yield FooterLine(PLAYER).data_bind(PlayerScreen.look, PlayerScreen.direction)
        yield self.too_small()

    def on_resize(self, event: Resize) -> None:
        """Share out the rows."""
        super().on_resize(event)
        self._arrange()

    def watch_cursor(self, before: Cursor, after: Cursor) -> None:
        """The two passes have panels of different heights."""
        if before.direction != after.direction:
            self.direction = after.direction
            self._arrange()

    def _arrange(self) -> None:
        width, height = self.size
        if self.scene is None or self.has_class("small") or not height:
            return
        rows = arrange(self.scene, self.cursor.direction, width, height)
        self.compact = rows.compact
        self._fit(TapePanel, rows.tape, rows.top, rows.below_tape)
        self._fit(ScorePanel, rows.score, 0, rows.below_score)
        self._fit(WhyPanel, rows.why, 0, 0)

    def _fit(self, kind: type[Panel], height: int, above: int, below: int) -> None:
        panel = self.query_one(kind)
        panel.styles.height = height
        panel.styles.margin = (above, 0, below, 0)

    def action_move(self, name: str) -> None:
        """Move the playhead."""
        if name in MOVES:
            self.cursor = getattr(self.track, name)(self.cursor)

    def action_leave(self) -> None:
        """Back to the list."""
        self.tutor.show_list()

    def on_timestep_picked(self, message: TimestepPicked) -> None:
        """Move along the tape."""
        self.cursor = self.track.to_timestep(self.cursor, message.t)

    def on_box_picked(self, message: BoxPicked) -> None:
        """Move to a line; beside the boxes the unit stays."""
        unit = message.unit if message.unit >= 0 else self.cursor.unit
        moved = self.track.to_line(self.cursor, message.line, unit)
        self.cursor = (
            moved if message.unit >= 0 else Cursor(moved.direction, moved.t, moved.line, self.cursor.unit)
        )
