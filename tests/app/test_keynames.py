"""Keys by name: there and back, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.binding import Binding
from textual.keys import Keys

from rnntutor.app.commands import SCREENS, Command
from rnntutor.app.keynames import MODIFIERS, NAMES, key_of, sign, written
from rnntutor.show.look import ASCII

COMMANDS = [command for commands in SCREENS for command in commands]
characters = st.characters(categories=("L", "N", "P", "S"), exclude_characters="ªº")
words = st.one_of(characters.filter(str.isprintable), st.sampled_from(sorted(NAMES)))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda k: k.id)
def test_every_key_of_every_command_goes_there_and_back(command: Command) -> None:
    for key in command.keys:
        assert key_of(written(key)) == key
        assert sign(key, ASCII).isascii()


@given(st.sets(st.sampled_from(MODIFIERS)), words)
def test_what_is_a_key_goes_there_and_back(modifiers: set[str], word: str) -> None:
    text = "+".join([*modifiers, word])
    try:
        key = key_of(text)
    except ValueError:
        assert "shift" in modifiers
        return
    assert key_of(written(key)) == key
    assert key_of(text.strip().upper() if word in NAMES else text) == key
    assert sign(key)
    assert sign(key, ASCII).isascii()


@given(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=","))
def test_characters_are_called_as_textual_calls_them(character: str) -> None:
    (binding,) = Binding.make_bindings([Binding(character, "")])
    assert key_of(character) == binding.key


def test_every_name_that_textual_has_for_a_key_without_modifiers_is_known() -> None:
    listed = {k.value for k in Keys if not set(k.value) & set("+<>-")}
    assert listed == NAMES | {"return"}


@pytest.mark.parametrize(
    ("text", "key", "shown"),
    [
        ("?", "question_mark", "?"),
        ("[", "left_square_bracket", "["),
        ("+", "plus", "+"),
        ("-", "minus", "-"),
        (",", "comma", ","),
        ("space", "space", "Space"),
        (" ", "space", "Space"),
        ("right", "right", "→"),
        ("Esc", "escape", "Esc"),
        ("pgup", "pageup", "PgUp"),
        ("shift+tab", "shift+tab", "Shift+Tab"),
        ("E", "E", "E"),
        ("shift+e", "E", "E"),
        ("Ctrl+S", "ctrl+s", "Ctrl+S"),
        ("ctrl++", "ctrl+plus", "Ctrl++"),
        ("shift+ctrl+left", "ctrl+shift+left", "Ctrl+Shift+←"),
        ("alt+X", "alt+shift+x", "Alt+Shift+X"),
        ("ctrl+i", "tab", "Tab"),
        ("ctrl+space", "ctrl+@", "Ctrl+Space"),
        ("ä", "ä", "ä"),
    ],
)
def test_some_keys(text: str, key: str, shown: str) -> None:
    assert key_of(text) == key
    assert sign(key) == shown


def test_arrows_without_unicode() -> None:
    assert [sign(k, ASCII) for k in ("left", "right", "up", "down", "ä")] == ["<", ">", "^", "v", "\\xe4"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rihgt", "there is no key 'rihgt'; did you mean 'right'?"),
        ("ctrl+hoome", "did you mean 'home'?"),
        ("", "there is no key ''"),
        ("ctrl+", "there is no key 'ctrl+'"),
        ("+a", "there is no key '+a'"),
        ("super+x", "there is no key 'super+x'"),
        ("\x1b", "there is no key"),
        ("shift+?", "write the character that shift makes"),
    ],
)
def test_what_is_no_key_is_told(text: str, said: str) -> None:
    with pytest.raises(ValueError, match="key") as caught:
        key_of(text)
    assert said in str(caught.value)
