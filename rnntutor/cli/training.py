"""rnntutor train: a model from a text, a task or a lesson's settings."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Any, Self

import click

from rnntutor.cli.saying import check_target, harmless

if TYPE_CHECKING:
    from rich.text import Text

    from rnntutor.engine.train import Progress
    from rnntutor.show.look import Look
    from rnntutor.training.underway import Underway

_OFTEN = 0.1
"""Seconds between two pictures."""
_SAYS = 3.0
"""Seconds between two samples."""


@click.command()
@click.argument("source", required=False, metavar="[FILE]")
@click.option("--lesson", help="Train the model of this lesson, as its lesson.toml says.")
@click.option("--network", help="Of the lesson only this network; all of them if not given.")
@click.option("--task", help="What to learn: chars (a text), spell, parity, reverse, anbn, recall, adding or captions.")
@click.option("--text", help="The text to learn.")
@click.option("--file", help="A file with the text to learn; the same as FILE.")
@click.option("--cell", help="A shipped cell, such as rnn, lstm or gru, or a file with equations.")
@click.option("--layers", type=int, help="How many of the cell, one above the other.")
@click.option("--hidden", type=int, help="Units of every layer.")
@click.option("--steps", type=int, help="Characters that a gradient goes back through.")
@click.option("--batch", type=int, help="Streams of the text side by side, or sequences of another task.")
@click.option("--iterations", type=int, help="How often to update; with --resume, how often more.")
@click.option("--optimiser", help="sgd, adagrad or adam.")
@click.option("--rate", type=float, help="Learning rate.")
@click.option("--clip", type=float, help="The largest norm of a gradient; 0 for no limit.")
@click.option("--recurrent", help="How weights on the state before begin: uniform or identity.")
@click.option("--forget-bias", type=float, help="The bias with which gates begin that keep a state, such as 1.")
@click.option("--seed", type=int, help="Where the random numbers start.")
@click.option("--shuffle", is_flag=True, default=None, help="Read the lines in a new order each time.")
@click.option("--precision", type=int, help="32 or 64 bits a number.")
@click.option("--resume", type=click.Path(path_type=Path), help="Go on with a model that was trained like this.")
@click.option("--watch", is_flag=True, default=None, help="In the app: watch the loss, pause, step into an iteration.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Where the model goes; model.safetensors if not given."
)
@click.pass_context
def train(
    ctx: click.Context, /, *, source: str | None, lesson: str | None, network: str | None, resume: Path | None,
    watch: bool | None, out: Path | None, **given: Any,
) -> None:
    """Train a model and save it, with its making written inside. Ctrl+C saves what there is and says how to go on."""
    asked = {name: value for name, value in given.items() if value is not None}
    if source is not None:
        if "file" in asked:
            raise ValueError("FILE and --file are the same; say one of them")
        asked["file"] = source
    if lesson is not None:
        _refuse("--lesson takes its settings from lesson.toml", {**asked, "resume": resume, "watch": watch})
        _train_lesson(lesson, network, out)
        return
    if network is not None:
        raise ValueError("--network is one of a lesson's; say which lesson, with --lesson")
    under = _resumed(resume, asked) if resume is not None else _begun(asked)
    target = out or resume or Path("model.safetensors")
    check_target(target)
    if watch:
        _watch(ctx, under, target)
    else:
        _train(under, target, ctx.obj["ascii"])


def _refuse(why: str, asked: dict[str, Any]) -> None:
    """Raise ValueError where something is asked that has no place here."""
    extra = ", ".join(f"--{name.replace('_', '-')}" for name, value in asked.items() if value is not None)
    if extra:
        raise ValueError(f"{why}; leave out {extra}")


def _begun(asked: dict[str, Any]) -> Underway:
    """A new training."""
    from rnntutor.training import Settings, read_text
    from rnntutor.training.underway import Underway

    settings = Settings.of(asked)
    return Underway.begun(settings, read_text(settings))


def _resumed(model: Path, asked: dict[str, Any]) -> Underway:
    """A training that goes on."""
    from rnntutor.training.resuming import load_training

    _refuse(
        "--resume goes on with the settings of the model",
        {name: value for name, value in asked.items() if name not in ("file", "iterations")},
    )
    return load_training(model, file=asked.get("file", ""), more=asked.get("iterations"))


def _watch(ctx: click.Context, under: Underway, target: Path) -> None:
    """In the app."""
    from rnntutor.cli import run_app
    from rnntutor.play.studying import Study

    run_app(lambda: Study(under, target), ctx.obj["ascii"])


def _train(under: Underway, target: Path, ascii_only: bool) -> None:
    """Train until the end, or until somebody stops it; what there is then is saved."""
    from rnntutor.engine.train import Diverged
    from rnntutor.training.resuming import save_training

    with _Stop() as stop:
        try:
            _go(under, ascii_only, lambda: bool(stop.code))
        except Diverged as error:
            _save_last_good(under, target, error)
        if under.made:
            save_training(target, under)
    _tell_end(under, target, stop.code)


def _save_last_good(under: Underway, target: Path, error: ArithmeticError) -> None:
    """Save the last model whose loss was a number, if there is one, and raise ValueError that tells."""
    from rnntutor.training.resuming import save_training

    good = under.last_good()
    if good.iteration == under.first:
        raise ValueError(str(error)) from error
    save_training(target, under, good)
    raise ValueError(f"{error}; saved {target}, the model after iteration {good.iteration}") from error


def _tell_end(under: Underway, target: Path, code: int) -> None:
    """Say what was saved; leave with `code` where somebody stopped it."""
    if under.made:
        click.echo(f"saved {harmless(str(target))}")
    if not code or under.over:
        return
    done, planned = under.iteration, under.settings.iterations
    on = f"; go on with: rnntutor train --resume {harmless(str(target))}" if under.made else ""
    click.echo(f"stopped after {done} of {planned} iterations{on}", err=True)
    sys.exit(code)


class _Stop:
    """In a `with` statement: Ctrl+C or SIGTERM asks for an end once; the second time it ends the program at once."""

    code = 0
    """What to exit with, once somebody asked."""

    def __enter__(self) -> Self:
        self.before = {k: signal.signal(k, self._ask) for k in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def _ask(self, number: int, _: FrameType | None) -> None:
        self.code = 128 + number
        signal.signal(number, self.before[signal.Signals(number)])


def _go(under: Underway, ascii_only: bool, stopped: Callable[[], bool]) -> None:
    """All iterations, told on a terminal as they come, else in a line now and then."""
    if not sys.stdout.isatty():
        while not (under.over or stopped()):
            _say(under.advance(), under.settings.iterations)
        return
    from rich.console import Console
    from rich.live import Live

    telling = _Telling(under, ascii_only)
    with Live(telling.picture(), console=Console(), auto_refresh=False) as live:
        while not (under.over or stopped()):
            under.advance()
            if telling.due():
                live.update(telling.picture(), refresh=True)
        live.update(telling.picture(), refresh=True)


def _say(progress: Progress, iterations: int) -> None:
    """A line about the first iteration, and about every tenth part."""
    k = progress.iteration
    if k == 1 or k % max(1, iterations // 10) == 0:
        click.echo(f"iteration {k:6}   loss {progress.loss:.4f}   gradient norm {progress.norm:.3f}")


class _Telling:
    """What stands on the terminal while a model is trained, and when it is time for another picture."""

    def __init__(self, under: Underway, ascii_only: bool) -> None:
        self.under, self.look = under, _look(ascii_only)
        self.told, self.asked, self.sample = monotonic(), -_SAYS, ""

    def due(self) -> bool:
        """Whether the last picture is old."""
        return monotonic() - self.told >= _OFTEN

    def picture(self) -> Text:
        """Two lines: how far it is, and what the model says by now."""
        from rich.text import Text

        from rnntutor.show.underway import progress_line, sample_line
        from rnntutor.training.underway import sample

        self.told = monotonic()
        if self.told - self.asked >= _SAYS or self.under.over:
            self.asked, self.sample = self.told, sample(self.under.model(), seed=self.under.iteration)
        standing, width = self.under.standing(self.sample), shutil.get_terminal_size().columns - 1
        return Text("\n").join(make(standing, self.look, width) for make in (progress_line, sample_line))


def _look(ascii_only: bool) -> Look:
    """Plain: the colours of a terminal are its own."""
    from rnntutor.show.look import ASCII, UNICODE, Look

    return Look(glyphs=ASCII if ascii_only else UNICODE, plain=True)


def _train_lesson(name: str, network: str | None, out: Path | None) -> None:
    """Train the networks of a lesson, or one of them."""
    from rnntutor.course.lessons import find_lesson
    from rnntutor.course.opening import settings_of

    lesson = find_lesson(name, words=False)
    learned = lesson.trained
    if network is not None and network not in learned:
        raise ValueError(f"no network {network!r} is trained in {lesson.id}; there are {', '.join(learned) or 'none'}")
    chosen = [network] if network is not None else learned
    if out is not None and len(chosen) != 1:
        raise ValueError(f"--out is for one network; say which, with --network: {', '.join(learned)}")
    for k in chosen:
        command = f"rnntutor train --lesson {lesson.id}" + (f" --network {k}" if len(learned) > 1 else "")
        _train_network(settings_of(lesson, k), command, lesson.folder, out or lesson.model(k))


def _train_network(settings: Any, command: str, folder: Path, target: Path) -> None:
    """Train a lesson's network: whole or not at all, and with nothing beside it."""
    from rnntutor.model import save_model
    from rnntutor.training import read_text, record_of, training

    check_target(target)
    text = read_text(settings, folder)
    for progress, model in training(settings, text, record_of(settings, command, text), folder):
        _say(progress, settings.iterations)
        if progress.iteration == settings.iterations:
            save_model(target, model)
            click.echo(f"saved {target}")
