"""Painting on a picture: every key and the mouse, what the network says then, and the way back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from textual.pilot import Pilot

from rnntutor.app.app import RnnTutorApp
from rnntutor.app.commands import PLAYER
from rnntutor.app.screens.player import PlayerScreen
from rnntutor.app.widgets.picture import PicturePanel
from rnntutor.play.brushing import dabbed, shapes_of, shoved
from rnntutor.show.brush import Brush
from rnntutor.show.pictures import lay_out, showings
from rnntutor.tasks import captioning
from rnntutor.vision.drawing import COLOURS, GROUND
from rnntutor.vision.picture import Picture
from tests.app.episodes import player, player_app
from tests.show.captioned import SAID, captioner, seen

SIZES = [(80, 24), (120, 38)]


def painter(*, taught: bool = False) -> RnnTutorApp:
    """The app with a picture."""
    model, picture = captioner(), seen()
    episode = captioning.taught(model, picture, SAID, "A caption") if taught else captioning.told(model, picture, "A")
    return player_app(episode)


def picture_of(app: RnnTutorApp) -> Picture:
    """What the network sees now."""
    found = player(app).present.picture
    assert found is not None
    return found


def assert_all_said(screen: PlayerScreen) -> None:
    """The playhead is at the end of what is said of the present picture."""
    played = screen.present
    assert played.picture is not None
    assert (screen.cursor.direction, screen.cursor.t) == ("forward", played.steps - 1)
    assert screen.cursor.line == len(played.forward) - 1
    again = captioning.told(captioner(), played.picture, "A")
    assert played.took is False or played.wants == again.wants


async def test_the_view_is_there_where_a_picture_is() -> None:
    app = painter()
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.press("v")
        assert player(app).view.name == "picture"
        assert "View: picture" in [k.title for k in app.get_system_commands(app.screen)]
        assert player(app).panels[:2] == ("tape", "picture")
    app = player_app()
    async with app.run_test() as pilot:
        await pilot.press("v")
        assert player(app).view.name == "output"
        assert "View: picture" not in [k.title for k in app.get_system_commands(app.screen)]
        for key in "oOP":
            await pilot.press(key)
            assert player(app).footer.notice == "This network sees no picture."


async def test_what_is_shown_large() -> None:
    app = painter()
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.press("o")
        assert player(app).footer.notice == "This is for the picture; v goes through the views."
        await pilot.press("v")
        every = showings(seen())
        for name in (*every[1:], every[0]):
            assert player(app).footer.labels["picture.next"] == name
            await pilot.press("o")
            assert player(app).view.shown == name
        await pilot.press("O")
        assert player(app).view.shown == "gradient"


@pytest.mark.parametrize("size", SIZES)
async def test_the_brush_paints_and_erases(size: tuple[int, int]) -> None:
    app = painter()
    async with app.run_test(size=size) as pilot:
        await pilot.press("P")
        screen = player(app)
        assert screen.view.name == "picture"
        assert screen.view.brush == Brush()
        assert_all_said(screen)
        await pilot.press("left", "left", "up", "right", "down", "down", "3", "space")
        assert screen.view.brush == Brush(13, 11, "blue")
        expected = np.array(seen().pixels)
        expected[13, 11] = COLOURS["blue"]
        assert (picture_of(app).pixels == expected).all()
        assert picture_of(app).drawing is None
        assert_all_said(screen)
        await pilot.press("down", "enter", "backspace")
        expected[14, 11] = GROUND
        assert (picture_of(app).pixels == expected).all()
        assert len(screen.history.scenes) == 4
        await pilot.press("u", "u", "u")
        assert picture_of(app) is screen.history.scenes[0].picture
        await pilot.press("escape")
        assert screen.view.brush is None
        assert screen.view.name == "picture"


async def test_a_shape_moves_and_is_let_go() -> None:
    app = painter()
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.press("P", "tab", "down", "down", "right")
        screen, drawing = player(app), picture_of(app).drawing
        assert drawing is not None
        assert drawing.text == "small red circle 8 7, large blue square 17 17"
        assert_all_said(screen)
        assert len(screen.history.scenes) == 2  # one way of a shape is one edit
        await pilot.press("tab", "left", "u")
        assert picture_of(app).drawing == drawing
        await pilot.press("tab")
        assert screen.view.brush == Brush()
        await pilot.press("shift+tab", "space")
        assert screen.view.brush == Brush()
        await pilot.press("u")
        assert picture_of(app).drawing == seen().drawing


async def test_a_shape_stays_in_the_picture() -> None:
    app = painter()
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.press("P", "tab", *["up"] * 5)
        drawing = picture_of(app).drawing
        assert drawing is not None
        assert drawing.shapes[0].row == 2
        assert player(app).footer.notice.startswith("It stays in the picture")


async def test_what_is_painted_by_hand_has_no_shapes() -> None:
    app = painter()
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.press("P", "space", "tab")
        assert player(app).footer.notice == "Painted by hand: its shapes can no longer be moved. u undoes."
        await pilot.press("u", "tab")
        assert player(app).view.brush == Brush(shape=0)


async def test_keys_of_the_playhead_work_after_painting() -> None:
    app = painter()
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.press("P", "escape", "left", "left")
        screen = player(app)
        assert screen.cursor.line == len(screen.present.forward) - 3
        await pilot.press("P", "v")
        assert screen.view.name == "beam"
        assert screen.view.brush is None
        await pilot.press("1")
        assert screen.view.brush is None


async def test_a_caption_that_is_learned_keeps_its_words() -> None:
    app = painter(taught=True)
    async with app.run_test(size=(120, 38)) as pilot:
        losses = player(app).present.counted_losses
        await pilot.press("P", "tab", "down")
        assert " ".join(player(app).present.wants) == f"{SAID} <END>"
        assert (player(app).present.counted_losses != losses).any()
        await pilot.press("x")
        assert player(app).view.name == "compare"
        await pilot.press("x")
        assert player(app).view.name == "picture"


async def drag(pilot: Pilot[None], *places: tuple[int, int]) -> None:
    """The mouse over pixels of the panel."""
    await pilot.mouse_down(PicturePanel, offset=places[0])
    for place in places[1:]:
        await pilot.hover(PicturePanel, offset=place)
    await pilot.mouse_up(PicturePanel, offset=places[-1])


async def test_the_mouse_paints() -> None:
    app = painter()
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.press("v")
        screen = player(app)
        sheet = lay_out(screen.present, screen.cursor, screen.view, screen.look, 120, 26)
        x, y = sheet.x, sheet.y
        await drag(pilot, (x + 3, y + 1))
        assert screen.view.brush == Brush(2, 3)
        assert picture_of(app).drawing is not None
        await drag(pilot, (x + 3, y + 1), (x + 4, y + 1), (x + 5, y + 2))
        expected = np.array(seen().pixels)
        for row, column in ((2, 3), (2, 4), (4, 5)):
            expected[row : row + 2, column] = COLOURS["red"]
        assert (picture_of(app).pixels == expected).all()
        assert len(screen.history.scenes) == 2  # a stroke is one edit
        await drag(pilot, (x + 40, y + 1))  # beside the picture
        assert len(screen.history.scenes) == 2


def test_what_changes_nothing_is_the_same_picture() -> None:
    picture = seen()
    brush = Brush(0, 0)
    assert dabbed(picture, brush, erase=True) is picture
    painted = dabbed(picture, brush)
    assert dabbed(painted, brush) is painted
    assert (shapes_of(picture), shapes_of(painted)) == (2, 0)
    assert shoved(picture, replace(brush, shape=0), -20, 0) is picture
    with pytest.raises(ValueError, match="holds no shape"):
        shoved(picture, brush, 1, 0)
    assert (dabbed(picture, Brush(23, 23), tall=2).pixels[23, 23] == COLOURS["red"]).all()


def test_the_help_counts_the_colours() -> None:
    """What it calls a range of keys is as long as the list of colours; it may not load them, for it needs no NumPy."""
    told = next(command.help for command in PLAYER if command.id == "picture.paint")
    assert f"1-{len(COLOURS)} choose a colour" in told
