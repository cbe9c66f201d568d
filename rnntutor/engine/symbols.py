"""Symbols: what the units of an input or of a prediction stand for, such as characters."""

from __future__ import annotations

from collections.abc import Sequence

_STAND_INS = {" ": "␣", "\n": "⏎", "\t": "⇥"}
_IN_ASCII = {"_": " ", ">": "\t"}
"""How the stand-ins are written where there is nothing but ASCII."""


def shown(symbol: str) -> str:
    """A character as one visible column: stand-ins for the space, the line's end and anything unprintable."""
    return _STAND_INS.get(symbol) or (symbol if symbol.isprintable() else "�")


def units_of(text: str, symbols: Sequence[str]) -> list[int]:
    """The units that a text may mean: the symbol itself, else those that look the same on the screen."""
    same = [k for k, symbol in enumerate(symbols) if symbol == text]
    alike = same or [k for k, symbol in enumerate(symbols) if shown(symbol) == shown(text)]
    return alike or ([] if text not in _IN_ASCII else units_of(_IN_ASCII[text], symbols))
