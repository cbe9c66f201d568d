"""Questions about what training will do: the answer sets it off; and questions that do not fit a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from rnntutor.app.app import RnnTutorApp
from rnntutor.course.check import check_lesson
from rnntutor.course.lessons import find_lesson
from rnntutor.course.opening import open_lesson
from rnntutor.course.store import Store
from rnntutor.play.learning import learned
from tests.app.episodes import player
from tests.app.test_player import press, text_of

TOML = """
format_version = 1
id = "foreseen"
own_text = true

[network.model]
play = "hello"
train = { text = "hello", cell = "rnn", hidden = 3, optimiser = "sgd", rate = 0.5 }

[measure.before]
kind = "value"
query = "total(loss) / T"

[[moment]]
id = "choice"
at = "forward t=1 line=loss"
[moment.ask]
kind = "choice"
learn = 2
choices = { less = "total(loss) / T < before_value", more = "total(loss) / T >= before_value" }
reveal = "forward t=-1 line=loss"

[[moment]]
id = "number"
[moment.ask]
kind = "number"
learn = 1
answer = "W_y[0,1]"
tolerance = 0.01
slips = { up = "W_y[0,1] + dW_y[0,1] / T / 2" }
reveal = "forward t=3 line=h"
"""
WORDS = """# Foreseen

What one learns.

## A choice {#choice}

Two iterations.

### ask

What of the loss?

- less: less
- more: more

### if more

It fell to {total(loss) / T}.

### then

From {before_value} to {total(loss) / T}.

## A number {#number}

W_y[0,1] is {W_y[0,1]}.

### ask

And then?

### if up

Downhill. It is {W_y[0,1]} yet.

### then

It became {W_y[0,1]}.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "foreseen").mkdir()
    (tmp_path / "foreseen/lesson.toml").write_text(TOML, encoding="utf-8")
    (tmp_path / "foreseen/en.md").write_text(WORDS, encoding="utf-8")
    return tmp_path / "foreseen"


def app_of(folder: Path, text: str | None = None) -> RnnTutorApp:
    return RnnTutorApp((), start=open_lesson(find_lesson(str(folder)), text), store=Store(folder.with_name("kept")))


def iterations(app: RnnTutorApp) -> int:
    learning = player(app).present.learning
    assert learning is not None
    return learning.iteration


def test_the_lesson_is_right(folder: Path) -> None:
    """A weight, which is known before and after, can be asked for where training lies between."""
    assert check_lesson(folder) == []
    toml = folder / "lesson.toml"
    toml.write_text(TOML.replace("learn = 1", "learn = 0"), encoding="utf-8")
    assert any("the answer is on the screen already" in str(k) for k in check_lesson(folder))


async def test_a_choice_sets_training_off(folder: Path) -> None:
    app = app_of(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "m", "escape")
        before = player(app).present
        assert iterations(app) == 0
        await press(pilot, "2")
        losses = [scene.run["loss"].mean() for scene in (before, learned(before, 2))]
        shown = text_of(app)
        assert iterations(app) == 2
        assert f"✗ more. It fell to {losses[1]:+.3f}." in shown
        assert f"From {losses[0]:+.3f} to {losses[1]:+.3f}." in shown
        assert player(app).cursor.t == 3
        await press(pilot, "u", "r")
        assert iterations(app) == 2, "back to what the words speak of"
        await press(pilot, "p")
        assert iterations(app) == 0


async def test_a_number_is_that_after_training(folder: Path) -> None:
    app = app_of(folder)
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "n")
        old = float(player(app).present.run.params["W_y"][0, 1])
        new = float(learned(player(app).present).run.params["W_y"][0, 1])
        await press(pilot, "a", *f"{2 * old - new:.3f}", "enter")
        assert f"Downhill. It is {old:+.3f} yet." in text_of(app)
        assert iterations(app) == 0
        await press(pilot, "a", *f"{new:.3f}", "enter")
        assert f"It became {new:+.3f}." in text_of(app)
        assert iterations(app) == 1


async def test_a_text_without_an_answer(folder: Path) -> None:
    """No condition holds where the loss is no number of a fresh network's; no place where the text is too short."""
    toml = folder / "lesson.toml"
    toml.write_text(TOML.replace('"total(loss) / T < before_value"', '"loss[3] < 0"'), encoding="utf-8")
    app = app_of(folder, "lo")
    async with app.run_test(size=(120, 38)) as pilot:
        await press(pilot, "A")
        assert "This cannot be asked of what is played" in text_of(app)
        await press(pilot, "n", "A")
        assert "It became" in text_of(app)
        assert "t=3 is out of range" in text_of(app)
