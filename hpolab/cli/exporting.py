"""``hpolab export``: a sweep for other programs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hpolab.cli.arguments import TheSweep  # noqa: TC001 - typer reads it

if TYPE_CHECKING:
    from collections.abc import Callable

    from hpolab.sweep import Sweep

__all__ = ["register"]


class _Format(StrEnum):
    """What figures are written as."""

    HTML = "html"
    PNG = "png"
    SVG = "svg"


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(export)


def export(
    which: TheSweep,
    zip_file: Annotated[
        Path | None, typer.Option("--zip", help="The whole folder.", show_default=False)
    ] = None,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help="One row a trial.", show_default=False)
    ] = None,
    parquet_file: Annotated[
        Path | None,
        typer.Option("--parquet", help="The same with types; needs pyarrow.", show_default=False),
    ] = None,
    optuna_file: Annotated[
        Path | None,
        typer.Option("--optuna", help="SQLite for optuna-dashboard.", show_default=False),
    ] = None,
    tensorboard: Annotated[
        Path | None,
        typer.Option(
            help="A new folder of logs for TensorBoard.", metavar="DIR", show_default=False
        ),
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(
            help="A folder of all figures, of the sweep and of its best trial.",
            metavar="DIR",
            show_default=False,
        ),
    ] = None,
    format: Annotated[  # noqa: A002 - it is the name of the option
        _Format, typer.Option(help="Of figures; png and svg need kaleido and Chrome or Chromium.")
    ] = _Format.HTML,
) -> None:
    """Write a sweep as an archive, tables, figures, TensorBoard logs or an Optuna storage."""
    from hpolab import export as files

    writers: list[tuple[Callable[[Sweep, Path], object], Path | None, str]] = [
        (files.export_zip, zip_file, ""),
        (files.export_csv, csv_file, ""),
        (files.export_parquet, parquet_file, ""),
        (files.export_optuna, optuna_file, "optuna-dashboard sqlite:///{}"),
        (files.export_tensorboard, tensorboard, "tensorboard --logdir {}"),
        (
            lambda sweep, path: files.export_figures(sweep, path, format=format.value),
            figures,
            "{}/index.html" if format is _Format.HTML else "",
        ),
    ]
    _write(which, [(write, path, how) for write, path, how in writers if path is not None])


def _write(which: str, wanted: list[tuple[Callable[[Sweep, Path], object], Path, str]]) -> None:
    """Write what is wanted, and say how it is opened."""
    from hpolab.cli.console import console
    from hpolab.cli.finding import open_sweep
    from hpolab.errors import ConfigError

    sweep, out = open_sweep(which), console()
    if not wanted:
        raise ConfigError(
            "say what to write: --zip PATH, --csv PATH, --parquet PATH, --figures DIR, "
            "--tensorboard DIR or --optuna PATH."
        )
    for write, path, how in wanted:
        written = write(sweep, path)
        some = f"{len(written)} figures in " if isinstance(written, list) else ""
        out.print(f"wrote {some}{path}", soft_wrap=True)
        if how:
            out.print(f"open it with: {how.format(path)}", soft_wrap=True)
