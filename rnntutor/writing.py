"""Files that are written whole or not at all, and names that are free."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MOST = 1000
"""Files that may have one name, but for their number."""


def replace_file(path: Path, data: bytes) -> None:
    """Put these bytes in the place of a file, at once: who reads it finds the old ones or the new ones, all of them.

    They go to a side file, to the disk, and only then under the name. Raises OSError where that cannot be done;
    what was there stays, and nothing is left behind.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(3).hex()}")  # no two writers share it
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


def write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet. Raises FileExistsError if it is, OSError as `replace_file` does."""
    path.open("x").close()  # taken, so that nobody else takes it meanwhile
    try:
        replace_file(path, data)
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def numbered(folder: Path, stem: str, suffix: str) -> Iterator[Path]:
    """STEM.suffix, STEM-2.suffix and so on, whether they are there or not."""
    for k in range(1, MOST + 1):
        yield folder / f"{stem}{f'-{k}' if k > 1 else ''}{suffix}"
