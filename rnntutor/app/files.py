"""New files: names that are safe anywhere, and nothing that is there already is ever written over. Pure; no screen."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from pathlib import Path

from rnntutor.writing import MOST, numbered, write_new

_LONGEST = 60
"""Characters of a name; file systems take 255 bytes, and people fewer."""


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
    for target in numbered(folder, stem, suffix):
        with suppress(FileExistsError):
            write_new(target, text.encode())
            return target
    raise FileExistsError(f"{MOST} files are called {stem} already")
