"""Write torch.json and models.json: `python -m tests.frozen.make`, with PyTorch 2.13 installed.

The first holds, for each layer, its weights as PyTorch packs them, inputs, outputs and gradients;
`torch_layers` says how the weights map to ours. The second holds whole models of several layers and
directions, with every line and its gradient: see `tests.exchange.torch_models`. Every number is written in
full (`repr` of a float64 reads back exactly), one array's row to a line, so that a change shows in a diff.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.exchange.torch_models import FROZEN
from tests.exchange.torch_models import record as record_model
from tests.frozen.torch_layers import LAYERS, Record, record

FILE = Path(__file__).with_name("torch.json")
MODELS = FILE.with_name("models.json")
# hidden, input, steps, batch: several rows with H > D, and a single row with D > H
SIZES = [(3, 2, 4, 2), (2, 3, 5, 1)]


def main() -> None:
    """Run every layer and write what it did."""
    import torch

    layers = [record(cell, *size, seed=seed) for seed, size in enumerate(SIZES) for cell in LAYERS]
    made = f"PyTorch {torch.__version__}"
    FILE.write_text(dump({"made_with": made, "layers": layers}) + "\n")
    models = [record_model(spec, seed) for seed, spec in enumerate(FROZEN)]
    MODELS.write_text(dump({"made_with": made, "models": models}) + "\n")


def load() -> list[Record]:
    """The records of torch.json, with arrays again."""
    return [arrays(layer) for layer in json.loads(FILE.read_text())["layers"]]


def load_models() -> list[Record]:
    """The records of models.json, with arrays again."""
    return [arrays(model) for model in json.loads(MODELS.read_text())["models"]]


def arrays(tree: Any) -> Any:
    """Nested dicts with every nested list made an array."""
    if isinstance(tree, dict):
        return {key: arrays(value) for key, value in tree.items()}
    return np.array(tree) if isinstance(tree, list) else tree


def dump(tree: Any, indent: str = "") -> str:
    """JSON with a dict's keys, a list's dicts and an array's rows each on a line of their own."""
    inner = indent + " "
    if isinstance(tree, dict):
        parts = [f"{json.dumps(key)}: {dump(value, inner)}" for key, value in tree.items()]
        return "{\n" + ",\n".join(inner + part for part in parts) + f"\n{indent}}}"
    if isinstance(tree, list) or (isinstance(tree, np.ndarray) and tree.ndim > 1):
        return "[\n" + ",\n".join(inner + dump(part, inner) for part in tree) + f"\n{indent}]"
    return json.dumps(tree.tolist() if isinstance(tree, np.ndarray) else tree)


if __name__ == "__main__":
    main()
