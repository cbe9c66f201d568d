"""A picture becomes the first state; captions are learned and told."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnntutor.model import Model
from rnntutor.tasks import captioning
from rnntutor.tasks.captioning import EXAMPLE, say_all, taught, told
from rnntutor.tasks.captions import END, START, WORDS, captions
from rnntutor.tasks.sequences import episode, find_task
from rnntutor.training import Settings, record_of, training, untrained
from rnntutor.vision.drawing import parse_drawing, random_drawing
from rnntutor.vision.network import load_vision
from rnntutor.vision.picture import Picture

PICTURE = Picture.of(parse_drawing("small red circle 6 6, large blue square 17 17"))
SAID = "a small red circle above a blue square"


@cache
def model(cell: str = "lstm") -> Model:
    """A small network, hardly trained: loud enough to say something."""
    settings = Settings.of({"task": "captions", "cell": cell, "hidden": 8, "batch": 4, "iterations": 3, "rate": 0.1})
    *_, (_, made) = training(settings, "", record_of(settings, "", ""))
    return made


def test_what_is_read_comes_one_word_after_what_is_wanted() -> None:
    pair = captioning.caption(f"small red circle 6 7: {SAID}")
    assert pair.reads == (START, *SAID.split())
    assert pair.wants == (*SAID.split(), END)


def test_the_picture_makes_the_first_state_and_its_gradient_comes_back() -> None:
    played = taught(model(), PICTURE, SAID, "")
    params = played.run.params
    np.testing.assert_allclose(played.run.init["h"][0], params["W_v"] @ PICTURE.v + params["b_v"])
    dh = sum(played.grads.init[state][0] for state in ("h", "c"))  # both begin as the same
    np.testing.assert_allclose(played.grads["W_v"], np.outer(dh, PICTURE.v))
    np.testing.assert_allclose(played.grads["v"][0], params["W_v"].T @ dh)
    np.testing.assert_allclose(played.grads["b_v"], dh)


@pytest.mark.parametrize("cell", ["lstm", "rnn"])
def test_the_gradient_of_a_pixel_is_a_slope(cell: str) -> None:
    """From the loss of all words back through h₀, the affine layer and the convolutions."""
    made = model(cell)
    # No two pixels alike: where they are, the largest of four has no slope.
    noise = np.random.default_rng(0).uniform(-0.04, 0.04, PICTURE.pixels.shape)
    picture = PICTURE.painted(0.05 + 0.9 * PICTURE.pixels + noise)

    def loss(pixels: np.ndarray) -> float:
        return float(taught(made, picture.painted(pixels), SAID, "").run["loss"].sum())

    slopes = picture.sight.gradient(taught(made, picture, SAID, "").grads["v"])[0]
    for place in [(6, 7, 0), (6, 7, 1), (17, 16, 2), (15, 14, 0)]:
        ends = []
        for step in (1e-6, -1e-6):
            moved = picture.pixels.copy()
            moved[place] += step
            ends.append(loss(moved))
        assert slopes[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-4, abs=1e-8)


@given(seed=st.integers(0, 9), how=st.sampled_from(["argmax", "sample"]))
def test_what_is_told_ends_or_is_cut(seed: int, how: str) -> None:
    played = told(model(), PICTURE, "", how=how, seed=seed, limit=6)  # type: ignore[arg-type]
    assert played.reads == (START, *played.wants[:-1])
    assert played.wants[-1] == END or len(played.wants) == 6
    assert END not in played.wants[:-1]
    assert played.took


def test_all_are_told_as_one_by_one() -> None:
    drawings = [random_drawing(np.random.default_rng(k)) for k in range(5)]
    texts = say_all(model(), load_vision().see(np.stack([d.pixels for d in drawings])).v, limit=6)
    for drawing, text in zip(drawings, texts, strict=True):
        words = told(model(), Picture.of(drawing), "", limit=6).wants
        assert text.split() == [word for word in words if word != END] + ([] if words[-1] == END else ["…"])


def test_a_batch_holds_what_is_seen() -> None:
    task = find_task("captions")
    batch = next(task.batches(3, seed=0))
    assert batch.start["v"].shape == (3, load_vision().see(PICTURE.pixels).v.shape[1])
    assert batch.x.shape[2] == len(WORDS)
    np.testing.assert_array_equal(next(task.batches(3, seed=0)).start["v"], batch.start["v"])


@given(seed=st.integers(0, 99))
def test_what_is_learned_from_is_true(seed: int) -> None:
    drawing, _, said = captioning.draw(np.random.default_rng(seed)).partition(": ")
    assert said in captions(parse_drawing(drawing))
    assert not parse_drawing(drawing).unseen


def test_training_lowers_the_loss() -> None:
    settings = Settings.of({"task": "captions", "cell": "rnn", "hidden": 8, "batch": 8, "iterations": 30, "rate": 0.02})
    losses = [progress.loss for progress, _ in training(settings, "", record_of(settings, "", ""))]
    assert losses[-1] < 0.7 * losses[0]


def test_a_model_is_played_over_a_drawing_and_a_caption() -> None:
    made = untrained(Settings.of({"task": "captions", "hidden": 4}), "")
    played = episode(made, EXAMPLE, "captions")
    assert played.reads[0] == START
    assert played.picture is not None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a red circle", "a drawing, a colon and a caption"),
        ("small red circle 6 7: ", "a caption has at least one word"),
        ("small red circle 6 7: a pink circle", "does not know 'pink'; it knows '<START> <END> a and"),
        ("small pink circle 6 7: a red circle", "colour: one of red"),
    ],
)
def test_what_is_no_caption_is_told(text: str, wanted: str) -> None:
    with pytest.raises(ValueError, match=wanted):
        episode(model(), text, "")


def test_a_model_without_start_is_told() -> None:
    with pytest.raises(ValueError, match="does not know '<END>'"):
        told(replace(model(), symbols=tuple(map(str, range(len(WORDS))))), PICTURE, "")
