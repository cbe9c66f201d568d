"""Every view: in its place on a page, never too wide, and named once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.app.screens.player import BODIES
from rnntutor.play.cursor import Cursor, track_of
from rnntutor.play.history import edited
from rnntutor.show import LEAST_COLUMNS, LEAST_ROWS, VIEW_NAMES
from rnntutor.show.change import Place
from rnntutor.show.look import ASCII, Look
from rnntutor.show.page import page, panels
from rnntutor.show.panels import PANELS
from rnntutor.show.scene import Scene
from rnntutor.show.view import View
from rnntutor.show.views import VIEWS
from tests.show.captioned import captioned
from tests.show.scenes import learner
from tests.show.test_pictures import LOOKS, heads

views = st.builds(
    View,
    st.sampled_from(VIEW_NAMES),
    st.lists(st.sampled_from(("t", "t * 2", "t > 1")), max_size=4, unique=True).map(tuple),
    st.sampled_from((0.1, 1.0, 4.0)),
)


def test_views_are_named_once() -> None:
    assert tuple(VIEWS) == tuple(BODIES) == VIEW_NAMES
    assert set(VIEW_NAMES) <= set(PANELS)


@given(heads(), views, st.integers(LEAST_COLUMNS, 210), st.integers(LEAST_ROWS, 64), st.sampled_from(LOOKS))
def test_no_view_is_larger_than_the_screen(
    at: tuple[Scene, Cursor], view: View, width: int, height: int, look: Look
) -> None:
    lines = page(*at, look, width, height, view)
    assert len(lines) <= height - 1
    assert max(line.cell_len for line in lines) <= width
    if look.glyphs is ASCII:
        assert all(line.plain.isascii() for line in lines)


@pytest.mark.parametrize("name", VIEW_NAMES)
def test_after_an_edit_every_view_shows_something_else(name: str) -> None:
    before = captioned() if name in ("picture", "beam") else learner("lstm")
    after = edited(before, Place("f", 1, (3,)), 0.0)
    after = edited(after, Place("W_i", None, (0, 0)), 2.0)
    back = track_of(before).end(Cursor("backward"))
    heads = {"flow": Cursor("backward", 1, len(before.forward) - 1), "training": back}
    head = heads.get(name, Cursor("forward", 2, len(before.forward) - 1))
    shown = [
        [line.plain for line in panels(played, head, Look(plain=True), 120, 38, View(name))[name]]
        for played in (before, after)
    ]
    assert shown[0] != shown[1]
