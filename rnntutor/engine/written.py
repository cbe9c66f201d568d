"""From the text of a query to its syntax tree; what the screen writes means the same as what is easy to type.

c₂[3]   c[2,3]          h₋₁[3]   h_prev[0,3], the start
h′[3]   h_prev[3]       p₂[“l”]  p[2,"l"]
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from rnntutor.engine.syntax import EquationError, Source, syntax_tree

_ASSIGNS = re.compile(r"""(?:"[^"]*"|'[^']*'|[^"'])*?(?<![=!<>])(=)(?!=)""")
"""A single = outside texts."""
_START = "₋₁"
_FIGURES = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_PIECES = re.compile(
    r"""
    "(?P<bare>["\\])"(?=\s*\])                       # a symbol that would need a backslash, in ASCII quotes
  | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')    # stays as it is
  | “(?P<quoted>”(?=”)|[^”]+)”
  | \b(?!(?:and|or|not)\b)(?P<name>[A-Za-z][A-Za-z0-9_]*)(?:(?P<small>\s*(?:₋₁|[₀-₉]+))(?P<late>['′’])?(?P<open>\s*\[)?
                                                |(?P<prime>['′’]))
  | (?P<minus>−)
    """,
    re.VERBOSE,
)


def tree_of(source: Source) -> ast.expr:
    """The syntax tree of a query, its columns counted in the text as it was written. Raises EquationError."""
    source.check_length()
    if not source.text:
        raise source.error("this is empty", 0, "write a value or a condition, such as c[t,3] or loss[t] > 2")
    odd = next((k for k, letter in enumerate(source.text) if not letter.isprintable()), None)
    if odd is not None:
        raise source.error("a character that cannot be read", odd, "a query is one line of plain text")
    text, columns = _plain(source.text)
    try:
        tree = syntax_tree(text, source, 0)
    except EquationError as error:
        assigns = _ASSIGNS.match(text)
        if assigns is not None:
            raise source.error("one = compares nothing", columns[assigns.start(1)], "write ==") from error
        raise source.error(error.what, columns[min(error.column, len(text))], error.hint) from error
    for node in ast.walk(tree):
        if hasattr(node, "col_offset"):
            node.col_offset = columns[node.col_offset]
    return tree


def _plain(text: str) -> tuple[str, list[int]]:
    """The text as Python reads it, and where each of its letters comes from, with one more for the end."""
    pieces: list[tuple[str, int]] = []
    at = 0
    for found in _PIECES.finditer(text):
        pieces += _letters(text[at : found.start()], at)
        pieces += [(letter, column) for word, column in _pieces(found) for letter in word]
        at = found.end()
    pieces += _letters(text[at:], at)
    return "".join(letter for letter, _ in pieces), [*(column for _, column in pieces), len(text)]


def _pieces(found: re.Match[str]) -> Iterator[tuple[str, int]]:
    """What something stands for, word by word, each with the column it comes from."""
    symbol = found["bare"] or found["quoted"]
    if symbol:
        yield repr(symbol), found.start()
    elif found["name"]:
        yield from _letters(found["name"], found.start())
        start = (found["small"] or "").strip() == _START
        if start or found["late"] or found["prime"]:
            yield "_prev", found.end("name")
        if found["small"]:
            t = "0" if start else str(int(found["small"].strip().translate(_FIGURES)))
            yield f"[{t}{',' if found['open'] else ']'}", found.end("small") - len(found["small"].strip())
    elif found["minus"]:
        yield "-", found.start()
    else:
        yield from _letters(found["text"], found.start())


def _letters(text: str, start: int) -> Iterator[tuple[str, int]]:
    """The letters of a text, each with its column."""
    return ((letter, start + k) for k, letter in enumerate(text))
