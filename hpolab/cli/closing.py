"""The last words about a sweep: its table, who won and why, and where to go from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from hpolab.cli.finding import sweep_argument
from hpolab.cli.frame import fates
from hpolab.cli.results import health_reports
from hpolab.cli.tables import leaderboard
from hpolab.cli.verdict import contenders, verdict
from hpolab.cli.words import duration, plural

if TYPE_CHECKING:
    from rich.console import Console

    from hpolab.sweep import Sweep

__all__ = ["closing_words", "exit_code", "verdict_of"]

_ROWS = 10


def exit_code(sweep: Sweep) -> int:
    """0 when there is a winner and nothing broke, else 1."""
    return 1 if sweep.state == "failed" or not sweep.leaderboard else 0


def verdict_of(sweep: Sweep) -> str:
    """Who won and why, with evidence from the stored results."""
    record = sweep.record
    numbers = [trial.number for trial in contenders(list(record.trials.values()))]
    return verdict(
        list(record.trials.values()),
        weights=sweep.config.scoring,
        reports=health_reports(sweep.folder, numbers),
    )


def closing_words(sweep: Sweep, console: Console, *, with_table: bool = True) -> None:
    """Write them."""
    record = sweep.record
    ranked = record.ranked()
    if with_table and ranked:
        others = [trial for trial in record.trials.values() if trial.state != "completed"]
        console.print()
        console.print(leaderboard(ranked, rows=_ROWS, width=console.width, others=others))
        if len(ranked) > _ROWS:
            console.print(f"and {len(ranked) - _ROWS} more", style="dim")
    if with_table:
        console.print(Text(f"{fates(record)} · {duration(record.seconds())}", style="dim"))
        console.print()
    if note := _ending(sweep):
        console.print(note, style="yellow", soft_wrap=not console.is_terminal)
    console.print(verdict_of(sweep), style="bold", soft_wrap=not console.is_terminal)
    console.print()
    console.print(_signposts(sweep))


def _ending(sweep: Sweep) -> str:
    """What must be said when the sweep did not run to the end of its budget."""
    record, name = sweep.record, sweep_argument(sweep.path)
    if sweep.state == "failed":
        return f"The sweep failed: {record.reason.rstrip('.')}."
    if sweep.state == "stopped":
        done = plural(len(record.finished()), "trial")
        return f"The sweep was stopped after {done}; continue it with: hpolab sweep {name}"
    if sweep.state == "interrupted":
        return f"Nobody runs this sweep now; continue it with: hpolab sweep {name}"
    return ""


def _signposts(sweep: Sweep) -> Table:
    name = sweep_argument(sweep.path)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("Sweep folder", str(sweep.path))
    if sweep.best is None:
        table.add_row("Look next at", f"hpolab show {name}")
        return table
    table.add_row("Look next at", f"hpolab show {name}")
    table.add_row("", str(sweep.folder.best / "README.md"))
    table.add_row("Luck or skill?", f"hpolab confirm {name} --top 3 --seeds 5")
    return table
