"""What panels observe: one sweep as traits, and what the panels of one lab share.

It reads the journal and never writes. There are no threads here: following is an asyncio task on
the kernel's own loop, because ipykernel refuses traits that are set from another thread.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

import traitlets as t

from hpolab.analysis import Ranking, TrialTable, rank, table_of
from hpolab.errors import HpolabError, StoreError
from hpolab.scoring import ScoringWeights
from hpolab.sweep import Sweep
from hpolab_widgets.hosting import Host

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hpolab.config import SweepConfig
    from hpolab.record import SweepRecord, TrialRecord

__all__ = ["LabState", "Source", "SweepState"]

log = logging.getLogger(__name__)

ENDED = frozenset({"finished", "stopped", "failed", "interrupted"})
"""States in which nobody works on a sweep."""

_NEWS = ["state", "trials", "best", "notes", "problem"]
_IDLE_SECONDS = 1.0


class SweepState(t.HasTraits):
    """The state of one sweep, brought up to date by ``refresh`` or, continually, by ``follow``.

    A refresh sets each trait at most once, however many events came in, so an observer is called
    once for a burst of them; who looks at several traits observes ``version``.
    """

    version = t.Int(0, help="Counts the refreshes that brought more than passing time; set last.")
    state = t.Unicode("new", help="new, running, paused, finished, stopped, failed, interrupted.")
    trials = t.Tuple(help="All trials, by number.")
    best = t.Int(None, allow_none=True, help="Number of the best completed trial, None without.")
    progress = t.Float(0.0, help="Share of the trial budget that is settled, 0 to 1.")
    eta_seconds = t.Float(None, allow_none=True, help="Time left, None while unknown.")
    seconds = t.Float(0.0, help="How long it has run, pauses left out.")
    notes = t.Tuple(help="What a person should know, in order.")
    problem = t.Unicode(help="Why the folder cannot be read; empty when it can.")

    def __init__(self, sweep: Sweep) -> None:
        super().__init__()
        self.sweep = sweep
        self._table: tuple[int, TrialTable] | None = None
        self._had_config = False
        self.refresh()

    @property
    def record(self) -> SweepRecord:
        """What the journal said at the last refresh; there, too, when it cannot be read now."""
        return self._record

    @property
    def config(self) -> SweepConfig:
        """What was asked."""
        return self.sweep.config

    @property
    def table(self) -> TrialTable:
        """What completed trials measured; made anew when there are more of them."""
        completed = sum(trial.state == "completed" for trial in self.trials)
        if self._table is None or self._table[0] != completed:
            self._table = (completed, table_of(self.trials))
        return self._table[1]

    def refresh(self) -> None:
        """Take in what the journal has gained since the last call.

        Raises:
            StoreError: The folder is gone, or its journal is damaged.
        """
        if self._had_config and not self.sweep.folder.config.is_file():
            raise StoreError(f"{self.sweep.path} is gone; it was deleted, or moved away.")
        self._had_config = self._had_config or self.sweep.folder.config.is_file()
        record = self._record = self.sweep.record
        ranked = record.ranked()
        limit = record.budget.trials
        before = [getattr(self, name) for name in _NEWS]
        with self.hold_trait_notifications():
            self.state = self.sweep.state
            self.trials = _as_left(record.trials.values(), has_ended=self.state in ENDED)
            self.best = ranked[0].number if ranked else None
            self.progress = min(1.0, len(record.finished()) / limit) if limit else 0.0
            is_dead = self.state == "interrupted"  # its clock goes on, and nobody works
            self.seconds = record.seconds_told() if is_dead else record.seconds()
            self.eta_seconds = None if is_dead else record.eta_seconds()
            self.notes = tuple(record.notes)
            self.problem = ""
        if before != [getattr(self, name) for name in _NEWS]:
            self.version += 1

    def fail(self, problem: str) -> None:
        """Note why the folder cannot be read, until the next refresh that can."""
        if problem != self.problem:
            self.problem = problem
            self.version += 1

    async def follow(self, *, every_seconds: float = 0.25) -> None:
        """Refresh several times a second until the sweep has ended."""
        while self.state not in ENDED:
            await asyncio.sleep(every_seconds)
            self.refresh()


class LabState(t.HasTraits):
    """What the panels of one lab share: the sweep, the weights laid over it, what is opened."""

    sweep = t.Instance(SweepState, allow_none=True, help="The sweep that is shown.")
    version = t.Int(0, help="Counts whatever was new, in the sweep or in which sweep it is.")
    seconds = t.Float(0.0, help="How long the sweep has run; changes as time passes.")
    weights = t.Instance(ScoringWeights, help="What the sliders say; not what the search used.")
    opened = t.Int(None, allow_none=True, help="The trial that is looked at closely.")
    tab = t.Unicode("overview", help="What is looked at of it: see TrialView.tabs.")
    layer = t.Unicode(help="The layer of it that is looked at; empty for the whole network.")
    brushed = t.Instance(tuple, allow_none=True, help="Trials chosen in a chart, by number.")
    compared = t.Tuple(help="Numbers of at most two trials, side by side.")
    page = t.Unicode("sweep", help="What the lab shows: sweep, analysis, setup, sweeps or course.")

    def __init__(self, sweep: Sweep | None = None, *, host: Host | None = None) -> None:
        super().__init__(weights=ScoringWeights())
        self.host = host or Host()
        self._task: asyncio.Task[None] | None = None
        self.show(sweep)

    @classmethod
    def of(cls, source: Source) -> Self:
        """The state itself, or one on a sweep or on the sweep folder at a path.

        Raises:
            StoreError: There is no sweep at that path.
        """
        if isinstance(source, cls):
            return source
        sweep = Sweep.follow(source) if isinstance(source, str | Path) else source
        if sweep is None:
            return cls()
        assert isinstance(sweep, Sweep)
        return cls(sweep, host=Host(sweeps_dir=sweep.path.parent))  # who names it may run it

    @property
    def ranking(self) -> Ranking:
        """The completed trials under ``weights``, the best first."""
        return rank(self.sweep.table if self.sweep else table_of([]), self.weights)

    def show(self, sweep: Sweep | None) -> None:
        """Look at this sweep from now on, under the weights that it is searched with.

        Raises:
            ConfigError: The host does not show it to this visitor.
            StoreError: It cannot be read. What was shown stays.
        """
        shown = None if sweep is None else SweepState(self.host.admit(sweep))
        self.close()  # not before it is known that the other can be shown
        with self.hold_trait_notifications():
            self.opened, self.compared, self.brushed, self.layer = None, (), None, ""
            self.sweep = shown
            if self.sweep is not None:
                self.weights = self.sweep.config.scoring
                self.sweep.observe(self._on_news, names="version")
                self.sweep.observe(self._on_time, names="seconds")
        self.version += 1
        self._follow()

    def arrive(self, visitor: str) -> None:
        """Look at the newest sweep of whoever has come, and stay where we are when there is none.

        Args:
            visitor: The number that the browser keeps for this visitor.

        Raises:
            ConfigError: That is no visitor's number.
        """
        self.host = self.host.welcome(visitor)
        newest = self.host.newest()
        self.show(newest or (self.sweep.sweep if self.sweep else None))

    def start(self, config: SweepConfig) -> Sweep:
        """Start a sweep in a process of its own, and look at it.

        Raises:
            ConfigError, DataError: What is asked cannot work, or the host does not allow it.
            StoreError: A sweep of that name exists, or the folder cannot be written.
        """
        sweep = self.host.start(config)
        self.show(sweep)
        self.page = "sweep"
        return sweep

    def close(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self.sweep is not None:
            self.sweep.unobserve_all()

    def _on_news(self, _: object) -> None:
        self.version += 1

    def _on_time(self, change: t.Bunch) -> None:
        self.seconds = change.new

    def _follow(self) -> None:
        """Keep up with the sweep for as long as it is shown, where there is a loop to do it on."""
        if self.sweep is None:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._task = loop.create_task(_keep_up(self.sweep))


async def _keep_up(sweep: SweepState) -> None:
    """Follow, also when an ended sweep is continued by someone, or its folder comes back."""
    while True:
        try:
            await sweep.follow()
            await asyncio.sleep(_IDLE_SECONDS)
            sweep.refresh()
        except HpolabError as error:
            sweep.fail(str(error))
            await asyncio.sleep(_IDLE_SECONDS)
        except Exception:
            log.exception("cannot follow %s; it is tried again", sweep.sweep.path)
            sweep.fail("it cannot be followed just now; the log says why.")
            await asyncio.sleep(_IDLE_SECONDS)


def _as_left(trials: Iterable[TrialRecord], *, has_ended: bool) -> tuple[TrialRecord, ...]:
    """The trials; what a dead coordinator left running waits for a continuation."""
    if not has_ended:
        return tuple(trials)
    return tuple(
        replace(trial, state="waiting") if trial.state == "running" else trial for trial in trials
    )


Source = LabState | Sweep | Path | str | None
"""What a panel can be put on."""
