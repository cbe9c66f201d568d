"""Reading a lesson's folder. Nothing in it is executed, and nothing outside of it is read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec

from rnntutor.course.headline import headline
from rnntutor.course.lesson import FORMAT_VERSION, Contents, Lesson, Moment, Network, Pick, Speech
from rnntutor.course.problem import LessonError, Problem
from rnntutor.course.toml_lines import Lines

MAX_BYTES = 1 << 20
"""Bytes of a file that are read."""
NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
"""What lessons, networks, moments and choices are called."""

Table = TypeVar("Table", Contents, Network, Moment)


def load_lesson(folder: Path, *, words: bool = True) -> Lesson:
    """A lesson that can be played; without its `words` it can be trained.

    Raises LessonError naming the first thing that is wrong with its files.
    """
    problems: list[Problem] = []
    lesson = read_lesson(folder, problems, words=words)
    if problems or lesson is None:
        raise problems[0].error
    return lesson


def read_lesson(folder: Path, problems: list[Problem], *, words: bool = True) -> Lesson | None:
    """A lesson as far as it can be read; all that is wrong with its files is added to `problems`."""
    try:
        return _Reader(folder, problems).lesson(words=words)
    except LessonError:
        return None


def headings(folder: Path) -> str:
    """The headings of a lesson's moments, in small letters; nothing of words that cannot be read."""
    try:
        text = read_text(folder / f"{Lesson.LANGUAGE}.md")
    except LessonError:
        return ""
    found = (line[3:].partition("{#")[0].strip() for line in text.splitlines() if line.startswith("## "))
    return "\n".join(found).casefold()


def read_text(path: Path) -> str:
    """The text of a lesson's file. Raises LessonError for what is no text, too long, or lies outside the folder."""
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve()):
            raise Problem(path, 0, "a lesson's files should be in the lesson's folder").error
        if path.exists() and not path.is_file():
            raise Problem(path, 0, "this is not a file").error
        if path.stat().st_size > MAX_BYTES:
            raise Problem(path, 0, f"too long; at most {MAX_BYTES:,} bytes are read").error
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise Problem(path, 0, error.strerror or "cannot be read").error from error
    except UnicodeDecodeError as error:
        raise Problem(path, 0, f"this is not UTF-8 text (byte {error.start})").error from error


class _Reader:
    """Reads lesson.toml table by table and keeps what is wrong."""

    def __init__(self, folder: Path, problems: list[Problem]) -> None:
        self.folder, self.problems = folder, problems
        self.file, self.words = folder / "lesson.toml", folder / f"{Lesson.LANGUAGE}.md"
        self.lines = Lines("")

    def lesson(self, *, words: bool) -> Lesson:
        """The lesson. Raises LessonError where nothing can be made of it."""
        contents = self._table(self._contents(), Contents)
        if contents is None:
            raise self.problems[-1].error
        networks = {
            name: self._table(table, Network, "network", name) for name, table in contents.network.items()
        }
        moments = [self._table(table, Moment, "moment", k) for k, table in enumerate(contents.moment)]
        self._check_names(contents)
        self._check_weights(contents)
        if not networks:
            self._tell("a lesson needs a network: a table [network.model] with play and [network.model.train]")
        title, summary = self._headline() if words else ("", "")
        return Lesson(
            self.folder, contents.id, title, summary,
            networks=_whole(networks),
            own_text=contents.own_text, measures=contents.measure,
            moments=tuple(found or _stand_in(table) for found, table in zip(moments, contents.moment, strict=True)),
            unread=frozenset(k for k, found in enumerate(moments) if found is None),
        )  # fmt: skip

    def _contents(self) -> Mapping[str, Any]:
        """The file as tables."""
        try:
            text = read_text(self.file)
            self.lines = Lines(text)
            table = tomllib.loads(text)
        except LessonError as error:
            self.problems.append(Problem(self.file, 0, str(error).removeprefix(f"{self.file}: ")))
            raise
        except (ValueError, RecursionError) as error:  # of TOML, or of a number with thousands of figures
            raise self._tell(str(error)).error from error
        version = table.get("format_version")
        if version != FORMAT_VERSION or type(version) is not int:
            raise self._tell(f"format_version should be {FORMAT_VERSION}, not {version!r}", "format_version").error
        return table

    def _table(self, table: Mapping[str, Any], kind: type[Table], *path: str | int) -> Table | None:
        """A table as what it should be; None, and a word on it, where it is not."""
        try:
            return msgspec.convert(table, kind)
        except msgspec.ValidationError as error:
            what, _, where = str(error).partition(" - at `$")
            inner = tuple(re.findall(r"\w+", where))
            text = f"{self._named(path, table, inner)}{_plain(what)}{_instead(what, inner)}"
            self._tell(text, *path, *inner, *re.findall(r"unknown field `(\w+)`", what))
            return None

    def _named(self, path: tuple[str | int, ...], table: Mapping[str, Any], inner: tuple[str, ...]) -> str:
        """The place of a value for a message: "moment keep, ask.answer: "."""
        names = [str(table.get("id", k)) if isinstance(k, int) else k for k in path]
        words = [" ".join(names), ".".join(inner)]
        return f"{', '.join(word for word in words if word)}: " if any(words) else ""

    def _check_names(self, contents: Contents) -> None:
        """Names that can stand in a file's name, a place or a heading; each moment's its own."""
        names: list[tuple[str, tuple[str | int, ...]]] = [(contents.id, ("id",))]
        names += [(name, ("network", name)) for name in contents.network]
        ids = [table.get("id") for table in contents.moment]
        names += [(found, ("moment", k, "id")) for k, found in enumerate(ids) if isinstance(found, str)]
        for name, path in names:
            if not NAME.fullmatch(name):
                self._tell(f"{name!r} should be a name of small letters, figures, - and _", *path)
        for k, found in enumerate(ids):
            if found in ids[:k]:
                self._tell(f"two moments are called {found!r}", "moment", k, "id")

    def _check_weights(self, contents: Contents) -> None:
        """Every network has weights: made by its own settings, or taken from another that makes its own."""
        for name, table in contents.network.items():
            of = table.get("weights")
            if of is None and "train" not in table:
                self._tell(f"network {name}: a table [network.{name}.train] is wanted", "network", name)
            elif of is not None and ("train" in table or "train" not in contents.network.get(str(of), {})):
                others = ", ".join(k for k, other in contents.network.items() if "train" in other)
                what = f"weights should be those of another network that is trained here ({others}), and then no train"
                self._tell(f"network {name}: {what}", "network", name, "weights")

    def _headline(self) -> tuple[str, str]:
        """Title and summary from the words."""
        try:
            title, summary = headline(read_text(self.words))
        except LessonError as error:
            self.problems.append(Problem(self.words, 0, str(error).removeprefix(f"{self.words}: ")))
            return "", ""
        if not title or not summary:
            missing = "a title: # Title" if not title else "a line under its title that says what one learns"
            self.problems.append(Problem(self.words, 1, f"this should begin with {missing}"))
        return title, summary

    def _tell(self, text: str, *path: str | int) -> Problem:
        problem = Problem(self.file, self.lines.of(*path), text)
        self.problems.append(problem)
        return problem


def _whole(networks: Mapping[str, Network | None]) -> dict[str, Network]:
    """The networks that could be read, without those that take their weights from another that could not."""
    found = {name: network for name, network in networks.items() if network is not None}
    return {name: network for name, network in found.items() if (network.weights or name) in found}


def _stand_in(table: Mapping[str, Any]) -> Moment:
    """What stands for a moment that cannot be read, so that the others keep their numbers and networks."""
    name, network = (found if isinstance(found := table.get(key), str) else "" for key in ("id", "network"))
    return Moment(id=name, network=network)


def _instead(what: str, inner: Sequence[str]) -> str:
    """What a setting could say that says none of a few words."""
    if not what.startswith("Invalid enum value"):
        return ""
    tables = map(get_type_hints, (Speech, Network, Pick, Moment))
    words = next(hints[inner[-1]] for hints in tables if inner[-1] in hints)
    return f"; there are {', '.join(get_args(words))}"


def _plain(what: str) -> str:
    """The library's words without its marks."""
    return what.replace("`", "").replace("Object ", "").replace("str", "a text") if "Expected" in what else (
        what.replace("`", "'").replace("Object contains unknown field", "there is no setting").replace(
            "Object missing required field", "this is missing:"
        ).replace("Invalid enum value", "there is no")
    )
