"""What the journal of a race says, folded: every run and how far it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Self

from hpolab.events import Noted
from hpolab.race.config import RaceConfig
from hpolab.race.events import (
    HeatAdvanced,
    HeatEnded,
    HeatLost,
    HeatStarted,
    RaceContinued,
    RaceEnded,
    RaceStarted,
)

if TYPE_CHECKING:
    from hpolab.race.config import Heat
    from hpolab.race.events import Frame, RaceEntry

__all__ = ["HeatRecord", "RaceRecord"]


@dataclass
class HeatRecord:
    """One run.

    Attributes:
        heat: Whose, and with which seed.
        state: waiting, running, or as HeatEnded says.
        attempt: The last one; 0 before the first.
        lost: How many attempts went away with their worker.
        points: Evaluations made and the best error by then, of the last attempt.
        frames: Of a scene.
        ended: Its fate; None while that is open.
    """

    heat: Heat
    state: str = "waiting"
    attempt: int = 0
    lost: int = 0
    points: list[tuple[int, float]] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    ended: HeatEnded | None = None

    @property
    def evaluations(self) -> int:
        """Made so far."""
        return self.points[-1][0] if self.points else 0

    @property
    def error(self) -> float | None:
        """The best so far; None before the first evaluation."""
        return self.points[-1][1] if self.points else None

    @property
    def reached(self) -> int | None:
        """Evaluations made when the target was reached; None when it was not."""
        return self.ended.reached if self.ended else None


@dataclass
class RaceRecord:
    """A race as its journal tells it.

    Attributes:
        config: What was asked; None before the first line.
        heats: All runs by number.
        state: new, running, finished, stopped or failed.
        reason: Why it ended.
        notes: What a person should know, in order.
    """

    config: RaceConfig | None = None
    heats: dict[int, HeatRecord] = field(default_factory=dict)
    state: str = "new"
    reason: str = ""
    notes: list[str] = field(default_factory=list)
    _spent: float = 0.0
    _began: datetime | None = None
    _last: datetime | None = None

    @classmethod
    def of(cls, entries: Iterable[RaceEntry]) -> Self:
        """The record of some lines."""
        record = cls()
        for entry in entries:
            record.apply(entry)
        return record

    @property
    def seconds(self) -> float:
        """How long it has been run, until the last line; the time between two runs left out."""
        if self._began is None or self._last is None:
            return self._spent
        return self._spent + (self._last - self._began).total_seconds()

    def seconds_at(self, now: datetime) -> float:
        """How long it has been run by a moment, while it runs."""
        began = self._began or now
        return self._spent + max(0.0, (now - began).total_seconds())

    @property
    def runs(self) -> list[HeatRecord]:
        """The runs that count: all but scenes."""
        return [each for each in self.heats.values() if not each.heat.is_scene]

    @property
    def scenes(self) -> list[HeatRecord]:
        """The runs in two dimensions that are shown on a map."""
        return [each for each in self.heats.values() if each.heat.is_scene]

    @property
    def open(self) -> list[HeatRecord]:
        """Those without a fate, in their order."""
        return [each for each in self.heats.values() if each.ended is None]

    def apply(self, entry: RaceEntry) -> None:
        """Take in a line."""
        event = entry.event
        if isinstance(event, RaceStarted | RaceContinued):
            self._spent = self.seconds
            self._began = entry.utc
        self._last = entry.utc
        match event:
            case RaceStarted():
                self.config = RaceConfig.parse(event.config)
                self.heats = {heat.number: HeatRecord(heat) for heat in self.config.heats()}
                self.state = "running"
            case RaceContinued():
                self._wait_again()
                self.state, self.reason = "running", ""
            case RaceEnded():
                self.state, self.reason = event.state, event.reason
                self._wait_again()
            case Noted():
                self.notes.append(event.message)
            case _:
                self._apply_to(self.heats[event.heat], event)

    def _apply_to(
        self, told: HeatRecord, event: HeatStarted | HeatAdvanced | HeatEnded | HeatLost
    ) -> None:
        match event:
            case HeatStarted():
                told.state, told.attempt = "running", event.attempt
                told.points, told.frames = [], []
            case HeatAdvanced():
                told.points += event.points
                told.frames += event.frames
            case HeatLost():
                told.state, told.lost = "waiting", told.lost + 1
            case HeatEnded():
                told.state, told.ended = event.state, event

    def _wait_again(self) -> None:
        for each in self.open:
            each.state = "waiting"
