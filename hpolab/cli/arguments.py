"""Arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["AnySweep", "ConfigOrSweep", "DataDir", "Detach", "Quiet", "TheSweep"]

_SWEEP_HELP = "A sweep folder, or the name of one in the sweeps directory."

TheSweep = Annotated[str, typer.Argument(metavar="SWEEP", help=_SWEEP_HELP, show_default=False)]
AnySweep = Annotated[
    str | None,
    typer.Argument(
        metavar="[SWEEP]", help=f"{_SWEEP_HELP} The newest when left out.", show_default=False
    ),
]
DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Where files of known data sets lie.", show_default=False),
]
ConfigOrSweep = Annotated[
    str | None,
    typer.Argument(
        metavar="[CONFIG.yaml | SWEEP]",
        help="A config to run, or a sweep to continue; defaults when left out.",
        show_default=False,
    ),
]
Detach = Annotated[bool, typer.Option("--detach", help="Run on its own; return at once.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only say how it ended.")]
