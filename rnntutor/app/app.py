"""The application.

RnnTutorApp(entries, start=episode, ascii=False).run()
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.app import App, SystemCommand
from textual.driver import Driver
from textual.filter import LineFilter, Monochrome
from textual.reactive import reactive
from textual.screen import Screen
from textual.scrollbar import ScrollBar
from textual.theme import Theme

from rnntutor.app.bindings import key_sign
from rnntutor.app.commands import HOME, Command, palette_only
from rnntutor.app.entries import Entry, playable
from rnntutor.app.keys import Keymap
from rnntutor.app.screens.base import TutorScreen
from rnntutor.app.screens.help import HelpScreen
from rnntutor.app.screens.home import HomeScreen
from rnntutor.app.taking import TakingApp
from rnntutor.app.terminal import Grey, WholeBar, is_poor, leave_on_signals
from rnntutor.show.look import ASCII, DARK, LIGHT, UNICODE, Look, Palette

if TYPE_CHECKING:
    from rnntutor.app.entries import Openable, Playable
    from rnntutor.app.screens.player import PlayerScreen
    from rnntutor.course.opening import Opened
    from rnntutor.course.progress import Progress
    from rnntutor.course.store import Store
    from rnntutor.tasks.drafting import Writing


ScrollBar.renderer = WholeBar


def _theme(palette: Palette) -> Theme:
    """Our colours for Textual's own widgets."""
    return Theme(
        palette.name, primary=palette.accent, secondary=palette.back, accent=palette.accent, foreground=palette.text,
        background=palette.background, surface=palette.background, panel=palette.bar, success=palette.good,
        error=palette.bad, warning=palette.accent, dark=palette is DARK,
    )  # fmt: skip


def _plays(screen: Screen[object]) -> bool:
    return isinstance(screen, TutorScreen) and screen.playing


def _panels(screen: Screen[object]) -> tuple[str, ...]:
    return screen.panels if isinstance(screen, TutorScreen) else ()


def _tidy() -> None:
    """Collect garbage from now on; what the start has made stays anyway and need not be looked through."""
    gc.freeze()
    gc.enable()


class RnnTutorApp(TakingApp):
    """A list of episodes, and the player."""

    TITLE = "rnntutor"
    CSS_PATH = "rnntutor.tcss"
    ENABLE_COMMAND_PALETTE = True

    look: reactive[Look] = reactive(Look(), init=False)

    def __init__(
        self,
        entries: Sequence[Entry],
        start: Openable | None = None,
        ascii: bool = False,
        keymap: Keymap | None = None,
        store: Store | None = None,
        again: Callable[[], Opened] | None = None,
    ) -> None:
        super().__init__()
        self.entries, self.start = tuple(entries), start
        self.keymap = keymap or Keymap()
        self.warned: set[int] = set()
        """The screens with something to lose when somebody asked to quit, by their `id`."""
        self.store = store
        """Where progress is kept; None for nowhere."""
        self.keeping: Store | None = None
        """Where that of the lesson which is open is kept."""
        self.again = again
        """Opens the lesson once more when its files have changed; None where nobody writes it."""
        self.glyphs = ASCII if ascii or is_poor() else UNICODE
        for palette in (DARK, LIGHT):
            self.register_theme(_theme(palette))
        self.theme = DARK.name
        self._choose_look()

    def on_mount(self) -> None:
        """Open the list, or what was asked for; leave the terminal as found whatever ends us."""
        self.theme_changed_signal.subscribe(self, lambda _: self._choose_look())
        if not self.is_headless:
            leave_on_signals(self._leave)
        self.push_screen(HomeScreen(self.entries))
        if self.start is not None:
            self.play(playable(self.start))
        if self.keymap.problems:
            self.call_after_refresh(self._tell_of_keys)
        if not gc.isenabled():
            self.call_after_refresh(_tidy)

    def _tell_of_keys(self) -> None:
        """One line now; all of it stands on the terminal once the app has closed."""
        first, *others = self.keymap.problems
        count = f"{len(others) + 1} problems" if others else "a problem"
        if isinstance(self.screen, TutorScreen):
            self.screen.say(f"Keys: {count}, told in full on leaving. {first.partition(': ')[2]}")

    def commands_of(self, screen: Screen[object]) -> tuple[Command, ...]:
        """The commands of a screen, with the keys that hold; those of a lesson only in one."""
        known = self.keymap.of(screen.commands if isinstance(screen, TutorScreen) else HOME)
        guided = isinstance(screen, TutorScreen) and screen.guided
        return tuple(k for k in known if k.group != "lesson" or guided)

    def _leave(self, code: int) -> None:
        self.exit(return_code=code)

    def _choose_look(self) -> None:
        """The colours of the theme, the signs of the terminal."""
        palette = DARK if self.current_theme.dark else LIGHT
        self.look = Look(palette, self.glyphs, plain="NO_COLOR" in os.environ, near=self.look.near)

    def get_driver_class(self) -> type[Driver]:
        """As Textual chooses, but for the one that fails on bytes which are no text."""
        found = super().get_driver_class()
        if found.__name__ != "LinuxDriver":
            return found
        from rnntutor.app.driver import PatientDriver

        return PatientDriver

    def get_line_filters(self) -> Sequence[LineFilter]:
        """As Textual has them, but for the one that fails on segments without a style."""
        return [Grey() if isinstance(k, Monochrome) else k for k in super().get_line_filters()]

    def play(self, started: Playable, back: str = "list", view: str = "") -> None:
        """Open the player on a scene, or on a lesson where the learner left off; or the editor, or a training.

        `back` is where the player returns to, `view` what it shows at first.
        """
        from rnntutor.app.screens.player import PlayerScreen
        from rnntutor.course.lessons import is_shipped
        from rnntutor.course.progress import Progress
        from rnntutor.course.walk import Walk
        from rnntutor.play.studying import Study
        from rnntutor.show.scene import Scene
        from rnntutor.tasks.drafting import Writing

        if isinstance(started, Writing):
            self.write(started)
            return
        if isinstance(started, Study):
            from rnntutor.app.screens.training import TrainingScreen

            self.push_screen(TrainingScreen(started))
            return
        if isinstance(started, Scene):
            screen = PlayerScreen(started)
            screen.back = back
            self.push_screen(screen)
            if view:
                screen.call_after_refresh(screen.action_show_view, view)
            return
        lesson = started.lesson
        kept = self.store and (self.store if is_shipped(lesson) else self.store.own)
        self.keeping = None if started.own_text else kept
        known = self.keeping.load(lesson.id) if self.keeping is not None else Progress(lesson.id)
        walk = Walk.begun(started, known) if lesson.moments else None
        self.push_screen(PlayerScreen(started.scenes[lesson.first], walk, self.again))

    def write(self, writing: Writing) -> None:
        """Open the editor on equations."""
        from rnntutor.app.screens.editor import EditorScreen

        self.push_screen(EditorScreen(writing))

    def action_edit_cell(self) -> None:
        """Write on the equations of the cell that is played, with as many units."""
        from rnntutor.tasks.drafting import Writing

        scene = self.player.present
        states = scene.run.cell.states
        units = scene.run[states[-1]].shape[-1] if states else 8
        self.player.halt()
        self.write(Writing(scene.run.cell.text, scene.run.cell.title, units))

    def keep(self, progress: Progress) -> None:
        """Save how far a learner is."""
        if self.keeping is not None:
            self.keeping.save(progress)

    def show_list(self) -> None:
        """Back to the list."""
        if _plays(self.screen):
            self.pop_screen()

    def action_help_quit(self) -> None:
        """Ctrl+C: say which key leaves, where everything is said."""
        if isinstance(self.screen, TutorScreen):
            self.screen.say(f"{key_sign(cast('App[object]', self), self.screen.leaving, self.glyphs)} leaves")

    async def action_quit(self) -> None:
        """Leave; but not without a word where something that was written or edited would be lost."""
        found = [k for k in self.screen_stack if isinstance(k, TutorScreen) and k.unsaved]
        losing = {id(k) for k in found}
        if losing <= self.warned:
            self.exit()
            return
        while not isinstance(self.screen, TutorScreen):
            self.pop_screen()
        self.warned = losing
        self.screen.say(f"The same again quits, and {' and '.join(k.unsaved for k in found)} will be lost.")

    def action_turn_theme(self) -> None:
        """Dark or light."""
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name

    def action_turn_scale(self) -> None:
        """Gradients against the whole pass, or against their own timestep."""
        self.look = replace(self.look, near=not self.look.near)

    def action_show_help(self) -> None:
        """The page with the keys."""
        if not isinstance(self.screen, HelpScreen):
            told = self.screen.sections() if isinstance(self.screen, TutorScreen) else []
            self.push_screen(HelpScreen(self.commands_of(self.screen), self.look, _panels(self.screen), told))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every command of the screen, by name."""
        for command in self.commands_of(screen):
            yield SystemCommand(command.title, f"{command.help}   {command.signs(self.glyphs)}",
                                partial(self.run_action, command.action, screen))  # fmt: skip
        if _plays(screen):
            offered = cast("PlayerScreen", screen).offered  # the palette is on top of it
            for title, about, action in palette_only(_panels(screen), offered):
                yield SystemCommand(title, about, partial(self.run_action, action, screen))
