"""rnntutor measure: how well a model does what it was trained for."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
def measure(model: Path) -> None:
    """Tell how well a model does its task, on what it was not trained on; of a text, the loss on that text."""
    from rnntutor.model import load_model
    from rnntutor.tasks.sequences import task_of
    from rnntutor.tasks.success import measures_of, success
    from rnntutor.training import Settings, read_text

    found = load_model(model)
    task, settings = task_of(found.record), found.record.get("settings")
    text = ""
    if task.draw is None:
        if not isinstance(settings, dict):
            raise ValueError(f"{model}: its record does not say which text it learned")
        text = read_text(Settings.of(settings), model.parent)
    for each, value in zip(measures_of(task), success(task, found, text), strict=True):
        click.echo(f"{each.name:16} {value:{each.form}}   {each.what}")
