"""A PyTorch model in the player: the walk through its layers."""

from pathlib import Path

import pytest

from rnntutor.app.app import RnnTutorApp
from tests.app.episodes import entries, player
from tests.app.test_lessons import place
from tests.app.test_player import press, text_of
from tests.course.foreign import walked
from tests.exchange.torch_models import FROZEN


def app_of(spec: int, folder: Path) -> RnnTutorApp:
    """The app with a frozen model open."""
    return RnnTutorApp(entries(), start=walked(FROZEN[spec], folder))


async def test_a_walk_through_the_layers(tmp_path: Path) -> None:
    app = app_of(2, tmp_path)
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.pause()
        assert "1 of 3   nn.LSTM core, layer 1" in text_of(app)
        assert "weight_ih_l0  (12, 2)  W_i1  W_f1  W_g1  W_o1  columns of e" in text_of(app)
        assert place(app) == "forward t=0 line=e unit=0"
        await press(pilot, "n")
        assert "2 of 3   nn.LSTM core, layer 2" in text_of(app)
        assert place(app) == "forward t=0 line=i unit=0"
        await press(pilot, "n", "n")
        assert "the end" in text_of(app)
        assert "0 of 0" not in text_of(app)
        await press(pilot, "p", "p", "r")
        assert "2 of 3" in text_of(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 38), (200, 60)])
async def test_directions_are_networks(tmp_path: Path, size: tuple[int, int]) -> None:
    app = app_of(3, tmp_path)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        forward = player(app).present
        await press(pilot, "n")
        backward = player(app).present
        assert forward.reads == backward.reads[::-1]
        assert "from the end" in text_of(app)
        await press(pilot, "right", "right", "b", "right", "v", "v", "v", "v", "v")
        await press(pilot, "n")
        assert player(app).present.loss is not None
        assert place(app) == "forward t=0 line=y unit=0"


async def test_an_edit_and_the_way_back(tmp_path: Path) -> None:
    app = app_of(3, tmp_path)
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "n", "right", "right")
        before = player(app).present
        await press(pilot, "e", *"0.5", "enter")
        assert player(app).present.changes
        await press(pilot, "u")
        assert player(app).present is before
