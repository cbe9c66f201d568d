"""The keys of the laboratory: every one gives a new scene, tells what it did, and can be undone."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from textual.pilot import Pilot

from rnntutor.app.app import RnnTutorApp
from rnntutor.app.commands import PLAYER, hints
from rnntutor.app.hints import labels
from rnntutor.app.screens.player import PlayerScreen
from rnntutor.play.cursor import Cursor
from rnntutor.play.history import History
from rnntutor.play.together import together
from rnntutor.show.look import Look
from rnntutor.show.scene import Scene
from rnntutor.show.view import View
from tests.app.episodes import as_episode, player, player_app
from tests.app.lessons import lesson_app, trial_lesson
from tests.show.scenes import scene


async def opened(pilot: Pilot[None], app: RnnTutorApp, view: str = "flow") -> PlayerScreen:
    """The player at the end of its backward sweep, with gradients in sight."""
    screen = player(app)
    screen.action_show_view(view)
    await pilot.press("b", "end")
    return screen


@pytest.mark.parametrize(
    ("key", "name", "said"),
    [
        ("plus", "rnn", "σ_max: 1.465 → 1.500 (W)"),
        ("minus", "rnn", "σ_max: 1.465 → 1.450 (W)"),
        ("asterisk", "rnn", "T: 4 → 8"),
        ("slash", "rnn", "T: 4 → 2"),
        ("L", "rnn", "loss counts: everywhere → at the last timestep"),
        ("T", "rnn", "cut every: off → 5"),
        ("c", "rnn", "clip: off → 0.1"),
        ("C", "rnn", "clip: off → 100"),
        ("f", "lstm", "forget bias: 0.000 → 0.500 (b_f)"),
        ("F", "lstm", "forget bias: 0.000 → -0.500 (b_f)"),
        ("f", "gru", "forget bias: 0.000 → 0.500 (b_z)"),
        ("f", "mgu", "forget_bias: here 1 - f keeps h, and no bias is added to that; edit the gate's own"),
        ("plus", "lstm", "σ_max: 1.685 → 1.700 (each of W_i, W_f, W_o, W_g)"),
        ("f", "rnn", "forget_bias: no gate with a bias keeps a state here"),
    ],
)
async def test_a_key_turns_a_knob(key: str, name: str, said: str) -> None:
    app = player_app(as_episode(scene(name)))
    async with app.run_test(size=(120, 38)) as pilot:
        screen = await opened(pilot, app)
        first = screen.present
        await pilot.press(key)
        assert screen.footer.notice == said
        assert (screen.present is not first) == ("→" in said)
        await pilot.press("u")
        assert screen.present is first
        assert screen.track.steps == first.steps


async def test_the_playhead_stays_within_a_shorter_sequence() -> None:
    app = player_app(as_episode(scene("lstm")))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app)
        await pilot.press("home", "asterisk", "home")
        assert (screen.cursor.t, screen.present.steps) == (7, 8)
        await pilot.press("0")
        assert (screen.cursor.t, screen.present.steps) == (3, 4)
        await pilot.press("slash", "slash", "right_square_bracket", "v", "v", "v", "x", "home", "end")
        assert (screen.cursor.t, screen.present.steps) == (0, 1)


async def test_elsewhere_the_keys_say_where_they_belong() -> None:
    app = player_app(as_episode(scene("lstm")))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot, app, "score")
        for key in ("L", "T", "c", "C", "f", "F", "asterisk", "slash"):
            await pilot.press(key)
            assert screen.footer.notice == "This turns something of the flow view; v goes through the views."
        assert len(screen.history.scenes) == 1
        await pilot.press("b", "plus")
        assert screen.present.changes[-1].place.name == "i"


async def test_networks_side_by_side() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        screen = player(app)
        screen.show(History((together(scene("rnn"), [scene("lstm"), scene("gru")]),)))
        await pilot.press("x")
        assert screen.view.name == "compare"
        await pilot.click("ComparePanel", offset=(5, 3))
        assert screen.cursor.t == 2
        await pilot.press("x")
        assert screen.view.name == "score"
        screen.action_show_view("flow")
        await pilot.press("L", "asterisk")
        assert [each.steps for each in screen.present.beside] == [8, 8]


async def test_what_a_lesson_speaks_of_may_be_cut_off(tmp_path: Path) -> None:
    """A watch, and the condition of something to do, read timesteps that are gone."""
    app = lesson_app(trial_lesson(tmp_path))
    async with app.run_test(size=(120, 38)) as pilot:
        screen = player(app)
        await pilot.press("n", "n", "n")
        screen.change_view(name="flow", watches=("c[3,1]", "norm(h[t])"))
        screen.action_show_view("flow")
        await pilot.press("slash", "slash", "plus", "f", "L", "0")
        await asyncio.sleep(0)
        assert screen.present.steps == 4


def test_the_footer_says_what_works_there() -> None:
    def said(played: Scene) -> dict[str, str]:
        return labels(played, Cursor("backward", 1, 0), View("flow"), Look())

    assert said(scene("rnn"))["edit.more"] == "σ_max"
    assert said(scene("rnn"))["flow.bias.more"] == ""
    assert said(scene("lstm"))["flow.bias.more"] == "bias"
    assert said(scene("lstm"))["flow.counts"] == "last loss"
    last = np.zeros((4, 1))
    last[-1] = 1
    alone = replace(scene("lstm"), grads=scene("lstm").run.backward({"loss": last}), notes={})
    assert said(alone)["flow.counts"] == "all losses"
    signs = [signs for _, signs, _ in hints(PLAYER, said(scene("lstm")), narrow=True)]
    knobs = ["- +", "/ *", "L", "F f", "T", "C c"]
    assert [k for k in signs if k in (*knobs, "[ ]")] == [*knobs, "[ ]"]  # what works only here comes first
    assert "flow.counts" not in labels(scene("rnn"), Cursor(), View(), Look())
