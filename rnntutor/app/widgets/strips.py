"""Lines of text as strips of segments."""

from __future__ import annotations

from functools import lru_cache

from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip


def strip_of(line: Text, width: int, base: Style) -> Strip:
    """A line as a strip of a width, as `Text.render` would have it; pieces with a style must not overlap."""
    room = width - line.cell_len
    if room < 0:
        return Strip(_segments(line, base), line.cell_len).adjust_cell_length(width, base)
    return LineStrip(line, width, base)


def _segments(line: Text, base: Style) -> list[Segment]:
    """The pieces of a line, each with a style."""
    plain, at, segments = line.plain, 0, []
    # A line has many pieces and few styles, and to find one by itself takes long.
    known: dict[int, Style] = {}
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
    return segments


class LineStrip(Strip):
    """A strip that knows its line: what goes to the terminal is written from there, in half the bytes.

    Segments are made when Textual asks for them, and then all is as in any strip.
    """

    __slots__ = ("_base", "_line", "_made")

    def __init__(self, line: Text, width: int, base: Style) -> None:
        self._line, self._base = line, base
        super().__init__((), width)
        self._made: list[Segment] | None = None

    @property
    def _segments(self) -> list[Segment]:
        if self._made is None:
            self._made = _segments(self._line, self._base)
            if room := self.cell_length - self._line.cell_len:
                self._made.append(Segment(" " * room, self._base))
        return self._made

    @_segments.setter
    def _segments(self, made: list[Segment]) -> None:
        self._made = made

    def render(self, console: Console) -> str:
        """The line for the terminal."""
        if self._render_cache is None:
            self._render_cache = self._written(COLOR_SYSTEMS[console.color_system or "truecolor"])
        return self._render_cache

    def _written(self, system: ColorSystem) -> str:
        plain, at, codes = self._line.plain, 0, _Codes(self._base, system)
        written: list[str] = []
        for start, stop, style in self._line.spans:
            if start > at:
                written.append(codes.written(plain[at:start], self._base))
            if stop > start:
                written.append(codes.written(plain[start:stop], style))
            at = stop
        rest = plain[at:] + " " * (self.cell_length - self._line.cell_len)
        written.append(codes.written(rest, self._base) if rest else "")
        return "".join(written) + "\x1b[0m"


class _Codes:
    """The codes of the styles of one line, each worked out once."""

    def __init__(self, base: Style, system: ColorSystem) -> None:
        self.base, self.system = base, system
        self.known: dict[int, tuple[str, str, str]] = {}

    def written(self, text: str, style: str | Style) -> str:
        """A piece of the line; where nothing but colour is seen, the colour of the letters need not be said."""
        found = self.known.get(id(style))
        if found is None:
            found = self.known[id(style)] = _codes(self.base, style, self.system)
        behind, full, end = found
        return f"{behind if behind and text.isspace() else full}{text}{end}"


@lru_cache(maxsize=1024)
def _codes(base: Style, style: str | Style, system: ColorSystem) -> tuple[str, str, str]:
    """What is written before blank text and before any, and after it.

    A style of two colours and nothing else takes over from the one before; any other begins and ends by itself.
    """
    whole = _on(base, style)
    full = Strip.render_ansi(whole, system)
    if whole.color and whole.bgcolor and whole == Style.from_color(whole.color, whole.bgcolor):
        behind = Strip.render_ansi(Style(bgcolor=whole.bgcolor), system)
        return f"\x1b[{behind}m", f"\x1b[{full}m", ""
    return "", f"\x1b[0;{full}m" if full else "\x1b[0m", "\x1b[0m"


@lru_cache(maxsize=1024)
def _on(base: Style, style: str | Style) -> Style:
    return base + (Style.parse(style) if isinstance(style, str) else style)
