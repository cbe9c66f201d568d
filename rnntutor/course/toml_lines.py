"""Where in a TOML file a value stands. The parser of the standard library does not say."""

from __future__ import annotations

import re
from collections import Counter

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([\w.\-]+)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"^\s*([\w.\-]+)\s*=")


class Lines:
    """The line of every table and key, from 1: `Lines(text).of("moment", 2, "ask", "answer")`."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        counts: Counter[Path] = Counter()
        table: Path = ()
        for number, line in enumerate(text.splitlines(), 1):
            if header := _HEADER.match(line):
                names = tuple(header[2].split("."))
                if header[1] == "[[":
                    counts[names] += 1
                table = _numbered(names, counts)
                self._lines.setdefault(table, number)
            elif key := _KEY.match(line):
                self._lines.setdefault((*table, *key[1].split(".")), number)

    def of(self, *path: str | int) -> int:
        """The line of a value, or of the innermost table around it that is found; 0 for none."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 0)


def _numbered(names: tuple[str, ...], counts: Counter[Path]) -> Path:
    """The path of a header, with the number of each table of a list: [moment.ask] is ("moment", 2, "ask")."""
    path: list[str | int] = []
    for k, name in enumerate(names, 1):
        path.append(name)
        if counts[names[:k]]:
            path.append(counts[names[:k]] - 1)
    return tuple(path)
