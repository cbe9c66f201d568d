"""What a run is given, checked and copied, so that nobody can change it afterwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from rnntutor.engine.cell import Cell
from rnntutor.engine.evaluate import evaluate
from rnntutor.engine.memory import Sizes
from rnntutor.engine.ops import Array
from rnntutor.engine.shapes import Shape, infer

_SINGLE, _DOUBLE = np.dtype(np.float32), np.dtype(np.float64)


def parameters(cell: Cell, params: Mapping[str, Any]) -> tuple[Mapping[str, Array], np.dtype[Any]]:
    """All parameters as arrays, not copied yet, and the precision of a run: float32 if all are, else float64."""
    if not isinstance(params, Mapping):
        raise ValueError("params: a mapping of names to arrays is wanted")
    check_names("params", params, cell.params)
    kinds = {getattr(param, "dtype", None) for param in params.values()}
    dtype = _SINGLE if kinds == {_SINGLE} else _DOUBLE
    if kinds <= {_SINGLE, _DOUBLE} and set(map(type, params.values())) <= {np.ndarray}:
        return params, dtype
    return {name: own("params", name, params[name], dtype) for name in cell.params}, dtype


def check_names(what: str, given: Mapping[str, Any], wanted: Collection[str]) -> None:
    """Raise ValueError unless just the wanted names are given."""
    if len(given) == len(wanted) and all(map(given.__contains__, wanted)):
        return
    missing = [name for name in wanted if name not in given]
    if missing:
        raise ValueError(f"{what}: {', '.join(missing)} missing; wanted are {', '.join(wanted) or 'none'}")
    unknown = [name for name in given if name not in wanted]
    if unknown:
        raise ValueError(f"{what}: {', '.join(unknown)} unknown; wanted are {', '.join(wanted) or 'none'}")


def own_data(cell: Cell, given: Mapping[str, Any], dtype: np.dtype[Any]) -> dict[str, Array]:
    """Inputs as arrays of their own, with the right number of axes."""
    check_names("inputs", given, cell.data)
    data = {}
    for name, axes in cell.data.items():
        array = data[name] = own("inputs", name, given[name], dtype)
        if array.ndim != axes or array.size == 0:
            wanted = "(T, B, features)" if axes == 3 else "(B, features)"
            raise ValueError(f"{name} has shape {array.shape}; wanted is {wanted}, none of them zero")
    if cell.compares:
        check_distributions(data["target"])
    return data


def own(what: str, name: str, values: Any, dtype: np.dtype[Any]) -> Array:
    """A copy that nobody else can change."""
    array = real(what, name, values, dtype)
    array = array.copy() if array is values else array
    array.setflags(write=False)
    return array


def real(what: str, name: str, values: Any, dtype: np.dtype[Any]) -> Array:
    """Anything that holds real numbers as an array; an array that fits is taken as it is."""
    if type(values) is np.ndarray and values.dtype == dtype:
        return values
    if np.asarray(values).dtype.kind not in "buif":
        raise ValueError(f"{what}: {name} should hold real numbers")
    try:
        return np.array(values, dtype, order="C")
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what}: {name} should hold numbers") from error


def length_of(data: Mapping[str, Array]) -> tuple[int, int]:
    """T and B, the same for all inputs."""
    steps, batch = data["x"].shape[:2]
    for name, array in data.items():
        if array.shape[:-1] != ((steps, batch) if array.ndim == 3 else (batch,)):
            raise ValueError(
                f"{name} has shape {array.shape}; x has {steps} timesteps and a batch of {batch}"
            )
    return steps, batch


def check_distributions(target: Array) -> None:
    """Every target adds up to one, as a one-hot row does; then the loss has the gradient p - target."""
    sums = target.sum(axis=-1, dtype=np.float64)
    if not np.allclose(sums, 1, atol=1e-4):
        raise ValueError(
            "target: every (T, B) row should add up to 1; to leave a timestep out, seed its loss with 0"
        )


def known_shapes(params: Mapping[str, Array], data: Mapping[str, Array]) -> dict[str, Shape]:
    """Shapes by name: x, then the parameters, then the rest, so that an error names what is likeliest wrong."""
    features = {name: array.shape[-1:] for name, array in data.items()}
    return {"x": features["x"]} | {name: p.shape for name, p in params.items()} | features


def first_states(
    cell: Cell,
    shapes: Sequence[Shape],
    params: Mapping[str, Array],
    data: Mapping[str, Array],
    init: Mapping[str, Any],
    sizes: Sizes,
) -> tuple[dict[str, Array], dict[int, Array]]:
    """The states before the first timestep: given, or from the `init` section, or zero."""
    if not isinstance(init, Mapping):
        raise ValueError("init: a mapping of states to arrays is wanted")
    unknown = [name for name in init if name not in cell.states]
    if unknown:
        raise ValueError(
            f"init: {', '.join(unknown)} unknown; the states are {', '.join(cell.states) or 'none'}"
        )
    if not init and cell.init is None:
        zeros = {k.name: np.zeros((sizes.batch, shapes[k.leaf][0]), sizes.dtype) for k in cell.step.carries}
        return zeros, {}
    starts = start_values(cell, params, data)
    made = {line.name: starts[line.place].T for line in cell.init.lines} if cell.init else {}
    states = {}
    for carry in cell.step.carries:
        wanted = (sizes.batch, shapes[carry.leaf][0])
        given = init.get(carry.name, made.get(carry.name))
        if carry.name in made and carry.name not in init:
            given = np.broadcast_to(made[carry.name], wanted)
        array = (
            np.zeros(wanted, sizes.dtype) if given is None else own("init", carry.name, given, sizes.dtype)
        )
        if array.shape != wanted:
            raise ValueError(f"init[{carry.name!r}] has shape {array.shape}; wanted is (B, H) = {wanted}")
        states[carry.name] = array
    return states, starts


def start_values(cell: Cell, params: Mapping[str, Array], data: Mapping[str, Array]) -> dict[int, Array]:
    """Every value of the `init` section, by place."""
    if cell.init is None:
        return {}
    shapes = infer(cell.init, known_shapes(params, data))
    known: dict[int, Array] = {
        place: standing(params[name]) for name, place in cell.init.leaves("param").items()
    }
    known |= {place: data[name].T for name, place in cell.init.leaves("input").items()}
    for line in cell.init.lines:
        evaluate(cell.init, shapes, known, line.place)
    return known


def index(what: str, k: int, size: int) -> int:
    """A whole number from 0 (or from the end, below 0), checked."""
    if not isinstance(k, int | np.integer) or isinstance(k, bool) or not -size <= k < size:
        raise ValueError(f"{what}: {k!r} is out of range; there are {size}, counted from 0")
    return int(k) % size


def standing(param: Array) -> Array:
    """A vector as a column, a matrix as it is."""
    return param[:, None] if param.ndim == 1 else param
