"""Episodes and entries to open."""

from __future__ import annotations

from collections.abc import Sequence

from rnntutor.app.app import RnnTutorApp
from rnntutor.app.entries import Entry
from rnntutor.app.screens.player import PlayerScreen
from rnntutor.show.scene import Scene
from rnntutor.tasks.episode import Episode
from tests.show.scenes import scene
from tests.show.test_counted import a_scene


def as_episode(played: Scene) -> Episode:
    """A scene as the tasks make it."""
    return Episode(
        played.title, played.about, played.run, played.grads, played.reads, played.wants, played.symbols,
        played.counts, played.took, played.learning,
    )  # fmt: skip


def episode(name: str = "lstm") -> Episode:
    """A small episode, the same every time."""
    return as_episode(a_scene() if name == "reverse" else scene(name))


def long_episode() -> Episode:
    """Thirty-two units, twenty-seven characters."""
    return as_episode(
        scene("lstm", "the quick brown fox jumps over the lazy dog", 32, " abcdefghijklmnopqrstuvwxyz")
    )


def broken() -> Episode:
    """Something that cannot be opened."""
    raise ValueError("model.safetensors: W_i is missing [/] [@click=app.quit]x[/]")


def entries() -> Sequence[Entry]:
    """What the list shows."""
    return (
        Entry("Four gates", "LSTM 8", "What an LSTM keeps, writes and shows.", episode),
        Entry("Another cell", "GRU 8", "Two gates do as well.", lambda: episode("gru")),
        Entry("h[t-1] [/b]", "[red]", "It is broken.", broken),
    )


def player_app(played: Episode | None = None, *, ascii: bool = False) -> RnnTutorApp:
    """The app with something open."""
    return RnnTutorApp(entries(), start=played or episode(), ascii=ascii)


def player(app: RnnTutorApp) -> PlayerScreen:
    """The player on top."""
    assert isinstance(app.screen, PlayerScreen)
    return app.screen
