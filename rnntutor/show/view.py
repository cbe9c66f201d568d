"""What the panels show besides the playhead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """Which view is open, and how it is set."""

    name: str = "score"
