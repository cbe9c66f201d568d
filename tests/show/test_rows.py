"""The rows of the score: what is said beside them, and what counts as a full box where there are no numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rnntutor.play.cursor import Cursor, Direction
from rnntutor.show.look import Look
from rnntutor.show.page import page
from rnntutor.show.rows import Row, rows
from rnntutor.show.scene import Scene
from tests.show.scenes import scene


def rows_of(played: Scene, direction: Direction) -> dict[str, Row]:
    """The rows at the end of t 1, by name."""
    head = Cursor(direction, 1, len(played.stops(direction)) - 1)
    return {row.name: row for row in rows(played, head, Look())}


def test_the_loss_and_its_gradient_do_not_say_the_same() -> None:
    below, above = rows_of(scene(), "forward")["loss"], rows_of(scene(), "backward")["dloss"]
    assert below.caption == "-log of the probability of the right one"
    assert (above.formula, above.values, above.caption) == ("1", (1.0,), "where the gradient starts")
    captions = [row.caption for row in rows_of(scene(), "backward").values()]
    assert captions.count("where the gradient starts") == 1


@pytest.mark.parametrize("name", ["lstm", "gru", "stranger"])
def test_of_all_parameters_the_norms_are_shown(name: str) -> None:
    played = scene(name)
    row = rows_of(played, "backward")[f"d{next(iter(played.run.params))}"]
    count = len(played.run.params)
    assert row.caption == f"norms of {count} gradients, one each"
    given = played.grads.at(1)
    wanted = sorted(float(np.linalg.norm(given[key])) for key in played.run.params)
    assert row.size == count
    np.testing.assert_allclose(sorted(row.values or ()), wanted, rtol=1e-12)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_inputs_without_a_single_number_have_a_scale(value: float) -> None:
    played = scene("rnn")
    with np.errstate(all="ignore"):
        broken = played.run
        for t in range(played.steps):
            for unit in range(len(played.symbols)):
                broken = broken.edit("x", t=t, unit=unit, value=value)
        after = replace(played, run=broken, grads=broken.backward(), notes={}, snapshots=type(played.snapshots)())
    assert rows_of(after, "forward")["x"].scale == 1.0
    assert page(after, Cursor("forward", 1, 0), Look(), 120, 38)
