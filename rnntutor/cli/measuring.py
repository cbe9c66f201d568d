"""rnntutor measure: how well a model does what it was trained for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from rnntutor.cli.saying import check_target, harmless

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("model", type=_FILE)
@click.option("--out", type=_FILE, help="Where the numbers go as well, as JSON.")
def measure(model: Path, out: Path | None) -> None:
    """Tell how well a model does its task, on what it was not trained on; of a text, the loss on that text."""
    from rnntutor.model import load_model
    from rnntutor.tasks.sequences import task_of
    from rnntutor.tasks.success import measures_of, success
    from rnntutor.writing import replace_file

    if out is not None:
        check_target(out, "a result")
    found = load_model(model)
    task = task_of(found.record)
    values = dict(zip(measures_of(task), success(task, found, _text(found, model)), strict=True))
    for each, value in values.items():
        click.echo(f"{each.name:16} {value:{each.form}}   {each.what}")
    if out is not None:
        told = {"command": f"rnntutor measure {model.name} --out {out.name}"}
        data = {**told, "measures": {each.name: value for each, value in values.items()}}
        replace_file(out, (json.dumps(data, indent=1) + "\n").encode())
        click.echo(f"saved {harmless(str(out))}")


def _text(found: Any, model: Path) -> str:
    """What a character model learned; empty for other tasks. Raises ValueError where its record does not say."""
    from rnntutor.tasks.sequences import task_of
    from rnntutor.training import Settings, read_text

    if task_of(found.record).draw is not None:
        return ""
    settings = found.record.get("settings")
    if not isinstance(settings, dict):
        raise ValueError(f"{model}: its record does not say which text it learned")
    return read_text(Settings.of(settings), model.parent)
