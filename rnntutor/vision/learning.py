"""How the network that looks at pictures was taught: to say of every cell which shape has its centre there.

python -m rnntutor.vision.learning       teaches it anew and writes its weights, in a few minutes on one core
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save

from rnntutor.engine.ops import Array, sigmoid
from rnntutor.engine.optim import Adam
from rnntutor.vision.drawing import COLOURS, KINDS, SIZE, Drawing, random_drawing
from rnntutor.vision.network import CELLS, SAID, WEIGHTS, Vision, fresh_vision
from rnntutor.writing import replace_file

COMMAND = "python -m rnntutor.vision.learning"
MEASURED = 1000
"""Drawings that it is measured with."""
MEASURED_SEED = (1998, 2012)
"""Where those begin: two numbers, so that training draws others."""
SLOWER = 0.05
"""What part of the rate is left at the end."""


@dataclass(frozen=True)
class Plan:
    """Everything that the training depends on."""

    iterations: int = 1500
    batch: int = 64
    rate: float = 0.006
    seed: int = 0


def wanted(drawings: Sequence[Drawing]) -> Array:
    """What is to be found in each cell, (B, 6, 6, len(SAID)): 1 where the centre of it is."""
    found = np.zeros((len(drawings), CELLS, CELLS, len(SAID)), np.float32)
    for k, drawing in enumerate(drawings):
        for shape in drawing.shapes:
            here = found[k, shape.row * CELLS // SIZE, shape.column * CELLS // SIZE]
            here[[SAID.index(shape.colour), SAID.index(shape.kind)]] = 1
            here[SAID.index("large")] = shape.size == "large"
    return found


def taught(plan: Plan) -> Iterator[tuple[float, Vision]]:
    """After each iteration its loss per drawing and the network: Adam, at a rate that falls."""
    rng = np.random.default_rng(plan.seed)
    params = {name: p.astype(np.float32) for name, p in fresh_vision(plan.seed).params.items()}
    adam = Adam(plan.rate)
    for k in range(plan.iterations):
        drawings = [random_drawing(rng) for _ in range(plan.batch)]
        loss, grads = gradients(Vision(params), drawings)
        adam.rate = plan.rate * (1 - (1 - SLOWER) * k / plan.iterations)
        params = adam.update(params, grads)
        yield loss, Vision(params)


def gradients(vision: Vision, drawings: Sequence[Drawing]) -> tuple[float, dict[str, Array]]:
    """The mean loss of a drawing, cross-entropy of yes and no in every cell, and the gradients of it."""
    sight = vision.see(np.stack([drawing.pixels for drawing in drawings]))
    want, scores = wanted(drawings), sight.scores
    share = scores.dtype.type(1 / len(drawings))
    loss = float((np.logaddexp(0, scores) - want * scores).sum() * share)
    return loss, sight.taught((sigmoid(scores) - want) * share)


def _drawings(seed: tuple[int, int], *, unseen: bool = False) -> list[Drawing]:
    rng = np.random.default_rng(seed)
    return [random_drawing(rng, unseen=unseen) for _ in range(MEASURED)]


def measure(vision: Vision, *, unseen: bool = False) -> dict[str, float]:
    """What share of new drawings it names without a mistake: all colours and their cells, all kinds, and everything."""
    drawings = _drawings(MEASURED_SEED, unseen=unseen)
    right = (vision.see(np.stack([drawing.pixels for drawing in drawings])).scores > 0) == (wanted(drawings) > 0)
    parts = {"colours": COLOURS, "kinds": KINDS, "all": SAID}
    return {
        name: float(right[..., [SAID.index(word) for word in words]].all(axis=(1, 2, 3)).mean())
        for name, words in parts.items()
    }


def write(vision: Vision, made: Mapping[str, object]) -> None:
    """Keep the weights, single precision, with how they were made."""
    metadata = {"command": COMMAND, "record": json.dumps(made, sort_keys=True)}
    params = {name: np.ascontiguousarray(p, np.float32) for name, p in vision.params.items()}
    replace_file(WEIGHTS, save(params, metadata))


def record() -> dict[str, Any]:
    """How the weights that come along were made, and what was measured then."""
    with safe_open(WEIGHTS, framework="numpy") as file:
        found: dict[str, Any] = json.loads(file.metadata()["record"])
    return found


def main(plan: Plan | None = None) -> None:
    """Teach, measure, print and write."""
    plan = plan or Plan()
    vision = fresh_vision(plan.seed)
    for k, (loss, better) in enumerate(taught(plan), 1):
        vision = better
        if k % 500 == 0 or k == 1:
            print(f"iteration {k:5}   loss {loss:.4f}")  # noqa: T201
    found = {"seen": measure(vision), "unseen": measure(vision, unseen=True)}
    for name, shares in found.items():
        said = "   ".join(f"{what} {share:.1%}" for what, share in shares.items())
        print(f"named rightly of {MEASURED} new drawings, {name} colours and kinds: {said}")  # noqa: T201
    write(vision, {"plan": asdict(plan), "right": found, "numpy": np.__version__})


if __name__ == "__main__":
    main()
