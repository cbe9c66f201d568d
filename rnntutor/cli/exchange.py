"""rnntutor open and rnntutor export: models from PyTorch, and for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from rnntutor.cli.opening import WEIGHTS, opener
from rnntutor.cli.saying import check_target

_FILE = click.Path(path_type=Path)
_OPTIONS = (
    click.option("--tokens", help='What a model from PyTorch reads, as numbers of symbols: "3 1 4".'),
    click.option("--sequence", type=_FILE, help="What it reads, as numbers: a .npy or .csv with a row a timestep."),
    click.option("--vocabulary", type=_FILE, help="Its symbols: a .json list or table, or a text with one a line."),
    click.option("--nonlinearity", type=click.Choice(["tanh", "relu"]), help="Of an nn.RNN; tanh if not given."),
    click.option("--module", help="The prefix of its recurrent layers, where there are several."),
)


def foreign(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a model from PyTorch."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command("open")
@click.argument("weights", metavar="PATH")
@click.option("--text", help="A text to read, or a file with one.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Plain ASCII instead of signs such as σ and ▶.")
@foreign
@click.pass_context
def open_weights(ctx: click.Context, /, weights: str, *, text: str | None, ascii_only: bool, **asked: Any) -> None:
    """Open an nn.RNN, nn.LSTM or nn.GRU of PyTorch from its state dict: a safetensors file, or .pt with PyTorch."""
    if Path(weights).suffix not in WEIGHTS:
        raise ValueError(f"{weights}: the name of a file with weights ends in one of {', '.join(WEIGHTS)}")
    from rnntutor.cli import run_app

    run_app(opener(weights, text, asked=asked), ascii_only or ctx.obj["ascii"])


@click.command()
@click.argument("model", type=_FILE)
@click.option("--to", "target", type=click.Choice(["torch"]), required=True, help="For which program.")
@click.option("--out", "-o", type=_FILE, required=True, help="Where it goes.")
def export(model: Path, target: str, out: Path) -> None:
    """Write the weights of a model for another program: for torch, a state dict as a safetensors file."""
    check_target(out)
    from rnntutor.exchange.export import TARGETS
    from rnntutor.model import load_model

    click.echo(TARGETS[target](load_model(model), out))
