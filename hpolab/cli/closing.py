"""The last words about a sweep: its table, who won and why, and where to go from here."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from rich.text import Text

from hpolab.analysis.results import stored_health
from hpolab.cli.finding import shown_path, sweep_argument
from hpolab.cli.frame import fates
from hpolab.cli.tables import leaderboard
from hpolab.cli.verdict import verdict
from hpolab.cli.words import duration, money, plural

if TYPE_CHECKING:
    from rich.console import Console

    from hpolab.sweep import Sweep

__all__ = ["closing_words", "exit_code", "print_verdict", "verdict_of"]

_ROWS = 10
_MARGIN = 32
"""What the signposts need beside their paths."""


def exit_code(sweep: Sweep) -> int:
    """0 when there is a winner and nothing broke, else 1."""
    return 1 if sweep.state == "failed" or not sweep.leaderboard else 0


def verdict_of(sweep: Sweep) -> str:
    """Who won and why, with evidence from the stored results."""
    return verdict(
        list(sweep.record.trials.values()),
        weights=sweep.config.scoring,
        report_of=lambda number: stored_health(sweep.folder, number),
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
        spent = f"{fates(record)} · {duration(record.seconds())}"
        if cost := record.cost():
            spent += f" · cost {money(cost)}"
        console.print(Text(spent, style="dim"))
        console.print()
    if note := _ending(sweep):
        console.print(note, style="yellow", soft_wrap=not console.is_terminal)
    print_verdict(sweep, console)
    console.print()
    _print_signposts(sweep, console)


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


def _print_signposts(sweep: Sweep, out: Console) -> None:
    """Where the sweep is, and what to open next."""
    name = sweep_argument(sweep.path)
    posts = [
        ("Sweep folder", shown_path(sweep.path), ""),
        ("Open next", f"hpolab show {name}", "trials"),
    ]
    if sweep.best is not None:
        posts[1] = ("Open next", f"hpolab show {name}", "trials and health")
        card = shown_path(sweep.folder.best / "README.md")
        posts.append(("", card, "the winner's card"))
        posts.append(("", f"hpolab confirm {name}", "good, or lucky?"))
    column = max(len(path) for _, path, _ in posts) + 2
    has_room = not out.is_terminal or column + _MARGIN < out.width
    for label, path, what in posts:
        line = f"{label:<14}{path:<{column}}{what if has_room else ''}"
        out.print(line.rstrip(), soft_wrap=True)


def print_verdict(sweep: Sweep, out: Console) -> None:
    """Write who won and why, "97.2 %" kept together where a terminal needs line breaks."""
    text = verdict_of(sweep)
    if out.is_terminal:
        text = textwrap.fill(text.replace(" %", "\u00a0%"), out.width).replace("\u00a0", " ")
    out.print(text, style="bold", soft_wrap=True)
