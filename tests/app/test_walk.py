"""Any walk through the player: every panel that is on the screen is what is drawn from nothing."""

from __future__ import annotations

import numpy as np
import pytest
from textual.pilot import Pilot

from rnntutor.app.app import RnnTutorApp
from rnntutor.app.commands import PLAYER
from rnntutor.app.screens.player import BODIES, PlayerScreen
from rnntutor.app.widgets.header import HeaderLine
from rnntutor.app.widgets.panel import Panel
from rnntutor.app.widgets.tape import TapePanel
from rnntutor.app.widgets.trail import TrailLine
from rnntutor.app.widgets.why import WhyPanel
from rnntutor.show.chrome import header
from rnntutor.show.page import panels
from rnntutor.show.trail import trail
from tests.app.episodes import episode, player, player_app

NAMES: dict[str, type[Panel]] = {"tape": TapePanel, **BODIES, "why": WhyPanel}
ELSEWHERE = ("app.quit", "leave", "play", "app.show_help", "list_edits", "race", "app.copy", "app.save")
"""What leaves the player or the program, takes time by itself, or writes something."""
TYPED = ("edit", "go", "watch")
WALKED = [k for k in PLAYER if k.action not in TYPED and not k.action.startswith(ELSEWHERE)]
WALKED += 3 * [k for k in WALKED if k.action.startswith(("move", "view"))]


def drawn(screen: PlayerScreen) -> dict[type[Panel], list[str]]:
    """What every panel has to show, by the plain way."""
    at, size = (screen.present, screen.cursor, screen.look), screen.size
    found = {NAMES[name]: lines for name, lines in panels(*at, *size, screen.view).items()}
    found |= {HeaderLine: [header(*at, size.width)], TrailLine: [trail(*at, size.width)]}
    return {kind: [line.plain.rstrip() for line in lines] for kind, lines in found.items()}


def on_screen(app: RnnTutorApp, panel: Panel) -> list[str]:
    """What the terminal shows where a panel stands."""
    strips, where = app.screen._compositor.render_strips(app.size), panel.region
    return [strip.crop(where.x, where.right).text.rstrip() for strip in strips[where.y : where.bottom]]


def compare(app: RnnTutorApp, walked: list[str]) -> set[str]:
    """Hold every visible panel against its lines; their names."""
    wanted, seen = drawn(player(app)), set()
    for panel in app.screen.query(Panel):
        if panel.display and panel.size.height:
            lines = wanted[type(panel)]
            shown = on_screen(app, panel)
            assert shown == [*lines, *[""] * (len(shown) - len(lines))], (type(panel), walked)
            seen.add(type(panel).__name__)
    assert seen >= {NAMES[name].__name__ for name in (player(app).view.name, "tape")}, walked
    return seen


async def walk(pilot: Pilot[None], app: RnnTutorApp, keys: int, seed: int) -> set[str]:
    """Press keys at random; the panels that were seen."""
    rng, walked, seen = np.random.default_rng(seed), list[str](), set[str]()
    for _ in range(keys):
        command = WALKED[rng.integers(len(WALKED))]
        walked.append(command.id)
        await pilot.press(command.keys[0])
        await pilot.pause()
        seen |= compare(app, walked)
    return seen


@pytest.mark.parametrize(
    ("name", "size", "seed"),
    [("lstm", (120, 38), 0), ("stranger", (80, 24), 1), ("gru", (160, 50), 2), ("reverse", (100, 34), 3)],
)
async def test_after_any_walk_the_screen_is_what_is_drawn_from_nothing(
    name: str, size: tuple[int, int], seed: int
) -> None:
    app = player_app(episode(name))
    async with app.run_test(size=size) as pilot:
        player(app).change_view(watches=("norm(dh[t])" if name != "stranger" else "t * 2",))
        await pilot.pause()
        seen = await walk(pilot, app, 50, seed)
    assert len(seen) >= 5
