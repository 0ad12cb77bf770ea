"""``hpolab confirm`` and ``delete``: what is done with a finished sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hpolab.cli.arguments import TheSweep  # noqa: TC001 - typer reads it

if TYPE_CHECKING:
    from rich.console import Console

    from hpolab.confirmation.estimate import Estimate
    from hpolab.confirmation.report import Confirmation, ConfirmedRun

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (confirm, delete):
        app.command()(command)


def confirm(
    which: TheSweep,
    top: Annotated[int, typer.Option(min=1, help="How many of the best trials.")] = 3,
    seeds: Annotated[int, typer.Option(min=1, help="Fresh seeds for each of them.")] = 5,
) -> None:
    """Train the best trials again under fresh seeds. Was the winner good, or lucky?"""
    from hpolab.cli.console import console, logs_to_stderr
    from hpolab.cli.finding import open_sweep
    from hpolab.confirmation.confirm import candidates
    from hpolab.confirmation.confirm import confirm as train_again
    from hpolab.confirmation.report import in_words

    logs_to_stderr()
    sweep, out = open_sweep(which), console()
    n_runs = len(candidates(sweep, top=top)) * seeds
    with _Progress(out, n_runs=n_runs) as progress:
        confirmation = train_again(
            sweep, top=top, seeds=seeds, on_run=progress.tell, on_note=out.print
        )
    _show(confirmation, out)
    out.print(" ".join(in_words(confirmation)), style="bold", soft_wrap=not out.is_terminal)
    raise typer.Exit(1 if confirmation.flattery is None else 0)


def delete(
    which: TheSweep,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a sweep's folder with all its models, for good. A running one is refused."""
    from hpolab.cli.console import console
    from hpolab.cli.finding import existing_sweep, shown_path
    from hpolab.cli.words import megabytes
    from hpolab.storage.files import disk_bytes
    from hpolab.storage.removal import delete_sweep

    path = existing_sweep(which)
    size = megabytes(disk_bytes(path))
    if not yes:
        typer.confirm(f"Delete {shown_path(path)} ({size}) for good?", abort=True)
    delete_sweep(path, within=path.parent)
    console().print(f"deleted {path.name}: {size}", soft_wrap=True)


class _Progress:
    """Tells of every run that ends: a bar on a terminal, lines everywhere else."""

    def __init__(self, out: Console, *, n_runs: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeElapsedColumn as Elapsed

        from hpolab.cli.views import is_live

        columns = (TextColumn("confirming"), BarColumn(), MofNCompleteColumn(), Elapsed())
        self._out = out
        self._bar = Progress(*columns, console=out, disable=not is_live(out))
        self._task = self._bar.add_task("confirming", total=n_runs)

    def tell(self, run: ConfirmedRun) -> None:
        """A run has ended."""
        from hpolab.cli.words import fraction

        line = f"trial {run.trial} seed {run.seed} {run.state}  score {fraction(run.score)}"
        self._out.print(f"{line}  {run.reason}" if run.reason else line, soft_wrap=True)
        self._bar.advance(self._task)

    def __enter__(self) -> _Progress:
        self._bar.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._bar.stop()


def _show(confirmation: Confirmation, out: Console) -> None:
    """Each candidate: what the search said, and what fresh seeds say."""
    from hpolab.cli.tables import plain_table
    from hpolab.cli.words import fraction

    names = ("trial", "search", "fresh seeds", "95 % interval", "acc.", "test", "health", "runs")
    table = plain_table(*names, right=names)
    for trial in confirmation.trials:
        completed = sum(run.state == "completed" for run in trial.runs)
        table.add_row(
            str(trial.trial),
            fraction(trial.search_score),
            fraction(trial.score.mean if trial.score else None),
            _interval(trial.score),
            fraction(trial.accuracy.mean if trial.accuracy else None),
            fraction(trial.test_accuracy.mean if trial.test_accuracy else None),
            fraction(trial.health.mean if trial.health else None, digits=2),
            f"{completed}/{len(confirmation.seeds)}",
        )
    out.print()
    out.print(table)
    out.print()


def _interval(value: Estimate | None) -> str:
    from hpolab.cli.words import NOTHING, fraction

    if value is None or value.low is None or value.high is None:
        return NOTHING
    return f"{fraction(value.low)} to {fraction(value.high)}"
