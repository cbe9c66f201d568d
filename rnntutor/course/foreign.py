"""A PyTorch model as a walk: a moment for every layer and direction and one for the linear layer behind them."""

from __future__ import annotations

from pathlib import Path

from rnntutor.course.foreign_words import layer_words, linear_words
from rnntutor.course.lesson import Lesson, Moment, Network
from rnntutor.course.opening import Opened
from rnntutor.course.words import Words
from rnntutor.engine.cell import load_cell
from rnntutor.exchange import network as exchange
from rnntutor.exchange.cells import called
from rnntutor.exchange.inputs import Reading
from rnntutor.exchange.network import Played
from rnntutor.exchange.opening import Asked, opened
from rnntutor.exchange.state_dict import Layer
from rnntutor.show.scene import Scene


def open_torch(path: Path, asked: Asked) -> Opened:
    """A PyTorch model over what it reads, ready to be played. Raises ValueError as `exchange.opening.opened` does."""
    network, reading = opened(path, asked)
    played = network.play(reading.x, reading.target)
    scenes = {k.part.name: _scene(network, k, reading, path.stem) for k in played}
    told = [_moment(network, part.name, layer) for part in network.parts for layer in part.layers]
    if network.around.linear:
        name = "linear-layer"
        told.append((Moment(id=name, network=played[-1].part.name, at="line=y"), linear_words(network, name)))
    moments, words = zip(*told, strict=True)
    title = f"{path.name}: {network.found.kind.layer}"
    lesson = Lesson(Path(), path.stem, title, "", {name: Network() for name in scenes}, moments=moments)
    return Opened(lesson, {k.id: k for k in words}, scenes, own_text=True)


def _scene(network: exchange.Network, played: Played, reading: Reading, title: str) -> Scene:
    """A part of the model, its timesteps in the order in which it takes them."""
    part, found = played.part, network.found
    turn = -1 if part.from_end else 1
    speaks = part is network.parts[-1] and network.around.linear
    lowest = any(layer.number == 1 for layer in part.layers)  # the others read what those below them give
    name = f"{part.name} · " if len(network.parts) > 1 else ""
    return Scene(
        played.run, played.grads, title, f"{found.kind.layer}  {found.units} units · {name}{reading.about}",
        reads=reading.reads[::turn] if lowest else (), wants=reading.wants if speaks else (),
        symbols=reading.symbols if speaks or lowest else (), name=part.name, coded=lowest,
    )  # fmt: skip


def _moment(network: exchange.Network, part: str, layer: Layer) -> tuple[Moment, Words]:
    """A layer: at its first line."""
    name = f"layer-{layer.number}{'-from-the-end' * layer.from_end}"
    first = load_cell(network.found.kind.cell).lines[0].name
    at = called(first, *network.place_of(layer))
    if layer.number == 1 and network.around.embedding:
        at = "e"
    return Moment(id=name, network=part, at=f"line={at}"), layer_words(network, layer, name)
