"""``hpolab report``: a sweep as one page for people who were not there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hpolab.cli.arguments import AnySweep  # noqa: TC001 - typer reads them

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(report)


def report(
    which: AnySweep = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="The file to write, .html or .pdf; NAME-report.html when left out.",
            show_default=False,
        ),
    ] = None,
    opens: Annotated[bool, typer.Option("--open", help="Open it.")] = False,
) -> None:
    """Write a sweep as a report: question, answer and how sure, health, cost, how to repeat it."""
    from hpolab.cli.console import console
    from hpolab.cli.finding import open_sweep
    from hpolab.reports import write_report

    sweep = open_sweep(which)
    path = write_report(sweep, output or Path(f"{sweep.path.name}-report.html"))
    console().print(f"wrote {path}", soft_wrap=True)
    if opens:
        typer.launch(path.resolve().as_uri())
