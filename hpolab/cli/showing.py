"""What ``hpolab show`` writes: a whole sweep, or one trial in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from hpolab.analysis.results import stored_result
from hpolab.cli.closing import print_verdict
from hpolab.cli.finding import shown_path
from hpolab.cli.frame import fates
from hpolab.cli.tables import epochs_table, fates_table, health_table, leaderboard
from hpolab.cli.views import heading
from hpolab.cli.words import NOTHING, duration, fraction, money, percent, plural
from hpolab.errors import ConfigError

if TYPE_CHECKING:
    from rich.console import Console

    from hpolab.record import TrialRecord
    from hpolab.sweep import Sweep
    from hpolab.trial import RunResult

__all__ = ["show_sweep", "show_trial"]

_UNFINISHED_ROWS = 10


def show_sweep(sweep: Sweep, out: Console, *, top: int) -> None:
    """The leaderboard, what was not completed, the winner's health, and the verdict."""
    record, about = sweep.record, heading(sweep)
    out.print(Text.assemble((about.name, "bold"), f"  {about.about}"), soft_wrap=True)
    state = f"{sweep.state}: {record.reason}" if record.reason else sweep.state
    # the clock of a sweep that nobody runs any more goes on
    seconds = record.seconds_told() if sweep.state == "interrupted" else record.seconds()
    out.print(f"{state} · {fates(record)} · {duration(seconds)}", soft_wrap=True)
    out.print()
    ranked = record.ranked()
    others = [trial for trial in record.trials.values() if trial.state != "completed"]
    if ranked:
        out.print(leaderboard(ranked, rows=top, width=out.width, others=others))
        if len(ranked) > top:
            out.print(f"and {len(ranked) - top} more: --top {len(ranked)}", style="dim")
        out.print()
    ended = [trial for trial in others if trial.ended is not None]
    if ended:
        out.print(fates_table(ended[-_UNFINISHED_ROWS:], width=out.width))
        out.print()
    if ranked:
        _show_health(sweep, ranked[0].number, out)
    print_verdict(sweep, out)
    _show_confirmation(sweep, out)


def _show_confirmation(sweep: Sweep, out: Console) -> None:
    """What fresh seeds said, where `hpolab confirm` has been run."""
    if not (sweep.path / "confirm").is_dir():
        return
    from hpolab.confirmation.confirm import confirmation_so_far
    from hpolab.confirmation.report import in_words

    if confirmation := confirmation_so_far(sweep):
        out.print()
        out.print(" ".join(in_words(confirmation)), soft_wrap=not out.is_terminal)


def _show_health(sweep: Sweep, number: int, out: Console) -> None:
    result = stored_result(sweep.folder, number)
    if result is not None and result.health.metrics:
        partial = ", as far as it got" if result.health.partial else ""
        out.print(f"Health of trial {number}{partial}", style="bold")
        out.print(health_table(result.health, sweep.config.scoring))
        out.print()


def show_trial(sweep: Sweep, number: int, out: Console) -> None:
    """Everything about one trial.

    Raises:
        ConfigError: The sweep has no such trial.
    """
    trials = sweep.record.trials
    trial = trials.get(number)
    if trial is None:
        there = f"it has 0 to {len(trials) - 1}" if trials else "it has none yet"
        raise ConfigError(f"{sweep.path.name} has no trial {number}; {there}.")
    result = stored_result(sweep.folder, number)
    out.print(f"Trial {number} of {sweep.path.name}", style="bold")
    out.print(_figures(trial, result))
    out.print()
    out.print("Configuration", style="bold")
    configuration = Table.grid(padding=(0, 2, 0, 0))
    for name, value in trial.params.items():
        written = f"{value:.4g}" if isinstance(value, float) else str(value)
        configuration.add_row(name, written)
    configuration.add_row("seed", str(trial.seed))
    out.print(configuration)
    out.print()
    _show_health(sweep, number, out)
    history = result.history if result else trial.epochs
    if history:
        out.print("Epochs", style="bold")
        out.print(epochs_table(history, trial.scores))
        out.print()
    if sweep.folder.trial(number).is_dir():
        out.print(f"Files  {shown_path(sweep.folder.trial(number))}", soft_wrap=True)


def _figures(trial: TrialRecord, result: RunResult | None) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    ended = trial.ended
    reason = f": {ended.reason}" if ended is not None and ended.reason else ""
    table.add_row("state", trial.state + reason)
    if ended is None:
        table.add_row("score so far", fraction(trial.score))
        table.add_row("epochs so far", str(len(trial.epochs)))
        return table
    if ended.reused_from is not None:
        table.add_row("result of", f"trial {ended.reused_from}, the same configuration and seed")
    table.add_row("score", fraction(ended.score))
    table.add_row("validation accuracy", percent(ended.accuracy))
    table.add_row("test accuracy", percent(ended.test_accuracy))
    table.add_row("health", fraction(ended.health, digits=2))
    parameters = NOTHING if ended.n_parameters is None else f"{ended.n_parameters:,}"
    table.add_row("trainable parameters", parameters)
    seconds = f"{ended.seconds:.1f} s"
    if result is not None and result.train_seconds:
        seconds += f", {result.train_seconds:.1f} s of them in training steps"
    table.add_row("time", seconds)
    if result is not None and result.devices:
        table.add_row("on", f"{', '.join(result.devices)} in {result.precision}")
        for remark in result.remarks:
            table.add_row("", remark)
    if trial.cost:
        table.add_row("cost", money(trial.cost))
    attempt = f", attempt {ended.attempt}" if ended.attempt > 1 else ""
    table.add_row(
        "trained", f"{plural(ended.epochs, 'epoch')} by {trial.worker or NOTHING}{attempt}"
    )
    return table
