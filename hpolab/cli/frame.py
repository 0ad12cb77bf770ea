"""One picture of a sweep as it is now: what the live view draws again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from hpolab.cli.tables import leaderboard
from hpolab.cli.words import configuration, duration, fraction, money, plural, sparkline, varying

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from hpolab.budget import Budget
    from hpolab.record import SweepRecord, TrialRecord

__all__ = ["Heading", "fates", "frame", "progress"]

_MARGIN_ROWS = 9
"""Rows for everything but workers, leaderboard and notes."""

_NOTES = 2
_CURVE_WIDTH = 8


@dataclass(frozen=True, slots=True)
class Heading:
    """What stays the same from picture to picture.

    Attributes:
        name: Of the sweep.
        about: Data, model, mode, search, in a few words.
    """

    name: str
    about: str


def frame(
    record: SweepRecord,
    heading: Heading,
    *,
    state: str,
    now: datetime,
    width: int,
    height: int,
    notice: str = "",
) -> RenderableType:
    """The picture, never higher than the terminal.

    Args:
        record: What the journal says.
        heading: What the sweep is.
        state: As ``Sweep.state`` says it: a dead coordinator is told from a live one.
        now: Of the picture.
        width, height: Of the terminal, in characters.
        notice: A line for the person at the keyboard.
    """
    running = [trial for trial in record.trials.values() if trial.state == "running"]
    running.sort(key=lambda trial: trial.worker)
    notes = _notes(record)
    rows = max(3, height - _MARGIN_ROWS - len(running) - len(notes))
    ranked = record.ranked()
    parts: list[RenderableType] = [
        _title(heading, state, width),
        _bar(record, now, width),
        Text(),
        _workers(record, running, width) if running else _idle(record, state),
        Text(),
    ]
    if ranked:
        others = [trial for trial in record.trials.values() if trial.state != "completed"]
        parts.append(leaderboard(ranked, rows=rows, width=width, others=others))
    parts.append(Text(fates(record), style="dim", no_wrap=True, overflow="ellipsis"))
    parts += [Text(note, style="yellow", no_wrap=True, overflow="ellipsis") for note in notes]
    if notice:
        parts.append(Text(notice, style="bold yellow"))
    return Group(*parts)


def progress(record: SweepRecord) -> tuple[float, str]:
    """How much of the budget is used, in [0, 1], and that in words."""
    budget, finished = record.budget, len(record.finished())
    share = max(_shares(budget, finished, record), default=0.0)
    if budget.trials is not None:
        return min(1.0, share), f"{finished} of {plural(budget.trials, 'trial')}"
    return min(1.0, share), plural(finished, "trial")


def _shares(budget: Budget, trials: int, record: SweepRecord) -> list[float]:
    pairs = [
        (trials, budget.trials),
        (record.seconds(), budget.seconds),
        (record.epochs_trained, budget.epochs),
        (record.cost(), budget.money),
    ]
    return [used / limit for used, limit in pairs if limit is not None]


def fates(record: SweepRecord) -> str:
    """How many trials ended how."""
    ends = record.finished()
    counted = {
        state: sum(trial.state == state for trial in ends)
        for state in ("completed", "pruned", "failed", "cancelled")
    }
    counted["reused"] = sum(
        trial.ended is not None and trial.ended.reused_from is not None for trial in ends
    )
    always = {"completed", "pruned", "failed"}
    return " · ".join(f"{n} {fate}" for fate, n in counted.items() if n or fate in always)


def _title(heading: Heading, state: str, width: int) -> RenderableType:
    line = Table.grid(expand=False, padding=0)
    line.add_column(no_wrap=True, overflow="ellipsis", width=max(20, width - len(state) - 3))
    line.add_column(no_wrap=True, justify="right", width=len(state) + 2)
    style = {"running": "green", "failed": "red", "interrupted": "red"}.get(state, "yellow")
    title = Text.assemble((heading.name, "bold"), ("  " + heading.about, "dim"))
    line.add_row(title, Text(state, style=style))
    return line


def _bar(record: SweepRecord, now: datetime, width: int) -> RenderableType:
    share, words = progress(record)
    left = record.eta_seconds(now)
    eta = f"about {duration(left)} left" if left is not None else "time left not known yet"
    times = f"{words}   {duration(record.seconds(now))}   {eta}"
    if cost := record.cost(now):
        times += f"   cost {money(cost)}"
    line = Table.grid(padding=(0, 2, 0, 0))
    line.add_row(
        ProgressBar(total=1.0, completed=share, width=max(10, width - len(times) - 4)), times
    )
    return line


def _workers(record: SweepRecord, running: Sequence[TrialRecord], width: int) -> RenderableType:
    """What each worker trains now."""
    epochs = record.config.epochs if record.config else 0
    tells_apart = varying(trial.params for trial in record.trials.values())
    table = Table.grid(padding=(0, 2, 0, 0))
    for _ in range(5):
        table.add_column(no_wrap=True)
    for trial in running:
        done = len(trial.epochs)
        score = f"score {fraction(trial.score)}" if done else "building"
        curve = sparkline([score or 0.0 for score in trial.scores], width=_CURVE_WIDTH)
        row = (
            Text(trial.worker, style="cyan"),
            f"trial {trial.number}",
            f"epoch {done:>{len(str(epochs))}}/{epochs}",
            score,
            curve.ljust(_CURVE_WIDTH),
        )
        room = width - sum(len(cell) + 2 for cell in row)
        words = configuration(trial.params, width=max(10, room), only=tells_apart)
        table.add_row(*row, Text(words, style="dim"))
    return table


def _idle(record: SweepRecord, state: str) -> RenderableType:
    words = {
        "paused": "paused; nothing trains until it is resumed",
        "interrupted": "nobody runs this sweep now; what was finished is kept",
        "new": "getting ready: reading the data and checking what is asked",
        "running": "waiting for the workers: TensorFlow takes a few seconds to load"
        if not record.finished()
        else "between trials",
    }.get(state, record.reason)
    return Text(words, style="dim")


def _notes(record: SweepRecord) -> list[str]:
    """The latest things that a person should know: failures first, then notes."""
    failures = [
        f"trial {trial.number} failed: {trial.ended.reason}"
        for trial in record.finished()
        if trial.state == "failed" and trial.ended
    ]
    return [*failures[-_NOTES:], *record.notes[-_NOTES:]]
