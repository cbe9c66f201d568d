"""Where progress is kept: a folder with one small JSON file per lesson. Nothing here ever stops a learner.

store = Store.usual()
store.save(store.load("four-gates").visited("keep"))
store.notices                           what could not be read or kept, a line each

A file is written whole or not at all; one that cannot be read is set aside as NAME.bad and never lost.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_data_path

from rnntutor.course.progress import FORMAT_VERSION, Progress, as_json, check_version, from_json, latest
from rnntutor.writing import numbered, replace_file, write_new

VARIABLE = "RNNTUTOR_DATA"
"""The environment variable that names another folder for what is kept."""
MAX_BYTES = 1 << 20
MAX_EXPORT = 1 << 24
_HEAD = {"format_version": FORMAT_VERSION, "kind": "rnntutor progress"}
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
"""Lessons whose names are names of files anywhere."""


class Store:
    """Progress by lesson. Nothing raises OSError; what goes wrong is in `notices`, each once."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.notices: list[str] = []
        self._keeps = True
        """Whether nothing has gone wrong with the folder yet."""
        if folder is None:
            self._not_kept(f": there is no home folder; {VARIABLE} can name another one")

    @classmethod
    def usual(cls, environment: Mapping[str, str] = os.environ) -> Store:
        """This user's."""
        named = environment.get(VARIABLE)
        data = Path(named) if named else user_data_path("rnntutor", appauthor=False)
        return cls(data / "progress" if named or data.is_absolute() else None)

    @property
    def own(self) -> Store:
        """The progress of lessons that are no part of the course, such as those that one writes."""
        return Store(self.folder and self.folder / "own")

    def file(self, lesson: str) -> Path | None:
        """Where the progress of a lesson is, if it can be anywhere."""
        return self.folder / file_name(lesson) if self.folder else None

    def load(self, lesson: str) -> Progress:
        """What is known of a lesson; nothing, if there is no file, or none that can be read."""
        file = self.file(lesson)
        return (file and self._read(file)) or Progress(lesson)

    def all(self) -> dict[str, Progress]:
        """What is known of every lesson, those included that only another version has."""
        found = (self._read(file) for file in self._files())
        return {progress.lesson: progress for progress in found if progress is not None}

    def latest(self) -> Progress | None:
        """Where the learner left off."""
        return latest(self.all().values())

    def save(self, progress: Progress) -> bool:
        """Keep it; whether that could be done."""
        if self.folder is None:
            return False
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            replace_file(self.folder / file_name(progress.lesson), encoded(as_json(progress)))
        except OSError as error:
            self._not_kept(error)
            return False
        return True

    def reset(self, lesson: str) -> bool:
        """Forget a lesson; its file becomes NAME.bak, so that a slip can be mended. Whether there was anything."""
        file = self.file(lesson)
        try:
            if file is None or not os.path.lexists(file):
                return False
            file.replace(f"{file}.bak")
        except OSError as error:
            self._not_kept(error)
            return False
        return True

    def export(self, path: Path, *, force: bool = False) -> list[str]:
        """Write all of it to one file; which lessons.

        Raises ValueError where that cannot be done, and without `force` where there is a file already.
        """
        kept = self.all()
        data = encoded({**_HEAD, "lessons": [as_json(progress) for progress in kept.values()]})
        try:
            if force and path.exists() and not path.is_file():
                raise ValueError(f"{path}: this is not a file; progress cannot be written there")
            (replace_file if force else write_new)(path, data)
        except FileExistsError as error:
            raise ValueError(f"{path}: there is such a file already; --force replaces it") from error
        except OSError as error:
            raise ValueError(f"{path}: {error.strerror or error}") from error
        return list(kept)

    def import_(self, path: Path) -> tuple[list[str], list[str]]:
        """Take progress in that `export` wrote: the lessons that it came for, and those whose own was changed later.

        All of it is checked first. Raises ValueError where it is not right, or cannot be kept.
        """
        try:
            brought = _exported(decoded(read_capped(path, MAX_EXPORT)))
        except OSError as error:
            raise ValueError(f"{path}: {error.strerror or error}") from error
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from error
        later = [k for k in brought if k.changed > self.load(k.lesson).changed]
        for progress in later:
            if not self.save(progress):
                raise ValueError(f"{path}: what it brings for {progress.lesson!r:.60} cannot be kept")
        return [k.lesson for k in later], [k.lesson for k in brought if k not in later]

    def _files(self) -> list[Path]:
        """What looks like progress. No folder is no progress yet."""
        try:
            return sorted(k for k in self.folder.iterdir() if k.suffix == ".json") if self.folder else []
        except FileNotFoundError:
            return []
        except OSError as error:
            self._not_kept(error)
            return []

    def _read(self, file: Path) -> Progress | None:
        """A file's progress; None where there is no such file, or none that can be read, which is set aside."""
        try:
            return _progress_of(file)
        except FileNotFoundError:
            pass
        except OSError as error:  # a save would replace what nobody has read
            self._set_aside(file, error.strerror or str(error))
        except ValueError as error:
            self._set_aside(file, str(error))
        return None

    def _set_aside(self, file: Path, why: str) -> None:
        """Keep a file under another name, where it harms nobody and nothing takes its place."""
        try:
            aside = next(k for k in numbered(file.parent, file.name, ".bad") if not os.path.lexists(k))
            file.rename(aside)
        except FileNotFoundError:  # another rnntutor was quicker
            return
        except (OSError, StopIteration) as error:
            self._not_kept(error)
        else:
            self._tell(f"{file}: {why}; it is set aside as {aside.name}")

    def _not_kept(self, why: object) -> None:
        """Say once that nothing is kept; one reason is enough."""
        if self._keeps:
            reason = f" in {self.folder}: {getattr(why, 'strerror', '') or why}" if self.folder else why
            self._tell(f"progress is not kept{reason}")
        self._keeps = False

    def _tell(self, notice: str) -> None:
        if notice not in self.notices:
            self.notices.append(notice)


def file_name(lesson: str) -> str:
    """A name that is safe anywhere, and of this lesson alone: four-gates.json, or my-lesson~0f343b0931126a20.json."""
    if _PLAIN.fullmatch(lesson):
        return f"{lesson}.json"
    stem = re.sub(r"[^a-z0-9]+", "-", lesson.lower())[:40].strip("-")
    return f"{stem}~{hashlib.sha256(lesson.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}.json"


def encoded(table: object) -> bytes:
    """JSON that a person can read; ASCII, whatever is in it."""
    return (json.dumps(table, indent=1) + "\n").encode()


def decoded(data: bytes) -> object:
    """JSON. Raises ValueError for what is none, and for what nests without end."""
    try:
        return json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start} is not UTF-8") from error
    except RecursionError as error:
        raise ValueError("this nests too deep") from error
    except ValueError as error:
        raise ValueError(f"this is not JSON: {error}" if data.strip() else "this is empty") from error


def read_capped(file: Path, most: int) -> bytes:
    """The bytes of a file. Raises ValueError for what is no file or too large, OSError for what cannot be read."""
    if not stat.S_ISREG(file.stat().st_mode):  # a pipe would be waited for
        raise ValueError("this is not a file")
    with file.open("rb") as opened:
        data = opened.read(most + 1)
    if len(data) > most:
        raise ValueError(f"this is larger than {most:,} bytes")
    return data


def _exported(table: object) -> list[Progress]:
    """Progress that was exported. Raises ValueError naming the lesson and the field."""
    if not isinstance(table, dict) or table.get("kind") != _HEAD["kind"] or not isinstance(table.get("lessons"), list):
        raise ValueError("this is not a file that `rnntutor progress export` wrote")
    check_version(table)
    found: dict[str, Progress] = {}
    for number, entry in enumerate(table["lessons"], 1):
        try:
            progress = from_json(entry)
        except ValueError as error:
            raise ValueError(f"lesson {number} of {len(table['lessons'])}: {error}") from error
        if found.setdefault(progress.lesson, progress) is not progress:
            raise ValueError(f"lesson {progress.lesson!r:.60} stands in it twice")
    return list(found.values())


def _progress_of(file: Path) -> Progress:
    progress = from_json(decoded(read_capped(file, MAX_BYTES)))
    if file_name(progress.lesson) != file.name:
        raise ValueError(f"lesson: {progress.lesson!r:.60} would be in {file_name(progress.lesson)}")
    return progress
