"""The command line. Light to start: what a command needs is imported when it runs."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from rnntutor import __version__
from rnntutor.cli import authoring, exchange, measuring, progress_commands, serving
from rnntutor.cli.exchange import foreign
from rnntutor.cli.opening import WEIGHTS, list_entries, opener
from rnntutor.cli.race import race
from rnntutor.cli.saying import harmless, warn
from rnntutor.cli.training import train
from rnntutor.show import LEAST_COLUMNS, LEAST_ROWS, VIEW_NAMES


class _Cli(click.Group):
    """A first word that is no command is a lesson to play."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command; anything else goes to `play`."""
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            args = ["play", *args]
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Cli,
    invoke_without_command=True,
    subcommand_metavar="[LESSON] | COMMAND ...",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, "-V", "--version", message="rnntutor %(version)s")
@click.option("--ascii", "ascii_only", is_flag=True, help="Plain ASCII instead of signs such as σ and ▶.")
@click.pass_context
def cli(ctx: click.Context, ascii_only: bool) -> None:
    """Step forward and backward through recurrent networks, every number real.

    Without arguments a list of lessons opens. With the name of a lesson, a model file, or a file with equations that
    ends in .eq, that opens at once.
    """
    ctx.obj = {"ascii": ascii_only}
    if ctx.invoked_subcommand is None:
        run_app(None, ascii_only)


@cli.command(hidden=True)
@click.argument("lesson")
@click.option("--text", help="A text, or a file with one, to play instead of the lesson's own.")
@click.option("--image", help="A PNG, PPM or JPEG file to tell of, in a lesson on captions.")
@click.option("--hidden", type=int, help="Units of a cell of your own; 8 if not given.")
@click.option("--watch", is_flag=True, help="Show what is saved in the lesson's folder at once.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Plain ASCII instead of signs such as σ and ▶.")
@foreign
@click.pass_context
def play(
    ctx: click.Context, /, lesson: str, *, text: str | None, hidden: int | None, watch: bool, ascii_only: bool,
    **asked: Any,
) -> None:  # fmt: skip
    """Open a lesson, a model file, or a cell of your own: a file with equations that ends in .eq."""
    if watch and Path(lesson).suffix in WEIGHTS:
        raise ValueError(f"--watch is for a lesson's folder; {lesson} holds weights")
    opened = opener(lesson, text, hidden, asked)
    run_app(opened, ascii_only or ctx.obj["ascii"], again=opened if watch else None)


@cli.command()
@click.argument("cell", default="")
@click.option("--ascii", "ascii_only", is_flag=True, help="Plain ASCII instead of signs such as σ and ▶.")
@click.pass_context
def edit(ctx: click.Context, cell: str, ascii_only: bool) -> None:
    """Write the equations of a cell, beginning with a shipped one or with a file that ends in .eq."""
    from rnntutor.cli.opening import BEGIN_WITH, writing_on

    writing = writing_on(cell or BEGIN_WITH)
    run_app(lambda: writing, ascii_only or ctx.obj["ascii"])


@cli.command()
@click.argument("lesson")
@click.option(
    "--at", "place", default="", metavar="PLACE", help='Where to stand: "backward t=1 line=dc unit=3".'
)
@click.option(
    "--format", "how", type=click.Choice(["text", "json"]), default="text", help="A screen, or every number."
)
@click.option("--moment", default="", help="Stand at a moment of the lesson, with its words, instead.")
@click.option("--view", type=click.Choice(VIEW_NAMES), default="score", help="What stands below the tape.")
@click.option("--width", default=0, help="Columns of the text; those of the terminal, or 120, if not given.")
@click.option("--text", help="The text to play instead of the lesson's own.")
@click.option("--image", help="The picture to tell of instead of the lesson's own.")
@click.option("--ascii", "ascii_only", is_flag=True, help="Plain ASCII instead of signs such as σ and ▶.")
@foreign
@click.pass_context
def show(
    ctx: click.Context, /, lesson: str, *, place: str, moment: str, how: str, view: str, width: int, text: str | None,
    ascii_only: bool, **asked: Any,
) -> None:  # fmt: skip
    """Print one screen of a lesson or a model file, or every number of it, without opening the app."""
    opened = opener(lesson, text, asked=asked)
    from rnntutor.printing import as_json, as_text, scene_of_all

    found = opened()
    columns = width or shutil.get_terminal_size((120, 38)).columns
    plain = ascii_only or ctx.obj["ascii"]
    if moment:
        click.echo(_moment(found, moment, place if how == "json" else None, columns, ascii_only=plain))
    elif how == "json":
        click.echo(as_json(scene_of_all(found), place))
    else:
        click.echo(as_text(scene_of_all(found), place, columns, ascii_only=plain, view=view))


def _moment(found: Any, moment: str, place: str | None, columns: int, *, ascii_only: bool) -> str:
    """A moment of a lesson with the keys that hold; with a place, every number there."""
    from rnntutor.app.bindings import sign_of
    from rnntutor.app.keys import load_keys
    from rnntutor.course.opening import Opened
    from rnntutor.printing import moment_as_json, moment_as_text
    from rnntutor.show.look import ASCII, UNICODE

    if not isinstance(found, Opened):
        raise ValueError("--moment: a model file has no moments")
    if place is not None:
        return moment_as_json(found, moment, place)
    sign = partial(sign_of, load_keys(), glyphs=ASCII if ascii_only else UNICODE)
    return moment_as_text(found, moment, sign, columns, ascii_only=ascii_only)


@cli.command()
def keys() -> None:
    """Print every command with its keys, as the TOML file in which they can be changed."""
    from rnntutor.app.keys import as_toml, keys_file, load_keys

    keymap, path = load_keys(), keys_file()
    click.echo(as_toml(keymap))
    there = "" if path.is_file() else ", where no file is yet"
    click.echo(f"rnntutor: keys are read from {harmless(str(path))}{there}", err=True)
    warn(keymap.problems)


cli.add_command(progress_commands.progress)
cli.add_command(race)
cli.add_command(measuring.measure)
cli.add_command(serving.serve)
cli.add_command(train)
cli.add_command(authoring.check)
cli.add_command(exchange.export)
cli.add_command(exchange.open_weights)
cli.add_command(authoring.new_lesson)


def run_app(
    opened: Callable[[], Any] | None, ascii_only: bool, *, again: Callable[[], Any] | None = None
) -> None:
    """Open the app on the list, or on what `opened` opens. Raises ValueError where it cannot run."""
    check_terminal()
    gc.disable()  # an eighth of the start; the app enables it again once it has painted
    start = opened() if opened is not None else None
    from rnntutor.app.app import RnnTutorApp
    from rnntutor.app.keys import load_keys
    from rnntutor.course.store import Store

    keymap, store = load_keys(), Store.usual()
    app = RnnTutorApp(list_entries(store), start=start, ascii=ascii_only, keymap=keymap, store=store, again=again)
    app.run()
    warn([*keymap.problems, *store.notices])
    sys.exit(app.return_code or 0)


def check_terminal() -> None:
    """Raise ValueError where no app can run: no terminal, or too small a one. A browser has its own."""
    if serving.is_served():
        return
    for what, stream in (("input", sys.stdin), ("output", sys.stdout), ("error output", sys.stderr)):
        if stream is None or stream.closed or not stream.isatty():
            raise ValueError(
                f"the {what} is not a terminal; print a screen instead with: rnntutor show hello"
            )
    if os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        raise ValueError(
            "the terminal is too simple for the app (TERM); print a screen with: rnntutor show hello"
        )
    columns, rows = os.get_terminal_size(sys.stdout.fileno())
    if (columns, rows) < (1, 1) or columns < LEAST_COLUMNS or rows < LEAST_ROWS:
        raise ValueError(f"the terminal is {columns}×{rows}; at least {LEAST_COLUMNS}×{LEAST_ROWS} is needed")


def main() -> None:
    """Run the command line; what is wrong is said in one line, with exit code 2."""
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except KeyboardInterrupt:
        sys.exit(130)
    except click.ClickException as error:
        _fail(error.format_message())
    except (ValueError, ArithmeticError, OSError) as error:
        _fail(str(error))
    except MemoryError as error:
        _fail(f"there is not enough memory: {error}".removesuffix(": "))


def _fail(message: str) -> None:
    """Say what is wrong."""
    warn([message])
    sys.exit(2)
