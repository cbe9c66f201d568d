"""Any iteration of a training, played: its own batch, the weights and the states of that moment."""

from pathlib import Path

import numpy as np
import pytest

from rnntutor.play.learning import learned
from rnntutor.play.studying import Study
from rnntutor.show.edits import done_so_far
from rnntutor.show.upcoming import descent, upcoming
from rnntutor.training import Settings
from rnntutor.training.resuming import load_training
from rnntutor.training.underway import Underway


def study(tmp_path: Path, iterations: int = 20, **more: int) -> Study:
    """A training that is over."""
    text = "hello world, hello moon"
    settings = Settings.of({"text": text, "hidden": 4, "steps": 5, "iterations": iterations, **more})
    under = Underway.begun(settings, text)
    made = Study(under, tmp_path / "m.safetensors")
    while not under.over:
        under.advance()
    return made


@pytest.mark.parametrize("k", [1, 2, 7, 20])
@pytest.mark.parametrize("precision", [32, 64])
def test_the_scene_is_the_iteration(k: int, precision: int, tmp_path: Path) -> None:
    """The loss of its forward pass is the one that training has found; its update gives the weights after it."""
    made = study(tmp_path, precision=precision)
    scene = made.scene(k)
    assert descent(scene).loss == made.under.losses[k - 1]
    assert descent(scene).norm == made.under.norms[k - 1]
    after = made.under.at(k).params
    for name, p in upcoming(scene).progress.params.items():
        np.testing.assert_array_equal(p, after[name])
    assert scene.learning is not None
    assert scene.learning.iteration == k - 1
    assert not done_so_far(scene), "what training has made is not lost with the player"
    assert done_so_far(learned(scene, 2)) == "2 iterations"


def test_it_reads_its_own_part_of_the_text(tmp_path: Path) -> None:
    scene = study(tmp_path).scene(2)
    assert "".join(scene.reads).replace("␣", " ") == " worl"
    assert "".join(scene.wants).replace("␣", " ") == "world"


def test_of_streams_side_by_side_the_first(tmp_path: Path) -> None:
    scene = study(tmp_path, batch=2).scene(3)
    assert scene.run.batch == 1
    assert scene.about.endswith("stream 1 of 2, alone")


@pytest.mark.parametrize("k", [0, 22])
def test_an_iteration_that_was_not_made(k: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"from 0 to 20 is wanted, not {k - 1}"):
        study(tmp_path).scene(k)


def test_saving(tmp_path: Path) -> None:
    made = study(tmp_path)
    assert (made.first, made.last, made.saved) == (1, 20, 0)
    made.save()
    assert made.saved == 20
    on = Study(load_training(made.target, more=3), made.target)
    on.under.advance()
    assert (on.first, on.last) == (21, 21)
    assert on.scene(21).learning is not None


def test_a_task_without_a_text(tmp_path: Path) -> None:
    under = Underway.begun(Settings(task="parity", hidden=2), "")
    with pytest.raises(ValueError, match="--watch: a text is wanted to learn from; the task parity draws"):
        Study(under, tmp_path / "m.safetensors")
