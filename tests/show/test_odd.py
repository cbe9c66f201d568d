"""The first number that is none is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.app.app import RnnTutorApp
from rnntutor.engine.run import run
from rnntutor.show.change import Place
from rnntutor.show.look import ASCII, UNICODE
from rnntutor.show.odd import first_odd, odd
from rnntutor.show.scene import Scene
from tests.app.episodes import player
from tests.show.scenes import scene


def broken(name: str, t: int, unit: int, value: float) -> Scene:
    """A run in which one number of a line was set to what is none."""
    played = scene("lstm")
    with np.errstate(all="ignore"):
        return replace(played, run=played.run.edit(name, t=t, unit=unit, value=value), notes={})


def test_where_all_are_numbers_nothing_is_said() -> None:
    assert first_odd(scene("lstm")) is None
    assert odd(scene("lstm"), UNICODE) == ""


@given(
    name=st.sampled_from(["i", "f", "o", "g", "c", "h"]), t=st.integers(0, 3), unit=st.integers(0, 7),
    value=st.sampled_from([np.nan, np.inf, -np.inf]),
)  # fmt: skip
def test_the_first_place_is_named(name: str, t: int, unit: int, value: float) -> None:
    assert first_odd(broken(name, t, unit, value)) == Place(name, t, (unit,))


@pytest.mark.parametrize(("name", "place"), [("W_f", (2, 3)), ("b_y", (1,))])
def test_a_weight_that_is_none(name: str, place: tuple[int, ...]) -> None:
    played = scene("lstm")
    params = {key: np.array(value) for key, value in played.run.params.items()}
    params[name][place] = np.inf
    data = dict(played.run.inputs)
    with np.errstate(all="ignore"):
        ran = run(played.run.cell, params, data.pop("x"), None, **data)
    found = replace(played, run=ran, notes={})
    assert first_odd(found) == Place(name, None, place)
    said = odd(found, ASCII)
    assert said.startswith(f"{name}[{','.join(map(str, place))}] is +inf;")
    assert said.isascii()


async def test_the_player_tells_it() -> None:
    app = RnnTutorApp((), start=broken("f", 2, 3, np.nan))  # type: ignore[arg-type]
    async with app.run_test(size=(120, 38)) as pilot:
        await pilot.pause()
        assert player(app).footer.notice.startswith("f₂[3] is nan;")
