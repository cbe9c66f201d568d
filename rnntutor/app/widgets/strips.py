"""Lines of text as strips of segments."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip


def strip_of(line: Text, width: int, base: Style) -> Strip:
    """A line as a strip of a width, as `Text.render` would have it; pieces with a style must not overlap."""
    plain, at, segments = line.plain, 0, []
    known: dict[int, Style] = {}  # a line has many pieces and few styles, and to find one by itself takes long
    for start, stop, style in line.spans:
        if start > at:
            segments.append(Segment(plain[at:start], base))
        if stop > start:
            if id(style) not in known:
                known[id(style)] = _on(base, style)
            segments.append(Segment(plain[start:stop], known[id(style)]))
        at = stop
    if at < len(plain):
        segments.append(Segment(plain[at:], base))
    return Strip(segments, line.cell_len).adjust_cell_length(width, base)


@lru_cache(maxsize=1024)
def _on(base: Style, style: str | Style) -> Style:
    return base + (Style.parse(style) if isinstance(style, str) else style)
