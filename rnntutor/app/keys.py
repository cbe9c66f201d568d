"""Keys of one's own: a TOML file that names a command's keys.

    [keys]
    "line.next" = ["right", "l", "n"]
    "theme" = ""                        # no key

keymap = load_keys()                  never raises; keymap.problems says what was wrong
keymap.of(PLAYER)                     the commands with the keys that hold
as_toml(keymap)                       all of it as such a file
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

from rnntutor.app.commands import EDITOR, SCREENS, Command
from rnntutor.app.keynames import key_of, written

VARIABLE = "RNNTUTOR_KEYS"
"""The environment variable that names another file."""
NEEDED = ("help", "quit", "draft.help", "draft.leave")
"""Commands that may not be left without a key."""
_TAKEN = {"ctrl+q": "always quits", "ctrl+p": "always opens the palette"}
_WRITERS = frozenset(command.id for command in EDITOR)
_BESIDE_TEXT = re.compile(r"(ctrl|alt)\+.*|f\d+|escape|(shift\+)?tab")
"""Keys that write nothing, and move nothing in a text."""
_LONGEST = 100_000
_COMMANDS = {command.id: command for commands in SCREENS for command in commands}

Keys = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Keymap:
    """The keys that differ from the usual ones, and what was wrong where they were read."""

    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    def of(self, commands: Sequence[Command]) -> tuple[Command, ...]:
        """The commands with the keys that hold."""
        return tuple(replace(k, keys=self.keys.get(k.id, k.keys)) for k in commands)


def keys_file(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the file is looked for, whether it is there or not."""
    named = environment.get(VARIABLE)
    return Path(named) if named else user_config_path("rnntutor", appauthor=False) / "keys.toml"


def load_keys() -> Keymap:
    """The keys of this user."""
    return read_keys(keys_file(), wanted=VARIABLE in os.environ)


def read_keys(path: Path, *, wanted: bool = False) -> Keymap:
    """The keys of a file. No file means the usual keys, and is only told of where one is `wanted`."""
    try:
        given = _given(_load(path)) if wanted or path.exists() else {}
    except OSError as error:
        return Keymap(problems=(f"{path}: {error.strerror or error}",))
    except (ValueError, RecursionError) as error:
        return Keymap(problems=(f"{path}: {error}",))
    problems: list[str] = []
    keys = dict(_understood(given, problems))
    _settle(keys, problems)
    return Keymap(keys, tuple(f"{path}: {problem}" for problem in problems))


def _load(path: Path) -> dict[str, Any]:
    """The file as TOML. Raises ValueError for what is none, OSError for what cannot be read."""
    if path.exists() and not path.is_file():
        raise ValueError("this is not a file")
    with path.open("rb") as file:
        data = file.read(_LONGEST + 1)
    if len(data) > _LONGEST:
        raise ValueError(f"this is larger than {_LONGEST} bytes, and is hardly a list of keys")
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"line {line} is not UTF-8") from error


def _given(document: Mapping[str, Any]) -> dict[str, Any]:
    """What stands under [keys], by command; line.next = "n" says the same as "line.next" = "n"."""
    if document and "keys" not in document:
        raise ValueError(f"keys stand under [keys], and there is only {', '.join(map(repr, document))}")
    table = document.get("keys", {})
    if not isinstance(table, dict):
        raise ValueError(f"[keys] should be a table, not {table!r}")
    return dict(_flat(table, ""))


def _flat(table: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield before + name, value


def _understood(given: Mapping[str, Any], problems: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Command by command; of what is not understood the usual keys stay."""
    for name, value in given.items():
        if name not in _COMMANDS:
            near = get_close_matches(name, _COMMANDS, 1)
            problems.append(
                f"there is no command {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")
            )
            continue
        try:
            yield name, _keys(name, value)
        except ValueError as error:
            problems.append(f"{name}: {error}")


def _keys(name: str, value: Any) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(k, str) for k in listed):
        raise ValueError(f'a key such as "n", or a list such as ["right", "n"] is wanted, not {value!r}')
    keys = tuple(dict.fromkeys(key_of(k) for k in listed if k))
    if not keys and name in NEEDED:
        raise ValueError(f"it cannot be left without a key; {_said(_COMMANDS[name].keys)} stays")
    for key in keys:
        if key in _TAKEN:
            raise ValueError(f"{written(key)} {_TAKEN[key]}, and can do nothing else")
        if name in _WRITERS and not _BESIDE_TEXT.fullmatch(key):
            raise ValueError(f"{written(key)} belongs to the text there; a key such as ctrl+s or f2 is wanted")
    return keys


def _settle(keys: Keys, problems: list[str]) -> None:
    """Give the usual keys back to commands of one screen that would share a key, until none do."""
    while clash := _clash(keys):
        key, one, other = clash
        usual = "; ".join(f"{k} keeps {_said(_COMMANDS[k].keys)}" for k in (one, other))
        problems.append(f"{written(key)!r} would be the key of both {one} and {other}; {usual}")
        keys.pop(one, None)
        keys.pop(other, None)


def _clash(keys: Keys) -> tuple[str, str, str] | None:
    """A key that two commands of one screen have, and the two."""
    for commands in SCREENS:
        users: dict[str, str] = {}
        for command in Keymap(keys).of(commands):
            for key in command.keys:
                if users.setdefault(key, command.id) != command.id:
                    return key, users[key], command.id
    return None


def _said(keys: Sequence[str]) -> str:
    return ", ".join(map(written, keys))


def as_toml(keymap: Keymap) -> str:
    """Every command with the keys that hold, as a file that `read_keys` understands."""
    held = keymap.of(tuple(_COMMANDS.values()))
    rows = [(k.group, f"{_quoted(k.id)} = {_quoted([written(key) for key in k.keys])}", k.help) for k in held]
    width = max(len(text) for _, text, _ in rows)
    lines = [
        "# A command's keys: one, a list, or [] for none. What is left out keeps its usual keys.",
        "[keys]",
    ]
    for group in dict.fromkeys(group for group, _, _ in rows):
        lines += [
            "",
            f"# {group}",
            *(f"{text.ljust(width)}  # {what}" for g, text, what in rows if g == group),
        ]
    return "\n".join(lines)


def _quoted(text: str | list[str]) -> str:
    """A string or a list of strings, which TOML writes as JSON does."""
    return json.dumps(text, ensure_ascii=False)
