"""Captioning: a picture becomes the first state, and from <START> on word follows word until <END>.

taught(model, picture, "a red circle above a blue square", title)     reads a right caption, each word one step late
told(model, picture, title)                                           reads what it has said itself
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice

import numpy as np
from numpy.typing import DTypeLike

from rnntutor.engine.cell import Cell
from rnntutor.engine.ops import Array
from rnntutor.engine.parse import FEATURE
from rnntutor.engine.sample import How, speak_together
from rnntutor.model import Model
from rnntutor.tasks.captions import END, START, WORDS, is_true, random_caption
from rnntutor.tasks.episode import Episode
from rnntutor.tasks.pairs import Pair, batch_of, double, played, summed_up
from rnntutor.tasks.telling import Telling
from rnntutor.tasks.vocabulary import Vocabulary
from rnntutor.vision.drawing import Drawing, parse_drawing, random_drawing
from rnntutor.vision.network import FEATURES, load_vision
from rnntutor.vision.picture import Picture

BEGINNING = f"""
init:
    h = W_v @ {FEATURE} + b_v                # the picture's feature v becomes the first state
"""
"""The picture comes in at the beginning, and never again."""

VOCABULARY = Vocabulary(WORDS)
SIZES = {FEATURE: FEATURES}
LIMIT = 16
"""Words that are said at most; the longest right caption has ten, and its end."""
LEARNED = 10_000
"""Drawings that training learns from."""
EXAMPLE = "small red circle 6 6, large blue square 17 17: a small red circle above a large blue square"


def beginning(cell: Cell) -> str:
    """The section `init` of a cell: an affine layer makes h of the feature, and every other state begins as that.

    A cell state that begins at zero would have to be filled through gates that know nothing yet, and forgets meanwhile.
    """
    others = [state for state in cell.states if state != "h"]
    return BEGINNING + "".join(f"    {state} = h{' ' * 28}# and the first {state}\n" for state in others)


def caption(text: str) -> Pair:
    """Reads <START> and then a caption, and says the caption, one step ahead, and <END>.

    The text is a drawing, a colon and the caption. Raises ValueError for what is none, or a word that is not known.
    """
    return pair(_parts(text)[1])


def pair(said: str) -> Pair:
    """As `caption`, without the drawing. Raises ValueError for a word that is not known."""
    words = said.split()
    if not words:
        raise ValueError("a caption has at least one word, such as: two circles")
    VOCABULARY.encode(words)
    return Pair((START, *words), (*words, END))


def _parts(text: str) -> tuple[str, str]:
    drawing, colon, said = text.partition(":")
    if not colon:
        raise ValueError(f"captions reads a drawing, a colon and a caption, such as {EXAMPLE!r}")
    return drawing, said


def draw(rng: np.random.Generator) -> str:
    """One of the drawings to learn from, with one of its right captions."""
    drawing = _to_learn_from()[0][int(rng.integers(LEARNED))]
    return f"{drawing.text}: {random_caption(drawing, rng)}"


def start(texts: Sequence[str], dtype: DTypeLike = np.float64) -> Mapping[str, Array]:
    """What the `init` section reads: v, (B, F), as the frozen network sees the drawings."""
    seen = _to_learn_from()[1]
    v = [seen[drawing] if (drawing := _parts(text)[0]) in seen else _feature(drawing) for text in texts]
    return {FEATURE: np.stack(v).astype(dtype)}


@cache
def _to_learn_from() -> tuple[tuple[Drawing, ...], dict[str, Array]]:
    """The drawings to learn from, and the feature of each: always the same, for the network that looks is frozen."""
    rng = np.random.default_rng(LEARNED)
    drawings = tuple(random_drawing(rng) for _ in range(LEARNED))
    v = load_vision().features(np.stack([drawing.pixels for drawing in drawings]).astype(np.float32))
    return drawings, {drawing.text: feature for drawing, feature in zip(drawings, v, strict=True)}


def _feature(drawing: str) -> Array:
    return Picture.of(parse_drawing(drawing)).v


# What is played.


def taught(model: Model, picture: Picture, said: str, title: str) -> Episode:
    """A model learns a caption: it reads the right words, whatever it would have said itself. Raises ValueError."""
    words = pair(said)
    batch = batch_of([words], Vocabulary(model.symbols))
    found = played(model, words, title, _about(model), batch=replace(batch, start={FEATURE: picture.v[None]}))
    return replace(found, picture=picture)


def of_text(model: Model, text: str, title: str) -> Episode:
    """As `taught`, of a drawing, a colon and a caption."""
    drawing, said = _parts(text)
    return taught(model, Picture.of(parse_drawing(drawing)), said, title)


def told(
    model: Model,
    picture: Picture,
    title: str,
    *,
    how: How = "argmax",
    temperature: float = 1.0,
    seed: int = 0,
    limit: int = LIMIT,
) -> Episode:
    """A model tells what it sees: what it says is what it reads next, until <END> or a limit of words.

    Raises ValueError for a bad argument, or a model that does not know <START> and <END>.
    """
    vocabulary = Vocabulary(model.symbols)
    first, end = vocabulary.encode([START, END]).tolist()
    telling = Telling(first, end, limit, how, temperature, seed)
    codes, ran = telling.told(model.cell, double(model), {FEATURE: picture.v[None]})
    words = [model.symbols[k] for k in codes]
    found = summed_up(model, Pair((START, *words[:-1]), tuple(words)), title, _about(model), ran)
    return replace(found, took=True, telling=telling, picture=picture)


def _about(model: Model) -> str:
    return f"{len(model.symbols)} words · picture → v → h₋₁"


# How well it does.

MEASURED = 1000
"""Drawings of which a model tells what it sees."""
MEASURED_SEED = (2015, 24)
"""Where those begin: two numbers, so that no training draws the same ones."""
BLIND = "two shapes"
"""What is true of half of all drawings without a look at them."""
CUT = "…"
"""The last word of a caption that came to no end."""


def measured(model: Model) -> tuple[float, ...]:
    """How well a model tells what new drawings show, each word the likeliest: the numbers of `success.CAPTIONS`."""
    (seen, told), (unseen, told_unseen) = (_told(model, unseen=unseen) for unseen in (False, True))
    return (
        _share(is_true(said, drawing) for said, drawing in zip(told, seen, strict=True)),
        _share(is_true(BLIND, drawing) for drawing in seen),
        _share(is_true(said, drawing) for said, drawing in zip(told_unseen, unseen, strict=True)),
        _share(names_unseen(said, drawing) for said, drawing in zip(told_unseen, unseen, strict=True)),
        _share(said.endswith(CUT) for said in [*told, *told_unseen]),
        float(len(set(told))),
    )


def names_unseen(said: str, drawing: Drawing) -> bool:
    """Whether a caption is true and names a shape whose colour and kind were never learned together."""
    names = [f"{shape.colour} {shape.kind}" for shape in drawing.shapes if shape.unseen]
    return is_true(said, drawing) and any(name in said for name in names)


def _share(found: Iterable[bool]) -> float:
    return float(np.mean(list(found)))


def _told(model: Model, *, unseen: bool) -> tuple[list[Drawing], list[str]]:
    """Many new drawings, and what is said of each."""
    rng = np.random.default_rng(MEASURED_SEED)
    drawings = [random_drawing(rng, unseen=unseen) for _ in range(MEASURED)]
    return drawings, say_all(model, load_vision().features(np.stack([drawing.pixels for drawing in drawings])))


def say_all(model: Model, v: Array, limit: int = LIMIT) -> list[str]:
    """The captions of many features (B, F), each word the likeliest; one cut at the limit ends with three dots."""
    vocabulary, params = Vocabulary(model.symbols), double(model)
    first, end = vocabulary.encode([START, END]).tolist()
    saying = speak_together(model.cell, params, first, range(len(v)), how="argmax", data={FEATURE: v})
    said = np.stack(list(islice(saying, limit)), axis=1)
    return [_caption(model, codes.tolist(), end) for codes in said]


def _caption(model: Model, codes: list[int], end: int) -> str:
    whole = end in codes
    words = [model.symbols[k] for k in codes[: codes.index(end) if whole else None]]
    return " ".join(words if whole else [*words, CUT])
