"""What is taken out of the app is what the screen shows, and what the engine says."""

from __future__ import annotations

import base64

import pytest

from rnntutor.play.cursor import Cursor
from rnntutor.show.look import Look
from rnntutor.show.selected import selected
from tests.app.episodes import player, player_app
from tests.app.test_editing import TO_F2
from tests.app.test_player import press, text_of
from tests.show.scenes import scene

SIZES = [(60, 18), (80, 24), (120, 38)]


async def test_a_number_is_copied_with_every_digit() -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, *TO_F2, "y")
        value = float(player(app).present.run["f"][2, 0, 3])
        assert app.clipboard == repr(value)
        assert float(app.clipboard) == value
        assert f"f₂[3] = {value!r}: sent to the clipboard; some terminals refuse" in text_of(app)
        await press(pilot, "right")
        assert "clipboard" not in text_of(app)


async def test_the_terminal_is_told_as_osc_52_says(monkeypatch: pytest.MonkeyPatch) -> None:
    app = player_app()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        written: list[str] = []
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", written.append)
        await press(pilot, "Y")
        asked = next(k for k in written if k.startswith("\x1b]52;c;"))
        text = base64.b64decode(asked.removeprefix("\x1b]52;c;").removesuffix("\a")).decode()
        assert "why" in text
        assert text == app.clipboard


@pytest.mark.parametrize("panel", ["tape", "score", "why"])
async def test_one_panel_is_copied(panel: str) -> None:
    app = player_app()
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, *TO_F2)
        await app.run_action(f"copy_panel({panel!r})")
        words = {"tape": "reads x", "score": "the cell at t 2", "why": "f₂[3]  =  σ("}
        assert [k for k, said in words.items() if said in app.clipboard] == [panel]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("keys", [("right",), ("b", "right", "down"), ("b", "end")])
async def test_the_page_is_copied_as_it_stands(
    size: tuple[int, int], keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without colours the screen shows the very text; with colours, signs take their place in the copy."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = player_app()
    async with app.run_test(size=size) as pilot:
        await press(pilot, *keys, "Y")
        screen = "\n".join(line.rstrip() for line in text_of(app).splitlines()[:-1])
        assert app.clipboard == screen.rstrip() + "\n"
    copied = app.clipboard
    monkeypatch.delenv("NO_COLOR")
    app = player_app()
    async with app.run_test(size=size) as pilot:
        await press(pilot, *keys, "Y")
        assert app.clipboard == copied


async def test_a_page_in_ascii_is_ascii() -> None:
    app = player_app(ascii=True)
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, *TO_F2, "Y")
        assert app.clipboard.isascii()
        await press(pilot, "y")
        assert "f[2,3] = 0.5" in text_of(app)


@pytest.mark.parametrize("name", ["lstm", "stranger"])
def test_every_selected_number_is_the_engine_s(name: str) -> None:
    played = scene(name)
    for line, stop in enumerate(played.forward):
        for unit in range(stop.size):
            said, value = selected(played, Cursor("forward", 2, line, unit), Look())
            kept = played.run[stop.line.name][2, 0]
            assert value == (kept[unit] if kept.ndim else kept)
            assert said.startswith(f"{stop.line.name}₂")
    for line, stop in enumerate(played.backward):
        for unit in range(stop.size):
            said, value = selected(played, Cursor("backward", 2, line, unit), Look())
            if stop.folded:
                assert said == f"‖{stop.lines[unit].name}₂‖"
                assert value >= 0
            elif stop.line.name in ("df", "dh", "dc"):
                assert value == played.grads[stop.line.name[1:]][2, 0, unit]
