"""What the app can open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # the list is there before NumPy is
    from rnntutor.course.opening import Opened
    from rnntutor.course.progress import Progress
    from rnntutor.play.studying import Study
    from rnntutor.show.scene import Scene
    from rnntutor.tasks.drafting import Writing
    from rnntutor.tasks.episode import Episode

    Openable = Episode | Opened | Writing | Study
    Playable = Scene | Opened | Writing | Study


@dataclass(frozen=True)
class Entry:
    """One line of the opening list."""

    title: str
    about: str
    """A few words on the model: "LSTM 8"."""
    summary: str
    """What one learns from it."""
    open: Callable[[], Openable]
    """Makes what is played; may take a while, and may raise."""
    number: int = 0
    """In the course; 0 for none."""
    kind: Literal["course", "sandbox"] = "sandbox"
    id: str = ""
    """What progress is kept by; empty where none is."""
    moments: int = 0
    questions: int = 0
    progress: Progress | None = None
    """How far the learner is; None for not begun."""
    headings: Callable[[], str] = str
    """The headings inside of it, in small letters, for a search: read when they are first needed."""


def playable(opened: Openable) -> Playable:
    """What a screen takes: the scene of an episode, a whole lesson, equations to be written on, or a training."""
    from rnntutor.play.episodes import scene_of
    from rnntutor.tasks.episode import Episode

    return scene_of(opened) if isinstance(opened, Episode) else opened
