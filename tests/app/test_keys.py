"""Keys of one's own, read from a file: what holds, and what is told."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.app.commands import HOME, PLAYER, SCREENS
from rnntutor.app.keynames import key_of
from rnntutor.app.keys import NEEDED, Keymap, as_toml, keys_file, load_keys, read_keys

IDS = sorted({command.id for commands in SCREENS for command in commands})
KEYS = ("right", "l", "o", "?", "E", "ctrl+s", "space", "[", "q", "escape", "z", "f1")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that is not there yet."""
    return tmp_path / "keys.toml"


def read(file: Path, text: str) -> Keymap:
    """The keys of a text."""
    file.write_text(text, encoding="utf-8")
    return read_keys(file)


def held(keymap: Keymap, name: str) -> tuple[str, ...]:
    """The keys of a command."""
    return next(k.keys for commands in SCREENS for k in keymap.of(commands) if k.id == name)


def test_no_file_means_the_usual_keys(file: Path) -> None:
    assert read_keys(file) == Keymap()
    assert Keymap().of(PLAYER) == PLAYER
    (problem,) = read_keys(file, wanted=True).problems
    assert problem == f"{file}: No such file or directory"


def test_a_key_and_a_list_and_none(file: Path) -> None:
    keymap = read(
        file, '[keys]\n"line.next" = ["right", "z", "z"]\nscale = "ctrl+s"\ntheme = ""\n"turn" = []\n'
    )
    assert not keymap.problems
    assert held(keymap, "line.next") == ("right", "z")
    assert held(keymap, "scale") == ("ctrl+s",)
    assert held(keymap, "theme") == held(keymap, "turn") == ()
    assert held(keymap, "line.previous") == ("left", "h")


def test_dotted_names_need_no_quotes(file: Path) -> None:
    assert held(read(file, '[keys]\nline.next = "z"\n'), "line.next") == ("z",)


def test_two_commands_may_exchange_their_keys(file: Path) -> None:
    keymap = read(file, '[keys]\nturn = "t"\ntheme = "b"\n')
    assert not keymap.problems
    assert (held(keymap, "turn"), held(keymap, "theme")) == (("t",), ("b",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[keys]\n"line.nxt" = "z"', "there is no command 'line.nxt'; did you mean 'line.next'?"),
        ('[keys]\nturn = "rihgt"', "turn: there is no key 'rihgt'; did you mean 'right'?"),
        ("[keys]\nturn = 3", 'turn: a key such as "n", or a list such as ["right", "n"] is wanted, not 3'),
        ("[keys]\nturn = ['z', 3]", "not ['z', 3]"),
        ("[keys]\nquit = ''", "quit: it cannot be left without a key; q stays"),
        ("[keys]\nhelp = []", "help: it cannot be left without a key; ? stays"),
        ("[keys]\nturn = 'ctrl+q'", "turn: ctrl+q always quits, and can do nothing else"),
        ("[keys]\nturn = 'e'", "'e' would be the key of both turn and edit; turn keeps b; edit keeps e"),
        ("[keys]\n'entry.next' = 'q'", "both entry.next and quit; entry.next keeps down, j; quit keeps q"),
        ("[keys]\nturn == 'e'", "line 2"),
        ("[key]\nturn = 'z'", "keys stand under [keys], and there is only 'key'"),
        ("keys = 3", "[keys] should be a table, not 3"),
        ("[keys]\nturn = " + "[" * 5000, ""),
        ("#" * 200_000, "larger than 100000 bytes"),
    ],
)
def test_what_is_wrong_is_told_and_the_usual_keys_stay(file: Path, text: str, said: str) -> None:
    keymap = read(file, text)
    (problem,) = keymap.problems
    assert problem.startswith(f"{file}: ")
    assert said in problem
    assert "\n" not in problem
    assert [k.of(PLAYER) for k in (keymap,)] == [PLAYER]
    assert keymap.of(HOME) == HOME


def test_the_rest_of_the_file_holds(file: Path) -> None:
    keymap = read(file, '[keys]\nnonsense = "z"\nturn = "e"\nscale = 3\n"line.next" = "z"\n')
    assert len(keymap.problems) == 3
    assert held(keymap, "line.next") == ("z",)


def test_usual_keys_that_come_back_may_push_others_back(file: Path) -> None:
    """Edit and undo both want z; edit gets its e back, which turn had taken, so turn gets its own back too."""
    keymap = read(file, '[keys]\nedit = "z"\n"edit.undo" = "z"\nturn = "e"\n')
    assert len(keymap.problems) == 2
    assert keymap.of(PLAYER) == PLAYER


def test_what_is_no_text_and_what_is_no_file(tmp_path: Path) -> None:
    broken = tmp_path / "keys.toml"
    broken.write_bytes(b"[keys]\nturn = '\xff'\n")
    assert read_keys(broken).problems == (f"{broken}: line 2 is not UTF-8",)
    assert read_keys(tmp_path).problems == (f"{tmp_path}: this is not a file",)


@given(st.dictionaries(st.sampled_from(IDS), st.lists(st.sampled_from(KEYS), max_size=3), max_size=8))
def test_whatever_is_asked_for_no_key_does_two_things(
    tmp_path_factory: pytest.TempPathFactory, asked: dict[str, list[str]]
) -> None:
    lines = [f"'{name}' = {keys}" for name, keys in asked.items()]
    keymap = read(tmp_path_factory.getbasetemp() / "keys.toml", "\n".join(["[keys]", *lines]))
    for commands in SCREENS:
        keys = [key for command in keymap.of(commands) for key in command.keys]
        assert len(keys) == len(set(keys))
    assert all(held(keymap, name) for name in NEEDED)
    if not keymap.problems:
        assert all(
            held(keymap, name) == tuple(dict.fromkeys(map(key_of, keys))) for name, keys in asked.items()
        )


@pytest.mark.parametrize(
    "text", ["", '[keys]\nturn = ["\\"", "\\\\", "ä"]\n"line.next" = []\nscale = "ctrl+s"']
)
def test_what_is_printed_can_be_read(file: Path, text: str) -> None:
    keymap = read(file, text)
    assert not keymap.problems
    printed = as_toml(keymap)
    assert set(tomllib.loads(printed)["keys"]) == set(IDS)
    again = read(file, printed)
    assert not again.problems
    assert [again.of(k) for k in SCREENS] == [keymap.of(k) for k in SCREENS]


def test_where_the_file_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert keys_file({}).parts[-2:] == ("rnntutor", "keys.toml")
    assert keys_file({"RNNTUTOR_KEYS": "elsewhere.toml"}) == Path("elsewhere.toml")
    monkeypatch.setenv("RNNTUTOR_KEYS", str(tmp_path / "none.toml"))
    assert "none.toml: No such file" in load_keys().problems[0]


def test_letters_are_text_in_the_editor(file: Path) -> None:
    keymap = read(file, '[keys]\n"draft.save" = "s"\n"draft.open" = ["f11", "enter"]\n"draft.check" = "alt+c"\n')
    assert [problem.split(": ", 1)[1] for problem in keymap.problems] == [
        "draft.save: s belongs to the text there; a key such as ctrl+s or f2 is wanted",
        "draft.open: enter belongs to the text there; a key such as ctrl+s or f2 is wanted",
    ]
    assert held(keymap, "draft.save") == ("ctrl+s", "f2")
    assert held(keymap, "draft.check") == ("alt+c",)
