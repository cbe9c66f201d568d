"""Which symbols the numbers of a model stand for, from a file or from what a file of weights tells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rnntutor.tasks.chars import MAX_TEXT


def vocabulary(path: Path, size: int) -> tuple[str, ...]:
    """The symbols of a file, in the order of their numbers: a JSON list of texts or table of numbers, or lines.

    Raises ValueError naming the file where they are not as many as the model reads, all different.
    """
    text = text_of(path)
    found = parsed(str(path), text) if path.suffix == ".json" else text.removesuffix("\n").split("\n")
    return checked_symbols(str(path), found, size)


def parsed(what: str, text: Any) -> Any:
    """What a text says as JSON. Raises ValueError naming `what`."""
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{what}: this is not JSON") from error


def checked_symbols(what: str, found: Any, size: int) -> tuple[str, ...]:
    """Symbols in the order of their numbers, if there are `size` different ones. Raises ValueError naming `what`."""
    if isinstance(found, Mapping) and all(type(k) is int for k in found.values()):
        if sorted(found.values()) != list(range(len(found))):
            raise ValueError(f"{what}: the numbers of its symbols should be 0 to {len(found) - 1}")
        found = sorted(found, key=found.__getitem__)
    if not isinstance(found, list) or not all(isinstance(k, str) and k for k in found):
        raise ValueError(f"{what}: a list of symbols, or a table from symbols to their numbers, is wanted")
    if len(found) != size or len(set(found)) != size:
        raise ValueError(f"{what}: {len(set(found))} different symbols; the model reads {size}")
    return tuple(found)


def text_of(path: Path) -> str:
    """The text of a file. Raises ValueError naming it."""
    try:
        if not path.is_file():
            raise ValueError(f"{path}: there is no such file")
        if path.stat().st_size > MAX_TEXT:
            raise ValueError(f"{path}: at most {MAX_TEXT:,} bytes are read")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: this is not UTF-8 text (byte {error.start})") from error
