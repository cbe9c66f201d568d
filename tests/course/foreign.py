"""Files with PyTorch models, made from frozen figures, so that PyTorch is not needed."""

from pathlib import Path

from safetensors.numpy import save_file

from rnntutor.course.foreign import open_torch
from rnntutor.course.opening import Opened
from rnntutor.exchange.opening import Asked
from tests.exchange.torch_models import Spec
from tests.frozen.make import load_models

TOKENS = "3 1 0 2 2"


def weights(spec: Spec, folder: Path, **metadata: str) -> Path:
    """The state dict of a frozen model as a file."""
    state = next(figures["state"] for figures in load_models() if Spec(**figures["spec"]) == spec)
    path = folder / "weights.safetensors"
    save_file(state, path, metadata or None)
    return path


def walked(spec: Spec, folder: Path, asked: Asked | None = None) -> Opened:
    """A frozen model as it is opened."""
    nonlinearity = spec.nonlinearity if spec.layer == "RNN" else None
    return open_torch(weights(spec, folder), asked or Asked(tokens=TOKENS, nonlinearity=nonlinearity))
