"""Where the playhead may stand, and that every step can be taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.play.cursor import Cursor, Direction, Track

stops = st.lists(st.integers(1, 40), min_size=1, max_size=5).map(tuple)
sizes = st.lists(stops, min_size=1, max_size=12).map(tuple)
tracks = st.builds(Track, st.integers(1, 30), sizes, sizes)
directions: st.SearchStrategy[Direction] = st.sampled_from(get_args(Direction))
MOVES = ("next_line", "previous_line", "next_timestep", "previous_timestep", "next_unit", "previous_unit",
         "home", "end", "turn", "open", "back")  # fmt: skip


@st.composite
def places(draw: st.DrawFn) -> tuple[Track, Cursor]:
    """A track and a cursor on it."""
    track: Track = draw(tracks)
    direction: Direction = draw(directions)
    line = draw(st.integers(0, len(track.sizes(direction)) - 1))
    sizes = track.sizes(direction)[line]
    op = draw(st.none() | st.integers(0, len(sizes) - 1))
    unit = draw(st.integers(0, sizes[-1 if op is None else op] - 1))
    return track, Cursor(direction, draw(st.integers(0, track.steps - 1)), line, unit, op=op)


@given(places(), st.integers(0, 60))
def test_steps_on_and_as_many_back_is_the_identity(place: tuple[Track, Cursor], count: int) -> None:
    track, start = place
    count = min(count, track.length(start) - 1 - track.position(start))
    cursor = start
    for _ in range(count):
        cursor = track.next_line(cursor)
    assert track.position(cursor) == track.position(start) + count
    for _ in range(count):
        cursor = track.previous_line(cursor)
    assert cursor == start


@given(places(), st.integers(0, 40))
def test_timesteps_on_and_as_many_back_is_the_identity(place: tuple[Track, Cursor], count: int) -> None:
    track, start = place
    left = track.steps - 1 - start.t if start.direction == "forward" else start.t
    count = min(count, left)
    cursor = start
    for _ in range(count):
        cursor = track.next_timestep(cursor)
    for _ in range(count):
        cursor = track.previous_timestep(cursor)
    assert cursor == start


@given(places(), st.lists(st.sampled_from(MOVES), max_size=60))
def test_a_random_walk_never_leaves_the_track(place: tuple[Track, Cursor], moves: list[str]) -> None:
    track, cursor = place
    for move in moves:
        cursor = getattr(track, move)(cursor)
        assert 0 <= cursor.t < track.steps
        assert 0 <= cursor.line < len(track.sizes(cursor.direction))
        assert 0 <= track.unit(cursor) < track.size(cursor)
        assert track.at(cursor, track.position(cursor)) == cursor


@given(places())
def test_lines_run_over_into_the_next_timestep_of_the_pass(place: tuple[Track, Cursor]) -> None:
    track, cursor = place
    count = len(track.sizes(cursor.direction)[-1])
    op = None if cursor.op is None else count - 1
    last = Cursor(cursor.direction, cursor.t, len(track.sizes(cursor.direction)) - 1, op=op)
    after = track.next_line(last)
    onward = cursor.t + (1 if cursor.direction == "forward" else -1)
    assert (after.t, after.line) == ((onward, 0) if 0 <= onward < track.steps else (last.t, last.line))


@given(places())
def test_the_ends_are_the_first_and_the_last_stop(place: tuple[Track, Cursor]) -> None:
    track, cursor = place
    first, last = track.home(cursor), track.end(cursor)
    assert track.position(first) == 0
    assert track.position(last) == track.length(cursor) - 1
    assert track.previous_line(first) == first
    assert track.next_line(last) == last
    assert first.t == (0 if cursor.direction == "forward" else track.steps - 1)


@given(places())
def test_turning_around_meets_at_the_last_timestep(place: tuple[Track, Cursor]) -> None:
    track, cursor = place
    turned = track.turn(cursor)
    assert turned.direction != cursor.direction
    assert turned.t == track.steps - 1
    assert turned == (track.home(turned) if turned.direction == "backward" else track.end(turned))
    assert turned.op is None
    assert turned.unit == cursor.unit
    back = track.turn(turned)
    assert (back.direction, back.t, back.line, back.unit) == (
        cursor.direction,
        cursor.t,
        cursor.line,
        cursor.unit,
    )


def test_the_wanted_unit_is_kept_over_lines_with_fewer() -> None:
    track = Track(3, ((8,), (1,), (8,)))
    cursor = Cursor(unit=5)
    narrow = track.next_line(cursor)
    assert track.unit(narrow) == 0
    assert track.unit(track.next_line(narrow)) == 5


def test_units_stop_at_both_ends() -> None:
    track = Track(1, ((3,),))
    cursor = Cursor()
    assert track.previous_unit(cursor) == cursor
    for _ in range(5):
        cursor = track.next_unit(cursor)
    assert cursor.unit == 2


def test_without_a_backward_pass_there_is_no_turning() -> None:
    track = Track(2, ((3,), (3,)))
    assert track.turn(Cursor(t=1)) == Cursor(t=1)


@pytest.mark.parametrize(("t", "line", "unit"), [(99, 99, 99), (-5, -5, -5)])
def test_places_outside_are_brought_in(t: int, line: int, unit: int) -> None:
    track = Track(4, ((2,), (3,)))
    cursor = track.to_line(track.to_timestep(Cursor(), t), line, unit)
    assert 0 <= cursor.t < 4
    assert 0 <= cursor.unit < track.size(cursor)


def test_an_opened_line_is_walked_operation_by_operation() -> None:
    track = Track(2, ((12, 8, 8), (8,), (8, 8)))
    cursor = track.open(Cursor())
    assert (cursor.line, cursor.op) == (0, 0)
    seen = [cursor]
    for _ in range(6):
        seen.append(track.next_line(seen[-1]))
    assert [(k.t, k.line, k.op) for k in seen] == [
        (0, 0, 0), (0, 0, 1), (0, 0, 2), (0, 1, 0), (0, 2, 0), (0, 2, 1), (1, 0, 0)
    ]  # fmt: skip
    assert track.back(seen[-1]) == Cursor(t=1)


def test_a_single_operation_is_the_line_itself() -> None:
    track = Track(1, ((8,),))
    assert track.open(Cursor()) == Cursor()


@given(places(), st.lists(places(), max_size=6))
def test_every_way_along_operands_leads_back(
    place: tuple[Track, Cursor], others: list[tuple[Track, Cursor]]
) -> None:
    track, start = place
    cursor = start
    for _, other in others:
        cursor = track.go(cursor, other)
    assert len(cursor.trail) == len(others)
    assert all(not step.trail for step in cursor.trail)
    for _ in others:
        cursor = track.back(cursor)
    assert cursor == start


@given(places(), st.sampled_from(("next_line", "previous_line", "next_unit", "home", "end", "turn")))
def test_a_step_leaves_the_way_of_operands(place: tuple[Track, Cursor], move: str) -> None:
    track, cursor = place
    moved = getattr(track, move)(track.go(cursor, replace(cursor, aside=(3, 1, 2))))
    assert (moved.trail, moved.aside, moved.mark) == ((), None, -1)
