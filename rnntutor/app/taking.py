"""What can be taken out of the app: the number and the page over the clipboard, and a picture as a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from textual.app import App

from rnntutor.app.files import file_stem, save_new

if TYPE_CHECKING:  # the list is there before NumPy is
    from rnntutor.app.screens.player import PlayerScreen

_SENT = "sent to the clipboard; some terminals refuse"
"""The terminal is asked (OSC 52) and does not answer, so more cannot be said."""


class TakingApp(App[None]):
    """The actions; all of them take from the player."""

    @property
    def player(self) -> PlayerScreen:
        """The player, where it is on top: elsewhere no key leads here."""
        return cast("PlayerScreen", self.screen)

    def action_copy_number(self) -> None:
        """The selected number, every digit of it."""
        from rnntutor.show.selected import selected

        player = self.player
        if player.scene is not None:
            name, value = selected(player.scene, player.cursor, player.look, player.view.looked_at)
            self.copy_to_clipboard(repr(value))
            player.say(f"{name} = {value!r}: {_SENT}")

    def action_copy_page(self) -> None:
        """The whole screen as text without colours."""
        from rnntutor.show.page import as_plain, page

        player = self.player
        if player.scene is not None:
            look = replace(player.look, plain=True)
            text = as_plain(page(player.scene, player.cursor, look, *player.size, player.view, player.passage))
            self.copy_to_clipboard(text + "\n")
            player.say(f"{len(text.splitlines())} lines of text: {_SENT}")

    def action_copy_panel(self, name: str) -> None:
        """One panel of the screen as text without colours."""
        from rnntutor.show.page import as_plain, panels

        player = self.player
        if player.scene is not None:
            look = replace(player.look, plain=True)
            drawn = panels(player.scene, player.cursor, look, *player.size, player.view, player.passage)
            if name in drawn:
                self.copy_to_clipboard(as_plain(drawn[name]) + "\n")
                player.say(f"{name}: {_SENT}")

    def action_save_picture(self) -> None:
        """The screen as an SVG file in the folder where the app was started."""
        player = self.player
        if player.scene is None:
            return
        scene, head = player.scene, player.cursor
        place = (head.direction, f"t{head.t}", scene.current_line(head).name)
        stem = file_stem("rnntutor", scene.title.lower(), *place)
        try:
            saved = save_new(Path(), stem, ".svg", self.export_screenshot(title=f"rnntutor {scene.title}"))
        except OSError as error:
            player.say(f"The picture could not be saved: {stem}.svg: {error.strerror or error}")
        else:
            player.say(f"saved {saved}")
