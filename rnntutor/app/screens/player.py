"""The player: one playhead, and panels that follow it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from textual.app import ComposeResult
from textual.events import Resize
from textual.reactive import reactive

from rnntutor.app.commands import PLAYER
from rnntutor.app.hints import labels, lesson_labels
from rnntutor.app.messages import PromptLeft, PromptTyped
from rnntutor.app.screens.authoring import Authoring
from rnntutor.app.screens.learning import Learner
from rnntutor.app.screens.painting import Painting
from rnntutor.app.screens.racing import Racing
from rnntutor.app.screens.seeking import Seeking
from rnntutor.app.screens.telling import Telling
from rnntutor.app.screens.turning import Turning
from rnntutor.app.screens.weighing import Weighing
from rnntutor.app.widgets.beam import BeamPanel
from rnntutor.app.widgets.compare import ComparePanel
from rnntutor.app.widgets.flow import FlowPanel
from rnntutor.app.widgets.footer import FooterLine
from rnntutor.app.widgets.header import HeaderLine
from rnntutor.app.widgets.output import OutputPanel
from rnntutor.app.widgets.panel import Panel
from rnntutor.app.widgets.picture import PicturePanel
from rnntutor.app.widgets.prompt import Prompt
from rnntutor.app.widgets.prose import ProsePanel
from rnntutor.app.widgets.score import ScorePanel
from rnntutor.app.widgets.tape import TapePanel
from rnntutor.app.widgets.trail import TrailLine
from rnntutor.app.widgets.training import TrainingPanel
from rnntutor.app.widgets.weights import WeightsPanel
from rnntutor.app.widgets.why import WhyPanel
from rnntutor.course.opening import Opened
from rnntutor.course.walk import Walk
from rnntutor.play.cursor import Cursor
from rnntutor.show.edits import done_so_far
from rnntutor.show.layout import arrange
from rnntutor.show.odd import odd
from rnntutor.show.prose import full_height
from rnntutor.show.scene import Scene

BODIES: dict[str, type[Panel]] = {
    "score": ScorePanel, "picture": PicturePanel, "beam": BeamPanel, "output": OutputPanel, "weights": WeightsPanel,
    "flow": FlowPanel, "training": TrainingPanel, "compare": ComparePanel,
}
"""What draws each of `show.views.VIEWS`."""


class PlayerScreen(Painting, Telling, Learner, Weighing, Authoring, Racing, Turning, Seeking):
    """Puts the panels on the screen and shares its rows out between them."""

    asked: str = ""
    """What was asked before leaving."""
    compact: reactive[bool] = reactive(False, repaint=False)

    def __init__(
        self, scene: Scene, walk: Walk | None = None, again: Callable[[], Opened] | None = None
    ) -> None:
        super().__init__(scene)
        self.walk, self.again = walk, again
        self.guided = walk is not None
        self.words = ("prose",) if self.guided else ()

    @property
    def unsaved(self) -> str:
        """Edits and training of one's own: what a moment brings with it comes again."""
        if self.scene is None or (self.walk is not None and not self.changed):
            return ""
        return done_so_far(self.present)

    def compose(self) -> ComposeResult:
        """Header, tape, score, trail, why, footer."""
        bodies = [panel() for panel in BODIES.values()]
        for panel in (HeaderLine(), TapePanel(), *bodies, TrailLine(), WhyPanel()):
            yield panel.data_bind(
                PlayerScreen.scene, PlayerScreen.cursor, PlayerScreen.view, PlayerScreen.look, PlayerScreen.compact
            )
        yield ProsePanel().data_bind(
            PlayerScreen.scene, PlayerScreen.cursor, PlayerScreen.look, PlayerScreen.compact, PlayerScreen.passage
        )
        yield FooterLine(PLAYER).data_bind(PlayerScreen.look)
        yield Prompt()
        yield self.too_small()

    def on_mount(self) -> None:
        """Say what can be done."""
        super().on_mount()
        self.query_one(ProsePanel).more = self.sign("moment.read")
        if self.walk is not None:
            self.follow(self.walk)
            self.look_on()
        self._hint()
        self.call_after_refresh(self._tell_what_is_odd)

    def _tell_what_is_odd(self) -> None:
        """Where the first number is that is none, of a model that brought it along."""
        if said := odd(self.present, self.look.glyphs):
            self.say(said)

    def on_resize(self, event: Resize) -> None:
        """Share out the rows."""
        super().on_resize(event)
        if self.has_class("small"):
            self.stop_typing()
        self._arrange()

    def watch_cursor(self, before: Cursor, after: Cursor) -> None:
        """What is on the screen may need another height; what can be done may be something else."""
        if self.view.name != "score" or _shape(before) != _shape(after):
            self._arrange()
        self.asked = ""
        if not self.walking:
            self.say("")
        if self.typing and self.prompt.kind == "edit":
            self.follow_edit()
        self.tell()
        self._hint()

    def watch_scene(self) -> None:
        """Other numbers: other things can be done."""
        self._hint()

    def watch_view(self) -> None:
        """Another view, or other rows of the tape."""
        self._arrange()
        self._hint()

    def watch_passage(self) -> None:
        """Other words: they may need other room, and other things can be done."""
        self._arrange()
        self._hint()

    def _hint(self) -> None:
        found = labels(self.present, self.cursor, self.view, self.look)
        if found["leave"] == "list":
            found["leave"] = self.back
        self.footer.labels = found | lesson_labels(None if self.painting else self.walk, self.away)

    def _arrange(self) -> None:
        width, height = self.size
        if self.scene is None or self.has_class("small") or not height:
            return
        words = full_height(self.passage, self.look, width) if self.passage else 0
        rows = arrange(self.scene, self.cursor, self.view, width, height, words)
        self.compact = rows.compact
        self._fit(TapePanel, rows.tape, rows.top, rows.below_tape)
        for name, body in BODIES.items():
            self._fit(body, rows.body if name == self.view.name else 0)
        self._fit(TrailLine, rows.below_body)
        self._fit(WhyPanel, rows.why)
        self._fit(ProsePanel, rows.prose, rows.above_prose)

    def _fit(self, kind: type[Panel], height: int, above: int = 0, below: int = 0) -> None:
        panel = self.query_one(kind)
        if panel.has_class("hidden") and height > 0:
            panel.refresh()
        panel.set_class(height < 1, "hidden")
        panel.styles.height = height
        panel.styles.margin = (above, 0, below, 0)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is typed the screen's own keys rest, and where nothing fits all but leaving do."""
        return not self.typing and (not self.has_class("small") or action in ("quit", "leave"))

    def on_prompt_typed(self, message: PromptTyped) -> None:
        """Do what was asked for."""
        typed = {
            "edit": self.typed_edit, "go": self.typed_go, "watch": self.typed_watch, "answer": self.typed_answer,
        }  # fmt: skip
        typed[message.kind](message.text)

    def on_prompt_left(self, _: PromptLeft) -> None:
        """Back to the keys."""
        self.stop_typing()

    def action_leave(self) -> None:
        """Out of the innermost thing; at last back to the list, but not without a word where edits would be lost."""
        if self.learning is not None:
            self.stop_learning()
            return
        self.halt()
        asked, self.asked = self.asked, ""
        if self.painting:
            self.lay_down()
            return
        if self.cursor.trail or self.cursor.op is not None or self.cursor.mark >= 0 or self.cursor.aside:
            self.cursor = replace((*self.cursor.trail, self.cursor)[0], op=None, mark=-1, aside=None, trail=())
        elif self.view.name != "score":
            self.action_show_view("score")
        elif self.unsaved and not asked:
            self.asked = f"{self.sign('leave')} again leaves, and {self.unsaved} will be lost"
            self.say(self.asked)
        else:
            self.tutor.show_list()


def _shape(cursor: Cursor) -> tuple[object, ...]:
    """What decides how many rows the panels want."""
    return cursor.direction, cursor.line if cursor.op is not None else None
