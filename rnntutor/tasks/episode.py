"""One thing to play: a run, its gradients, and what the screen calls the data."""

from __future__ import annotations

from dataclasses import dataclass

from rnntutor.engine.backward import Gradients
from rnntutor.engine.learning import Learning
from rnntutor.engine.run import Run
from rnntutor.tasks.telling import Telling
from rnntutor.vision.picture import Picture


@dataclass(frozen=True, eq=False)
class Episode:
    """A run over one sequence (batch of one), ready to be stepped through."""

    title: str
    about: str
    """A short line on the model: "LSTM  8 units · 4 chars · “hello”"."""
    run: Run
    grads: Gradients
    reads: tuple[str, ...]
    """What each timestep reads, T names; an empty one where nothing is read."""
    wants: tuple[str, ...]
    """What each timestep should say, T names; an empty one where nothing is wanted."""
    symbols: tuple[str, ...]
    """What each unit of `x` and of `p` stands for."""
    counts: tuple[bool, ...] = ()
    """Where the loss counts, T; empty where it does everywhere."""
    took: bool = False
    """Whether the wants are what the network itself has chosen, not what it should say."""
    learning: Learning | None = None
    """How the model can go on learning; None where it is only played."""
    telling: Telling | None = None
    """How the network chooses what it says, so that it can be asked again with other numbers; None where it cannot."""
    picture: Picture | None = None
    """What the network sees; None for one that sees nothing."""
