"""What is said of a PyTorch model: what became of each tensor, and what its numbers are the gradient of."""

from __future__ import annotations

from collections.abc import Iterator

from rnntutor.course.words import Paragraph, Piece, Words
from rnntutor.exchange.mapping import TENSORS
from rnntutor.exchange.network import Network, name_of
from rnntutor.exchange.state_dict import Layer
from rnntutor.exchange.table import gate_words, layer_table, shape_of

_MOST = 6
"""Names of tensors that are told."""


def layer_words(network: Network, layer: Layer, name: str) -> Words:
    """The moment of a layer in one direction."""
    found = network.found
    title = f"{found.kind.layer}{' ' * bool(found.module)}{found.module}, {name_of(layer, found)}"
    return Words(name, title, 0, [*_layer(network, layer)])


def linear_words(network: Network, name: str) -> Words:
    """The moment of the linear layer."""
    return Words(name, "nn.Linear, the readout", 0, [*_linear(network)])


def _said(text: str) -> Paragraph:
    return Paragraph((Piece(text),))


def _row(text: str) -> Paragraph:
    return Paragraph((Piece(text),), "formula")


def _layer(network: Network, layer: Layer) -> Iterator[Paragraph]:
    found = network.found
    if layer.from_end:
        yield _said(
            "This direction is a network of its own that reads from the end: its t = 0 is the last timestep of the "
            "sequence, and its h at t belongs t timesteps before that."
        )
    yield from map(_row, layer_table(network, layer))
    if found.directions == 2 and layer.number > 1:
        yield _said(f"x is what layer {layer.number - 1} gives: h of its forward direction, then h of the other one.")
    if layer.number == 1 and not layer.from_end:
        yield _said(_gates(network, layer))
        yield from _once(network)


def _gates(network: Network, layer: Layer) -> str:
    """How the matrices are taken apart, and what becomes of the two biases."""
    kind = network.found.kind
    apart = [gate.line for gate in kind.gates if len(gate.weights) > 1]
    rows = f"The rows are, in PyTorch's order, {', '.join(gate_words(kind))}. " if len(kind.gates) > 1 else ""
    sides = "Our columns follow [h_prev, x], so weight_hh stands left of weight_ih"
    if TENSORS[-1] not in layer.tensors:
        biases = "it was saved without biases, so zeros stand in."
    else:
        biases = "PyTorch only ever adds its two biases, so ours is their sum."
    but = f" Only {', '.join(apart)} keeps the two sides apart, because r multiplies that of h_prev." if apart else ""
    return f"{rows}{sides}; {biases}{but}"


def _once(network: Network) -> Iterator[Paragraph]:
    """What holds for the model as a whole, told with its lowest layer."""
    found = network.found
    if found.embedding:
        size = shape_of(network.shapes[found.embedding])
        yield _said(f"{found.embedding} {size} is an embedding: its row k is column k of W_e, for symbol k.")
    if len(found.kind.gates) == 1:
        what = f"A state dict does not tell the nonlinearity; this one is taken to be {found.kind.nonlinearity}"
        yield _said(f"{what} (--nonlinearity tells another).")
    if not network.around.says:
        what = "y at the last timestep" if found.linear else "h after the last timestep"
        yield _said(f"There is no loss here; the gradients are those of the sum of {what}.")
    if found.directions == 2:
        yield _said("What you edit changes this network alone; the others keep what they read.")
    if found.rest:
        more = f" and {len(found.rest) - _MOST} more" if len(found.rest) > _MOST else ""
        yield _said(f"Not opened, because its place was not recognised: {', '.join(found.rest[:_MOST])}{more}.")


def _linear(network: Network) -> Iterator[Paragraph]:
    found = network.found
    yield _row(f"{found.linear}  {shape_of(network.shapes[found.linear])}  W_y")
    if found.linear_bias:
        yield _row(f"{found.linear_bias}  {shape_of(network.shapes[found.linear_bias])}  b_y")
    else:
        yield _said("It was saved without a bias, so zeros stand in for b_y.")
    if found.directions == 2:
        yield _said("x is what the top layer gives at a timestep: h of its forward direction, then h of the other one.")
    if network.around.says:
        yield _said("It has a score for every symbol, so p and the loss compare it with the symbol that comes next.")
