"""The convolutional network that looks at a picture: four convolutions, and the feature v made of them.

The convolutions are taught. How v is put together of what they find is not: it is written here, see `_summary`.

vision = load_vision()
sight = vision.see(pixels)          # (24, 24, 3), or a batch of pictures
sight.v                             # (B, F), the feature: all that a caption will know of the picture
sight.maps["conv1"]                 # (B, 24, 24, C): what the first convolution sees, and where
sight.gradient(dv)                  # (B, 24, 24, 3): from the feature back to the pixels
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.vision.drawing import CELL, COLOURS, KINDS, SIZE
from rnntutor.vision.layers import Pull, convolution, largest, logistic, max_pool, products, relu

SAID = (*COLOURS, *KINDS, "large")
"""What the last convolution was taught to find, a channel each: where the centre of something red is, of a circle …"""
PAIRS = tuple(
    (SAID.index(colour), SAID.index(other)) for colour in COLOURS for other in (*KINDS, "large")
)  # fmt: skip
NAMED = tuple(f"{SAID[other]} {SAID[colour]}" if SAID[other] == "large" else f"{SAID[colour]} {SAID[other]}"
              for colour, other in PAIRS)  # fmt: skip
"""What v knows of: a red circle, something large and red …"""
CHANNELS = (3, 16, 32, 32, len(SAID))
"""Of the picture, and of what each convolution makes of it."""
SIDES = (3, 3, 3, 1)
"""Of the windows of each convolution; the last one looks at a cell alone."""
POOLED = CELL.bit_length() - 1
"""After how many convolutions every 2 × 2 pixels become one, until a cell is one."""
CELLS = SIZE // CELL
"""What is left are 6 × 6 cells of 4 × 4 pixels."""
FEATURES = len(NAMED) + 2 * CELLS * len(COLOURS)
"""The numbers of v: which shapes are there, and in which row and column of cells each colour is."""


def feature_name(k: int) -> str:
    """What the k-th number of v was taught to be about: "red circle", or "red, row 4-7"."""
    if k < len(NAMED):
        return NAMED[k]
    line, channel = divmod(k - len(NAMED), len(COLOURS))
    which, cell = ("row", "column")[line // CELLS], line % CELLS
    return f"{SAID[channel]}, {which} {cell * CELL}-{(cell + 1) * CELL - 1}"


@dataclass(frozen=True, eq=False)
class Sight:
    """What the network sees in a batch of pictures."""

    maps: Mapping[str, Array] = field(repr=False)
    """By convolution, after its ReLU, and of the last one after σ: (B, rows, columns, channels)."""
    v: Array
    """The feature, (B, F)."""
    scores: Array = field(repr=False)
    """How sure it is of everything `SAID` in every cell, (B, 6, 6, len(SAID)): above zero where likelier than not."""
    pulls: Mapping[str, Pull] = field(repr=False)

    def gradient(self, dv: Array) -> Array:
        """The gradient of the pixels, (B, 24, 24, 3), from that of the feature, (B, F)."""
        return self._back(dv, list(self.pulls))[0]

    def taught(self, dscores: Array) -> dict[str, Array]:
        """The gradients of all parameters, from those of the scores."""
        return self._back(dscores, list(self.pulls)[: -len(_AFTER)])[1]

    def _back(self, d: Array, names: Sequence[str]) -> tuple[Array, dict[str, Array]]:
        """The gradients of the pixels and of the parameters of these layers, from that of what the last one gives."""
        found: dict[str, Array] = {}
        for name in reversed(names):
            d, *params = self.pulls[name](d)
            found |= {f"{what}_{name}": p for what, p in zip("Wb", params, strict=False)}
        return d, found

    @cached_property
    def named(self) -> tuple[str, ...]:
        """What the network takes the first picture to show, such as "red circle"."""
        return tuple(name for name, found in zip(NAMED, self.v[0], strict=False) if found > 0.5)


@dataclass(frozen=True, eq=False)
class Vision:
    """The network with its weights: W_ and b_ of conv1 to conv4."""

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

        x = scores = apply("ground", _below_white, x)
        for k in range(1, len(CHANNELS)):
            scores = x = apply(f"conv{k}", convolution, x)
            x = maps[f"conv{k}"] = apply(f"relu{k}", relu, x) if k < len(SIDES) else apply("found", logistic, x)
            x = apply(f"pool{k}", max_pool, x) if k <= POOLED else x
        return Sight(maps, apply("summary", _summary, x), scores, pulls)

    def features(self, pictures: Array) -> Array:
        """The features of many pictures, (B, F), a few at a time and in single precision: to measure with."""
        single = Vision({name: p.astype(np.float32) for name, p in self.params.items()})
        parts = [single.see(pictures[k : k + _TOGETHER]).v for k in range(0, len(pictures), _TOGETHER)]
        return np.concatenate(parts).astype(np.float64)


_TOGETHER = 50
"""Pictures that are looked at together: more would not stay in the processor's cache."""


_AFTER = ("found", "summary")
"""What comes after the scores of the last convolution, and has nothing to learn."""


def _summary(x: Array) -> tuple[Array, Pull]:
    """The feature, of what was found in every cell, (B, 6, 6, len(SAID)).

    A colour and a kind in the same cell are a shape; wherever it is, the largest such product counts. Of a colour, the
    largest in each row and in each column of cells.
    """
    pairs, pull_pairs = products(x, *zip(*PAIRS, strict=True))
    in_rows, pull_in_rows = largest(pairs, 2)
    shapes, pull_shapes = largest(in_rows, 1)
    colours = x[..., : len(COLOURS)]
    lines, pulls = zip(*(largest(colours, axis) for axis in (2, 1)), strict=True)  # of a row, all its columns
    parts = [shapes, *(line.reshape(len(x), -1) for line in lines)]

    def pull(dv: Array) -> tuple[Array, ...]:
        dshapes, *dlines = np.split(dv, np.cumsum([part.shape[1] for part in parts])[:-1], axis=1)
        (dx,) = pull_pairs(*pull_in_rows(*pull_shapes(dshapes)))
        for back, line, dline in zip(pulls, lines, dlines, strict=True):
            dx[..., : len(COLOURS)] += back(dline.reshape(line.shape))[0]
        return (dx,)

    return np.concatenate(parts, axis=1), pull


def _below_white(x: Array) -> tuple[Array, Pull]:
    """1 - x: the white ground is nothing, and what lies outside of the picture looks like it."""
    return 1 - x, lambda dy: (-dy,)


def fresh_vision(seed: int = 0) -> Vision:
    """A network that was never taught: weights normal with variance 2 / inputs (He et al. 2015), biases zero."""
    rng = np.random.default_rng(seed)
    params = {}
    for k, side in enumerate(SIDES, 1):
        shape = (side, side, *CHANNELS[k - 1 : k + 1])
        params[f"W_conv{k}"] = rng.normal(0, np.sqrt(2 / np.prod(shape[:-1])), shape)
        params[f"b_conv{k}"] = np.zeros(shape[-1])
    return Vision(params)


WEIGHTS = Path(__file__).with_name("shapes.safetensors")
"""The weights that come along: see `vision.learning`."""


@cache
def load_vision() -> Vision:
    """The network that comes along, taught to name colours, kinds, sizes and places, and frozen since."""
    from safetensors.numpy import load

    return Vision({name: array.astype(np.float64) for name, array in load(WEIGHTS.read_bytes()).items()})
