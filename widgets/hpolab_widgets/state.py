"""A sweep as traits: what panels observe. It reads the journal and never writes.

There are no threads here: ``follow`` runs as an asyncio task on the kernel's own loop, because
ipykernel refuses traits that are set from another thread.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import traitlets as t

if TYPE_CHECKING:
    from hpolab.sweep import Sweep

__all__ = ["SweepState"]

_ENDED = {"finished", "stopped", "failed", "interrupted"}


class SweepState(t.HasTraits):
    """The state of one sweep, brought up to date by ``refresh`` or, continually, by ``follow``.

    A refresh sets each trait at most once, however many events came in, so an observer is called
    once for a burst of them.
    """

    state = t.Unicode("new", help="new, running, paused, finished, stopped, failed, interrupted.")
    trials = t.Tuple(help="All trials, by number.")
    best = t.Int(None, allow_none=True, help="Number of the best completed trial, None without.")
    progress = t.Float(0.0, help="Share of the trial budget that is settled, 0 to 1.")
    eta_seconds = t.Float(None, allow_none=True, help="Time left, None while unknown.")
    notes = t.Tuple(help="What a person should know, in order.")

    def __init__(self, sweep: Sweep) -> None:
        super().__init__()
        self._sweep = sweep
        self.refresh()

    def refresh(self) -> None:
        """Take in what the journal has gained since the last call."""
        record = self._sweep.record
        best = self._sweep.best
        limit = record.budget.trials
        with self.hold_trait_notifications():
            self.state = self._sweep.state
            self.trials = tuple(record.trials.values())
            self.best = None if best is None else best.number
            self.progress = min(1.0, len(record.finished()) / limit) if limit else 0.0
            self.eta_seconds = record.eta_seconds()
            self.notes = tuple(record.notes)

    async def follow(self, *, every_seconds: float = 0.25) -> None:
        """Refresh several times a second until the sweep has ended."""
        while self.state not in _ENDED:
            await asyncio.sleep(every_seconds)
            self.refresh()
