"""What the app can open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the list is there before NumPy is
    from rnntutor.course.opening import Opened
    from rnntutor.show.scene import Scene
    from rnntutor.tasks.episode import Episode


@dataclass(frozen=True)
class Entry:
    """One line of the opening list."""

    title: str
    about: str
    """A few words on the model: "LSTM 8"."""
    summary: str
    """What one learns from it."""
    open: Callable[[], Episode | Opened]
    """Makes what is played; may take a while, and may raise."""


def playable(opened: Episode | Opened) -> Scene | Opened:
    """What the player takes: the scene of an episode, or a whole lesson."""
    from rnntutor.play.episodes import scene_of
    from rnntutor.tasks.episode import Episode

    return scene_of(opened) if isinstance(opened, Episode) else opened

