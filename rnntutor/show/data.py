"""What the data of a timestep is called: what it reads, and what is wanted there or was taken."""

from __future__ import annotations

from rich.cells import cell_len

from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.texts import words

MEASURED = 1000
"""How many symbols are looked at to find how long they are."""
_SHORT = 3
"""Columns of a symbol that is no word."""


def read_at(scene: Scene, t: int, look: Look) -> str:
    """What is read at `t`: a symbol, or a dash for nothing."""
    return words(scene.reads[t], look) or look.glyphs.nothing


def wanted_at(scene: Scene, t: int, look: Look) -> str:
    """want e, or took e where the network itself has chosen; empty where nothing is wanted."""
    if t >= len(scene.wants) or not scene.counted(t):
        return ""
    return f"{'took' if scene.took else 'want'} {words(scene.wants[t], look)}"


def says_words(scene: Scene) -> bool:
    """Whether the symbols are words, too long to stand beside each other in a column of the tape."""
    return any(cell_len(symbol) > _SHORT for symbol in scene.symbols[:MEASURED])


def quoted(text: str, look: Look) -> str:
    """A symbol between quotation marks."""
    return f"{look.glyphs.quotes[0]}{words(text, look)}{look.glyphs.quotes[1]}"


def stands_for(scene: Scene, name: str, t: int, look: Look) -> str:
    """What an input stands for at `t`: “e”, or a dash for nothing; empty where that has no name."""
    known = {"x": scene.reads, "target": scene.wants}.get(name, ())
    if t >= len(known):
        return ""
    return quoted(known[t], look) if known[t] else look.glyphs.nothing


def silence(scene: Scene, name: str, t: int) -> str:
    """That an input stands for nothing at `t`, in words; empty where it does not."""
    if name == "x" and t < len(scene.reads) and not scene.reads[t]:
        return "nothing is read"
    return "" if scene.counted(t) or name != "target" else not_wanted(scene)


def not_wanted(scene: Scene) -> str:
    """Why a loss does not count."""
    return "nothing is taken" if scene.took else "nothing is wanted"


def not_counted(scene: Scene) -> str:
    """What is said instead of a loss that does not count."""
    return f"{not_wanted(scene)}: this loss does not count"
