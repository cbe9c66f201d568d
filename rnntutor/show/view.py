"""What the panels show besides the playhead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """Which view is open, and how it is set."""

    name: str = "score"
    watches: tuple[str, ...] = ()
    """Expressions that have a row of the tape each."""
    temperature: float = 1.0
    """What the scores are divided by before they become probabilities, in the output view."""
