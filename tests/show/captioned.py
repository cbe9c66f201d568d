"""Scenes of captioning: untrained networks with large weights, the same every time."""

from __future__ import annotations

from functools import cache

from rnntutor.engine.cell import init_params, load_cell
from rnntutor.model import Model
from rnntutor.play.episodes import scene_of
from rnntutor.show.scene import Scene
from rnntutor.tasks import captioning
from rnntutor.tasks.captions import END, WORDS
from rnntutor.tasks.sequences import find_task
from rnntutor.vision.drawing import parse_drawing
from rnntutor.vision.network import FEATURES, fresh_vision
from rnntutor.vision.picture import Picture

DRAWING = "small red circle 6 6, large blue square 17 17"
SAID = "a small red circle above a large blue square"


@cache
def captioner(name: str = "lstm", hidden: int = 8) -> Model:
    """A network that knows the words, and has learned nothing; what it says never ends, and is cut."""
    cell = find_task("captions").played_by(load_cell(name))
    params = init_params(cell, hidden, len(WORDS), seed=3, target=len(WORDS), v=FEATURES)
    params = {key: 3 * value for key, value in params.items()}
    params["W_v"] *= 10  # so that it says something else of another picture
    params["b_y"][WORDS.index(END)] = -50
    return Model(cell, params, WORDS)


@cache
def seen(text: str = DRAWING) -> Picture:
    """A drawing before a network that was never taught to see."""
    drawing = parse_drawing(text)
    return Picture(drawing.pixels, drawing, fresh_vision())


@cache
def captioned(name: str = "lstm", *, taught: bool = False) -> Scene:
    """A caption that is said, or one that is learned."""
    made = captioning.taught(captioner(name), seen(), SAID, "A caption") if taught else captioning.told(
        captioner(name), seen(), "A caption")  # fmt: skip
    return scene_of(made)
