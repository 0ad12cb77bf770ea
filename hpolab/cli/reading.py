"""``hpolab runs``, ``show`` and ``best``: what has been found."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hpolab.cli.arguments import AnySweep  # noqa: TC001 - typer reads them

if TYPE_CHECKING:
    from hpolab.storage.folder import SweepFolder

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (runs, show, best):
        app.command()(command)


def runs(
    directory: Annotated[
        Path | None,
        typer.Argument(
            help="Of the sweep folders; the setting's when left out.", show_default=False
        ),
    ] = None,
) -> None:
    """List all sweeps, the newest last."""
    from hpolab.cli.console import console
    from hpolab.cli.tables import plain_table
    from hpolab.settings import settings
    from hpolab.storage.folder import find_sweeps

    out, where = console(), directory or settings().sweeps_dir
    folders = find_sweeps(where)
    if not folders:
        out.print(f"There are no sweeps in {where} yet; run one: hpolab demo", soft_wrap=True)
        return
    table = plain_table("name", "state", "data", "trials", "best", "age", right=("trials", "best"))
    for folder in folders:
        table.add_row(folder.name, *_summary(folder))
    out.print(table)


def show(
    which: AnySweep = None,
    trial: Annotated[
        int | None, typer.Option(min=0, help="Show this trial in full.", show_default=False)
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="Rows of the leaderboard.")] = 10,
    svg: Annotated[
        Path | None, typer.Option(help="Draw it into this file instead.", show_default=False)
    ] = None,
) -> None:
    """Show the leaderboard and the winner's health, or one trial."""
    from hpolab.cli.console import console, drawing, save_drawing
    from hpolab.cli.finding import open_sweep
    from hpolab.cli.showing import show_sweep, show_trial

    sweep = open_sweep(which)
    out = console() if svg is None else drawing()
    if trial is None:
        show_sweep(sweep, out, top=top)
    else:
        show_trial(sweep, trial, out)
    if svg is not None:
        save_drawing(out, svg, title=f"hpolab show {sweep.path.name}")


def best(
    which: AnySweep = None,
    copy_to: Annotated[
        Path | None, typer.Option(help="A new folder for the winner.", show_default=False)
    ] = None,
    path_only: Annotated[bool, typer.Option("--path", help="Say only where it is.")] = False,
) -> None:
    """Show the winner's model card, or copy the winner out."""
    from hpolab.cli.console import console
    from hpolab.cli.finding import open_sweep

    out, folder = console(), open_sweep(which).folder
    place = _best_folder(folder)
    if copy_to is not None:
        place = _copied(place, copy_to)
    out.print(str(place), soft_wrap=True)
    if not path_only and copy_to is None:
        card = (place / "README.md").read_text(encoding="utf-8")
        if out.is_terminal:
            from rich.markdown import Markdown

            out.print(Markdown(card))
        else:
            out.print(card, soft_wrap=True)


def _summary(folder: SweepFolder) -> tuple[str, str, str, str, str]:
    """State, data, trials, best score and age; a damaged folder is a row like any other."""
    from hpolab.cli.words import NOTHING, fraction
    from hpolab.errors import HpolabError
    from hpolab.sweep import Sweep

    age = _age(folder.config.stat().st_mtime)
    try:
        sweep = Sweep.follow(folder.path)
        record, state = sweep.record, sweep.state
    except HpolabError:
        return "damaged", NOTHING, NOTHING, NOTHING, age
    limit = (record.budget if record.config else sweep.config.budget).trials
    done = len(record.finished())
    score = sweep.best.score if sweep.best else None
    trials = f"{done}" if limit is None else f"{done}/{limit}"
    return state, sweep.config.dataset.name, trials, fraction(score), age


def _age(since: float) -> str:
    minutes = max(0.0, datetime.now(UTC).timestamp() - since) / 60
    if minutes < 1:
        return "just now"
    if minutes < 90:
        return f"{minutes:.0f} min"
    hours = minutes / 60
    return f"{hours:.0f} h" if hours < 36 else f"{hours / 24:.0f} d"


def _best_folder(folder: SweepFolder) -> Path:
    from hpolab.errors import StoreError

    if folder.best_trial() is None:
        raise StoreError(
            f"{folder.path} has no winner: no trial has been completed yet; see `hpolab show "
            f"{folder.name}`."
        )
    return folder.best


def _copied(source: Path, target: Path) -> Path:
    from hpolab.errors import ConfigError, StoreError

    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ConfigError(f"{target} is there already and not empty; name a new folder.")
    try:
        shutil.copytree(source, target, dirs_exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot copy {source} to {target}: {error}") from error
    return target
