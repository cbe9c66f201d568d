"""rnntutor: step forward and backward through recurrent networks, every number real.

    import rnntutor as rt
    cell = rt.load_cell("lstm")
    run = rt.run(cell, rt.init_params(cell, hidden=8, input=4), x)

The names below are found in the engine when first asked for, so that `rnntutor --help` need not load NumPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rnntutor.engine.backward import Gradients
    from rnntutor.engine.cell import Cell, init_params, load_cell, parse_cell, shipped_cells
    from rnntutor.engine.check import gradcheck
    from rnntutor.engine.differentiate import differentiate
    from rnntutor.engine.jacobian import jacobian
    from rnntutor.engine.losses import cross_entropy, sequence_loss, softmax
    from rnntutor.engine.optim import SGD, Adagrad, Adam, clip_by_norm, clip_by_value
    from rnntutor.engine.query import parse_query
    from rnntutor.engine.run import Run, run
    from rnntutor.engine.sample import choose, speak
    from rnntutor.engine.stack import stacked
    from rnntutor.engine.syntax import EquationError
    from rnntutor.engine.train import Batch, Diverged, Progress, train
    from rnntutor.model import Model, load_model, save_model
    from rnntutor.tensors import ModelError

__version__ = "0.1.0"

_HOMES = {
    "engine.backward": ("Gradients",),
    "engine.cell": ("Cell", "init_params", "load_cell", "parse_cell", "shipped_cells"),
    "engine.check": ("gradcheck",),
    "engine.differentiate": ("differentiate",),
    "engine.jacobian": ("jacobian",),
    "engine.losses": ("cross_entropy", "sequence_loss", "softmax"),
    "engine.optim": ("SGD", "Adagrad", "Adam", "clip_by_norm", "clip_by_value"),
    "engine.syntax": ("EquationError",),
    "engine.query": ("parse_query",),
    "engine.run": ("Run", "run"),
    "engine.sample": ("choose", "speak"),
    "engine.stack": ("stacked",),
    "engine.train": ("Batch", "Diverged", "Progress", "train"),
    "model": ("Model", "load_model", "save_model"),
    "tensors": ("ModelError",),
}
__all__ = [
    "SGD", "Adagrad", "Adam", "Batch", "Cell", "Diverged", "EquationError", "Gradients", "Model", "ModelError",
    "Progress", "Run", "choose", "clip_by_norm", "clip_by_value", "cross_entropy", "differentiate", "gradcheck",
    "init_params", "jacobian", "load_cell", "load_model", "parse_cell", "parse_query", "run",
    "save_model", "sequence_loss", "shipped_cells",
    "softmax", "speak", "stacked", "train",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            value = getattr(import_module(f"{__name__}.{home}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
