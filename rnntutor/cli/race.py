"""rnntutor race: cells that learn the same task under the same conditions."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from rnntutor.cli.saying import check_target, harmless

if TYPE_CHECKING:
    from rnntutor.race.running import Event
    from rnntutor.show.look import Look

_OFTEN = 0.1
"""Seconds between two looks at a run."""


@click.command()
@click.option("--cells", required=True, help="Which cells: rnn,lstm,gru; with a start: lstm+forget, irnn+identity.")
@click.option("--task", help="What they learn, as of train: adding, anbn, recall, chars (a text), or another.")
@click.option("--seeds", type=int, default=5, help="How many runs of every cell.")
@click.option("--same", default="parameters", help="What all have about as many of: parameters, or units.")
@click.option("--budget", type=float, default=0.0, help="Seconds that a run may take; 0 for no limit.")
@click.option("--text", help="The text to learn.")
@click.option("--file", help="A file with the text to learn.")
@click.option("--layers", type=int, help="How many of the cell, one above the other.")
@click.option("--hidden", type=int, help="Units of the first cell; the others take what fits --same.")
@click.option("--steps", type=int, help="Characters that a gradient goes back through.")
@click.option("--batch", type=int, help="Streams of the text side by side, or sequences of another task.")
@click.option("--iterations", type=int, help="How often to update.")
@click.option("--optimiser", help="sgd, adagrad or adam.")
@click.option("--rate", type=float, help="Learning rate.")
@click.option("--clip", type=float, help="The largest norm of a gradient; 0 for no limit.")
@click.option("--shuffle", is_flag=True, default=None, help="Read the lines in a new order each time.")
@click.option("--precision", type=int, help="32 or 64 bits a number.")
@click.option("--out", type=click.Path(path_type=Path), help="A JSON file for every run, with command and versions.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Plain ASCII instead of signs such as ● and █.")
@click.pass_context
def race(
    ctx: click.Context, /, *, cells: str, seeds: int, same: str, budget: float, out: Path | None, ascii_only: bool,
    **given: Any,
) -> None:
    """Let cells learn the same task under the same conditions, and print how well each does it."""
    from rnntutor.race.running import Plan, result_of
    from rnntutor.race.running import race as running
    from rnntutor.show.look import ASCII, UNICODE, Look
    from rnntutor.show.race import race_table
    from rnntutor.writing import replace_file

    settings = {name: value for name, value in given.items() if value is not None}
    names = [name.strip() for name in cells.split(",")]
    plan = Plan.of(names, settings, seeds=seeds, same=same, budget=budget)
    if out is not None:
        check_target(out, "a result")
    look = Look(glyphs=ASCII if ascii_only or ctx.obj["ascii"] else UNICODE, plain=True)
    ends = [event for event in _watched(running(plan), look) if event.finish]
    result = result_of(plan, ends)
    for line in race_table(result, look, shutil.get_terminal_size((120, 38)).columns):
        click.echo(line.plain.rstrip())
    if out is not None:
        replace_file(out, result.as_json().encode())
        click.echo(f"saved {harmless(str(out))}")


def _watched(events: Any, look: Look) -> Any:
    """The events, each told on the error output: over and over in one line of a terminal, else once a run."""
    live, told = sys.stderr.isatty(), -1.0
    for event in events:
        if event.finish or (live and monotonic() - told >= _OFTEN):
            told = monotonic()
            _tell(event, look, live=live)
        yield event


def _tell(event: Event, look: Look, *, live: bool) -> None:
    from rnntutor.show.race import progress_line

    width = shutil.get_terminal_size((100, 24)).columns - 1
    line = progress_line(event, look, width).plain
    over = event.finish is not None and event.run == event.runs
    click.echo(f"\r{line:<{width}}" if live else line, err=True, nl=over or not live)
