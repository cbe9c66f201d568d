"""Timesteps where nothing is read or wanted: blanks, dashes, and only what counts is added up or differentiated."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.play.cursor import Cursor
from rnntutor.play.episodes import scene_of
from rnntutor.play.history import History, edited
from rnntutor.play.places import parse_place
from rnntutor.printing import as_json
from rnntutor.show import LEAST_COLUMNS, LEAST_ROWS, VIEW_NAMES, tape
from rnntutor.show.aside import aside
from rnntutor.show.change import Place
from rnntutor.show.check import check, check_parameter
from rnntutor.show.compare import compare
from rnntutor.show.look import ASCII, Look
from rnntutor.show.output import output
from rnntutor.show.page import page
from rnntutor.show.scene import Scene
from rnntutor.show.score import score
from rnntutor.show.view import View
from rnntutor.show.watch import is_known, query_of
from rnntutor.show.why import why
from rnntutor.tasks.chars import spoken, with_readout
from rnntutor.tasks.episode import Episode
from rnntutor.tasks.pairs import played
from rnntutor.tasks.sequences import TASKS
from tests.cases import assert_matches_differences, numeric_gradient
from tests.show.test_every_place import SCREENS, places

PLAIN = Look(plain=True)
PLAIN_ASCII = Look(glyphs=ASCII, plain=True)


@lru_cache(maxsize=8)
def an_episode(task: str, text: str) -> Episode:
    """An untrained network on a task."""
    found = TASKS[task]
    assert found.vocabulary
    cell = rt.parse_cell(with_readout(rt.load_cell("rnn").text), "rnn")
    size = len(found.vocabulary)
    params = {key: 2 * p for key, p in rt.init_params(cell, 3, size, target=size, seed=3).items()}
    model = rt.Model(cell, params, found.vocabulary.symbols)
    return played(model, found.pair(text), task, f"{task} · “{text}”")


def a_scene(task: str = "reverse", text: str = "ab") -> Scene:
    """It as a scene."""
    return scene_of(an_episode(task, text))


@lru_cache(maxsize=2)
def a_speech(first: str = "he") -> Scene:
    """An untrained network that speaks."""
    cell = rt.parse_cell(with_readout(rt.load_cell("rnn").text), "rnn")
    model = rt.Model(cell, rt.init_params(cell, 3, 4, target=4, seed=3), tuple("ehlo"))
    return scene_of(spoken(model, first, 3, "Speaks"))


def at(scene: Scene, place: str) -> Cursor:
    """A place by name."""
    return parse_place(scene, place)


def drawn(scene: Scene, place: str, look: Look = PLAIN, width: int = 80, *, compact: bool = False) -> list[str]:
    """The tape as plain lines."""
    return [line.plain.rstrip() for line in tape.tape(scene, at(scene, place), look, width, compact)]


# Golden text.

TAPE = [
    "  t         0                1              ▶ 2                3",
    "  reads x   a                b                –                –",
    "  h         +1-1+2           -4-2+1           +4+0-3           · · ·",
    "  says      b .28            c .39            a .34   want b   ·",
    "  loss                                        ·                ·",
]
SMALL_TAPE = [
    " t  <  1                2              > 3",
    " x     b                -                -",
    " h     -4-2+1           +4+0-3           -4+0+3",
    " says  c .39            a .34  * 1.51    c .36  # 1.66",
    "     0 ---------------================================# 3",
]
BACK = [
    "  t       ◀ 0                   1",
    "  reads x   1                   0",
    "  h         -6-5+4              +8+2+2",
    "  says      0 .53               1 .66   want 1",
    "  loss                          █ 0.41",
    "  ‖dh‖      ▃ 0.11              █ 0.33",
]
SPEECH = [
    "  t         0                1              ▶ 2                3",
    "  reads x   h                e                l                h",
    "  h         -2+0+1           +1-0+0           -0-1-1           · · ·",
    "  says      l .28            o .26   took l   l .26   took h   ·",
    "  loss                       █ 1.46           █ 1.38           ·",
]


def test_the_tape_leaves_a_blank_where_nothing_is_wanted() -> None:
    assert drawn(a_scene(), "t=2 line=p") == TAPE


def test_the_tape_in_ascii_and_little_room() -> None:
    assert drawn(a_scene(), "t=3 line=loss", PLAIN_ASCII, 60, compact=True) == SMALL_TAPE


def test_the_tape_on_the_way_back() -> None:
    assert drawn(a_scene("parity", "10"), "backward t=0 line=dh") == BACK


def test_the_tape_says_what_was_taken() -> None:
    assert drawn(a_speech(), "t=2 line=loss") == SPEECH


def test_the_tape_tells_what_is_taken_once_its_probabilities_are_there() -> None:
    """What comes next is open until then: not read, not taken, and not known to a question."""
    scene = a_speech()
    before, after = at(scene, "t=2 line=y"), at(scene, "t=2 line=p")
    assert drawn(scene, "t=2 line=y")[1] == "  reads x   h                e                l                ·"
    assert drawn(scene, "t=2 line=p")[1] == SPEECH[1]
    for text in ("x[3]", "x[t+1]", "target[2]", "total(norm(x[t]))"):
        known = [is_known(scene, head, query_of(scene, text), 2) for head in (before, after)]
        assert known == [False, True], text
    assert is_known(scene, before, query_of(scene, "x[2] @ target[1]"), 2)
    assert is_known(a_scene(), at(a_scene(), "t=0 line=h"), query_of(a_scene(), "x[3] @ target[3]"), 0)


def test_nothing_is_hidden_of_what_it_was_given() -> None:
    """The letters before it speaks, and on the way back everything."""
    scene = a_speech("hel")
    assert drawn(scene, "t=0 line=h")[1] == "  reads x   h                e                l                ·"
    assert drawn(scene, "backward t=3 line=dloss")[1].count("·") == 0


# The other panels.


def test_the_output_does_not_say_beforehand_what_is_taken() -> None:
    scene = a_speech()
    text = "\n".join(line.plain for line in output(scene, at(scene, "t=1 line=y"), Look(), 100, 14))
    assert "took" not in text
    assert "taken" not in text
    for line, there in (("y", False), ("p", True)):
        drawn_rows = score(scene, at(scene, f"t=1 line={line}"), Look(), 100, 14)
        row = next(row.plain for row in drawn_rows if row.plain.split()[:1] == ["target"])
        assert (f"“{scene.wants[1]}”" in row, "+9" in row, "not taken yet" in row) == (there, there, not there)


def test_the_output_says_no_loss_where_nothing_is_wanted() -> None:
    scene = a_scene()
    first = output(scene, at(scene, "t=1 line=loss"), Look(), 100, 14)
    text = "\n".join(line.plain for line in first)
    assert "reads “b”" in text
    assert "want" not in text
    assert "loss" not in text
    last = output(scene, at(scene, "t=2 line=loss"), Look(), 100, 14)
    text = "\n".join(line.plain for line in last)
    assert f"reads –   wants “b”   loss {scene.run['loss'][2, 0]:.3f}" in text
    assert sum("wanted" in line.plain for line in last) == 1


def test_the_output_says_what_was_taken() -> None:
    scene = a_speech()
    text = "\n".join(line.plain for line in output(scene, at(scene, "t=1 line=loss"), Look(), 100, 14))
    assert f"took “{scene.wants[1]}”" in text
    assert "taken" in text
    assert "want" not in text


def test_why_says_that_a_loss_does_not_count() -> None:
    scene, silent = a_scene(), "this loss does not count"
    lines = [line.plain for line in why(scene, at(scene, "t=0 line=loss"), Look(), 100, 8)]
    assert lines == [" why  loss₀   nothing is wanted: this loss does not count"]
    assert silent not in why(scene, at(scene, "t=2 line=loss"), Look(), 100, 8)[0].plain
    speech = a_speech()
    assert "nothing is taken: " in why(speech, at(speech, "t=0 line=loss"), Look(), 100, 8)[0].plain


@pytest.mark.parametrize(
    ("place", "row"),
    [
        ("t=0 line=loss", ["loss = cross_entropy(p, target)", "no loss: nothing is wanted"]),
        ("t=0 line=h", ["target = –", "nothing is wanted"]),
        ("t=2 line=h", ["x = –", "nothing, all zero"]),
        ("backward t=0 line=dy", ["dloss = dloss_out", "no gradient: nothing is wanted"]),
        ("backward t=3 line=dy", ["dloss = dloss_out", "where the gradient starts"]),
    ],
)
def test_the_score_says_that_there_is_nothing(place: str, row: list[str]) -> None:
    scene = a_scene()
    lines = [" ".join(line.plain.split()) for line in score(scene, at(scene, place), Look(), 140, 20)]
    [line] = [line for line in lines if row[0] in line]
    assert line.endswith(row[1])
    if place.endswith("loss"):
        assert line == " ".join(["▶", *row]), "no number of a loss that does not count"


def test_operands_that_are_nothing() -> None:
    scene = a_scene()
    leaves = scene.run.cell.step.leaves("input")
    for t, name, said in ((2, "x", "nothing is read"), (0, "target", "nothing is wanted"), (0, "x", "stands for “a”")):
        head = at(scene, f"t={t} line=h")
        [line] = aside(scene, head, (leaves[name], 0, 0), Look())
        assert said in line.plain


def test_json_has_null_for_nothing() -> None:
    told = [json.loads(as_json(scene_of(an_episode("reverse", "ab")), f"t={t}")) for t in range(4)]
    assert [one["reads"] for one in told] == ["a", "b", None, None]
    assert [one["wants"] for one in told] == [None, None, "b", "a"]
    assert [one["counts"] for one in told] == [False, False, True, True]


@pytest.mark.parametrize("task", ["reverse", "parity", "spell", "speech"])
def test_every_place_is_drawn(task: str) -> None:
    texts = {"reverse": "ab", "parity": "101", "spell": "b"}
    played = a_speech() if task == "speech" else a_scene(task, texts[task])
    screens = [*SCREENS, (LEAST_COLUMNS, LEAST_ROWS, Look()), (160, 40, PLAIN_ASCII)]
    count = 0
    for scene in (played, edited(played, Place("h", 1, (2,)), 0.5)):
        for t in (0, scene.steps - 1):
            for head in places(scene, t):
                width, height, look = screens[count % len(screens)]
                lines = page(scene, head, look, width, height, View(VIEW_NAMES[count % len(VIEW_NAMES)]))
                count += 1
                assert max(line.cell_len for line in lines) <= width
                assert len(lines) <= height - 1
                assert look.glyphs is not ASCII or all(line.plain.isascii() for line in lines)


# Numbers.


def test_only_what_counts_is_added_up() -> None:
    scene = a_scene()
    losses = scene.run["loss"][:, 0]
    assert scene.total_loss == pytest.approx(losses[2] + losses[3], rel=1e-12)
    assert replace(scene, counts=()).total_loss == pytest.approx(losses.sum(), rel=1e-12)


def test_edits_keep_what_counts() -> None:
    """Played again, the gradients are still those of the losses that count; and undone, it is as it was."""
    scene = a_scene()
    history = History((scene,)).do(Place("W_y", None, (0, 1)), 0.7)
    after = history.scene
    outside = after.grads.seeds
    assert outside is not None
    np.testing.assert_array_equal(outside["loss"][:, 0], [0, 0, 1, 1])
    assert (after.counts, after.took) == (scene.counts, scene.took)
    params = {name: p.copy() for name, p in after.run.params.items()}

    def loss() -> float:
        ran = rt.run(after.run.cell, params, after.run["x"], target=after.run["target"])
        return float(ran["loss"][2:].sum())

    assert after.total_loss == pytest.approx(loss(), rel=1e-12)
    [change] = after.changes
    assert (change.loss_was, change.loss) == (scene.total_loss, after.total_loss)
    for name, p in params.items():
        assert_matches_differences(after.grads[name], numeric_gradient(loss, p), name)
    assert history.undo().scene is scene


def test_gradients_agree_with_what_really_happens() -> None:
    """The differences count what the gradients count."""
    scene = a_scene()
    for line in scene.grads.program.lines:
        for t in range(scene.steps):
            found = check(scene, line, t, 0)
            assert found is None or found.agrees, (line.name, t)
    h = next(line for line in scene.grads.program.lines if line.name == "dh")
    first = check(scene, h, 0, 0)
    assert first is not None
    assert abs(first.difference) > 1e-6
    found = check_parameter(scene, "W_y", (1, 1))
    assert found is not None
    assert found.agrees


def test_losses_that_do_not_count_are_not_compared() -> None:
    scene = edited(a_scene(), Place("h", 0, (0,)), 0.9)
    for t, there in ((1, False), (2, True)):
        lines = compare(scene, scene.original, at(scene, f"t={t} line=loss"), Look(), 120, 20)
        [row] = [line.plain for line in lines if line.plain.split()[:2] == ["▶", "loss"]]
        numbers = row.split()[3:]  # behind the name and its scale
        assert bool(numbers) == there
        assert ("nothing is wanted: this loss does not count" in lines[0].plain) != there
