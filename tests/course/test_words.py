"""The words of a lesson: Markdown with queries in it, and what can be wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.course.headline import headline
from rnntutor.course.problem import Problem
from rnntutor.course.words import MOST_QUERIES, Piece, Words, parse_words

FILE = Path("en.md")
GOOD = """# Four gates

What each gate
does.

## The forget gate {#keep}

f *keeps* {c[2,3] * f[1,2] * 3} and `{x}`
with {p[2,"l"] | percent}.

- one {t|count}
- two

```text
c = {c[1,0]}
```

> Gers et al. 2000: 0.5

### ask

Larger?

- larger: than {c[1,1]}
- same: **no**

### if larger
No.
### hint
First.
### hint
Second.
### then
Yes.

## After it {#after}
Words.
"""


def read(text: str) -> tuple[dict[str, Words], list[str]]:
    problems: list[Problem] = []
    return parse_words(text, FILE, problems), [str(problem) for problem in problems]


def test_a_moment_with_everything() -> None:
    words, problems = read(GOOD)
    assert problems == []
    assert list(words) == ["keep", "after"]
    keep = words["keep"]
    assert (keep.title, keep.line) == ("The forget gate", 6)
    assert [paragraph.kind for paragraph in keep.text] == ["text", "item", "item", "formula", "quote"]
    assert [len(hint) for hint in keep.hints] == [1, 1]
    assert list(keep.labels) == ["larger", "same"]
    assert list(keep.on) == ["larger"]
    assert keep.lines == {"ask": 20, "if larger": 27, "hint": 31, "then": 33}


def test_queries_are_kept_as_they_were_written() -> None:
    """Stars and brackets in them are no Markdown; in code braces are braces."""
    [first, *_] = read(GOOD)[0]["keep"].text
    assert [(k.text, k.style, k.form) for k in first.pieces] == [
        ("f ", "", None), ("keeps", "em", None), (" ", "", None), ("c[2,3] * f[1,2] * 3", "", ""), (" and ", "", None),
        ("{x}", "code", None), (" ", "", None), ("with ", "", None), ('p[2,"l"]', "", "percent"), (".", "", None),
    ]  # fmt: skip
    assert [k.line for k in first.queries] == [8, 9]


def test_a_choice_has_its_words() -> None:
    labels = read(GOOD)[0]["keep"].labels
    assert labels["larger"].pieces[:2] == (Piece("than ", line=24), Piece("c[1,1]", "", "", 24))
    assert labels["same"].pieces[1] == Piece("no", "strong", line=25)


WRONG = {
    "no id": ("## Title\n", "en.md:1: a moment's heading ends in its id: ## Title {#id}"),
    "twice": ("## A {#a}\n\n## B {#a}\n", "en.md:3: two moments are called 'a'"),
    "unknown section": ("## A {#a}\n### maybe\n", "en.md:2: ### maybe is not known here"),
    "two questions": ("## A {#a}\n### ask\n\nx\n### ask\n", "en.md:5: ### ask is not known here"),
    "if of nothing": ("## A {#a}\n### if\n", "en.md:2: ### if is not known here"),
    "a section of nothing": ("### ask\n", "en.md:1: wanted is ## for a moment"),
    "a second title": ("## A {#a}\n# B\n", "en.md:2: wanted is ## for a moment"),
    "an empty query": ("## A {#a}\n\nx {} y\n", "en.md:3: a query is wanted between the braces"),
    "an unknown form": ("## A {#a}\n\nx\n{t|roman}\n", "en.md:4: 'roman' is no form of a number"),
    "a query in a heading": ("## A {loss[1]} {#a}\n", "en.md:1: a heading takes no query"),
    "a choice without a name": ("## A {#a}\n### ask\n\n- larger\n", "en.md:4: a choice is written - NAME: its words"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_with_its_line(name: str) -> None:
    text, told = WRONG[name]
    assert [problem for problem in read(text)[1] if problem.startswith(told)]


def test_a_heading_stays_as_it_was_written() -> None:
    assert read("## A {loss[1]} choice {#a}\n")[0]["a"].title == "A {loss[1]} choice"


@pytest.mark.parametrize("entity", ["&#xE000;", "&#xE123;", "&amp;"])
def test_an_entity_is_no_mark(entity: str) -> None:
    """Decoded, it could be the private character that stands for a query."""
    words, problems = read(f"## A {{#a}}\n\n{entity} {{t}}\n")
    [said] = words["a"].text
    assert problems == []
    assert [(piece.text, piece.form) for piece in said.pieces] == [(f"{entity} ", None), ("t", "")]


def test_everything_wrong_is_told_at_once() -> None:
    assert len(read("## A\n### maybe\n{t|roman}\n")[1]) == 3


def test_too_many_queries() -> None:
    text = "## A {#a}\n" + "{t}" * (MOST_QUERIES + 1)
    assert read(text) == ({}, [f"en.md:2: more than {MOST_QUERIES:,} queries in one lesson"])


@given(st.text(alphabet="#{}|ab \n*_`[]()<>!-:\ue000\\&;", max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    words, _ = read(f"# T\n\n## A {{#a}}\n{text}")
    assert "a" in words
    for section in words["a"].sections():
        for paragraph in section:
            assert all(isinstance(piece.text, str) for piece in paragraph.pieces)


@given(st.text(alphabet=st.characters(exclude_characters="{}\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029`"), min_size=1))
def test_a_query_comes_out_as_it_went_in(query: str) -> None:
    words, _ = read(f"## A {{#a}}\n\nx {{{query}}} y\n")
    found = [piece for paragraph in words["a"].text for piece in paragraph.queries]
    if query.strip() and "|" not in query and not query.startswith("#"):
        kept = "".join("�" if "\ue000" <= c <= "\uf8ff" else c for c in query)
        assert [piece.text for piece in found] == [kept.strip()]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (GOOD, ("Four gates", "What each gate does.")),
        ("", ("", "")),
        ("words", ("", "")),
        ("# T", ("T", "")),
        ("\n# T\n## A {#a}\nwords", ("T", "")),
    ],
)
def test_the_head(text: str, wanted: tuple[str, str]) -> None:
    assert headline(text) == wanted
