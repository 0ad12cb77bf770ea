"""``hpolab replay``: a sweep as one page that plays it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hpolab.cli.arguments import AnySweep  # noqa: TC001 - typer reads them

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(replay)


def replay(
    which: AnySweep = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="The file to write; NAME-replay.html when left out.",
            show_default=False,
        ),
    ] = None,
    opens: Annotated[bool, typer.Option("--open", help="Open it in a browser.")] = False,
) -> None:
    """Write a sweep as one HTML file that plays it: no server, no Python, no network needed."""
    from hpolab.cli.console import console
    from hpolab.cli.finding import open_sweep
    from hpolab.cli.words import megabytes
    from hpolab.replay import write_replay

    sweep = open_sweep(which)
    path = write_replay(sweep, output or Path(f"{sweep.path.name}-replay.html"))
    console().print(f"wrote {path} ({megabytes(path.stat().st_size)})", soft_wrap=True)
    if opens:
        typer.launch(path.resolve().as_uri())
