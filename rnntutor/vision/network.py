"""The convolutional network that looks at a picture: three convolutions, and the feature v made of them.

vision = load_vision()
sight = vision.see(pixels)          # (24, 24, 3), or a batch of pictures
sight.v                             # (B, F), the feature: all that a caption will know of the picture
sight.maps["conv1"]                 # (B, 24, 24, C): what the first convolution sees, and where
sight.gradient(dv)                  # (B, 24, 24, 3): from the feature back to the pixels
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

import numpy as np

from rnntutor.engine.ops import Array, sigmoid
from rnntutor.vision.drawing import COLOURS, KINDS, REACH, SIZE
from rnntutor.vision.layers import Pull, convolution, max_pool, relu

CHANNELS = (3, 16, 32, 32, 16)
"""Of the picture, and of what each convolution makes of it."""
SIDES = (3, 3, 3, 1)
"""Of the windows of each convolution; the last one looks at a cell alone."""
POOLED = 2
"""After how many convolutions every 2 × 2 pixels become one."""
CELLS = SIZE // 4
"""After two poolings the picture is parted into 6 × 6 cells of 4 × 4 pixels."""
FEATURES = CELLS * CELLS * CHANNELS[-1]
"""The numbers of v: those of the last convolution, cell by cell."""
SAID = (*COLOURS, *KINDS, *REACH)
"""What the network was taught to say of every cell: whether the centre of something is there that is red, a circle …"""


@dataclass(frozen=True, eq=False)
class Sight:
    """What the network sees in a batch of pictures."""

    maps: Mapping[str, Array] = field(repr=False)
    """By convolution, after its ReLU: (B, rows, columns, channels)."""
    v: Array
    """The feature, (B, F)."""
    scores: Array = field(repr=False)
    """Of everything in `SAID` in every cell, (B, 6, 6, len(SAID)): above zero where it is likelier than not."""
    pulls: Mapping[str, Pull] = field(repr=False)

    def gradient(self, dv: Array) -> Array:
        """The gradient of the pixels, (B, 24, 24, 3), from that of the feature, (B, F)."""
        return self.gradients(dv)[0]

    def gradients(self, dv: Array) -> tuple[Array, dict[str, Array]]:
        """The gradient of the pixels and of all parameters on the way to the feature."""
        found: dict[str, Array] = {}
        dv = dv.reshape(self.maps[f"conv{len(CHANNELS) - 1}"].shape)
        for name, pull in reversed(list(self.pulls.items())):
            dv, *params = pull(dv)
            found |= {f"{what}_{name}": d for what, d in zip("Wb", params, strict=False)}
        return dv, found

    @cached_property
    def named(self) -> Array:
        """How likely the network takes everything in `SAID` to be in every cell, from 0 to 1."""
        return sigmoid(self.scores)


@dataclass(frozen=True, eq=False)
class Vision:
    """The network with its weights: W_ and b_ of conv1 to conv4 and, to be taught, of said."""

    params: Mapping[str, Array] = field(repr=False)

    def see(self, pictures: Array) -> Sight:
        """What it sees in pictures (B, 24, 24, 3), or in one (24, 24, 3), of numbers from 0 to 1.

        Raises ValueError for another shape.
        """
        x = np.asarray(pictures, self.params["W_conv1"].dtype)
        x = x[None] if x.ndim == 3 else x
        if x.shape[1:] != (SIZE, SIZE, 3):
            raise ValueError(f"pictures: shape (B, {SIZE}, {SIZE}, 3) is wanted, not {np.shape(pictures)}")
        maps, pulls = dict[str, Array](), dict[str, Pull]()

        def apply(name: str, layer: Callable[..., tuple[Array, Pull]], x: Array) -> Array:
            own = [self.params[f"{what}_{name}"] for what in "Wb"] if layer is convolution else []
            y, pulls[name] = layer(x, *own)
            return y

        x = apply("ground", _below_white, x)
        for k in range(1, len(CHANNELS)):
            x = maps[f"conv{k}"] = apply(f"relu{k}", relu, apply(f"conv{k}", convolution, x))
            x = apply(f"pool{k}", max_pool, x) if k <= POOLED else x
        scores, _ = convolution(x, self.params["W_said"], self.params["b_said"])
        return Sight(maps, x.reshape(len(x), -1), scores, pulls)

    def features(self, pictures: Array) -> Array:
        """The features of many pictures, (B, F), a few at a time and in single precision: to measure with."""
        single = Vision({name: p.astype(np.float32) for name, p in self.params.items()})
        parts = [single.see(pictures[k : k + _TOGETHER]).v for k in range(0, len(pictures), _TOGETHER)]
        return np.concatenate(parts).astype(np.float64)


_TOGETHER = 50
"""Pictures that are looked at together: more would not stay in the processor's cache."""


def _below_white(x: Array) -> tuple[Array, Pull]:
    """1 - x: the white ground is nothing, and what lies outside of the picture looks like it."""
    return 1 - x, lambda dy: (-dy,)


def fresh_vision(seed: int = 0) -> Vision:
    """A network that was never taught: weights normal with variance 2 / inputs (He et al. 2015), biases zero."""
    rng = np.random.default_rng(seed)
    shapes = {f"conv{k}": (SIDES[k - 1], SIDES[k - 1], *CHANNELS[k - 1 : k + 1]) for k in range(1, len(CHANNELS))}
    shapes["said"] = (1, 1, CHANNELS[-1], len(SAID))
    params = {}
    for name, shape in shapes.items():
        params[f"W_{name}"] = rng.normal(0, np.sqrt(2 / np.prod(shape[:-1])), shape)
        params[f"b_{name}"] = np.zeros(shape[-1])
    return Vision(params)


WEIGHTS = "shapes.safetensors"
"""The file with the weights that come along: see `vision.learning`."""


@cache
def load_vision() -> Vision:
    """The network that comes along, taught to name colours, kinds, sizes and places, and frozen since."""
    from safetensors.numpy import load

    data = (files("rnntutor") / "vision" / WEIGHTS).read_bytes()
    return Vision({name: array.astype(np.float64) for name, array in load(data).items()})


def weights_path() -> Path:
    """Where the weights lie in a checkout."""
    return Path(__file__).parent / WEIGHTS
