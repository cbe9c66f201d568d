"""Keys by name: as a user writes them ("?"), as Textual calls them ("question_mark"), as a reader knows them ("→").

key_of("ctrl+s"), written("question_mark"), sign("right", glyphs)
"""

from __future__ import annotations

import sys
from difflib import get_close_matches
from functools import cache

from textual.keys import Keys, _character_to_key, format_key, key_to_character

from rnntutor.show.look import UNICODE, Glyphs

MODIFIERS = ("alt", "ctrl", "shift")
NAMES = frozenset(k.value for k in Keys if k.value.isalnum()) - {"return"}
"""Keys that are no characters: "left", "space", "f1"."""
_ALIASES = {
    "esc": "escape", "return": "enter", "pgup": "pageup", "pgdn": "pagedown", "del": "delete", "ins": "insert",
}  # fmt: skip
_SAME = {
    "ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace", "ctrl+left_square_bracket": "escape",
    "ctrl+space": "ctrl+@", "ctrl+at": "ctrl+@",
}  # fmt: skip
"""What terminals send the same for, so that only one of the two is ever heard."""
_SIGNS = {
    "escape": "Esc", "backspace": "Bksp", "pageup": "PgUp", "pagedown": "PgDn", "delete": "Del", "insert": "Ins",
    "ctrl+@": "Ctrl+Space",
}  # fmt: skip


def key_of(text: str) -> str:
    """The key that is meant, as Textual calls it. Raises ValueError saying what could be meant."""
    text = text.strip() or text
    head, plus, last = text[:-1].rpartition("+")
    name, modifiers = last + text[-1:], set(head.lower().split("+")) if plus else set()
    if not text or not modifiers <= set(MODIFIERS):
        raise ValueError(_unknown(text))
    name = _plain(name, text)
    if len(name) == 1 and name.isalpha() and modifiers:
        if name.isupper() and "ctrl" not in modifiers:
            modifiers.add("shift")
        name = name.lower()
        if modifiers == {"shift"}:
            return name.upper()
    elif "shift" in modifiers and name not in NAMES:
        raise ValueError(f"{text!r} is no key; write the character that shift makes")
    key = "+".join([*sorted(modifiers), name])
    return _SAME.get(key, key)


def _plain(name: str, text: str) -> str:
    """A key without modifiers."""
    if name == " ":
        return "space"
    if len(name) == 1 and name.isprintable():
        return _character_to_key(name)
    lower = _ALIASES.get(name.lower(), name.lower())
    if lower not in NAMES:
        raise ValueError(_unknown(text))
    return lower


def _unknown(text: str) -> str:
    near = get_close_matches(text.rpartition("+")[2].lower(), [*NAMES, *_ALIASES], 1)
    meant = (
        f"did you mean {near[0]!r}?" if near else "write a character, or a name such as 'right' or 'ctrl+s'"
    )
    return f"there is no key {text!r}; {meant}"


def written(key: str) -> str:
    """A key as a user writes it; `key_of` is its inverse."""
    if key == "ctrl+@":
        return "ctrl+space"
    *modifiers, name = key.split("+")
    return "+".join([*modifiers, _character(name)])


def _character(name: str) -> str:
    if name in NAMES or len(name) == 1:
        return name
    # The name alone does not tell the character where it has a hyphen, as in less-than sign; few keys are not ASCII.
    return key_to_character(name) or _by_name(0x80).get(name) or _by_name(sys.maxunicode).get(name) or format_key(name)


@cache
def _by_name(stop: int) -> dict[str, str]:
    """The characters before `stop` by what Textual calls them."""
    return {_character_to_key(k): k for k in map(chr, range(stop)) if k.isprintable()}


def sign(key: str, glyphs: Glyphs = UNICODE) -> str:
    """A key as a reader knows it: → Esc ? Ctrl+S."""
    if key in _SIGNS:
        return _SIGNS[key]
    *modifiers, name = key.split("+")
    arrows = dict(zip(("left", "right", "up", "down"), glyphs.arrows, strict=True))
    shown = arrows.get(name) or _SIGNS.get(name) or (name.capitalize() if name in NAMES else _character(name))
    if not glyphs.subscripts:
        shown = shown.encode("ascii", "backslashreplace").decode("ascii")
    return "+".join(
        [*(k.capitalize() for k in modifiers), shown.upper() if modifiers and len(shown) == 1 else shown]
    )
