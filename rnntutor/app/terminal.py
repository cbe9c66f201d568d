"""The terminal: signals that end the app, colour that may be missing, and whether it can show more than ASCII."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter, monochrome_style
from textual.scrollbar import ScrollBarRender

_SIGNALS = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT")
_PLAIN = Style.null()


class Grey(LineFilter):
    """Colours as greys, for NO_COLOR. Unlike Textual's own it copes with segments that have no style."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments without hue."""
        return [Segment(text, monochrome_style(style or _PLAIN), None) for text, style, _ in segments]


class WholeBar(ScrollBarRender):
    """Scroll bars of whole cells: blocks of an eighth are not in every font, and not ASCII."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "] * 8
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "] * 8


def leave_on_signals(leave: Callable[[int], None]) -> None:
    """Let `leave(128 + n)` put the terminal back before the process ends on signal n."""
    loop = asyncio.get_running_loop()
    for name in _SIGNALS:
        number = getattr(signal, name, None)
        if number is not None:
            with suppress(NotImplementedError, RuntimeError, ValueError):  # not the main thread, or not Unix
                loop.add_signal_handler(number, leave, 128 + int(number))


def is_poor(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether only ASCII is safe: the locale is C or POSIX, or the terminal is the Linux console."""
    locale = next((environment[k] for k in ("LC_ALL", "LC_CTYPE", "LANG") if environment.get(k)), "")
    return locale in ("C", "POSIX") or environment.get("TERM") == "linux"
