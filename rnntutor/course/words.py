"""The words of a lesson: en.md, one heading per moment.

    ## The forget gate keeps {#keep}
    f multiplies the old cell state, so c₂[3] becomes {c[2,3]}.

    ### ask
    Will h₂[3] be larger or smaller than c₂[3]?
    - larger: larger
    - smaller: smaller

    ### if larger          what that answer would have meant
    ### hint               as many as there are
    ### then               after the answer

What stands in braces is a query on the run: {c[2,3]}, or {p[2,"l"]|percent} in another form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from rnntutor.course.problem import Problem

if TYPE_CHECKING:
    from markdown_it.token import Token

FORMS = ("", "plain", "count", "percent", "symbol")
"""A number as on the screen, without a plus, as a whole number, in percent, or as the symbol that it stands for."""
_QUERY = re.compile(r"\{(?!#)([^{}\n]*)\}")
_FORM = re.compile(r"(.*\S)\s*\|\s*(\w+)")
_FIRST_MARK = 0xE000
"""Queries are single private characters while the Markdown around them is read, so that it finds no marks in them."""
MOST_QUERIES = 6400
_ID = re.compile(r"\s*\{#([\w-]+)\}\s*$")
_STYLES = {"em_open": "em", "strong_open": "strong"}


@dataclass(frozen=True)
class Piece:
    """A few words in one style, or a query whose answer stands there."""

    text: str
    style: str = ""
    """"", "em", "strong" or "code"."""
    form: str | None = None
    """Of a query, whose text is `text`: one of FORMS; None for words."""
    line: int = 0


@dataclass(frozen=True)
class Paragraph:
    """Words that are wrapped together."""

    pieces: tuple[Piece, ...]
    kind: str = "text"
    """"text", "item", "formula" (not wrapped) or "quote" (published, with its source)."""
    line: int = 0

    @property
    def queries(self) -> Iterator[Piece]:
        """The queries in it."""
        return (piece for piece in self.pieces if piece.form is not None)


Paragraphs = tuple[Paragraph, ...]


@dataclass
class Words:
    """What is said at one moment."""

    id: str
    title: str
    line: int
    text: list[Paragraph] = field(default_factory=list)
    ask: list[Paragraph] = field(default_factory=list)
    labels: dict[str, Paragraph] = field(default_factory=dict)
    """What the choices are called, by name."""
    hints: list[list[Paragraph]] = field(default_factory=list)
    on: dict[str, list[Paragraph]] = field(default_factory=dict)
    """What an answer would have meant, by the name of the choice or the slip."""
    then: list[Paragraph] = field(default_factory=list)
    """After the answer."""
    lines: dict[str, int] = field(default_factory=dict, repr=False)
    """Where its sections begin."""

    def sections(self) -> Iterator[list[Paragraph]]:
        """All of its paragraphs, by section."""
        yield from (self.text, self.ask, list(self.labels.values()), *self.hints, *self.on.values(), self.then)


def parse_words(text: str, file: Path, problems: list[Problem]) -> dict[str, Words]:
    """The words of every moment by its id, in the order of the file; what is wrong is added to `problems`."""
    return _Parser(text, file, problems).words


class _Parser:
    """Goes through the blocks of the Markdown and puts each where it belongs."""

    def __init__(self, text: str, file: Path, problems: list[Problem]) -> None:
        from markdown_it import MarkdownIt

        self.file, self.problems = file, problems
        self.queries: list[tuple[str, int]] = []
        marked = "\n".join(self._marked(line, number) for number, line in enumerate(text.splitlines(), 1))
        self.words: dict[str, Words] = {}
        self.here: Words | None = None
        self.into: list[Paragraph] = []
        self.section = ""
        if len(self.queries) > MOST_QUERIES:
            self._tell(self.queries[MOST_QUERIES][1], f"more than {MOST_QUERIES:,} queries in one lesson")
            return
        reader = MarkdownIt("commonmark", {"html": False}).disable(["link", "image", "autolink", "html_inline"])
        self._read(reader.disable(["html_block", "entity"]).parse(marked))  # &#xE000; would be one of the marks

    def _marked(self, line: str, number: int) -> str:
        """A line with a private character in the place of every query."""

        def mark(found: re.Match[str]) -> str:
            self.queries.append((found[1].strip(), number))
            return chr(_FIRST_MARK + len(self.queries) - 1)

        clean = "".join("�" if 0xE000 <= ord(c) <= 0xF8FF else c for c in line)
        return _QUERY.sub(mark, clean)

    def _read(self, tokens: Sequence[Token]) -> None:
        kind = "text"
        heading = ""
        for token in tokens:
            line = token.map[0] + 1 if token.map else 0
            match token.type:
                case "heading_open":
                    heading = token.tag
                case "heading_close":
                    heading = ""
                case "list_item_open":
                    kind = "item"
                case "blockquote_open":
                    kind = "quote"
                case "list_item_close" | "blockquote_close":
                    kind = "text"
                case "fence" | "code_block":
                    self._formulas(token.content, line + (token.type == "fence"))
                case "inline" if heading:
                    self._heading(heading, token.content, line)
                case "inline":
                    self._paragraph(Paragraph(tuple(self._pieces(token.children or [], line)), kind, line))

    # Headings.

    def _heading(self, level: str, marked: str, line: int) -> None:
        text = self._literal(marked)
        if text != marked:
            self._tell(line, "a heading takes no query; write it under the heading")
        if level == "h2":
            self._moment(text, line)
        elif level == "h3" and self.here is not None:
            self._begin(self.here, text.strip(), line)
        elif level != "h1" or self.here is not None:
            self._tell(line, "wanted is ## for a moment, or ### ask, hint, if NAME or then below one")

    def _moment(self, text: str, line: int) -> None:
        found = _ID.search(text)
        name = found[1] if found else ""
        if not name:
            self._tell(line, "a moment's heading ends in its id: ## Title {#id}")
        elif name in self.words:
            self._tell(line, f"two moments are called {name!r}")
        self.here = Words(name, _ID.sub("", text).strip(), line)
        self.into, self.section = self.here.text, ""
        if name:
            self.words.setdefault(name, self.here)

    def _begin(self, here: Words, text: str, line: int) -> None:
        """A section of a moment."""
        head, _, name = text.partition(" ")
        name = name.strip()
        match head:
            case "ask" | "then" if not name and head not in here.lines:
                self.into = here.ask if head == "ask" else here.then
            case "hint" if not name:
                here.hints.append([])
                self.into = here.hints[-1]
            case "if" if name and name not in here.on:
                self.into = here.on[name] = []
            case _:
                self._tell(line, f"### {text} is not known here; wanted is ask, if NAME or then, each once, or hint")
                self.into = []
        self.section = text
        here.lines[text] = line

    # What stands under them.

    def _paragraph(self, found: Paragraph) -> None:
        if self.here is None:
            return  # the summary
        if self.section == "ask" and found.kind == "item":
            self._label(self.here, found)
        else:
            self.into.append(found)

    def _label(self, here: Words, found: Paragraph) -> None:
        """A choice: "- larger: larger than c₂[3]"."""
        name, colon, label = found.pieces[0].text.partition(":") if found.pieces else ("", "", "")
        if not colon or found.pieces[0].form is not None:
            self._tell(found.line, "a choice is written - NAME: its words")
            return
        first = Piece(label.lstrip(), found.pieces[0].style, line=found.line)
        here.labels[name.strip()] = Paragraph((first, *found.pieces[1:]), "item", found.line)

    def _formulas(self, content: str, line: int) -> None:
        for k, formula in enumerate(content.rstrip("\n").split("\n")):
            self._paragraph(Paragraph(tuple(self._split(formula, "", line + k)), "formula", line + k))

    def _pieces(self, children: Sequence[Token], line: int) -> Iterator[Piece]:
        style = ""
        for token in children:
            match token.type:
                case "em_open" | "strong_open":
                    style = _STYLES[token.type]
                case "em_close" | "strong_close":
                    style = ""
                case "softbreak" | "hardbreak":
                    yield Piece(" ", style, line=line)
                    line += 1
                case "code_inline":
                    yield Piece(self._literal(token.content), "code", line=line)
                case _:
                    yield from self._split(token.content, style, line)

    def _split(self, text: str, style: str, line: int) -> Iterator[Piece]:
        """Words and the queries between them."""
        for part in re.split(r"([\ue000-\uf8ff])", text):
            if part and "\ue000" <= part[0] <= "\uf8ff":
                query, at = self.queries[ord(part) - _FIRST_MARK]
                yield self._query(query, style, at)
            elif part:
                yield Piece(part, style, line=line)

    def _query(self, text: str, style: str, line: int) -> Piece:
        formed = _FORM.fullmatch(text)
        query, form = (formed[1], formed[2]) if formed else (text, "")
        if not query:
            self._tell(line, "a query is wanted between the braces, such as {c[2,3]}")
        if form not in FORMS:
            self._tell(line, f"{form!r} is no form of a number; there are {', '.join(FORMS[1:])}")
            form = ""
        return Piece(query, style, form, line)

    def _literal(self, text: str) -> str:
        """Code, or a heading, as it was written."""
        return re.sub(
            r"[\ue000-\uf8ff]", lambda found: f"{{{self.queries[ord(found[0]) - _FIRST_MARK][0]}}}", text
        )

    def _tell(self, line: int, text: str) -> None:
        self.problems.append(Problem(self.file, line, text))
