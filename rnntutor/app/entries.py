"""What the app can open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the list is there before NumPy is
    from rnntutor.tasks.episode import Episode


@dataclass(frozen=True)
class Entry:
    """One line of the opening list."""

    title: str
    about: str
    """A few words on the model: "LSTM 8"."""
    summary: str
    """What one learns from it."""
    open: Callable[[], Episode]
    """Makes the episode; may take a while, and may raise."""

