"""rnntutor open and rnntutor export: models from PyTorch, and for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from rnntutor.cli.opening import WEIGHTS, opener
from rnntutor.cli.saying import check_target
from rnntutor.show import VIEW_NAMES

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
@click.argument("model", metavar="LESSON|MODEL|CELL.eq")
@click.option(
    "--to", "target", type=click.Choice(["torch", "numpy", "npz", "json", "svg", "text"]), required=True,
    help="As what.",
)
@click.option("--out", "-o", type=_FILE, help="Where it goes; all but torch and npz are printed if not given.")
@click.option("--at", "place", default="", metavar="PLACE", help="Of svg and text: where to stand, as in show.")
@click.option("--view", type=click.Choice(VIEW_NAMES), default="score", help="Of svg and text: what stands there.")
@click.option("--width", type=click.IntRange(1, 1000), default=120, help="Of svg and text: columns.")
def export(model: str, target: str, out: Path | None, **screen: Any) -> None:
    """Take it out: a state dict for torch, a script of NumPy, every number as .npz or JSON, a screen as SVG or text."""
    if out is None and target in ("torch", "npz"):
        raise ValueError(f"--to {target} writes a file; say where with -o")
    if out is not None:
        check_target(out, "what is exported")
    if target == "torch" and out is not None:
        from rnntutor.exchange.export import TARGETS
        from rnntutor.model import load_model

        click.echo(TARGETS[target](load_model(model), out))
        return
    data = _exported(opener(model, None)(), target, **screen)
    if out is None:
        click.echo(data.decode(), nl=False)
        return
    from rnntutor.writing import replace_file

    replace_file(out, data)
    click.echo(f"saved {out}: {target}, {len(data)} bytes")


def _exported(opened: Any, target: str, place: str, view: str, width: int) -> bytes:
    """The script, all numbers, or a screen of what was opened: of a lesson, its first network."""
    from rnntutor.engine.script import script_of
    from rnntutor.exporting import all_as_json, all_numbers, as_npz
    from rnntutor.printing import as_svg, as_text, scene_of_all

    scene = scene_of_all(opened)
    if target in ("svg", "text"):
        return (as_svg if target == "svg" else as_text)(scene, place, width, view=view).encode()
    if target == "npz":
        return as_npz(all_numbers(scene))
    seeds = tuple(scene.grads.seeds or ())
    return (all_as_json(scene) if target == "json" else script_of(scene.run, seeds)).encode()
