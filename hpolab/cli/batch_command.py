"""``hpolab batch``: many sweeps, left alone overnight."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from hpolab.batch.matrix import Cell, Matrix
    from hpolab.batch.outcomes import Summary
    from hpolab.batch.place import Place

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(batch)


def batch(
    matrix: Annotated[
        Path, typer.Argument(metavar="MATRIX.yaml", help="What to run.", show_default=False)
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="The directory for notebooks, reports, logs and the summary; NAME-batch when "
            "left out.",
            show_default=False,
        ),
    ] = None,
    parallel: Annotated[
        int | None,
        typer.Option(
            min=1, help="Sweeps at once; as many as have cores when left out.", show_default=False
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would run.")] = False,
) -> None:
    """Run many sweeps from a matrix of settings, each as a notebook with a report.

    Everything is checked before anything starts. One that fails does not stop the others. Ctrl-C,
    or SIGTERM, stops cleanly; the same command goes on where it stopped, also after a crash, and
    trains nothing twice. A matrix whose cells ask for something else than the sweeps of their
    names is refused: give it another name.

    Exit codes: 0 every sweep finished with a winner, 1 some did not, 2 the matrix cannot work and
    nothing was started, 130 stopped.
    """
    raise typer.Exit(_begin(matrix, output, parallel, dry_run=dry_run))


def _begin(matrix: Path, output: Path | None, parallel: int | None, *, dry_run: bool) -> int:
    """Check everything, then run it, or only say what would be run; returns the exit code."""
    from hpolab.batch.many import check_cells, fitting
    from hpolab.batch.matrix import Matrix
    from hpolab.batch.place import Place
    from hpolab.cli.console import console

    _refuse_without_papermill()
    asked = Matrix.load(matrix)
    cells = asked.cells(matrix.resolve().parent)
    check_cells(cells)
    at_once = parallel or asked.parallel or fitting(cells)
    place = Place(output or Path(f"{asked.name}-batch"))
    if dry_run:
        console().print(_planned(cells))
        console().print(
            f"{len(cells)} sweeps, {at_once} at a time, into {place.path}/", soft_wrap=True
        )
        return 0
    return _run(asked, cells, place, at_once)


def _run(asked: Matrix, cells: Sequence[Cell], place: Place, at_once: int) -> int:
    from datetime import datetime

    from hpolab.batch.many import Batch
    from hpolab.batch.place import alone
    from hpolab.batch.summing import sum_up
    from hpolab.cli.console import INTERRUPTED, complain, console, logs_to_stderr

    out = console()

    def say(line: str) -> None:
        out.print(f"{datetime.now():%H:%M:%S} {line}", soft_wrap=True)
        out.file.flush()  # a log is read while it is written

    logs_to_stderr()
    with alone(place):
        say(f"{asked.name}: {len(cells)} sweeps, {at_once} at a time, into {place.path}/")
        running = Batch(cells, place, parallel=at_once, say=say)
        running.run()
        summary, trouble = sum_up(place, running.outcomes(), name=asked.name, parallel=at_once)
    if trouble:
        complain(f"the summary's notebook failed: {trouble}; see {place.cells / 'summary.log'}")
    _close(summary, place)
    if running.is_stopped:
        complain("stopped; the same command goes on where it was")
        return INTERRUPTED
    return 0 if summary.is_success and not trouble else 1


def _close(summary: Summary, place: Place) -> None:
    from hpolab.cli.console import console

    out = console()
    out.print()
    out.print(_results(summary))
    done = sum(cell.state == "finished" for cell in summary.cells)
    out.print(f"{done} of {len(summary.cells)} sweeps finished.")
    out.print(f"Open next: {place.path / 'summary.ipynb'}", soft_wrap=True)


def _planned(cells: Sequence[Cell]) -> Table:
    from rich.table import Table

    from hpolab.sweep import Sweep

    table = Table("sweep", "data", "sampler", "seed", "trials", "epochs", "state", box=None)
    for cell in cells:
        config, state = cell.config, Sweep(cell.config).state
        trials = config.budget.trials
        table.add_row(
            cell.name,
            config.dataset.name,
            config.sampler.name,
            str(config.seed),
            "-" if trials is None else str(trials),
            str(config.epochs),
            "to be run" if state == "new" else state,
        )
    return table


def _results(summary: Summary) -> Table:
    from rich.table import Table

    from hpolab.cli.words import NOTHING, duration, fraction, percent

    table = Table("sweep", "state", "score", "95 %", "test", "trials", "failed", "time", box=None)
    for cell in summary.cells:
        best = cell.best
        ends = best.score_interval if best else None
        table.add_row(
            cell.name,
            cell.state,
            fraction(best.score if best else None),
            f"{fraction(ends.low)} to {fraction(ends.high)}" if ends else NOTHING,
            percent(best.test_accuracy if best else None),
            str(cell.trials),
            str(cell.failures),
            duration(cell.seconds),
        )
    return table


def _refuse_without_papermill() -> None:
    from importlib.util import find_spec

    from hpolab.errors import ConfigError

    missing = [name for name in ("papermill", "ipykernel") if find_spec(name) is None]
    if missing:
        raise ConfigError(
            f"a batch needs the extra `batch` ({', '.join(missing)} not found); install it with: "
            "pip install 'hpolab[batch]'"
        )
