"""The player: one playhead, and panels that follow it."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.events import Resize
from textual.reactive import reactive

from rnntutor.app.commands import PLAYER, bindings
from rnntutor.app.cursor import Cursor, Track
from rnntutor.app.history import History
from rnntutor.app.messages import BoxPicked, EditTyped, TimestepPicked
from rnntutor.app.screens.base import TutorScreen
from rnntutor.app.screens.edits import EditsScreen
from rnntutor.app.typed import parse_edit
from rnntutor.app.widgets.edit import EditLine
from rnntutor.app.widgets.footer import FooterLine
from rnntutor.app.widgets.header import HeaderLine
from rnntutor.app.widgets.panel import Panel
from rnntutor.app.widgets.score import ScorePanel
from rnntutor.app.widgets.tape import TapePanel
from rnntutor.app.widgets.why import WhyPanel
from rnntutor.show.change import number_at
from rnntutor.show.edits import label
from rnntutor.show.layout import arrange
from rnntutor.show.scene import Scene
from rnntutor.show.texts import number

MOVES = frozenset({
    "next_line", "previous_line", "next_timestep", "previous_timestep", "next_unit", "previous_unit",
    "home", "end", "turn",
})  # fmt: skip
"""What `action_move` may do: the moves of `Track`."""
_NO_GRADIENTS = "Gradients follow from values and cannot be set; those are in the forward pass."
_TYPE = "Enter sets it, Esc leaves. Or name another: f[2,3] = 0, W_f[3,5] = 0"


def _short(error: ValueError) -> str:
    """What the engine says, without the name of the argument."""
    text = str(error)
    return text.removeprefix("name: ").removeprefix("value: ")


class PlayerScreen(TutorScreen):
    """Holds a scene and a cursor; the panels get both by data binding and repaint themselves."""

    BINDINGS = bindings(PLAYER)
    playing = True
    panels = ("tape", "score", "why")

    scene: reactive[Scene | None] = reactive(None, init=False, repaint=False)
    cursor: reactive[Cursor] = reactive(Cursor(), init=False, repaint=False)
    compact: reactive[bool] = reactive(False, repaint=False)
    direction: reactive[str] = reactive("forward", repaint=False)

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.set_reactive(PlayerScreen.scene, scene)
        self.history = History((scene,))
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
        yield EditLine()
        yield self.too_small()

    def on_resize(self, event: Resize) -> None:
        """Share out the rows."""
        super().on_resize(event)
        if self._typing and self.has_class("small"):
            self.on_edit_left()
        self._arrange()

    def watch_cursor(self, before: Cursor, after: Cursor) -> None:
        """The two passes have panels of different heights."""
        if before.direction != after.direction:
            self.direction = after.direction
            self._arrange()
        self.say("")
        self._follow()

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
            self.say("")
            self.cursor = getattr(self.track, name)(self.cursor)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a number is typed, the screen's own keys rest."""
        return not self._typing

    # Editing.

    @property
    def _typing(self) -> bool:
        return self.is_mounted and self.query_one(EditLine).is_open

    def say(self, text: str) -> None:
        """One line at the foot of the screen; empty for the keys again."""
        self.query_one(FooterLine).notice = text

    def action_edit(self) -> None:
        """Open the line in which a number is typed."""
        if self.cursor.direction == "backward":
            self.say(_NO_GRADIENTS)
            return
        self.query_one(EditLine).open(self._selected())
        self.say(_TYPE)

    def _selected(self) -> str:
        """f₂[3] = +0.615 → ."""
        scene, glyphs = self.history.scene, self.look.glyphs
        place = scene.place(self.cursor)
        return f"{place.write(glyphs)} = {number(number_at(scene.run, place))} {glyphs.becomes} "

    def _follow(self) -> None:
        """What is typed is for the number under the playhead."""
        if not self._typing:
            return
        if self.cursor.direction == "backward":
            self.on_edit_left()
        else:
            self.query_one(EditLine).name_it(self._selected())

    def on_edit_typed(self, message: EditTyped) -> None:
        """Set it, or say why not; what was typed stays."""
        scene = self.history.scene
        try:
            place, value = parse_edit(message.text, scene.run, scene.place(self.cursor))
            history = self.history.do(place, value)
        except ValueError as error:
            self.say(_short(error))
            return
        self.query_one(EditLine).close()
        self._show(history)
        self.say(label(history.scene.changes[-1], self.look))

    def on_edit_left(self) -> None:
        """Back to the keys."""
        self.query_one(EditLine).close()
        self.say("")

    def action_nudge(self, sign: int) -> None:
        """A tenth of the scale more or less."""
        if self.cursor.direction == "backward":
            self.say(_NO_GRADIENTS)
            return
        scene = self.history.scene
        step = sign * 0.1 * scene.scale("forward", scene.stop(self.cursor))
        try:
            history = self.history.nudge(scene.place(self.cursor), step)
        except ValueError as error:
            self.say(_short(error))
            return
        self._show(history)
        self.say(label(history.scene.changes[-1], self.look))

    def action_undo(self) -> None:
        """The scene before the last edit."""
        self._go_back(self.history.undo())

    def action_original(self) -> None:
        """The scene before all edits."""
        self._go_back(self.history.reset())

    def _go_back(self, history: History) -> None:
        self.say("" if history != self.history else "Nothing is edited.")
        self._show(history)

    def action_list_edits(self) -> None:
        """The list over the screen."""
        self.app.push_screen(EditsScreen(self.history.scene, self.look))

    def _show(self, history: History) -> None:
        self.history = history
        self.scene = history.scene

    # Elsewhere.

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
        self.cursor = moved if message.unit >= 0 else replace(moved, unit=self.cursor.unit)
