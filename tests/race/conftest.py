"""Races in folders of a test's own, small unless it says otherwise."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hpolab.race import Race, RaceConfig
from hpolab.race.events import HeatAdvanced, HeatEnded, RaceEntry, RaceStarted
from hpolab.race.record import RaceRecord

if TYPE_CHECKING:
    from hpolab.race.config import Heat

PATIENCE_SECONDS = 60.0
ENDLESS = {"function": "schwefel", "dimensions": 100, "budget": 10**9, "target": 0}
"""A race whose runs reach neither their target nor their budget while a test waits."""


@pytest.fixture
def make_race(tmp_path: Path) -> Callable[..., Race]:
    """Makes a race of two contenders on a small sphere, not yet run."""

    def make(name: str = "one", **changes: Any) -> Race:
        fields = {
            "function": "sphere",
            "dimensions": 2,
            "contenders": ("pso", "de"),
            "seeds": 2,
            "budget": 400,
            "scene_budget": 0,
            "workers": 2,
        }
        return Race(RaceConfig(**{**fields, **changes}), path=tmp_path / name)

    return make


def wait_until(condition: Callable[[], object]) -> None:
    """Return when it holds."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


class Told:
    """A race whose journal a test writes."""

    def __init__(self, **changes: Any) -> None:
        fields = {"contenders": ("pso", "de"), "seeds": 3, "budget": 1000, "scene_budget": 0}
        self.config = RaceConfig(**{**fields, **changes})
        self.record = RaceRecord()
        self._apply(RaceStarted(race="told", config=self.config.to_dict(), versions={}))

    def end(
        self, contender: int, seed: int, *points: tuple[int, float], state: str = "completed"
    ) -> None:
        """A run has ended, having reached these errors after so many evaluations."""
        number = self._heat(contender, seed).number
        goal = self.config.goal
        hits = [made for made, error in points if goal is not None and error <= goal]
        self._apply(HeatAdvanced(heat=number, attempt=1, points=points))
        reached = hits[0] if hits else None
        self._apply(HeatEnded(heat=number, attempt=1, state=state, reached=reached))

    def advance(self, contender: int, seed: int, *points: tuple[int, float]) -> None:
        """A run is so far."""
        number = self._heat(contender, seed).number
        self._apply(HeatAdvanced(heat=number, attempt=1, points=points))
        self.record.heats[number].state = "running"

    def _heat(self, contender: int, seed: int) -> Heat:
        heats = self.config.heats()
        return next(each for each in heats if (each.contender, each.seed) == (contender, seed))

    def _apply(self, event: Any) -> None:
        self.record.apply(RaceEntry(seq=0, utc="2026-01-01T00:00:00Z", event=event))
