"""What is watched: known once everything that it reads is computed; facts stay through edits."""

from __future__ import annotations

import re

import pytest

from rnntutor.play.cursor import Cursor, Direction
from rnntutor.play.history import History
from rnntutor.play.places import place_of
from rnntutor.show.change import Place
from rnntutor.show.look import Look
from rnntutor.show.replay import knowing
from rnntutor.show.scene import Scene
from rnntutor.show.watch import is_known, query_of, said, scale_of, watched
from tests.show.scenes import scene

NAMED = knowing(scene(), {"names_known": 0.25})


def playheads(played: Scene) -> list[Cursor]:
    """Every place of both passes in the order in which they are walked."""
    times: dict[Direction, range] = {"forward": range(played.steps), "backward": range(played.steps)[::-1]}
    return [
        Cursor(direction, t, line)
        for direction in times
        for t in times[direction]
        for line in range(len(played.stops(direction)))
    ]


def stop_of(played: Scene, direction: Direction, name: str, t: int) -> Cursor:
    """The place where a line is made."""
    stops = played.stops(direction)
    return Cursor(direction, t, next(k for k, stop in enumerate(stops) if name in [ln.name for ln in stop.lines]))


@pytest.mark.parametrize(
    ("text", "direction", "name", "t"),
    [
        ("total(loss)", "forward", "loss", 3),
        ("loss == largest(loss)", "forward", "loss", 3),
        ("total(c[t-1,0])", "forward", "c", 2),
        ("smallest(h_prev[t,0])", "forward", "h", 2),
        ("largest(norm(dh[t]))", "backward", "dh", 0),
        ("total(da_f[t,3] * x[t,1])", "backward", "da_f", 0),
        ("total(dc[t+1,2] * c[t,2])", "backward", "dc", 1),
        ("norm(dW_f) / largest(norm(dh[t]))", "backward", "dW_f", 0),
    ],
)
def test_known_from_the_last_line_on(text: str, direction: Direction, name: str, t: int) -> None:
    """At no place before the last number that it reads is made, and at every place from there on."""
    played = scene()
    query, walk = query_of(played, text), playheads(played)
    first = walk.index(stop_of(played, direction, name, t))
    for k, head in enumerate(walk):
        assert is_known(played, head, query, 2) == (k >= first), head


def test_what_is_not_known_yet_is_told() -> None:
    played, end = scene(), playheads(scene())[len(scene().forward) * 4 - 1]
    assert said(query_of(played, "total(loss)"), played, Cursor(), Look()) == "not computed yet at t 0"
    total = played.run["loss"].sum()
    assert said(query_of(played, "total(loss)"), played, end, Look()) == f"+{total:.3f} at t 3"


def test_a_fact_is_known_at_once() -> None:
    for head in playheads(NAMED):
        shown = watched(NAMED, head, "names_known", Look(), 1)
        assert shown is not None
        assert shown.text == "+0.250"
    assert is_known(scene(), Cursor(), query_of(scene(), "T * H * V"), 3)
    assert query_of(scene(), "T * H * V").at(0) == 4 * 8 * 4


def test_facts_stay_through_edits() -> None:
    history = History((NAMED,)).do(Place("f", 2, (3,)), 0.0).do(Place("W_f", None, (0, 0)), 1.0)
    for played in (history.scene, history.undo().scene, history.reset().scene):
        assert query_of(played, "names_known").at(1) == 0.25
        assert scale_of(played, "names_known") == 0.5


def test_facts_that_come_later() -> None:
    """What was worked out before does not hide them, and what was before the edits knows them too."""
    edited = History((scene(),)).do(Place("f", 2, (3,)), 0.0).scene
    told = knowing(edited, {"later": 2.0})
    assert query_of(told, "later").at(0) == 2.0
    assert scale_of(told, "later") == 2.0
    assert query_of(knowing(told, {"later": 3.0}), "later").at(0) == 3.0
    assert told.changes == edited.changes


@pytest.mark.parametrize("name", ["names_known", "T"])
def test_a_fact_is_no_place(name: str) -> None:
    said = f"{name} is a number beside the run and has no place at a timestep"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        place_of(NAMED, name, Cursor())
