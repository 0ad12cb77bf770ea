"""Records as tables for a terminal: pure functions, nothing is written here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from hpolab.cli.words import NOTHING, configuration, count, duration, fraction, percent, varying
from hpolab.scoring import METRICS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hpolab.health.report import HealthReport
    from hpolab.record import TrialRecord
    from hpolab.scoring import ScoringWeights
    from hpolab.trial import EpochRecord

__all__ = [
    "epochs_table",
    "fates_table",
    "health_style",
    "health_table",
    "leaderboard",
    "plain_table",
]

_FIXED_COLUMNS_WIDTH = 50
"""What the leaderboard needs beside the configuration."""

_WELL, _SICK = 0.8, 0.6


def plain_table(*columns: str, right: Sequence[str] = ()) -> Table:
    """A table without lines: headings and columns, those named in ``right`` aligned so."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", no_wrap=True)
    return table


def leaderboard(
    ranked: Sequence[TrialRecord], *, rows: int, width: int, others: Sequence[TrialRecord] = ()
) -> Table:
    """Completed trials, the best first.

    Args:
        ranked: In their order.
        rows: At most so many.
        width: Columns of the terminal; the configuration takes what the figures leave.
        others: Further trials of the sweep, which show what varies.
    """
    names = ("#", "trial", "score", "acc.", "test", "health", "params", "configuration")
    table = plain_table(*names, right=names[:-1])
    tells_apart = varying(trial.params for trial in (*ranked, *others))
    room = max(10, width - _FIXED_COLUMNS_WIDTH)
    for rank, trial in enumerate(ranked[:rows], start=1):
        ended = trial.ended
        if ended is None:
            continue
        words = configuration(trial.params, width=room, only=tells_apart)
        if ended.reused_from is not None:
            words = f"same as trial {ended.reused_from}"
        table.add_row(
            str(rank),
            str(trial.number),
            fraction(trial.score),
            fraction(ended.accuracy),
            fraction(ended.test_accuracy),
            Text(fraction(ended.health, digits=2), style=health_style(ended.health)),
            count(ended.n_parameters),
            words,
            style="bold" if rank == 1 else "",
        )
    return table


def fates_table(trials: Sequence[TrialRecord], *, width: int) -> Table:
    """Trials that were not completed, with the reason."""
    table = plain_table("trial", "fate", "epochs", right=("trial", "epochs"))
    table.add_column("reason", max_width=max(20, width - 28))
    for trial in trials:
        if trial.ended is not None:
            epochs = str(trial.ended.epochs)
            table.add_row(str(trial.number), trial.state, epochs, trial.ended.reason)
    return table


def health_table(report: HealthReport, weights: ScoringWeights) -> Table:
    """The six metrics: value, weight in the score, what was seen, and advice where it is low."""
    table = plain_table("metric", "value", "weight", right=("value", "weight"))
    table.add_column("seen, and what to try")
    absolute = weights.absolute()
    for name in METRICS:
        metric = report.metrics.get(name)
        if metric is None:
            table.add_row(name.replace("_", " "), NOTHING, "", "does not apply here")
            continue
        seen = Text(metric.evidence)
        if metric.advice:
            seen.append(f"\n→ {metric.advice}", style="yellow")
        value = Text(fraction(metric.value, digits=2), style=health_style(metric.value))
        table.add_row(name.replace("_", " "), value, percent(absolute[name]), seen)
    return table


def epochs_table(history: Sequence[EpochRecord], scores: Sequence[float | None]) -> Table:
    """What every epoch gave.

    Args:
        history: The epochs.
        scores: The score after each of them, as far as the journal has it.
    """
    names = ("epoch", "train loss", "val. loss", "train acc.", "val. acc.", "score", "lr", "time")
    table = plain_table(*names, right=names)
    for position, epoch in enumerate(history):
        table.add_row(
            str(epoch.epoch),
            _loss(epoch.train_loss),
            _loss(epoch.val_loss),
            fraction(epoch.train_accuracy),
            fraction(epoch.val_accuracy),
            fraction(scores[position] if position < len(scores) else None),
            f"{epoch.learning_rate:.2g}",
            f"{epoch.seconds:.1f} s" if epoch.seconds < 60 else duration(epoch.seconds),
        )
    return table


def _loss(value: float | None) -> str:
    return "NaN" if value is None else f"{value:.3f}"


def health_style(value: float | None) -> str:
    """Green for well, red for sick; the number says the same without colour."""
    if value is None:
        return "dim"
    return "green" if value >= _WELL else "red" if value < _SICK else "yellow"
