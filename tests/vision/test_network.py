"""What the network sees, against PyTorch; what the one that comes along was taught."""

import json

import numpy as np
import pytest

from rnntutor.vision import learning
from rnntutor.vision.drawing import SIZE, parse_drawing, random_drawing
from rnntutor.vision.network import FEATURES, Vision, feature_name, fresh_vision, load_vision
from tests.frozen.torch_vision import FILE, SEEDS, pictures, seen_by_torch, some

DRAWINGS = [random_drawing(np.random.default_rng(k)) for k in range(40)]


@pytest.mark.parametrize("seed", SEEDS)
def test_frozen_figures(seed: int) -> None:
    v, dx = json.loads(FILE.read_text(encoding="utf-8"))[str(seed)]
    x, dv = pictures(seed)
    sight = fresh_vision(seed).see(x)
    np.testing.assert_allclose(some(sight.v), v, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(some(sight.gradient(dv)), dx, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("seed", [5, 6])
def test_fresh_figures(seed: int) -> None:
    pytest.importorskip("torch")
    v, dx = seen_by_torch(seed)
    x, dv = pictures(seed)
    sight = fresh_vision(seed).see(x)
    np.testing.assert_allclose(sight.v, v, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(sight.gradient(dv), dx, rtol=1e-10, atol=1e-12)


def test_one_picture_is_a_batch_of_one() -> None:
    vision, pixels = load_vision(), DRAWINGS[0].pixels
    sight = vision.see(pixels)
    assert sight.v.shape == (1, FEATURES)
    assert sight.gradient(np.ones_like(sight.v)).shape == (1, SIZE, SIZE, 3)
    assert list(sight.maps) == ["conv1", "conv2", "conv3", "conv4"]
    np.testing.assert_allclose(vision.see(np.stack([pixels, pixels])).v, np.repeat(sight.v, 2, axis=0), atol=1e-12)


def test_white_is_nothing() -> None:
    """What lies outside of an empty picture looks like the picture itself, so its first map is everywhere the same."""
    found = load_vision().see(np.ones((SIZE, SIZE, 3))).maps["conv1"]
    assert (found == found[:, :1, :1]).all()


def test_it_names_what_is_there() -> None:
    """Where a new drawing shows a shape, the network finds its colour and its kind, and whether it is large."""
    sight = load_vision().see(parse_drawing("small red circle 6 6, large blue square 17 17").pixels)
    assert set(sight.named) == {"red circle", "blue square", "large blue"}


def test_it_is_nearly_always_right_on_new_drawings() -> None:
    """The share that the record tells is measured again: the same drawings, the same weights."""
    found = learning.measure(load_vision())
    assert found["all"] > 0.95
    assert found == pytest.approx(learning.record()["right"]["seen"], abs=0.002)


def test_teaching_lowers_the_loss_and_is_the_same_every_time() -> None:
    plan = learning.Plan(iterations=8, batch=8)
    losses, again = ([loss for loss, _ in learning.taught(plan)] for _ in range(2))
    assert losses == again
    assert losses[-1] < 0.7 * losses[0]


def test_its_gradients_are_slopes() -> None:
    rng = np.random.default_rng(0)
    # Biases of zero would put the white ground right on the edge of every ReLU, where there is no slope.
    fresh = fresh_vision(3).params.items()
    vision = Vision({name: rng.normal(0, 0.1, p.shape) if name.startswith("b_") else p for name, p in fresh})
    loss, grads = learning.gradients(vision, DRAWINGS[:3])
    assert grads.keys() == vision.params.keys()
    for name, p in vision.params.items():
        place = tuple(int(rng.integers(n)) for n in p.shape)
        ends = []
        for step in (1e-5, -1e-5):
            moved = {**vision.params, name: p.copy()}
            moved[name][place] += step
            ends.append(learning.gradients(Vision(moved), DRAWINGS[:3])[0])
        assert grads[name][place] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-4, abs=1e-6)
    assert loss > 0


@pytest.mark.parametrize("shape", [(24, 24), (23, 24, 3), (2, 24, 24, 4), (0,)])
def test_another_shape_is_told(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"pictures: shape \(B, 24, 24, 3\) is wanted, not"):
        load_vision().see(np.zeros(shape))


def test_what_the_numbers_of_the_feature_are_about() -> None:
    """The numbers of v that a shape makes in its row, and in its column, are called after it."""
    sight = load_vision().see(parse_drawing("large green square 6 17").pixels)
    assert {feature_name(int(k)) for k in np.flatnonzero(sight.v[0] > 0.5)} == {
        "green square", "large green", "green, row 4-7", "green, column 16-19",
    }
