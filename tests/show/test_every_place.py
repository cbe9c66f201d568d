"""Every place that a playhead can stand on, in every view: it is drawn, and fits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

import pytest

from rnntutor import Model, init_params, load_cell, parse_cell, shipped_cells
from rnntutor.play.cursor import Cursor, track_of
from rnntutor.play.episodes import scene_of
from rnntutor.play.history import edited
from rnntutor.show import LEAST_COLUMNS, LEAST_ROWS, VIEW_NAMES
from rnntutor.show.change import Place
from rnntutor.show.look import ASCII, Look
from rnntutor.show.page import page
from rnntutor.show.scene import Scene
from rnntutor.show.view import View
from rnntutor.tasks.adding import FEATURES
from rnntutor.tasks.chars import with_readout
from rnntutor.tasks.sequences import TASKS, episode
from tests.show.scenes import learner, silent

SCREENS = (
    (120, 38, Look()),
    (LEAST_COLUMNS, LEAST_ROWS, Look(glyphs=ASCII, plain=True)),
    (80, 24, Look(near=True)),
)
CELLS = ("lstm", "gru", "gru-torch", "rnn", "stranger")
VARIANTS = tuple(name for name in shipped_cells() if name not in CELLS)


def small(name: str) -> Scene:
    """Three units, four symbols; it learns, but for the one without a loss."""
    return silent(3) if name == "silent" else learner(name, hidden=3, growth=2.0)


def after_edits(name: str) -> Scene:
    """The same with a state, an input and a weight set by hand."""
    played = small(name)
    state, param = played.run.cell.states[0], next(iter(played.run.params))
    for place in (Place(state, 1, (2,)), Place("x", 2, (0,)), Place(param, None, (0, 0))):
        played = edited(played, place, 0.5)
    return played


def places(played: Scene, t: int) -> Iterator[Cursor]:
    """Every stop of both passes and every operation, closed and open, at the first unit, the last, and beyond it."""
    track = track_of(played)
    for direction in ("forward", "backward"):
        for line, sizes in enumerate(track.sizes(direction)):
            for op in (None, *range(len(sizes))):
                for unit in dict.fromkeys((0, sizes[-1 if op is None else op] - 1, 99)):
                    yield Cursor(direction, t, line, unit, op=op)


def assert_drawn(played: Scene, head: Cursor, screen: tuple[int, int, Look], view: str) -> None:
    """The page is there and fits."""
    width, height, look = screen
    lines = page(played, head, look, width, height, View(view))
    assert len(lines) <= height - 1, (head, view)
    assert max(line.cell_len for line in lines) <= width, (head, view)
    assert look.glyphs is not ASCII or all(line.plain.isascii() for line in lines), (head, view)


@pytest.mark.parametrize("name", VARIANTS)
def test_every_line_of_a_variant_is_drawn(name: str) -> None:
    """With a view after the other, not each at every line: what draws a view knows operations, not cells."""
    played, turns = small(name), cycle([(screen, view) for screen in SCREENS for view in VIEW_NAMES])
    for head in places(played, 2):
        if head.unit == 0:
            assert_drawn(played, head, *next(turns))


def test_a_squared_error_is_drawn() -> None:
    """Numbers instead of symbols, one answer, and a loss that is no cross entropy."""
    task = TASKS["adding"]
    cell = parse_cell(with_readout(load_cell("lstm").text, task.readout), "lstm")
    params, record = init_params(cell, 3, 2, target=1, seed=1), {"settings": {"task": task.name}}
    played = scene_of(episode(Model(cell, params, FEATURES.symbols, record), task.example, "adding"))
    turns = cycle([(screen, view) for screen in SCREENS for view in VIEW_NAMES])
    for t in (0, played.run.steps - 1):
        for head in places(played, t):
            assert_drawn(played, head, *next(turns))


@pytest.mark.parametrize("by_hand", [False, True], ids=["as it was", "edited"])
@pytest.mark.parametrize("name", [*CELLS, "silent"])
def test_every_place_is_drawn_in_every_view(name: str, by_hand: bool) -> None:
    played, screens = after_edits(name) if by_hand else small(name), cycle(SCREENS)
    for head in places(played, 2):
        for view in VIEW_NAMES:
            assert_drawn(played, head, next(screens), view)
