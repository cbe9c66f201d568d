"""How things look: colours for dark and light, signs for Unicode and ASCII. The only place where either is named."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rich.style import Style

from rnntutor.show.shades import contrast, shades

LEVELS = 20
"""Shades on each side of zero."""


@dataclass(frozen=True)
class Palette:
    """The colours of one theme, as hexadecimal text."""

    name: str
    background: str
    bar: str
    """Behind the header and the footer."""
    text: str
    soft: str
    faint: str
    accent: str
    """The playhead going forward, and what is selected."""
    back: str
    """The playhead going backward, and gradients."""
    on_accent: str
    good: str
    bad: str
    zero: str
    """A box that holds zero."""
    warm: tuple[str, ...]
    """What the shades of positive numbers come to from `zero`, the colour that they are known by, and maybe on."""
    cold: tuple[str, ...]
    """The same for negative numbers."""

    @property
    def positive(self) -> str:
        """What positive numbers are known by."""
        return self.warm[1]

    @property
    def negative(self) -> str:
        """What negative numbers are known by."""
        return self.cold[1]


# How well the shades can be told apart, with colour blindness too, is measured in tests/show/test_shades.py.
DARK = Palette(
    "rnntutor-dark", "#0f131a", "#1c2433", "#e8ebf2", "#9aa4bb", "#6f7a91", "#ffd060", "#b98cff", "#12151c",
    "#62d68c", "#ff7a70", "#171c26", ("#9c4a18", "#f88a45", "#ffa07a"), ("#1f5fb8", "#3f9bff", "#8fcdff"),
)  # fmt: skip
LIGHT = Palette(
    "rnntutor-light", "#fbfaf7", "#e9e6dd", "#1c2026", "#4d5563", "#6b7280", "#8a5a00", "#6a32c4", "#ffffff",
    "#1b7a3c", "#b3261e", "#efede6", ("#f29a3e", "#e06a00"), ("#4f96f5", "#1247b0"),
)  # fmt: skip


@dataclass(frozen=True)
class Glyphs:
    """The signs of formulas and pictures."""

    subscripts: bool = True
    sigma: str = "σ"
    dot: str = "·"
    times: str = "⊙"
    outer: str = "⊗"
    prime: str = "′"
    transposed: str = "ᵀ"
    powers: str = "²³⁴⁵⁶⁷⁸⁹"
    total: str = "Σ"
    norm: str = "‖"
    play: str = "▶"
    back: str = "◀"
    up: str = "▲"
    quotes: str = "“”"
    more: str = "…"
    left: str = "‹"
    right: str = "›"
    yes: str = "✓"
    no: str = "✗"
    plus_minus: str = "±"
    arrows: str = "←→↑↓"
    bars: str = "▁▂▃▄▅▆▇█"
    full: str = "█"
    half: str = "▌"
    eighths: str = "▏▎▍▌▋▊▉█"
    tick: str = "│"
    infinity: str = "∞"
    minus: str = "−"
    nothing: str = "–"
    """Where nothing is read."""
    becomes: str = "→"
    beyond: str = "↑↓"
    """More rows above and below."""
    rail: str = "─"
    window: str = "━"
    marks: str = "●◆▲■"
    """One for each curve of a plot."""
    together: str = "◈"
    """More than one curve in the same place."""
    axes: str = "│─┴└"
    playhead: str = "┊"
    wall: str = "║"
    partial: str = "∂"
    by: str = "×"
    rule: str = "│"
    singular: str = "σ_max"
    root: str = "√"
    epsilon: str = "ε"
    at_most: str = "≤"
    upper: str = "▀"
    """The upper half of a column; empty where there is none."""
    above: str = "▾"
    """Points at a column from above."""
    branches: str = "─├└│"
    """Of a tree: the first branch, another one, the last one, and one that comes further down."""


UNICODE = Glyphs()
ASCII = Glyphs(
    subscripts=False, sigma="sigmoid", dot=".", times="*", outer="(x)", prime="'", transposed=".T", powers="",
    total="sum", norm="|", play=">", back="<", up="^", quotes='""', more="...", left="<", right=">", yes="ok",
    no="differs", plus_minus="+-", arrows="<>^v", bars="_.:-=+*#", full="#", half="", eighths="#", tick="|",
    infinity="oo", minus="-", nothing="-", becomes="->", beyond="::", rail="-", window="=", marks="o*@&", together="8",
    axes="|-++", playhead=":", wall="#", partial="d ", by="x", rule="|", singular="sigma_max",
    root="sqrt ", epsilon="eps", at_most="<=", upper="", above="v", branches="-++|",
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """A palette, signs, and whether colour may be relied on."""

    palette: Palette = DARK
    glyphs: Glyphs = UNICODE
    plain: bool = False
    """Without colour: heat strips show signs."""
    near: bool = False
    """Whether gradients are measured against the largest of their own timestep, not of the whole pass."""

    @cached_property
    def text(self) -> Style:
        """Ordinary text."""
        return Style(color=self.palette.text)

    @cached_property
    def strong(self) -> Style:
        """What matters in ordinary text."""
        return Style(color=self.palette.text, bold=True)

    @cached_property
    def soft(self) -> Style:
        """Captions."""
        return Style(color=self.palette.soft)

    @cached_property
    def faint(self) -> Style:
        """Labels, and what is not computed yet."""
        return Style(color=self.palette.faint)

    @cached_property
    def good(self) -> Style:
        """A check that holds."""
        return Style(color=self.palette.good)

    @cached_property
    def bad(self) -> Style:
        """A check that fails."""
        return Style(color=self.palette.bad, bold=True)

    @cached_property
    def bar(self) -> Style:
        """Header and footer."""
        return Style(color=self.palette.soft, bgcolor=self.palette.bar)

    @cached_property
    def box(self) -> Style:
        """A box without a value."""
        return Style(color=self.palette.faint, bgcolor=self.palette.zero)

    @cached_property
    def gradient(self) -> Style:
        """Sizes of gradients."""
        return Style(color=self.palette.back)

    def curve(self, k: int) -> Style:
        """The k-th curve of a plot."""
        colours = (self.palette.positive, self.palette.good, self.palette.negative, self.palette.bad)
        return _bold(colours[k % len(colours)])

    def accent(self, direction: str = "forward") -> Style:
        """The playhead of a pass."""
        return _bold(self.colour(direction))

    def badge(self, direction: str = "forward") -> Style:
        """A label on the playhead's colour."""
        return _bold(self.palette.on_accent, self.colour(direction))

    def colour(self, direction: str) -> str:
        """The colour of a pass."""
        return self.palette.accent if direction == "forward" else self.palette.back

    @cached_property
    def selected(self) -> Style:
        """The box under the playhead."""
        return Style(
            color=self.palette.on_accent, bgcolor=self.palette.accent, bold=True, underline=self.plain
        )

    @property
    def by_hand(self) -> Style:
        """A box that was set by hand: it stands out in any colours, or without."""
        return Style(color=self.palette.background, bgcolor=self.palette.text, bold=True, underline=True)

    def heat(self, value: float) -> Style:
        """The style of a box that holds `value`, which is 1 at full scale."""
        return _heat(self.palette)[level(value)]

    def heat_colour(self, value: float) -> str:
        """The colour of a box that holds `value`."""
        style = self.heat(value)
        return style.bgcolor.name if style.bgcolor else self.palette.zero

    def heat_of_two(self, left: float, right: float) -> Style:
        """The style of a half block between two boxes: the colours of both."""
        return _of_two(self.palette, level(left), level(right))


def level(value: float) -> int:
    """A shade, from 0 to 2 * LEVELS, for a value that is 1 at full scale; nan counts as nothing."""
    if math.isnan(value):
        return LEVELS
    return LEVELS + round(max(-1.0, min(1.0, value)) * LEVELS)


@lru_cache
def _bold(colour: str, background: str | None = None) -> Style:
    return Style(color=colour, bgcolor=background, bold=True)


@lru_cache(maxsize=4)
def _heat(palette: Palette) -> tuple[Style, ...]:
    """One ready-made style for every shade, most negative first."""
    up, down = (shades((palette.zero, *stops), LEVELS) for stops in (palette.warm, palette.cold))
    return tuple(_shade(palette, colour, k) for k, colour in enumerate([*down[:0:-1], *up], -LEVELS))


@lru_cache(maxsize=4 * (2 * LEVELS + 1) ** 2)
def _of_two(palette: Palette, left: int, right: int) -> Style:
    styles = _heat(palette)
    return Style(color=styles[left].bgcolor, bgcolor=styles[right].bgcolor)


def _shade(palette: Palette, colour: str, k: int) -> Style:
    """A shade with what reads best on it: small numbers stay calm, the others take whichever ink is farther."""
    inks = (palette.soft,) if abs(k) <= LEVELS // 10 else ("#000000", "#ffffff")
    return Style(color=max(inks, key=lambda ink: contrast(ink, colour)), bgcolor=colour)
