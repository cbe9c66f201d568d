"""What a PyTorch state dict holds, found out from the names and shapes of its tensors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from rnntutor.engine.shapes import Shape
from rnntutor.exchange.mapping import KINDS, TENSORS, Kind

_RECURRENT = re.compile(
    r"(?P<module>.*\.|)(?P<tensor>(?:weight|bias)_(?:ih|hh|hr))_l(?P<layer>\d{1,4})(?P<end>_reverse|)"
)
_EMBEDDING = re.compile(r"emb|enc|lookup|wte")
"""Where the sizes of a matrix fit an embedding and a linear layer, a name like this makes it an embedding."""

WANTED = "weight_ih_l0 and weight_hh_l0 of an nn.RNN, nn.LSTM or nn.GRU"


@dataclass(frozen=True)
class Layer:
    """A layer in one direction: its tensors by the names of TENSORS; a bias that is not there is left out."""

    number: int
    """From 1, as our layers; PyTorch counts from 0."""
    from_end: bool
    tensors: dict[str, str]


@dataclass(frozen=True)
class Found:
    """The recurrent layers of a state dict, and what was recognised before and behind them."""

    kind: Kind
    module: str
    """The prefix of its names, without the dot at its end."""
    inputs: int
    """Features that the lowest layer reads."""
    units: int
    layers: tuple[Layer, ...]
    """From the lowest; of each number the one from the beginning and, if there is one, that from the end."""
    embedding: str = ""
    """Its tensor, (V, inputs); empty where there is none."""
    linear: str = ""
    linear_bias: str = ""
    rest: tuple[str, ...] = ()
    """Tensors that are no part of what is opened."""

    @property
    def directions(self) -> int:
        """Two where every layer also reads from the end."""
        return 2 if self.layers[-1].from_end else 1

    @property
    def depth(self) -> int:
        """How many layers stand one above the other."""
        return self.layers[-1].number

    @property
    def used(self) -> tuple[str, ...]:
        """The tensors that are opened."""
        around = (self.embedding, self.linear, self.linear_bias)
        return (*(name for layer in self.layers for name in layer.tensors.values()), *filter(None, around))


def recognised(shapes: Mapping[str, Shape], module: str | None = None, nonlinearity: str | None = None) -> Found:
    """The network of a state dict, by the shapes of its tensors.

    Raises ValueError naming the tensor that is missing or whose shape does not fit, and what was expected; and where
    there is no recurrent module, or there are several and `module` does not say which.
    """
    modules: dict[str, dict[tuple[int, bool], dict[str, str]]] = {}
    for name in shapes:
        if part := _RECURRENT.fullmatch(name):
            key = int(part["layer"]), bool(part["end"])
            modules.setdefault(part["module"].removesuffix("."), {}).setdefault(key, {})[part["tensor"]] = name
    chosen = _chosen(tuple(modules), module)
    layers = _layers(chosen, modules[chosen])
    kind, inputs, units = _measured(layers, shapes, nonlinearity)
    found = Found(kind, chosen, inputs, units, layers)
    _check(found, shapes)
    return _around(found, shapes)


def _chosen(modules: tuple[str, ...], module: str | None) -> str:
    if not modules:
        raise ValueError(f"no recurrent layer is in it; wanted are {WANTED}")
    names = ", ".join(map(repr, sorted(modules)))
    if module is None and len(modules) > 1:
        raise ValueError(f"several recurrent modules are in it; say which, with --module: {names}")
    if module is not None and module not in modules:
        raise ValueError(f"no recurrent module is called {module!r}; there are {names}")
    return modules[0] if module is None else module


def _layers(module: str, parts: Mapping[tuple[int, bool], dict[str, str]]) -> tuple[Layer, ...]:
    """The layers in order, every tensor there. Raises ValueError naming one that is missing."""
    begins = f"{module}." if module else ""
    depth, ends = 1 + max(k for k, _ in parts), (False, True) if any(end for _, end in parts) else (False,)
    biased = any("bias" in name for names in parts.values() for name in names)
    wanted = TENSORS if biased else TENSORS[:2]
    layers = []
    for key in [(k, end) for k in range(depth) for end in ends]:
        tensors = parts.get(key, {})
        for name in wanted:
            if name not in tensors:
                full = f"{begins}{name}_l{key[0]}{'_reverse' if key[1] else ''}"
                raise ValueError(f"{full!r} is missing; every layer and direction has its {', '.join(wanted)}")
        if "weight_hr" in tensors:
            raise ValueError(f"{tensors['weight_hr']!r} projects the state (proj_size), which is not read")
        layers.append(Layer(key[0] + 1, key[1], {name: tensors[name] for name in wanted}))
    return tuple(layers)


def _measured(
    layers: tuple[Layer, ...], shapes: Mapping[str, Shape], nonlinearity: str | None
) -> tuple[Kind, int, int]:
    """The kind by the number of gate rows, the features read, and the units."""
    into, state = (layers[0].tensors[name] for name in TENSORS[:2])
    for name in (into, state):
        if len(shapes[name]) != 2 or 0 in shapes[name]:
            raise ValueError(f"{name!r} has shape {shapes[name]}; wanted is a matrix, (gates × units, ·)")
    rows, units = shapes[state]
    kinds = [kind for kind in KINDS if rows == len(kind.gates) * units]
    if not kinds:
        wanted = "1, 3 or 4 times as many rows as columns, for an nn.RNN, nn.GRU or nn.LSTM"
        raise ValueError(f"{state!r} has shape {shapes[state]}; wanted are {wanted}")
    known = [kind.nonlinearity for kind in kinds]
    if nonlinearity is not None and nonlinearity not in known:
        raise ValueError(f"nonlinearity: an {kinds[0].layer} has {' or '.join(known)}, not {nonlinearity!r}")
    return kinds[known.index(nonlinearity or known[0])], shapes[into][1], units


def _check(found: Found, shapes: Mapping[str, Shape]) -> None:
    """Raise ValueError naming a tensor of the layers whose shape does not fit to the first one's."""
    rows = len(found.kind.gates) * found.units
    for layer in found.layers:
        reads = found.inputs if layer.number == 1 else found.units * found.directions
        wanted = dict(zip(TENSORS, ((rows, reads), (rows, found.units), (rows,), (rows,)), strict=True))
        for name, tensor in layer.tensors.items():
            if shapes[tensor] != wanted[name]:
                said = f"of an {found.kind.layer} with {found.units} units"
                raise ValueError(f"{tensor!r} has shape {shapes[tensor]}; wanted is {wanted[name]}, {said}")


def _around(found: Found, shapes: Mapping[str, Shape]) -> Found:
    """With what is recognised before and behind the layers; where several fit, nothing is guessed."""
    used = set(found.used)
    others = [name for name in shapes if name not in used]
    matrices = [name for name in others if len(shapes[name]) == 2 and 0 not in shapes[name] and _is_weight(name)]
    embedding = _embedding(found, shapes, matrices)
    size = shapes[embedding][0] if embedding else found.inputs
    fit = [name for name in matrices if shapes[name][1] == found.units * found.directions and name != embedding]
    linear = _only([name for name in fit if shapes[name][0] == size] or fit)
    bias = _bias(linear) if linear and shapes.get(_bias(linear)) == shapes[linear][:1] else ""
    rest = tuple(name for name in others if name not in (embedding, linear, bias))
    return replace(found, embedding=embedding, linear=linear, linear_bias=bias, rest=rest)


def _embedding(found: Found, shapes: Mapping[str, Shape], matrices: list[str]) -> str:
    """The matrix with as many columns as the layers read, and no bias; if a linear layer fits too, its name decides."""
    fit = [name for name in matrices if shapes[name][1] == found.inputs and _bias(name) not in shapes]
    named = [name for name in fit if _EMBEDDING.search(name.lower())]
    either = found.inputs == found.units * found.directions
    return _only(named or ([] if either else fit))


def _is_weight(name: str) -> bool:
    return name.rpartition(".")[2] == "weight"


def _bias(weight: str) -> str:
    return f"{weight.removesuffix('weight')}bias"


def _only(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ""
