"""A PyTorch model as it is asked for: what is recognised in its file, and what it reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rnntutor.exchange.inputs import Reading, encoded, numbered_tokens, of_numbers, of_symbols
from rnntutor.exchange.network import Network, network_of, size_of
from rnntutor.exchange.reading import StateDict, read_state_dict
from rnntutor.exchange.vocabulary import checked_symbols, parsed, vocabulary


@dataclass(frozen=True)
class Asked:
    """What a PyTorch model is opened with; empty where it is not said."""

    text: str = ""
    tokens: str = ""
    """Numbers of symbols."""
    sequence: Path | None = None
    """A .npy or .csv file with a row of numbers for every timestep."""
    vocabulary: Path | None = None
    """A file with the symbols."""
    nonlinearity: str | None = None
    """Of an nn.RNN: it is not in a state dict."""
    module: str | None = None
    """The prefix of the recurrent layers, where there are several."""


def opened(path: Path, asked: Asked) -> tuple[Network, Reading]:
    """The networks of a PyTorch model, and what they read.

    Raises ValueError in one line: the file, the tensor or the option, and what was expected.
    """
    source = read_state_dict(path)
    kept = source.metadata.get("nonlinearity")
    network = network_of(source, asked.module, asked.nonlinearity or kept, symbols=asked.sequence is None)
    return network, _reading(source, network, asked)


def _reading(source: StateDict, network: Network, asked: Asked) -> Reading:
    """What the model reads. Raises ValueError naming the option that is missing or does not fit."""
    given = [f"--{name}" for name in ("text", "tokens", "sequence") if getattr(asked, name)]
    if len(given) > 1:
        raise ValueError(f"{' and '.join(given)}: one of them is enough")
    if asked.sequence:
        if network.around.embedding:
            raise ValueError(f"--sequence: {source.path} reads symbols, through an embedding; give --text or --tokens")
        return of_numbers(asked.sequence, network.found.inputs)
    size = size_of(network.found, source)
    if not given:
        other = "" if network.around.embedding else f', or --sequence with a file of {size} numbers a timestep'
        raise ValueError(f"{source.path}: say what it reads: --text, or --tokens with numbers below {size}{other}")
    symbols = _symbols(source, asked, size)
    if asked.text and symbols is None:
        what = f"it has no vocabulary of its {size} symbols; give one with --vocabulary, or --tokens instead of --text"
        raise ValueError(f"{source.path}: {what}")
    known = symbols or tuple(map(str, range(size)))
    codes = encoded(asked.text, known) if asked.text else numbered_tokens(asked.tokens, size)
    return of_symbols(codes, known, predicts=network.around.says)


def _symbols(source: StateDict, asked: Asked, size: int) -> tuple[str, ...] | None:
    """The vocabulary that is given, or the one that the file carries; None where there is none."""
    if asked.vocabulary:
        return vocabulary(asked.vocabulary, size)
    kept = source.metadata.get("symbols")
    if kept is None:
        return None
    what = f"{source.path}: symbols of its metadata"
    return checked_symbols(what, parsed(what, kept), size)
