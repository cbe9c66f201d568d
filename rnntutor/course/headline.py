"""The head of a lesson's words: its title and what one learns, which the list of lessons shows."""

from __future__ import annotations


def headline(text: str) -> tuple[str, str]:
    """The first heading and the paragraph under it, each on one line; empty for what is not there."""
    lines = [line.strip() for line in text.splitlines()]
    first = next((k for k, line in enumerate(lines) if line), None)
    if first is None or not lines[first].startswith("# "):
        return "", ""
    told: list[str] = []
    for line in lines[first + 1 :]:
        if line.startswith("#") or (told and not line):
            break
        told += [line] if line else []
    return lines[first].removeprefix("# ").strip(), " ".join(told)
