"""What the screen shows of an episode."""

from __future__ import annotations

from rnntutor.show.scene import Scene
from rnntutor.tasks.episode import Episode


def scene_of(episode: Episode) -> Scene:
    """The scene of an episode: its run and gradients under the names of its data."""
    return Scene(
        episode.run, episode.grads, episode.title, episode.about, episode.reads, episode.wants, episode.symbols,
        counts=episode.counts, took=episode.took, telling=episode.telling, learning=episode.learning,
        picture=episode.picture,
    )  # fmt: skip
