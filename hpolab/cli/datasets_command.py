"""``hpolab datasets`` and ``hpolab datasets fetch``: what data there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hpolab.cli.arguments import DataDir  # noqa: TC001 - typer reads them

if TYPE_CHECKING:
    from pathlib import Path

    from hpolab.data.catalogue import DatasetInfo

__all__ = ["register"]

_FIXED_WIDTH = 62
"""What the list needs beside the last column."""


def register(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(invoke_without_command=True)
    group.callback()(datasets)
    group.command("fetch")(fetch)
    app.add_typer(group, name="datasets")


def datasets(ctx: typer.Context, data_dir: DataDir = None) -> None:
    """List the data sets; `datasets fetch NAME` downloads one."""
    if ctx.invoked_subcommand is None:
        _list(data_dir)


def fetch(
    name: Annotated[str, typer.Argument(help="Of the data set.")],
    data_dir: DataDir = None,
    timeout: Annotated[
        float | None,
        typer.Option(min=0.1, help="Seconds that the server may stay silent.", show_default=False),
    ] = None,
) -> None:
    """Download a data set; what is there already is kept."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    from hpolab.cli.console import console, errors
    from hpolab.data import download

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), console=errors()) as bar:
        tasks = {}

        def show(progress: download.Progress) -> None:
            if progress.file not in tasks:
                tasks[progress.file] = bar.add_task(progress.file, total=progress.total_bytes)
            bar.update(tasks[progress.file], completed=progress.n_bytes)

        folder = download.fetch(name, data_dir, on_progress=show, timeout=timeout)
    console().print(f"{name} is in {folder}", soft_wrap=True)


def _list(data_dir: Path | None) -> None:
    from hpolab.cli.console import console
    from hpolab.cli.tables import plain_table
    from hpolab.data.catalogue import catalogue

    right = ("examples", "classes", "size")
    names = ("name", "examples", "shape", "classes", "size", "here", "what")
    table = plain_table(*names, right=right)
    out = console()
    for info in catalogue(data_dir):
        table.add_row(
            info.name,
            f"{info.n_train + info.n_test:,}",
            "x".join(map(str, info.shape)) or "words",
            str(info.n_classes),
            _size(info),
            "yes" if info.is_here else "no",
            _cut(info.title, max(20, out.width - _FIXED_WIDTH)),
        )
    out.print(table)
    out.print(
        "\nYour own: images (one folder a class), texts (a CSV), arrays (an .npz); give them with "
        "--data-path.",
        style="dim",
    )


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _size(info: DatasetInfo) -> str:
    """Of the files that are here, or of what a download would bring."""
    from hpolab.cli.words import megabytes

    if info.is_here and info.where is None:
        return "bundled"
    return megabytes(info.n_bytes if info.is_here else info.download_bytes)
