"""New files: names that are safe anywhere, and nothing that is there already is ever written over. Pure; no screen."""

from __future__ import annotations

import os
import re
import unicodedata
from contextlib import suppress
from pathlib import Path

_LONGEST = 60
"""Characters of a name; file systems take 255 bytes, and people fewer."""
_MOST = 1000


def file_stem(*parts: str) -> str:
    """Words as the name of a file: ASCII letters and figures, - and _; other characters give way.

    `file_stem("rnntutor", "hello: x/y", "t2", "dW_f")` is "rnntutor-hello-x-y-t2-dW_f".
    """
    plain = (unicodedata.normalize("NFKD", part).encode("ascii", "ignore").decode() for part in parts)
    words = (re.sub(r"[^A-Za-z0-9_]+", "-", part).strip("-")[:_LONGEST].strip("-") for part in plain)
    return "-".join(word for word in words if word)


def save_new(folder: Path, stem: str, suffix: str, text: str) -> Path:
    """Write a text to STEM.suffix, or STEM-2.suffix and so on: the first name that is free. All of it or nothing.

    Raises OSError where that cannot be done; nothing is left behind then.
    """
    target = _reserved(folder, stem, suffix)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    except BaseException:
        for left in (beside, target):
            with suppress(OSError):
                left.unlink()
        raise
    return target


def _reserved(folder: Path, stem: str, suffix: str) -> Path:
    """An empty file under the first name that is free, so that nobody else takes it meanwhile."""
    for k in range(1, _MOST + 1):
        target = folder / f"{stem}{f'-{k}' if k > 1 else ''}{suffix}"
        with suppress(FileExistsError):
            target.open("x").close()
            return target
    raise FileExistsError(f"{_MOST} files are called {stem} already")
