"""What everything in the player stands on: a scene, a cursor, what was edited, and a line to speak in."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

from textual.reactive import reactive

from rnntutor.app.bindings import key_sign
from rnntutor.app.commands import PLAYER, bindings
from rnntutor.app.screens.base import TutorScreen
from rnntutor.app.widgets.footer import FooterLine
from rnntutor.app.widgets.prompt import Prompt
from rnntutor.play.cursor import Cursor, kept, track_of
from rnntutor.play.history import History
from rnntutor.show.scene import Scene
from rnntutor.show.view import View


class Stage(TutorScreen):
    """Holds scene, cursor and view; panels get them by data binding and repaint themselves."""

    BINDINGS = bindings(PLAYER)
    playing = True
    commands = PLAYER
    back: str = "list"
    """Where leaving leads."""
    panels: tuple[str, ...] = ("tape", "score", "why")
    words: tuple[str, ...] = ()
    """The panel of a lesson's words, where there is a lesson."""

    scene: reactive[Scene | None] = reactive(None, init=False, repaint=False)
    cursor: reactive[Cursor] = reactive(Cursor(), init=False, repaint=False)
    view: reactive[View] = reactive(View(), init=False, repaint=False)

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.set_reactive(Stage.scene, scene)
        self.history = History((scene,))
        self.track = track_of(scene)

    @property
    def present(self) -> Scene:
        """The scene as it is shown."""
        return self.history.scene

    def show(self, history: History) -> None:
        """Other numbers; where there are fewer timesteps, or other lines, the playhead stays as near as it can."""
        track, other = track_of(history.scene), self.track
        if track != other:
            self.track = track
            # The one before may lie beyond these numbers.
            self.set_reactive(Stage.cursor, kept(self.cursor, self.present, history.scene))
        self.history = history
        self.scene = history.scene
        if track != other:
            self.mutate_reactive(Stage.cursor)

    def change_view(self, **settings: Any) -> None:
        """Something of the view, the rest as it is."""
        self.view = replace(self.view, **settings)
        self.say("")

    def say(self, text: str) -> None:
        """One line at the foot of the screen; empty for the keys again."""
        self.footer.notice = text

    def sign(self, command: str) -> str:
        """The key of a command, as a reader knows it."""
        return key_sign(self.app, command, self.look.glyphs)

    def halt(self) -> None:
        """Stop what moves by itself."""

    def ask(self, kind: str, label: str, text: str, hint: str) -> None:
        """Open the line in which something is typed; the text in it goes with the first letter."""
        self.halt()
        self.prompt.open(kind, label, text)
        self.say(hint)

    @cached_property
    def prompt(self) -> Prompt:
        """The line in which something is typed; looked up once, for every key asks for it."""
        return self.query_one(Prompt)

    @cached_property
    def footer(self) -> FooterLine:
        """The line at the foot of the screen."""
        return self.query_one(FooterLine)

    @property
    def typing(self) -> bool:
        """Whether something is being typed, so that keys are letters."""
        return self.is_mounted and self.prompt.is_open

    def stop_typing(self) -> None:
        """Back to the keys."""
        if self.typing:
            self.prompt.close()
        self.say("")
