"""A caption word by word as far as it is known, each with its probability, and how another picture has changed it."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Playhead
from rnntutor.show.texts import fit, line_of, probability, words

Piece = tuple[tuple[str, Style], ...]
"""What may not be parted at the end of a line."""
_LABEL = 8


def sentence(scene: Scene, head: Playhead, look: Look, width: int, height: int) -> list[Text]:
    """What is said, or wanted, and above it what was said before edits, if that was something else."""
    old, new = _before(scene, head), _now(scene, head)
    differs = scene.took and bool(old) and old != new
    gone, fresh = _difference(old, new) if differs else (set(), set())
    lines = _wrapped("before", [_struck(word, k in gone, look) for k, word in enumerate(old)], look, width, -1)
    label = "says" if scene.took else "wants"
    pieces = [_piece(scene, head, k, word, k in fresh, look) for k, word in enumerate(new)]
    pieces += list(_end(scene, len(new), look))
    pieces += [(("(as before)", look.soft),)] * (scene.took and old == new != ())
    own = _wrapped(label, pieces, look, width, max(1, height - len(lines) if differs else height))
    return [*(lines if differs else []), *own][: max(0, height)]


def _known(scene: Scene, head: Playhead) -> int:
    """How many words are said so far."""
    return sum(scene.has_taken(head, t) and _has_said(scene, head, t) for t in range(scene.steps))


def _has_said(scene: Scene, head: Playhead, t: int) -> bool:
    stop = scene.probabilities
    return stop is not None and scene.knows(head, stop.line.name, t)


def _now(scene: Scene, head: Playhead) -> tuple[str, ...]:
    """The words; what is wanted is known before it is said."""
    return scene.wants[: _known(scene, head)] if scene.took else scene.wants


def _before(scene: Scene, head: Playhead) -> tuple[str, ...]:
    """What was said before all edits, as far; all of it where all is said."""
    if scene.original is None:
        return ()
    count = _known(scene, head)
    old = tuple(word for word in scene.original.wants if word)
    return old if count == scene.steps else old[:count]


def _difference(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[set[int], set[int]]:
    """The words of each that the other lacks."""
    same = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    kept = [(block.a + k, block.b + k) for block in same for k in range(block.size)]
    return set(range(len(old))) - {a for a, _ in kept}, set(range(len(new))) - {b for _, b in kept}


def _struck(word: str, gone: bool, look: Look) -> Piece:
    """A word of before; one that is gone is struck out."""
    text = words(word, look)
    if not gone:
        return ((text, look.soft),)
    return ((f"{look.glyphs.minus if look.plain else ''}{text}", look.faint + Style(strike=True)),)


def _piece(scene: Scene, head: Playhead, t: int, word: str, fresh: bool, look: Look) -> Piece:
    """A word and its probability."""
    style = look.accent(head.direction) if t == head.t else look.strong
    text = f"{'+' if fresh and look.plain else ''}{words(word, look)}"
    shown = (text, style + Style(underline=True) if fresh else style)
    share = probability(_share(scene, t, word)) if _has_said(scene, head, t) else look.glyphs.dot
    return shown, (f" {share}", look.faint)


def _share(scene: Scene, t: int, word: str) -> float:
    """The probability of a word at `t`."""
    stop = scene.probabilities
    if stop is None or word not in scene.symbols:
        return float("nan")
    return float(scene.run[stop.line.name][t, 0, scene.symbols.index(word)])


def _end(scene: Scene, count: int, look: Look) -> Iterator[Piece]:
    """A dot for what is not said yet, or that the telling was cut."""
    if scene.took and count < scene.steps:
        yield ((look.glyphs.dot, look.faint),)
    end = scene.telling.end if scene.telling is not None else None
    if end is not None and count == scene.steps and scene.wants[-1:] != (scene.symbols[end],):
        yield ((f"{look.glyphs.more} cut after {count} words", look.soft),)


def _wrapped(label: str, pieces: list[Piece], look: Look, width: int, height: int) -> list[Text]:
    """Pieces in lines behind a label; the last `height` of them, all of them for -1."""
    lines = [line_of((fit(label, _LABEL), look.faint))]
    for piece in pieces:
        size = sum(cell_len(text) for text, _ in piece)
        if lines[-1].cell_len > _LABEL and lines[-1].cell_len + size > width:
            lines.append(line_of(" " * _LABEL))
        for text, style in piece:
            lines[-1].append(text, style)
        lines[-1].append("  " if len(piece) > 1 else " ")
    for line in lines:
        line.rstrip()
        line.truncate(width)
    return lines if height < 0 else lines[-height:] if height else []
