"""The norms that are shown: those of the engine, and the same wherever they are asked for."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from rnntutor.engine.query import parse_query
from rnntutor.play.cursor import Cursor
from rnntutor.show import apart
from rnntutor.show.look import Look
from rnntutor.show.page import panels
from rnntutor.show.scene import Scene
from rnntutor.show.stops import Stop
from rnntutor.show.view import View
from tests.show.flows import as_scene, random_run
from tests.show.scenes import scene

WATCH = "norm(dh[t])"


def faint(size: float) -> Scene:
    """The last timestep has a loss, and hardly any of it."""
    last = np.zeros((4, 1))
    last[-1] = size
    return as_scene(random_run("lstm", 4, 8, 1.0), {"loss": last})


def test_gradient_norms_are_those_of_the_engine() -> None:
    played = scene()
    for state in ("c", "h"):
        wanted = [math.hypot(*row) for row in played.grads[state][:, 0]]
        np.testing.assert_allclose(played.gradient_norms(state), wanted, rtol=1e-12)
        assert played.gradient_norm(state, 1) == pytest.approx(wanted[1], rel=1e-12)
    assert np.isnan(played.gradient_norms("nothing")).all()


@pytest.mark.parametrize("size", [1e-171, 1e171])
def test_a_watch_and_the_tape_agree_where_squares_do_not_fit(size: float) -> None:
    """The square of 1e-171 is zero, that of 1e171 infinite; the norms of such gradients are neither."""
    played, usual = faint(size), faint(1.0)
    asked, wanted = parse_query(WATCH, played).over(0, played.steps), usual.gradient_norms("h") * size
    np.testing.assert_array_equal(asked, played.gradient_norms("h"))
    np.testing.assert_allclose(asked, wanted, rtol=1e-12)

    head = Cursor("backward", 0, len(played.backward) - 1)
    drawn = panels(played, head, Look(), 120, 38, View(watches=(WATCH,)))["tape"]
    tape, watch = (_numbers(next(k.plain for k in drawn if name in k.plain)) for name in ("‖dh‖", WATCH))
    assert len(tape) == len(watch) == played.steps
    np.testing.assert_allclose(watch, asked, rtol=0.05)  # both are written with few digits
    np.testing.assert_allclose(tape, asked, rtol=0.5)


def _numbers(line: str) -> list[float]:
    return [float(k) for k in re.findall(r"\d\S*e\S+", line)]



def test_runs_that_are_hardly_apart_are_apart() -> None:
    """The run is the same; its gradients differ by 1e-171 of what they would be."""
    played, other = faint(2e-171), faint(1e-171)
    found = apart.lengths(played, other, "backward", _stop_of(played), _stop_of(other))
    assert found is not None
    np.testing.assert_allclose(found, faint(1.0).gradient_norms("h") * 1e-171, rtol=1e-12)


def _stop_of(played: Scene) -> Stop:
    return next(stop for stop in played.backward if stop.line.name == "dh")
