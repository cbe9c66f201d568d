"""Keys for Textual: those of a screen changed to the ones that hold, and those of a page over it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from textual.app import App
from textual.binding import Binding, BindingsMap

from rnntutor.app.commands import SCREENS, Command
from rnntutor.app.keynames import sign
from rnntutor.app.keys import Keymap
from rnntutor.show.look import Glyphs

if TYPE_CHECKING:
    from rnntutor.app.app import RnnTutorApp

_SCROLL = {"unit.next": "scroll(1)", "unit.previous": "scroll(-1)"}
"""What the keys up and down do on a page."""


def keymap_of(app: App[object]) -> Keymap:
    """The keys that hold in an app."""
    return cast("RnnTutorApp", app).keymap


def key_sign(app: App[object], command: str, glyphs: Glyphs) -> str:
    """The first key of a command, as a reader knows it; empty for none."""
    return sign_of(keymap_of(app), command, glyphs)


def sign_of(keymap: Keymap, command: str, glyphs: Glyphs) -> str:
    """The same, of a keymap."""
    return next((sign(key, glyphs) for key in _command(command, keymap).keys), "")


def _command(name: str, keymap: Keymap) -> Command:
    return next(k for commands in SCREENS for k in keymap.of(commands) if k.id == name)


def rekeyed(found: BindingsMap, keymap: Keymap) -> BindingsMap:
    """The same actions under the keys that hold. Ours, which have an id, go before Textual's own.

    `App.set_keymap` would do the like, but takes keys away from commands that share one for a moment, as in an
    exchange of two keys, and leaves no command without a key.
    """
    ours: dict[str, list[Binding]] = defaultdict(list)
    for _, binding in found:
        if binding.id:
            ours[binding.id].append(binding)
    held = [
        replace(same[0], key=key)
        for name, same in ours.items()
        for key in keymap.keys.get(name, tuple(k.key for k in same))
    ]
    return BindingsMap([*held, *(binding for _, binding in found if not binding.id)])


def modal_bindings(closing: Sequence[str], keymap: Keymap) -> BindingsMap:
    """The keys of a page: Esc, Enter and those of the `closing` commands leave it, those of units scroll."""
    actions = {**dict.fromkeys(closing, "dismiss"), **_SCROLL, "quit": "app.quit"}
    fixed = [Binding("escape,enter", "dismiss", show=False)]
    keyed = [
        Binding(key, action, show=False)
        for name, action in actions.items()
        for key in _command(name, keymap).keys
    ]
    return BindingsMap([*fixed, *keyed])
