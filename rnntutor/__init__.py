"""rnntutor: step forward and backward through recurrent networks, every number real."""

from rnntutor.engine.cell import Cell, init_params, load_cell, parse_cell, shipped_cells
from rnntutor.engine.parse import EquationError
from rnntutor.engine.run import Gradients, Run, run

__version__ = "0.1.0"
__all__ = [
    "Cell", "EquationError", "Gradients", "Run", "init_params", "load_cell", "parse_cell", "run", "shipped_cells",
]  # fmt: skip
