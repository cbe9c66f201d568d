"""All numbers of a run, taken out of the program."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from rnntutor.engine.ops import Array
from rnntutor.engine.program import Line
from rnntutor.play.cursor import Direction
from rnntutor.printing import numbers
from rnntutor.show.scene import Scene


def all_numbers(scene: Scene) -> dict[str, dict[str, Array]]:
    """Every number of a run of one sequence, in tables of names.

    "forward" and "backward" hold the lines, (T, units) or (T,); "inputs" what each timestep reads, (T, ·), and what the
    start reads, (·,); "init" the states before the first timestep; "params" the weights, "grads" their gradients.
    """
    run = scene.run
    return {
        "forward": {line.name: _over_time(scene, "forward", line) for line in run.cell.lines},
        "backward": {
            line.name: _over_time(scene, "backward", line) for line in scene.grads.program.lines if line.kind == "value"
        },
        "inputs": {name: array[:, 0] if array.ndim == 3 else array[0] for name, array in run.inputs.items()},
        "init": {name: array[0] for name, array in run.init.items()},
        "params": dict(run.params),
        "grads": dict(scene.grads.params),
    }


def _over_time(scene: Scene, direction: Direction, line: Line) -> Array:
    return np.stack([scene.snapshot(direction, t).value(line.place)[0] for t in range(scene.steps)])


def as_npz(tables: Mapping[str, Mapping[str, Array]]) -> bytes:
    """Tables of arrays as an .npz file; its names are such as "forward/h"."""
    file = io.BytesIO()
    arrays: dict[str, Any] = {f"{table}/{name}": a for table, found in tables.items() for name, a in found.items()}
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()


def all_as_json(scene: Scene) -> str:
    """Every number of a run, with the equations and what the data is called, as JSON."""
    tables = {
        table: {name: numbers(array) for name, array in found.items()} for table, found in all_numbers(scene).items()
    }
    programs = {"forward": scene.run.cell.lines, "backward": scene.grads.program.lines}
    told = {
        "title": scene.title, "about": scene.about, "steps": scene.steps, "symbols": scene.symbols,
        "reads": scene.reads, "wants": scene.wants,
        "equations": {name: [line.text for line in lines] for name, lines in programs.items()},
    }  # fmt: skip
    return json.dumps(told | tables, ensure_ascii=False, indent=1)
