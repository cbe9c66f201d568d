"""How the network that looks at pictures was taught: to say of every cell of a drawing what has its centre there.

python -m rnntutor.vision.learning       teaches it anew and writes its weights, in about three minutes on one core
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save

from rnntutor.engine.ops import Array
from rnntutor.engine.optim import Adam
from rnntutor.vision.drawing import COLOURS, KINDS, SIZE, Drawing, random_drawing
from rnntutor.vision.layers import convolution
from rnntutor.vision.network import CELLS, CHANNELS, SAID, Sight, Vision, fresh_vision, weights_path
from rnntutor.writing import replace_file

COMMAND = "python -m rnntutor.vision.learning"
MEASURED = 1000
"""Drawings that it is measured with."""
MEASURED_SEED = (1998, 2012)
"""Where those begin: two numbers, so that training draws others."""
SCALED_SEED = (1998, 2015)
SLOWER = 0.1
"""What part of the rate is left at the end."""


@dataclass(frozen=True)
class Plan:
    """Everything that the training depends on."""

    iterations: int = 1500
    batch: int = 64
    rate: float = 0.006
    seed: int = 0


def wanted(drawings: Sequence[Drawing]) -> Array:
    """What is to be said of each cell: 1 where it holds, (B, 6, 6, len(SAID))."""
    found = np.zeros((len(drawings), CELLS, CELLS, len(SAID)), np.float32)
    for k, drawing in enumerate(drawings):
        for shape in drawing.shapes:
            at = shape.row * CELLS // SIZE, shape.column * CELLS // SIZE
            found[(k, *at, [SAID.index(word) for word in (shape.colour, shape.kind, shape.size)])] = 1
    return found


def taught(plan: Plan) -> Iterator[tuple[float, Vision]]:
    """After each iteration its loss per drawing and the network: sigmoid and cross-entropy, Adam."""
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
    """The mean loss of a drawing, and the gradients of it."""
    sight = vision.see(np.stack([drawing.pixels for drawing in drawings]))
    want, scores = wanted(drawings), sight.scores
    loss = float((np.logaddexp(0, scores) - want * scores).sum() / len(drawings))
    _, pull = convolution([*sight.maps.values()][-1], vision.params["W_said"], vision.params["b_said"])
    dv, *heads = pull((sight.named - want) / np.float32(len(drawings)))
    return loss, sight.gradients(dv)[1] | dict(zip(("W_said", "b_said"), heads, strict=True))


def scaled(vision: Vision) -> Vision:
    """The same network with features whose root mean square is 1, as long as its words for them are scaled back.

    Numbers of dozens, which training leads to, would drive every gate that they reach to its end.
    """
    v = vision.features(np.stack([k.pixels for k in _drawings(SCALED_SEED)]))
    size = float(np.sqrt((v**2).mean()))
    last = f"conv{len(CHANNELS) - 1}"
    better = {f"{k}_{last}": vision.params[f"{k}_{last}"] / size for k in "Wb"}
    return Vision({**vision.params, **better, "W_said": vision.params["W_said"] * size})


def _drawings(seed: tuple[int, int], *, unseen: bool = False) -> list[Drawing]:
    rng = np.random.default_rng(seed)
    return [random_drawing(rng, unseen=unseen) for _ in range(MEASURED)]


def measure(vision: Vision, *, unseen: bool = False) -> dict[str, float]:
    """What share of new drawings it names without a mistake: all colours, all kinds, and where they are."""
    drawings = _drawings(MEASURED_SEED, unseen=unseen)
    sight = vision.see(np.stack([drawing.pixels for drawing in drawings]))
    return {what: float(right.mean()) for what, right in _right(sight, wanted(drawings)).items()}


def _right(sight: Sight, want: Array) -> dict[str, Array]:
    """By what is named, the drawings of which all that is said is right, (B,)."""
    right = (sight.scores > 0) == (want > 0)
    parts = {"colours": list(COLOURS), "kinds": list(KINDS), "all": list(SAID)}
    return {
        name: right[..., [SAID.index(word) for word in words]].all(axis=(1, 2, 3)) for name, words in parts.items()
    }


def write(vision: Vision, record: Mapping[str, object]) -> None:
    """Keep the weights, single precision, with how they were made."""
    metadata = {"command": COMMAND, "record": json.dumps(record, sort_keys=True)}
    params = {name: np.ascontiguousarray(p, np.float32) for name, p in vision.params.items()}
    replace_file(weights_path(), save(params, metadata))


def record() -> dict[str, Any]:
    """How the weights that come along were made, and what was measured then."""
    with safe_open(weights_path(), framework="numpy") as file:
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
    vision = scaled(vision)
    found = {"seen": measure(vision), "unseen": measure(vision, unseen=True)}
    for name, shares in found.items():
        said = "   ".join(f"{what} {share:.1%}" for what, share in shares.items())
        print(f"named rightly of {MEASURED} new drawings, {name} colours and kinds: {said}")  # noqa: T201
    write(vision, {"plan": asdict(plan), "right": found, "numpy": np.__version__})


if __name__ == "__main__":
    main()
