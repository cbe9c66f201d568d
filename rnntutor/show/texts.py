"""Numbers and words as the screen shows them: in few columns, and harmless wherever they come from."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.style import Style
from rich.text import Text

from rnntutor.show.look import Look

_SUBSCRIPTS = str.maketrans("0123456789-", "₀₁₂₃₄₅₆₇₈₉₋")
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def subscript(t: int) -> str:
    """A number in small figures."""
    return str(t).translate(_SUBSCRIPTS)


def power_of_ten(exponent: int, look: Look) -> str:
    """10⁻³, or 1e-3 in ASCII."""
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}" if look.glyphs.subscripts else f"1e{exponent}"


def counted(count: int, what: str) -> str:
    """1 unit, 1,200 units."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def number(value: float, signed: bool = True) -> str:
    """A value with three decimals, or in powers of ten where those would say nothing."""
    size = abs(value)
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "+inf" if value > 0 else "-inf"
    if size == 0:
        return "0"
    text = (
        f"{size:.3f}" if 0.0095 <= size < 1000 else f"{size:.5f}" if 0.0001 <= size < 1 else _in_powers(size)
    )
    return ("-" if value < 0 else "+" if signed else "") + text


def _in_powers(size: float) -> str:
    """A size as 4.1e-7."""
    mantissa, power = f"{size:.1e}".split("e")
    return f"{mantissa}e{int(power)}"


def probability(value: float) -> str:
    """A probability without its leading zero, as in .61 for 0.61."""
    return "nan" if math.isnan(value) else "1.0" if value >= 0.995 else f"{value:.2f}"[1:]


@lru_cache(maxsize=4096)
def clean(text: str) -> str:
    """Text that cannot harm a terminal or shift a column: stand-ins for controls, marks and overrides."""
    return "".join(map(_harmless, text))


def _harmless(c: str) -> str:
    """A character, or what stands for it: a space for other spaces, a sign for what is no character to be seen."""
    kind = unicodedata.category(c)
    if kind == "Zs":
        return " " if cell_len(c) == 1 else "  "
    return "�" if kind[0] in "CM" or kind in ("Zl", "Zp") or cell_len(c) == 0 else c


_IN_ASCII = {
    "“": '"', "”": '"', "\u2018": "'", "’": "'", "…": "...", "␣": "_", "⏎": "\\n", "⇥": ">", "→": "->", "×": "x",
    "σ": "sigma", "Σ": "sum ", "∂": "d", "⊙": "*", "⊗": "(x)", "′": "'", "‖": "|", "−": "-", "–": "-", "≤": "<=",
    "≥": ">=", "≈": "~", "√": "sqrt", "γ": "gamma", "θ": "theta", "─": "-", "ᵀ": ".T", "∞": "oo", "±": "+-",
    "²": "**2", "₋": "-", "ₜ": "_t", "ⁿ": "^n", "←": "<-", "│": "|", "↑": "^", "↓": "v",
    **{small: str(k) for k, small in enumerate("₀₁₂₃₄₅₆₇₈₉")},
}  # fmt: skip
"""What is written for signs that ASCII lacks."""
_COLUMN = re.compile(r"(\S)  +")
"""The end of a column in a table or a picture."""


def plain_ascii(text: str) -> str:
    """The same words in ASCII; the dot is a dash between words, and a product inside formulas.

    A stand-in that is longer takes of the blanks behind it, so that columns stay where they are.
    """
    parted = _COLUMN.sub(_aligned, text.replace(" · ", " - ").replace("·", "*"))
    joined = "".join(_IN_ASCII.get(c, c) for c in parted)
    return "".join(c if " " <= c <= "~" else "?" for c in joined)


def _aligned(end: re.Match[str]) -> str:
    """The last sign of a column, and the blanks after it that are left."""
    sign = _IN_ASCII.get(end[1], end[1])
    return sign + " " * max(1, len(end[0]) - len(sign))


def fit(text: str, width: int) -> str:
    """Text in exactly `width` columns, cut or filled."""
    return set_cell_size(text, max(0, width))


def shorten(text: str, width: int, more: str = "…") -> str:
    """Text in at most `width` columns; what is cut is marked."""
    if cell_len(text) <= width:
        return text
    return (
        (set_cell_size(text, width - len(more)).rstrip() + more)
        if width > len(more)
        else set_cell_size(text, max(0, width))
    )


def cut(line: Text, width: int, look: Look) -> None:
    """Shorten a line to `width` columns; what is cut is marked."""
    if line.cell_len > width:
        line.truncate(max(0, width - len(look.glyphs.more)))
        line.append(look.glyphs.more[:width])


def words(text: str, look: Look) -> str:
    """Text from outside, safe to show."""
    return clean(text) if look.glyphs.subscripts else plain_ascii(clean(text))


def line_of(*pieces: tuple[str, Style] | str) -> Text:
    """A line of styled pieces; nothing in them is ever read as markup."""
    return Text.assemble(*pieces, no_wrap=True, end="")


def pad(line: Text, column: int) -> Text:
    """Fill a line with spaces up to a column."""
    line.append(" " * max(0, column - line.cell_len))
    return line


def aligned(numbers: Sequence[str]) -> list[str]:
    """Numbers as text with their points under each other, all equally wide."""
    before = [len(text.partition(".")[0]) for text in numbers]
    lead = max(before, default=0)
    shifted = [" " * (lead - k) + text for k, text in zip(before, numbers, strict=True)]
    width = max(map(len, shifted), default=0)
    return [text.ljust(width) for text in shifted]


def long_bar(part: float, width: int, look: Look) -> str:
    """A bar of at most `width` columns, from 0 to 1; as fine as the signs allow."""
    signs = look.glyphs.eighths
    if not math.isfinite(part):
        return "?"[:width]
    full, rest = divmod(round(max(0.0, min(1.0, part)) * width * len(signs)), len(signs))
    return signs[-1] * full + (signs[rest - 1] if rest else "")


def bar(part: float, look: Look) -> str:
    """One column that is filled in proportion, from 0 to 1."""
    bars = look.glyphs.bars
    return bars[max(0, min(len(bars) - 1, round(part * len(bars)) - 1))] if math.isfinite(part) else "?"
