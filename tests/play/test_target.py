"""Following an operand leads to the number that was read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.play.cursor import Cursor, track_of
from rnntutor.play.target import target_of
from rnntutor.show.aside import operand_at
from rnntutor.show.element import elements_of
from rnntutor.show.look import Look
from rnntutor.show.operands import operands
from rnntutor.show.scene import Scene
from rnntutor.show.trail import number_name
from rnntutor.show.why import explain
from tests.show.scenes import scene
from tests.show.test_pictures import heads

LOOK = Look()


def value_at(played: Scene, head: Cursor) -> float:
    """The number under a playhead, straight from the engine."""
    if head.aside is not None:
        return operand_at(elements_of(played, head, LOOK), head.aside).value
    snapshot = played.run.at(head.t) if head.direction == "forward" else played.grads.at(head.t)
    return float(snapshot.raw(played.here(head))[played.unit(head), 0])


@given(heads(), st.booleans())
def test_every_operand_is_found_where_it_was_made(at: tuple[Scene, Cursor], opened: bool) -> None:
    played, head = at
    head = track_of(played).open(head) if opened else head
    for found in operands(played, head, LOOK):
        target = target_of(played, head, found)
        assert np.isclose(value_at(played, target), found.value, rtol=1e-12, atol=1e-15, equal_nan=True), found
        assert target.unit < played.size(target) or target.aside is not None


@given(heads(), st.integers(30, 160), st.integers(3, 40), st.integers(-1, 30))
def test_what_is_clicked_is_what_is_written_there(
    at: tuple[Scene, Cursor], width: int, height: int, mark: int
) -> None:
    played, head = at
    found = operands(played, head, LOOK)
    mark = mark if mark < len(found) else -1
    picture = explain(played, Cursor(head.direction, head.t, head.line, head.unit, mark=mark), LOOK, width, height)
    for row, start, stop, k in picture.spots:
        line = picture.lines[row].plain
        assert line[start:stop] == found[k].label[: max(0, len(line) - start)]
        assert picture.hit(start, row) == k
    if mark >= 0 and width > 60 and height > 8:  # where there is room the marked one is in sight
        assert mark in {k for *_, k in picture.spots}


def test_of_a_gradient_the_two_roads_lead_to_both_places() -> None:
    played = scene("lstm")
    line = next(k for k, stop in enumerate(played.backward) if stop.line.name == "dc")
    head = Cursor("backward", 1, line, 3)
    assert [k.label for k in operands(played, head, LOOK)] == ["dc₂′[3]", "dh₁[3]", "o₁[3]", "c₁[3]"]
    ahead, here, gate, _ = (target_of(played, head, k) for k in operands(played, head, LOOK))
    assert (ahead.direction, ahead.t, number_name(played, ahead, LOOK)) == ("backward", 2, "dc₂′[3]")
    assert (here.direction, here.t, number_name(played, here, LOOK)) == ("backward", 1, "dh₁[3]")
    assert (gate.direction, gate.t, number_name(played, gate, LOOK)) == ("forward", 1, "o₁[3]")


def test_beyond_the_ends_nothing_made_it() -> None:
    played = scene("lstm")
    c = next(k for k, stop in enumerate(played.forward) if stop.line.name == "c")
    start = Cursor("forward", 0, c, 3)
    before = next(k for k in operands(played, start, LOOK) if k.label == "c₋₁[3]")
    assert number_name(played, target_of(played, start, before), LOOK) == "c₋₁[3]"
    dc = next(k for k, stop in enumerate(played.backward) if stop.line.name == "dc")
    end = Cursor("backward", played.steps - 1, dc, 3)
    after = operands(played, end, LOOK)[0]
    assert target_of(played, end, after).aside is not None


@pytest.mark.parametrize("name", ["lstm", "gru", "gru-torch", "rnn", "stranger"])
def test_the_operations_of_a_line_are_on_the_track(name: str) -> None:
    played = scene(name)
    track = track_of(played)
    for direction in ("forward", "backward"):
        for k, stop in enumerate(played.stops(direction)):
            for op in range(len(stop.operations)):
                head = Cursor("forward" if direction == "forward" else "backward", 1, k, 3, op=op)
                assert len(played.column(direction, played.here(head), 1)) == track.size(head) or stop.folded
