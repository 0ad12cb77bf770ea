"""The commands of ``hpolab``. Each imports what it needs when it is called: help is instant."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from hpolab import __version__
from hpolab.cli import (
    app_command,
    batch_command,
    course_command,
    datasets_command,
    doctor_command,
    exporting,
    network_command,
    race_command,
    reading,
    replaying,
    reporting,
    reweighing,
    sweeping,
    winners,
    wishing,
)
from hpolab.errors import ConfigError, DataError, HpolabError

__all__ = ["app"]


class _Commands(TyperGroup):
    """Turns our own errors into one line and an exit code: 2 the request, 1 anything else."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        from hpolab.cli.console import INTERRUPTED, complain

        try:
            return super().invoke(ctx)
        except HpolabError as error:
            complain(str(error))
            raise typer.Exit(2 if isinstance(error, ConfigError | DataError) else 1) from error
        except KeyboardInterrupt as error:
            complain("interrupted")
            raise typer.Exit(INTERRUPTED) from error


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hpolab {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # Rich would double the time that help takes
)


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Hyperparameter search that judges networks by accuracy and by health.

    Exit codes: 0 all is well, 1 it failed or there is no winner, 2 the request cannot work,
    130 interrupted.
    """


_IN_ORDER = (
    sweeping,
    batch_command,
    reweighing,
    reading,
    wishing,
    winners,
    replaying,
    reporting,
    exporting,
    network_command,
    race_command,
    datasets_command,
    doctor_command,
    course_command,
    app_command,
)
for commands in _IN_ORDER:
    commands.register(app)
